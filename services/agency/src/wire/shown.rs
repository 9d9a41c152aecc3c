//! A case as it is shown to whoever asks: a material is for those alone who may read it.

use base::MaterialId;
use calendar::Due;
use contract::agency as contracted;
use runtime::etag_of;
use runtime::wire::time;

use super::{act, item_name, item_state, name_or_empty, number, own_due, purpose, state};
use crate::lifecycle::{
    Case, Clocks, Commitment, Forecast, Item, Mandate, Material, Matter, Notice, Permit, Progress,
    Source, Step, Viewer, Wait,
};

/// A case, as somebody may see it.
pub fn case(case: &Case, by: &Viewer) -> contracted::Case {
    let (opening, procedure) = (&case.opening, case.procedure());
    let known = case.materials.keys().chain(case.promises.keys());
    let mut known: Vec<&MaterialId> = known.filter(|id| by.sees_material(case, id)).collect();
    known.sort();
    known.dedup();
    contracted::Case {
        name: case.id.to_string(),
        number: opening.number.clone(),
        enterprise: opening.enterprise.to_string(),
        title: opening.title.clone(),
        project_code: opening.project_code.clone().unwrap_or_default(),
        procedure: procedure.id.to_string(),
        procedure_version: number(procedure.version),
        state: state(case.state).into(),
        agent: case.agent.to_string(),
        mandate: case.mandate.as_ref().map(mandate),
        items: case.all_items().map(|(of, matter)| item(case, (of, matter), by)).collect(),
        materials: known.into_iter().map(|id| material(case, id)).collect(),
        commitment: case.commitment.as_ref().map(commitment),
        land_acquired_time: case.land_acquired_at.map(time),
        start_allowed_time: case.start_allowed_at.map(time),
        due: case.wait.map(|wait| own_due(&wait.due)),
        opened_time: Some(time(case.opened_at)),
        started_time: case.started_at.map(time),
        delivered_time: case.delivered_at.map(time),
        delivered_partly: case.delivered_partly,
        changed_time: Some(time(case.changed_at)),
        etag: etag(case),
        hand_over_due: case.hand_over.map(|wait| own_due(&wait.due)),
        clocks: None,
    }
}

/// What changes with every change that whoever decides must have seen: where its orders stand in
/// dispatch and how long they stood still there, when something is due, and who was told that it is
/// late, is not of that.
pub fn etag(case: &Case) -> String {
    let mut decided = case.clone();
    (decided.changed_at, decided.wait) = (decided.opened_at, None);
    decided.hand_over = decided.hand_over.map(|wait| {
        let due = Due { at: wait.since, provisional: false, calendar_version: 0 };
        Wait::until(due, wait.since)
    });
    if let Some(commitment) = &mut decided.commitment {
        commitment.wait = None;
    }
    for promise in decided.promises.values_mut() {
        promise.wait = Wait::until(promise.due, promise.promised_at);
    }
    for item in decided.items.values_mut() {
        (item.progress, item.wait) = (None, None);
        item.reviews.iter_mut().for_each(|review| review.pauses.clear());
    }
    etag_of(&decided)
}

/// The two clocks of a case.
pub fn clocks(clocks: &Clocks) -> contracted::Clocks {
    let waited = clocks.enterprise.as_ref();
    contracted::Clocks {
        approval_days: number(clocks.approval_days),
        approval_after_land_days: clocks.approval_after_land_days.map(number),
        enterprise_from_time: waited.map(|waited| time(waited.from)),
        enterprise_from_land: waited.is_some_and(|waited| waited.from_land),
        enterprise_to_time: waited.and_then(|waited| waited.to).map(time),
        enterprise_days: waited.map_or(0, |waited| number(waited.days)),
    }
}

/// A mandate.
pub fn mandate(mandate: &Mandate) -> contracted::Mandate {
    let scope = mandate.scope.iter().map(|(item, acts)| contracted::Grant {
        item: item.to_string(),
        acts: acts.iter().map(|of| act(*of).into()).collect(),
    });
    contracted::Mandate {
        agent: mandate.agent.to_string(),
        scope: scope.collect(),
        signatory: mandate.signatory.to_string(),
        document_sha256: mandate.document_sha256.clone(),
        may_pass_on: mandate.may_pass_on,
        expires_time: Some(time(mandate.expires.at)),
        signed_time: Some(time(mandate.signed_at)),
    }
}

