//! Samples for the tests of the rules: people, a ticket in each state, instants.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "samples are known to be good")]

use std::collections::{BTreeMap, BTreeSet};

use base::{
    Actor, CategoryId, DepartmentId, EnterpriseId, Person, PersonId, Role, TicketId, WorkOrderId,
};
use calendar::{Calendar, Intake, Limit, Moment};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;

/// A Wednesday morning in office hours.
pub(super) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";

pub(super) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(super) fn id() -> TicketId {
    TicketId::new(Uuid::from_u128(1))
}

pub(super) fn order() -> WorkOrderId {
    WorkOrderId::new(Uuid::from_u128(2))
}

pub(super) fn enterprise() -> EnterpriseId {
    EnterpriseId::new("P-ours").expect("an enterprise")
}

pub(super) fn department(code: &str) -> DepartmentId {
    DepartmentId::new(code).expect("a department")
}

pub(super) fn person(code: &str) -> PersonId {
    PersonId::new(code).expect("a person")
}

/// Somebody with one role, of department D02.
pub(super) fn someone(code: &str, role: Role) -> Viewer {
    let (id, ours) = (person(code), enterprise());
    let person = Person {
        id: id.clone(),
        same_person_as: None,
        roles: BTreeSet::from([role]),
        lent: BTreeMap::new(),
        department: Some(department("D02")),
        enterprise: (role == Role::Enterprise).then(|| ours.clone()),
        active: true,
    };
    let looks_after = if role == Role::Envoy { BTreeSet::from([ours]) } else { BTreeSet::new() };
    Viewer { person, actor: Actor::Person(id), looks_after }
}

pub(super) fn dispatcher() -> Viewer {
    someone("D01-11", Role::Dispatcher)
}

pub(super) fn handler() -> Viewer {
    someone("handler", Role::Enterprise)
}

pub(super) fn submission() -> Submission {
    Submission {
        number: "CS-2026-000001".to_owned(),
        enterprise: enterprise(),
        kind: Kind::Help,
        category: CategoryId::new("C01").expect("a category"),
        title: "停水".to_owned(),
        text: "厂区停水".to_owned(),
        contact_commitment: vec![7; 32],
        channel: "热线".to_owned(),
        project_code: None,
        origin: None,
        submitted_by: handler().actor,
    }
}

pub(super) fn rule() -> Rule {
    let limit = |kind, time| WorkLimit {
        kind,
        tier: LimitTier::Promised,
        time,
        start: LimitStart::Submitted,
        intake: Intake::Instant,
    };
    Rule {
        lead: department("D02"),
        suggested_assisting: vec![department("D03")],
        work_class: WorkClass::C,
        limits: vec![
            limit(LimitKind::Contact, Limit::WorkingMinutes(240)),
            limit(LimitKind::Reply, Limit::WorkingDays(5)),
        ],
        version: 1,
    }
}

pub(super) fn submit() -> Command {
    let submission = Box::new(submission());
    Command::Submit { id: id(), by: handler(), submission, envoy: None }
}

pub(super) fn accept() -> Command {
    Command::Accept { by: dispatcher(), rule: rule(), lead: None, work_order: order() }
}

pub(super) fn rate(level: u8, solved: bool) -> Command {
    Command::Rate { by: handler(), level, solved, comment: String::new() }
}

pub(super) fn close() -> Command {
    Command::Close { by: dispatcher() }
}

pub(super) fn supplement() -> Command {
    Command::Supplement { by: handler(), text: "补充".to_owned() }
}

pub(super) fn moved(step: Step, at: &str) -> Command {
    Command::Hear(Heard { work_order: order(), occurred_at: instant(at), news: News::Moved(step) })
}

pub(super) fn completed(at: &str) -> Command {
    let news = News::Completed {
        round: 1,
        outcome: Outcome::Solved,
        answer: "已修复".to_owned(),
        concerned: vec![person("D02-11")],
    };
    Command::Hear(Heard { work_order: order(), occurred_at: instant(at), news })
}

pub(super) fn decide_at(
    ticket: Option<&Ticket>,
    command: &Command,
    now: Timestamp,
) -> Result<Vec<Fact>, Error> {
    decide(ticket, command, Moment { now, calendar: &Calendar::published() })
}

/// The ticket after a command that must not be refused.
pub(super) fn after(ticket: Option<Ticket>, command: &Command, now: Timestamp) -> Ticket {
    let facts = decide_at(ticket.as_ref(), command, now).expect("the command is taken");
    facts.iter().fold(ticket, apply).expect("there is a ticket")
}

/// A ticket of [`DAY_ONE`], an hour older with each step, in a state.
pub(super) fn ticket_in(state: State) -> Ticket {
    let hour = |hour: u8| instant(&format!("2026-03-04T{hour:02}:00:00+08:00"));
    let mut way = vec![submit()];
    match state {
        State::Submitted => {}
        State::Accepted => way.extend([accept()]),
        State::Answered => way.extend([accept(), completed("2026-03-04T11:00:00+08:00")]),
        State::Confirmed => {
            way.extend([accept(), completed("2026-03-04T11:00:00+08:00"), rate(5, true)]);
        }
        State::Dissatisfied => {
            way.extend([accept(), completed("2026-03-04T11:00:00+08:00"), rate(1, false)]);
        }
        State::Closed => {
            way.extend([accept(), completed("2026-03-04T11:00:00+08:00"), rate(5, true), close()]);
        }
    }
    let steps = way.iter().zip(9..);
    steps.fold(None, |ticket, (command, at)| Some(after(ticket, command, hour(at)))).expect("one")
}
