//! Samples for the tests of the rules: people, a ticket in each state, instants.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "samples are known to be good")]

use std::collections::{BTreeMap, BTreeSet};

use base::{
    Actor, CategoryId, DepartmentId, EnterpriseId, File, Person, PersonId, Role, TicketId,
    WorkOrderId,
};
use calendar::{Calendar, Intake, Limit, Moment};
use jiff::{SignedDuration, Timestamp};
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
pub(crate) fn someone(code: &str, role: Role) -> Viewer {
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
        complained: None,
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
        accepts_by_itself: false,
        zone_duty: None,
        version: 1,
    }
}

/// What is asked of dispatch, with the name of a new order.
pub(super) fn work() -> Box<Work> {
    work_of(9)
}

/// The same, where the new order has a number of its own.
pub(super) fn work_of(number: u128) -> Box<Work> {
    let work_order = WorkOrderId::new(Uuid::from_u128(number));
    Box::new(Work { rule: rule(), named: None, before: None, work_order })
}

/// Somebody asks that it be worked on again.
pub(super) fn again(by: Viewer) -> Again {
    Again { by, reason: "事出有因".to_owned(), work: work() }
}

pub(super) fn submit() -> Command {
    submit_as(submission())
}

pub(super) fn submit_as(submission: Submission) -> Command {
    let submission = Box::new(submission);
    Command::Submit { id: id(), by: handler(), submission, envoy: None, work: work() }
}

pub(super) fn accept() -> Command {
    Command::Accept { by: dispatcher(), work: work_of(2) }
}

pub(super) fn reject(by: Viewer, reason: RejectReason) -> Command {
    Command::Reject { by, reason, channel: "市12345".to_owned() }
}

/// The ticket of the day before.
pub(super) fn older() -> Older {
    Older {
        id: TicketId::new(Uuid::from_u128(0)),
        enterprise: enterprise(),
        complained: None,
        submitted_at: instant("2026-03-03T09:00:00+08:00"),
        state: State::Accepted,
    }
}

pub(super) fn merge() -> Command {
    Command::Merge { by: dispatcher(), into: Box::new(older()) }
}

pub(super) fn answer_directly() -> Command {
    let (text, internal_note) = ("请登录平台办理".to_owned(), "常见问题".to_owned());
    Command::AnswerDirectly { by: dispatcher(), text, internal_note }
}

pub(super) fn withdraw() -> Command {
    Command::Withdraw { by: handler(), reason: "已自行解决".to_owned() }
}

/// A call of one minute; reached if there is a level.
pub(super) fn call(at: &str, level: Option<u8>) -> CallBack {
    let said = |level| Reached { level: Some(level), solved: 3 <= level, comment: String::new() };
    CallBack {
        kept_as: format!("call-{at}"),
        number_commitment: vec![8; 32],
        started_at: instant(at),
        seconds: 60,
        recording: format!("REC-{at}"),
        reached: level.map(said),
        caller: person("D01-12"),
    }
}

/// Another dispatcher than the one who accepts and closes.
pub(super) fn caller() -> Viewer {
    someone("D01-12", Role::Dispatcher)
}

pub(super) fn call_back(call: CallBack) -> Command {
    Command::CallBack { by: caller(), call: Box::new(call) }
}

pub(super) fn rate(level: u8, solved: bool) -> Command {
    rate_from(None, level, solved)
}

/// The same, from a device.
pub(super) fn rate_from(device: Option<Device>, level: u8, solved: bool) -> Command {
    Command::Rate { by: handler(), level, solved, comment: String::new(), device }
}

/// Somebody looked at the rating of a round, and it counts.
pub(super) fn verify_rating(round: u32) -> Command {
    let (by, reason) = (someone("supervisor", Role::Supervisor), "已电话核实".to_owned());
    Command::VerifyRating { by, round, counts: true, reason }
}

pub(super) fn propose_explanation() -> Command {
    let (text, next_channel) = ("于法无据".to_owned(), "可依法诉讼".to_owned());
    Command::ProposeExplanation { by: dispatcher(), text, next_channel }
}

pub(super) fn decide_explanation(by: Viewer, approved: bool) -> Command {
    Command::DecideExplanation { by, approved, reason: "同意".to_owned() }
}

pub(super) fn appeal() -> Command {
    Command::Appeal { by: handler(), reason: "不服".to_owned() }
}