fn item(case: &Case, (item, matter): (&Item, &Matter), by: &Viewer) -> contracted::Item {
    let order = item.order.as_ref();
    contracted::Item {
        name: item_name(&case.id, &matter.item),
        state: item_state(item.state).into(),
        attempt: number(item.attempt),
        department: item.department.to_string(),
        work_order: name_or_empty(order.map(|order| &order.id)),
        purpose: order.map(|order| purpose(order.purpose)).unwrap_or_default().into(),
        declined: order.is_some_and(|order| order.declined),
        due: case.wait_of(item).map(|wait| own_due(&wait.due)),
        notices: item.notices.iter().map(notice).collect(),
        notices_against_department: number(item.notices_against_department),
        submitted_time: item.submitted_at.map(time),
        accepted_time: item.accepted_at.map(time),
        accepted_by_itself: item.accepted_by_itself,
        opinion: item.opinion.clone().unwrap_or_default(),
        permit: item.permit.as_ref().map(permit),
        ending: item.ending.as_ref().map(|ending| contracted::Ending {
            reason: ending.reason.clone(),
            remedy: ending.remedy.clone(),
            ended_time: Some(time(ending.ended_at)),
        }),
        work: item.progress.as_ref().map(|told| work(told, by.sees_claimant(case, item))),
    }
}

fn work(told: &Progress, with_claimant: bool) -> contracted::Work {
    contracted::Work {
        state: told.state.to_string(),
        department: name_or_empty(told.department.as_ref()),
        claimant: name_or_empty(told.claimant.as_ref().filter(|_| with_claimant)),
        due: told.due.map(|due| own_due(&due)),
        paused_until_time: told.paused_until().map(time),
        told_time: Some(time(told.told_at)),
    }
}

/// A notice of what is missing.
pub fn notice(notice: &Notice) -> contracted::Notice {
    contracted::Notice {
        materials: notice.materials.iter().map(ToString::to_string).collect(),
        text: notice.text.clone(),
        against_department: notice.against_department,
        given_time: Some(time(notice.given_at)),
    }
}

/// A formal permit.
pub fn permit(permit: &Permit) -> contracted::Permit {
    contracted::Permit {
        number: permit.number.clone(),
        converted: permit.converted,
        issued_time: Some(time(permit.issued_at)),
    }
}

fn material(case: &Case, id: &MaterialId) -> contracted::Material {
    let versions = case.materials.get(id).into_iter().flatten();
    contracted::Material {
        material: id.to_string(),
        versions: versions.map(material_version).collect(),
        promised_until_time: case.promises.get(id).map(|promise| time(promise.due.at)),
    }
}

/// One version of a material, without its bytes.
pub fn material_version(material: &Material) -> contracted::MaterialVersion {
    let from = match &material.source {
        Source::Uploaded => String::new(),
        Source::Reused { from } => from.clone(),
    };
    contracted::MaterialVersion {
        version: number(material.version),
        sha256: material.file.sha256.clone(),
        file_name: material.file.name.clone(),
        bytes: i64::try_from(material.file.bytes).unwrap_or(i64::MAX),
        media_type: material.file.media_type.clone(),
        reused_from: from,
        added_by: material.by.to_string(),
        added_time: Some(time(material.added_at)),
    }
}

/// A letter of commitment.
pub fn commitment(commitment: &Commitment) -> contracted::Commitment {
    contracted::Commitment {
        signatory: commitment.signatory.to_string(),
        letter_sha256: commitment.letter_sha256.clone(),
        land_until_time: Some(time(commitment.land_due.at)),
        signed_time: Some(time(commitment.signed_at)),
        due: commitment.wait.map(|wait| own_due(&wait.due)),
        broken_reason: commitment.broken.clone().unwrap_or_default(),
        representative: commitment.representative.clone(),
        traits: commitment.traits.iter().map(ToString::to_string).collect(),
        credit_clean: commitment.credit_clean,
    }
}

/// When a case will be finished.
pub fn forecast(forecast: &Forecast) -> contracted::Forecast {
    contracted::Forecast {
        finish_time: Some(time(forecast.finishes_at)),
        provisional: forecast.provisional,
        held_by: name_or_empty(forecast.held_by()),
        path: forecast.path.iter().map(ToString::to_string).collect(),
        steps: forecast.steps.iter().map(step).collect(),
        without: forecast.without.iter().map(ToString::to_string).collect(),
    }
}

