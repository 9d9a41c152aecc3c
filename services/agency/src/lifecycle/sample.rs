//! Samples for the tests of the rules: people, procedures, a case in each state, instants.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "samples are known to be good")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::{
    Actor, CaseId, CategoryId, DepartmentId, EnterpriseId, File, ItemId, MaterialId, Person,
    PersonId, ProcedureId, Role,
};
use calendar::{Calendar, Limit, Moment};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::error::Error;

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(crate) fn item(code: &str) -> ItemId {
    ItemId::new(code).expect("an item")
}

pub(crate) fn material(code: &str) -> MaterialId {
    MaterialId::new(code).expect("a material")
}

pub(crate) fn department(code: &str) -> DepartmentId {
    DepartmentId::new(code).expect("a department")
}

pub(crate) fn person(code: &str) -> PersonId {
    PersonId::new(code).expect("a person")
}

pub(crate) fn enterprise_id() -> EnterpriseId {
    EnterpriseId::new("P-ours").expect("an enterprise")
}

pub(crate) fn someone(code: &str, role: Role, of: Option<&str>) -> Viewer {
    let id = person(code);
    let person = Person {
        id: id.clone(),
        same_person_as: None,
        roles: BTreeSet::from([role]),
        lent: BTreeMap::new(),
        department: of.map(department),
        enterprise: (role == Role::Enterprise).then(enterprise_id),
        active: true,
    };
    Viewer { person, actor: Actor::Person(id) }
}

pub(crate) fn handler() -> Viewer {
    someone("handler", Role::Enterprise, None)
}

pub(crate) fn agent() -> Viewer {
    someone("agent", Role::Agent, None)
}

pub(crate) fn other_agent() -> Viewer {
    someone("agent-2", Role::Agent, None)
}

pub(crate) fn dispatcher() -> Viewer {
    someone("D01-11", Role::Dispatcher, Some("D01"))
}

/// Somebody who decides for a department.
pub(crate) fn staff(of: &str) -> Viewer {
    someone(&format!("{of}-12"), Role::Staff, Some(of))
}

/// A matter of department D02 that waits for others, with one main and one deferrable material.
pub(crate) fn matter(code: &str, after: &[&str]) -> Matter {
    Matter {
        item: item(code),
        title: format!("事项{code}"),
        category: CategoryId::new("C90").expect("a category"),
        department: department("D02"),
        kind: MatterKind::Review,
        statutory: Some(Limit::WorkingDays(20)),
        promised: Some(Limit::WorkingDays(5)),
        tightened: None,
        materials: vec![need("main", false), need("later", true)],
        certificate: "许可证".to_owned(),
        acts: BTreeSet::from([Act::Fill, Act::Submit, Act::Collect, Act::Accompany]),
        after: after.iter().map(|code| item(code)).collect(),
        on_opinion: false,
        needs_land: false,
        for_start: false,
    }
}

pub(crate) fn need(code: &str, deferrable: bool) -> Need {
    Need { material: material(code), title: code.to_owned(), deferrable }
}

pub(crate) fn procedure(matters: Vec<Matter>) -> Procedure {
    Procedure {
        id: ProcedureId::new("P01").expect("a procedure"),
        version: 1,
        title: "工程建设项目审批".to_owned(),
        profile: Profile::Standard,
        promised: Limit::WorkingDays(80),
        matters,
        negative_list: BTreeSet::from([Trait::HazardousChemicals]),
    }
}

/// 承诺可开工: a plan permit and, on its opinion, a building permit; both need land, and both are
/// needed to start.
pub(crate) fn start_on_commitment() -> Procedure {
    let of = |code: &str, after: &[&str]| Matter {
        needs_land: true,
        on_opinion: true,
        for_start: true,
        materials: vec![need("main", false)],
        ..matter(code, after)
    };
    Procedure {
        profile: Profile::StartOnCommitment,
        ..procedure(vec![of("plan", &[]), of("build", &["plan"])])
    }
}

pub(crate) fn zone() -> Zone {
    let staffed = ["D02", "D03", "D04"].map(|code| (department(code), true));
    let empty = [(department("D09"), false)];
    Zone { departments: staffed.into_iter().chain(empty).collect() }
}

