//! The procedures 办理流程 that the demo's agents follow: one for each matter, of one item, and the
//! one of projects that may start on commitment 承诺可开工.

use contract::agency::agency_service_client::AgencyServiceClient;
use contract::agency::{Act, Matter, MatterKind, Procedure, Profile, PublishProcedureRequest};
use contract::common::{ClockKind, WorkTime};

use super::request_id;
use crate::connection::{Connection, Refused};
use crate::demo::data::Book;
use crate::demo::data::agency::{self, AgentAct, LegalLimit, Unit};

/// 负面清单 of 承诺可开工: 危险化学品, 采矿, 须国家或省级审批.
const NEGATIVE_LIST: [&str; 4] =
    ["HAZARDOUS_CHEMICALS", "MINING", "NATIONAL_APPROVAL", "PROVINCIAL_APPROVAL"];

/// The procedure of projects that may start on commitment.
pub(crate) const READY: &str = "procedures/KG";

/// The minutes of office time in the demo zone's day.
const MINUTES_A_DAY: i32 = 7 * 60;

/// Publishes them all. Their departments must be known to agency. Twice is once.
pub(crate) async fn publish(book: &Book, admin: &Connection) -> anyhow::Result<()> {
    let mut client = AgencyServiceClient::new(admin.channel());
    let procedures = book.matters.iter().map(of_matter).chain([of_ready(book)?]);
    for (number, procedure) in (1..).zip(procedures) {
        let (procedure, request_id) = (Some(procedure), request_id("flow", number));
        let wanted = PublishProcedureRequest { procedure, request_id };
        client.publish_procedure(admin.request(wanted)).await.map_err(Refused::from)?;
    }
    Ok(())
}

/// The item of a matter's procedure.
pub(crate) fn item(matter: &agency::Matter) -> String {
    format!("items/{}", matter.id)
}

/// The item of a step.
pub(crate) fn ready_item(step: &str) -> String {
    format!("items/{step}")
}

/// What agents do, in the words of the contract.
pub(crate) fn acts_of(acts: &[AgentAct]) -> Vec<Act> {
    let mut acts: Vec<Act> = acts.iter().map(|act| act.act()).collect();
    acts.sort_unstable();
    acts.dedup();
    acts
}

fn of_matter(matter: &agency::Matter) -> Procedure {
    let promised = Some(days(matter.promised_working_days));
    let wanted = Matter {
        item: item(matter),
        title: matter.name.clone(),
        category: format!("categories/{}", matter.id),
        department: format!("departments/{}", matter.department),
        kind: MatterKind::Review.into(),
        statutory: matter.legal_limit.map(by_law),
        promised,
        certificate: format!("{}办理结果", matter.name),
        acts: acts_of(&matter.delegated).into_iter().map(Into::into).collect(),
        ..Matter::default()
    };
    Procedure {
        name: format!("procedures/{}", matter.id),
        title: matter.name.clone(),
        profile: Profile::Standard.into(),
        promised,
        matters: vec![wanted],
        ..Procedure::default()
    }
}

fn of_ready(book: &Book) -> anyhow::Result<Procedure> {
    let ready = &book.ready;
    let minutes = ready.promised_minutes(MINUTES_A_DAY)?;
    let matters = ready.steps.iter().zip(minutes).map(|(step, minutes)| Matter {
        item: ready_item(&step.id),
        title: step.name.clone(),
        category: format!("categories/{}", step.id),
        department: format!("departments/{}", step.department),
        kind: MatterKind::Review.into(),
        promised: Some(WorkTime { amount: minutes, clock_kind: ClockKind::WorkingMinutes.into() }),
        certificate: format!("{}结果", step.name),
        acts: [Act::Submit, Act::Collect].map(Into::into).to_vec(),
        after: step.depends_on.iter().map(|before| ready_item(before)).collect(),
        // Work may start with the permit that all the others lead to.
        for_start: !ready.steps.iter().any(|other| other.depends_on.contains(&step.id)),
        ..Matter::default()
    });
    Ok(Procedure {
        name: READY.to_owned(),
        title: "承诺可开工".to_owned(),
        profile: Profile::StartOnCommitment.into(),
        promised: Some(days(ready.limit_working_days)),
        matters: matters.collect(),
        negative_list: NEGATIVE_LIST.map(str::to_owned).to_vec(),
        ..Procedure::default()
    })
}

fn days(amount: i32) -> WorkTime {
    WorkTime { amount, clock_kind: ClockKind::WorkingDays.into() }
}

/// A limit by law keeps its unit.
fn by_law(limit: LegalLimit) -> WorkTime {
    let clock_kind = match limit.unit {
        Unit::WorkingDay => ClockKind::WorkingDays,
        Unit::CalendarDay => ClockKind::NaturalDays,
    };
    WorkTime { amount: limit.n, clock_kind: clock_kind.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_by_law_keeps_its_unit() {
        let book = Book::embedded().unwrap();
        let of = |id: &str| of_matter(book.matter(id).unwrap()).matters[0].statutory;
        let told = |amount, clock: ClockKind| Some(WorkTime { amount, clock_kind: clock.into() });
        assert_eq!(of("M06"), told(7, ClockKind::NaturalDays));
        assert_eq!(of("M01"), told(3, ClockKind::WorkingDays));
        assert_eq!(of("M14"), None);
    }

    #[test]
    fn work_starts_with_the_last_permit_alone() {
        let procedure = of_ready(&Book::embedded().unwrap()).unwrap();
        let start: Vec<_> = procedure.matters.iter().filter(|matter| matter.for_start).collect();
        assert_eq!(start.len(), 1);
        assert_eq!(start[0].item, "items/S12");
        assert_eq!(procedure.matters.len(), 12);
    }
}
