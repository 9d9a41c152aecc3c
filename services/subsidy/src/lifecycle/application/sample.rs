//! Samples for the tests of the rules: people, terms, an application in each state, instants.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "samples are known to be good")]

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Actor, ApplicationId, BudgetId, DepartmentId, EnterpriseId, Fen, PersonId};
use calendar::{Calendar, Moment};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::error::ApplicationError;
use crate::lifecycle::By;
use crate::lifecycle::disbursement::Account;
use crate::lifecycle::policy::sample::{enterprise_id, facts, instant, version_of};
use crate::lifecycle::policy::{NoticeMode, Snapshot, State as PolicyState, Terms};

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";
/// What the plain policy gives on the plain facts: 40 % of 49,728.41 yuan, rounded down to the fen.
pub(crate) const DUE: Fen = Fen(1_989_136);

pub(crate) fn person(code: &str) -> PersonId {
    PersonId::new(code).expect("a person")
}

pub(crate) fn by(code: &str) -> By {
    By { actor: Actor::Person(person(code)), person: person(code) }
}

/// Of the enterprise.
pub(crate) fn handler() -> By {
    by("handler")
}

pub(crate) fn checker() -> By {
    by("D02-03")
}

pub(crate) fn reviewer() -> By {
    by("D02-04")
}

pub(crate) fn second() -> By {
    by("D04-07")
}

pub(crate) fn leader() -> By {
    by("D01-01")
}

/// Somebody else, who may object.
pub(crate) fn neighbour() -> By {
    by("neighbour")
}

/// Somebody who has nothing to do with it.
pub(crate) fn outsider() -> By {
    by("D09-01")
}

pub(crate) fn id(number: u128) -> ApplicationId {
    ApplicationId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number))
}

pub(crate) fn budget(code: &str) -> BudgetId {
    BudgetId::new(code).expect("a budget")
}

pub(crate) fn department(code: &str) -> DepartmentId {
    DepartmentId::new(code).expect("a department")
}

pub(crate) fn payee(digest: &str) -> Payee {
    let account =
        Account { sealed: vec![1, 2, 3], tail: "0548".to_owned(), digest: digest.to_owned() };
    Payee { holder: enterprise_id(), account, confirmed: None }
}

pub(crate) fn foreign_payee() -> Payee {
    let holder = EnterpriseId::new("P-other").expect("an enterprise");
    Payee { holder, ..payee("aa") }
}

/// The plain policy without a notice.
pub(crate) fn plain() -> Terms {
    Terms { notice: NoticeMode::None, ..crate::lifecycle::policy::sample::terms() }
}

/// The plain policy with a notice of five working days before the approval.
pub(crate) fn noticed() -> Terms {
    Terms { notice: NoticeMode::BeforePayment { days: 5 }, ..plain() }
}

/// The plain policy of which everything goes to a zone leader.
pub(crate) fn above_threshold() -> Terms {
    Terms { threshold: Fen(1_000_000), ..plain() }
}

pub(crate) fn snapshot() -> Snapshot {
    Snapshot::of(facts(), "一企一档、企业申报", instant("2026-01-05T09:00:00+08:00"))
}

pub(crate) fn document(name: &str) -> Document {
    Document { name: name.to_owned(), sha256: "ab".repeat(32) }
}

pub(crate) fn opening(terms: Terms) -> Opening {
    Opening {
        number: "SQ-2026-000001".to_owned(),
        enterprise: enterprise_id(),
        version: Arc::new(version_of(terms)),
        snapshot: snapshot(),
        documents: vec![document("借款合同.pdf")],
        payee: Some(payee("aa")),
    }
}

/// The policy is open, and nothing stands against the enterprise.
pub(crate) fn seen() -> Seen {
    Seen {
        policy: PolicyState::Open,
        barred_until: None,
        borne: BTreeMap::new(),
        used: BTreeMap::new(),
        annual_cap: Some(Fen(120_000_000)),
    }
}

pub(crate) fn apply_for(opening: Opening) -> ApplicationCommand {
    apply_seeing(opening, seen())
}

pub(crate) fn apply_seeing(opening: Opening, seen: Seen) -> ApplicationCommand {
    let (opening, seen) = (Box::new(opening), Box::new(seen));
    ApplicationCommand::Apply { id: id(1), by: handler(), by_enterprise: true, opening, seen }
}

pub(crate) fn ask(by: By, ask: Ask) -> ApplicationCommand {
    ApplicationCommand::Ask { by, ask }
}

pub(crate) fn accept() -> ApplicationCommand {
    accept_seeing(snapshot(), seen())
}

pub(crate) fn accept_seeing(snapshot: Snapshot, seen: Seen) -> ApplicationCommand {
    ask(checker(), Ask::Accept { snapshot, seen: Box::new(seen) })
}