pub(crate) fn open(procedure: Procedure) -> Command {
    let opening = Box::new(Opening {
        number: "BD-2026-000001".to_owned(),
        enterprise: enterprise_id(),
        title: "新建厂房".to_owned(),
        project_code: None,
        procedure: Arc::new(procedure),
        agent: person("agent"),
    });
    let id = CaseId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
    Command::Open { id, by: agent(), opening }
}

/// A mandate for everything that the procedure lets an agent do.
pub(crate) fn mandate(procedure: &Procedure, expires: &str) -> Command {
    let scope =
        procedure.matters.iter().map(|matter| (matter.item.clone(), matter.acts.clone())).collect();
    let expires_at = instant(expires);
    let document_sha256 = "ab".repeat(32);
    let ask = CaseAsk::SignMandate { scope, document_sha256, may_pass_on: true, expires_at };
    of_case(handler(), ask)
}

pub(crate) fn of_case(by: Viewer, ask: CaseAsk) -> Command {
    Command::Case { by, ask }
}

pub(crate) fn of_item(by: Viewer, code: &str, ask: ItemAsk) -> Command {
    Command::Item { by, item: item(code), ask }
}

pub(crate) fn add(by: Viewer, code: &str) -> Command {
    let file = File {
        sha256: "cd".repeat(32),
        name: format!("{code}.pdf"),
        bytes: 10,
        media_type: "application/pdf".to_owned(),
    };
    let (material, source) = (material(code), Source::Uploaded);
    of_case(by, CaseAsk::AddMaterial { material, file, source })
}

pub(crate) fn promise(until: &str) -> Command {
    let (material, until) = (material("later"), instant(until));
    of_case(handler(), CaseAsk::PromiseMaterial { material, until })
}

pub(crate) fn commit(traits: &[Trait], credit_clean: bool) -> Command {
    let ask = CaseAsk::SignCommitment {
        traits: traits.iter().copied().collect(),
        credit_clean,
        representative: "王某".to_owned(),
        letter_sha256: "ef".repeat(32),
        land_until: instant("2026-06-01T17:30:00+08:00"),
    };
    of_case(handler(), ask)
}

pub(crate) fn issue(code: &str, number: &str) -> Command {
    of_item(staff("D02"), code, ItemAsk::Issue { certificate: number.to_owned() })
}

pub(crate) fn decide_at(
    before: Option<&Case>,
    command: &Command,
    now: Timestamp,
) -> Result<Vec<Fact>, Error> {
    let calendar = Calendar::published();
    decide(before, command, Moment { now, calendar: &calendar })
}

/// The case after a command that is taken.
pub(crate) fn after(before: Option<Case>, command: &Command, now: Timestamp) -> Case {
    let facts = decide_at(before.as_ref(), command, now).expect("it is taken");
    let case = facts.iter().fold(before, apply).expect("there is a case");
    assert_eq!(case.broken_invariant(), None, "after {command:?}");
    case
}

/// The case after several, all on the first day.
pub(crate) fn after_all(case: Case, commands: &[Command]) -> Case {
    commands.iter().fold(case, |case, command| after(Some(case), command, instant(DAY_ONE)))
}

/// A case that runs under a mandate for everything, with its main material.
pub(crate) fn running(procedure: &Procedure) -> Case {
    let case = after(None, &open(procedure.clone()), instant(DAY_ONE));
    let begin = [
        mandate(procedure, "2026-12-31T17:30:00+08:00"),
        add(agent(), "main"),
        of_case(agent(), CaseAsk::Start),
    ];
    after_all(case, &begin)
}

/// Submitted and accepted on the first day.
pub(crate) fn under_review(case: Case, code: &str) -> Case {
    let by = staff("D02");
    after_all(case, &[of_item(agent(), code, ItemAsk::Submit), of_item(by, code, ItemAsk::Accept)])
}

pub(crate) fn pre_issue(code: &str) -> Command {
    of_item(staff("D02"), code, ItemAsk::PreIssue { opinion: "原则同意".to_owned() })
}

pub(crate) fn state(case: &Case, code: &str) -> ItemState {
    case.state_of(&item(code)).expect("an item")
}