/// Somebody who had no part in anything.
pub(super) fn leader() -> Viewer {
    someone("leader", Role::ZoneLeader)
}

pub(super) fn decide_appeal(by: Viewer, upheld: bool) -> Command {
    Command::DecideAppeal { upheld, ask: again(by) }
}

pub(super) fn close() -> Command {
    Command::Close { by: dispatcher() }
}

pub(super) fn supplement() -> Command {
    Command::Supplement { by: handler(), text: "补充".to_owned() }
}

pub(super) fn file(number: usize) -> File {
    File {
        sha256: format!("{number:064x}"),
        name: "照片.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        bytes: 7,
    }
}

pub(super) fn add_evidence(by: Viewer, number: usize) -> Command {
    Command::AddEvidence { by, file: Box::new(file(number)) }
}

/// Where the work stands; with nobody if the code is empty.
pub(super) fn stands(state: WorkState, code: &str, is_claimed: bool) -> Progress {
    let has = (!code.is_empty()).then(|| department(code));
    Progress {
        state,
        claimed_by: has.clone().filter(|_| is_claimed),
        department: has,
        contact_due: None,
        reply_due: None,
        contacted_at: None,
    }
}

pub(super) fn offered_to(code: &str) -> Progress {
    stands(WorkState::Offered, code, false)
}

pub(super) fn claimed_by(code: &str) -> Progress {
    stands(WorkState::Claimed, code, true)
}

/// The work moved, by somebody's hand.
pub(super) fn moved_by(progress: Progress, concerned: Vec<PersonId>) -> News {
    News::Moved { progress: Box::new(progress), concerned }
}

pub(super) fn moved(progress: Progress, at: &str) -> Command {
    let news = moved_by(progress, Vec::new());
    Command::Hear(Heard { work_order: order(), occurred_at: instant(at), news })
}

pub(super) fn claimed(at: &str) -> Command {
    let news = moved_by(claimed_by("D02"), vec![person("D02-11")]);
    Command::Hear(Heard { work_order: order(), occurred_at: instant(at), news })
}

pub(super) fn completion(outcome: Outcome) -> Completion {
    let answer = Answer {
        text: "已修复".to_owned(),
        internal_note: "换了阀门".to_owned(),
        outcome,
        signer: None,
        directly: false,
        answered_at: instant(DAY_ONE),
    };
    let planned_until = (outcome == Outcome::Planned).then(|| instant("2026-06-01T17:30:00+08:00"));
    Completion { round: 1, answer, planned_until, concerned: vec![person("D02-11")] }
}

pub(super) fn completed(at: &str) -> Command {
    completed_as(completion(Outcome::Solved), at)
}

pub(super) fn completed_as(completion: Completion, at: &str) -> Command {
    let news = News::Completed(Box::new(completion));
    Command::Hear(Heard { work_order: order(), occurred_at: instant(at), news })
}

pub(super) fn planned(at: &str) -> Command {
    completed_as(completion(Outcome::Planned), at)
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
    let answered = || completed("2026-03-04T11:00:00+08:00");
    let way = match state {
        State::Submitted => vec![submit()],
        State::Accepted => vec![submit(), accept()],
        State::OnPlan => vec![submit(), accept(), planned("2026-03-04T11:00:00+08:00")],
        State::Answered => vec![submit(), accept(), answered()],
        State::Confirmed => vec![submit(), accept(), answered(), rate(5, true)],
        State::Dissatisfied => vec![submit(), accept(), answered(), rate(1, false)],
        State::Closed => vec![submit(), accept(), answered(), rate(5, true), close()],
        State::ClosedUnresolved => vec![
            submit(),
            accept(),
            answered(),
            rate(1, false),
            propose_explanation(),
            decide_explanation(caller(), true),
        ],
        State::Rejected => vec![submit(), reject(dispatcher(), RejectReason::CivilDispute)],
        State::Merged => vec![submit(), accept(), merge()],
        State::Withdrawn => {
            vec![submit(), accept(), claimed("2026-03-04T11:00:00+08:00"), withdraw()]
        }
    };
    along(&way)
}

/// The ticket after commands, an hour from one to the next.
pub(super) fn along(way: &[Command]) -> Ticket {
    let hour = |hour: usize| instant(DAY_ONE) + SignedDuration::from_hours(hour as i64);
    let steps = way.iter().enumerate();
    let step = |ticket, (hours, command)| Some(after(ticket, command, hour(hours)));
    steps.fold(None, step).expect("one")
}