pub(crate) fn review(amount: Fen) -> ApplicationCommand {
    let reason = if amount < DUE { "部分利息凭证不符".to_owned() } else { String::new() };
    let opinion = "材料属实".to_owned();
    ask(reviewer(), Ask::Review { amount, reason, opinion, near_others: 0 })
}

/// All that the first line has left is `left`.
pub(crate) fn second_review(left: Fen) -> ApplicationCommand {
    ask(second(), second_opinion(left))
}

pub(crate) fn second_opinion(left: Fen) -> Ask {
    let free = vec![(budget("P05-2026-D04"), left)];
    Ask::SecondReview { opinion: "同意".to_owned(), free }
}

pub(crate) fn list_of(applications: &[&Application]) -> Arc<NoticeList> {
    let entries = applications.iter().map(|application| application.entry()).collect();
    Arc::new(NoticeList { place: "管委会网站".to_owned(), entries })
}

pub(crate) fn start_notice(application: &Application) -> ApplicationCommand {
    let list = list_of(&[application]);
    ask(checker(), Ask::StartNotice { list, kept_by: None })
}

pub(crate) fn object(by: By) -> ApplicationCommand {
    let ask = Ask::RaiseObjection { text: "该企业未付息".to_owned(), as_applicant: false };
    ApplicationCommand::Ask { by, ask }
}

pub(crate) fn decide_objection(by: By, number: u32, upheld: bool) -> ApplicationCommand {
    ask(by, Ask::DecideObjection { number, upheld, reason: "经查证".to_owned() })
}

pub(crate) fn approve(by: By) -> ApplicationCommand {
    ask(by, Ask::Approve { office: Office::SecondReviewer, minutes: None })
}

pub(crate) fn approve_by_leader(minutes: Option<Minutes>) -> ApplicationCommand {
    ask(leader(), Ask::Approve { office: Office::ZoneLeader, minutes })
}

pub(crate) fn minutes() -> Minutes {
    Minutes { number: "管委会纪要〔2026〕3号".to_owned(), file: document("纪要.pdf") }
}

pub(crate) fn confirm_account(digest: &str) -> ApplicationCommand {
    ask(handler(), Ask::ConfirmAccount { payee: payee(digest) })
}

pub(crate) fn reject(by: By) -> ApplicationCommand {
    let (reason, remedy) = ("不属实".to_owned(), "可申请行政复议".to_owned());
    ask(by, Ask::Reject { reason, remedy })
}

pub(crate) fn withdraw() -> ApplicationCommand {
    ask(handler(), Ask::Withdraw { reason: "另行申报".to_owned() })
}

pub(crate) fn decide_at(
    before: Option<&Application>,
    command: &ApplicationCommand,
    now: &str,
) -> Result<Vec<ApplicationFact>, ApplicationError> {
    let calendar = Calendar::published();
    decide(before, command, Moment { now: instant(now), calendar: &calendar })
}

/// The application after a command that is taken, and what happened.
pub(crate) fn told_after(
    before: Option<Application>,
    command: &ApplicationCommand,
    now: &str,
) -> (Application, Vec<ApplicationFact>) {
    let facts = decide_at(before.as_ref(), command, now).expect("it is taken");
    let after = facts.iter().fold(before, apply).expect("there is an application");
    assert_eq!(after.broken_invariant(), None, "after {command:?}");
    (after, facts)
}

pub(crate) fn after(
    before: Option<Application>,
    command: &ApplicationCommand,
    now: &str,
) -> Application {
    told_after(before, command, now).0
}

/// The application after several, all on the first day.
pub(crate) fn after_all(before: Application, commands: &[ApplicationCommand]) -> Application {
    commands.iter().fold(before, |before, command| after(Some(before), command, DAY_ONE))
}

pub(crate) fn refused(application: &Application, command: &ApplicationCommand) -> ApplicationError {
    refused_at(application, command, DAY_ONE)
}

pub(crate) fn refused_at(
    application: &Application,
    command: &ApplicationCommand,
    now: &str,
) -> ApplicationError {
    decide_at(Some(application), command, now).expect_err("it is refused")
}

pub(crate) fn submitted(terms: Terms) -> Application {
    after(None, &apply_for(opening(terms)), DAY_ONE)
}

pub(crate) fn under_review(terms: Terms) -> Application {
    after_all(submitted(terms), &[accept()])
}

pub(crate) fn reviewed(terms: Terms) -> Application {
    let application = under_review(terms);
    let due = application.computed;
    after_all(application, &[review(due)])
}

/// The first line has a million yuan left.
pub(crate) const PLENTY: Fen = Fen(100_000_000);

/// On notice, its list published at `now`.
pub(crate) fn on_notice_since(now: &str) -> Application {
    let application = after_all(reviewed(noticed()), &[second_review(PLENTY)]);
    let start = start_notice(&application);
    after(Some(application), &start, now)
}

pub(crate) fn armed_at(application: &Application, of: &str) -> Option<Timestamp> {
    alarms(application).into_iter().find(|(name, _)| name == of).map(|(_, at)| at)
}