fn step(step: &Step) -> contracted::ForecastStep {
    contracted::ForecastStep {
        item: step.item.to_string(),
        start_time: Some(time(step.starts_at)),
        finish_time: Some(time(step.finishes_at)),
        opinion_time: Some(time(step.opinion_at)),
        after: name_or_empty(step.after.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use jiff::Timestamp;

    use super::*;
    use crate::lifecycle::sample::{self, instant};
    use crate::lifecycle::{
        Alarm, CaseAsk, Command, Heard, News, Procedure, Standstill, State, WorkState,
    };

    const UNTIL: &str = "2026-03-20T17:30:00+08:00";

    fn one() -> Procedure {
        sample::procedure(vec![sample::matter("a", &[])])
    }

    /// Something happens that decides nothing, and whoever saw the case before may still decide.
    fn stays(case: &Case, command: &Command, at: Timestamp) -> Case {
        let now = sample::after(Some(case.clone()), command, at);
        assert_ne!(&now, case, "it has an effect: {command:?}");
        assert_eq!(etag(&now), etag(case), "{command:?}");
        now
    }

    /// The alarm rings, and rings again.
    fn rings_on(case: &Case, alarm: Alarm) {
        let ring = Command::Ring(alarm.clone());
        let mut case = case.clone();
        for _ in 0..2 {
            let armed = crate::lifecycle::alarms(&case).into_iter();
            let at = armed.filter(|(of, _)| *of == alarm).map(|(_, at)| at).next();
            case = stays(&case, &ring, at.expect("it is armed"));
        }
    }

    #[test]
    fn whoever_is_told_that_the_case_is_late_changes_no_etag() {
        let opened = sample::after(None, &sample::open(one()), instant(sample::DAY_ONE));
        assert_eq!(opened.state, State::Consulting);
        rings_on(&opened, Alarm::Case);
    }

    #[test]
    fn whoever_is_told_that_an_item_is_late_changes_no_etag() {
        rings_on(&sample::running(&one()), Alarm::Item(sample::item("a")));
    }

    #[test]
    fn whoever_is_told_of_a_promise_changes_no_etag() {
        let case = sample::after_all(sample::running(&one()), &[sample::promise(UNTIL)]);
        rings_on(&sample::under_review(case, "a"), Alarm::Promise(sample::material("later")));
    }

    #[test]
    fn whoever_is_told_that_opinions_are_not_formal_changes_no_etag() {
        let case = sample::running(&sample::start_on_commitment());
        let case = sample::after_all(case, &[sample::commit(&[], true)]);
        let case =
            sample::after_all(sample::under_review(case, "plan"), &[sample::pre_issue("plan")]);
        let land = sample::of_case(sample::agent(), CaseAsk::RecordLandAcquired);
        rings_on(&sample::after_all(case, &[land]), Alarm::Commitment);
    }

    #[test]
    fn that_the_agent_has_left_is_a_change_and_whoever_is_told_of_it_is_none() {
        let case = sample::running(&one());
        let leaves = Command::AgentActs { agent: sample::person("agent"), acts: false };
        let left = sample::after(Some(case.clone()), &leaves, case.changed_at);
        assert_ne!(etag(&left), etag(&case));
        rings_on(&left, Alarm::Agent);
    }

    #[test]
    fn a_due_instant_that_an_amended_year_moves_changes_no_etag() {
        let now = instant("2026-12-30T10:00:00+08:00");
        let opened = sample::after(None, &sample::open(one()), now);
        let leaves = Command::AgentActs { agent: sample::person("agent"), acts: false };
        let left = sample::after(Some(opened), &leaves, now);
        let year = "year = 2026\ncomplete = true\nversion = 9\n\
            [[notice]]\nnumber = \"国办发明电〔2026〕1号\"\nissued = 2026-11-01\n\
            title = \"通知\"\nurl = \"\"\n\
            [[holiday]]\nname = \"年末\"\nnotice = \"国办发明电〔2026〕1号\"\n\
            off = { from = 2026-12-31, to = 2026-12-31 }\nwork = []\n";
        let year = calendar::Year::parse(year).expect("a year");
        let calendar = calendar::Calendar::published().with_year(year);
        let moment = calendar::Moment { now, calendar: &calendar };
        let facts = crate::lifecycle::decide(Some(&left), &Command::Recount, moment);
        let facts = facts.expect("never refused");
        let moved = facts.iter().fold(Some(left.clone()), crate::lifecycle::apply);
        let moved = moved.expect("a case");
        assert_ne!((moved.hand_over, moved.wait), (left.hand_over, left.wait));
        assert_eq!(etag(&moved), etag(&left));
    }

    #[test]
    fn where_its_order_stands_and_how_long_it_stood_still_changes_no_etag() {
        let case =
            sample::after_all(sample::running(&one()), &[sample::add(sample::agent(), "later")]);
        let case = sample::under_review(case, "a");
        let order = case.items[&sample::item("a")].order.as_ref().expect("an order");
        let (work_order, from) = (order.id, instant("2026-03-06T10:00:00+08:00"));
        let hear = |state, pause, at| {
            let (department, claimant, due) = (None, None, None);
            let now = Progress { state, department, claimant, due, pause, told_at: at };
            Command::Hear(Heard { work_order, occurred_at: at, news: News::Moved(now) })
        };
        let pause = Standstill { from, until: instant(UNTIL) };
        let paused = stays(&case, &hear(WorkState::Suspended, Some(pause), from), from);
        assert_eq!(paused.items[&sample::item("a")].reviews[0].pauses, [pause]);
        let at = instant("2026-03-10T10:00:00+08:00");
        let over = Standstill { from: at, until: at };
        stays(&paused, &hear(WorkState::InProgress, Some(over), at), at);
    }
}
