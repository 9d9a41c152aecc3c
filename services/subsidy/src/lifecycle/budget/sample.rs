//! Samples for the tests of the rules: a line, people, disbursements, instants.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "samples are known to be good")]

use base::{Actor, ApplicationId, DepartmentId, DisbursementId, Fen, PersonId, PolicyId};
use calendar::{Calendar, Moment};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::lifecycle::By;

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";
/// The first morning of the year after.
pub(crate) const NEXT_YEAR: &str = "2027-01-01T00:00:00+08:00";

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(crate) fn by(code: &str) -> By {
    let person = PersonId::new(code).expect("a person");
    By { actor: Actor::Person(person.clone()), person }
}

pub(crate) fn application(number: u128) -> ApplicationId {
    ApplicationId::new(Uuid::from_u128(number))
}

pub(crate) fn disbursement(number: u128) -> DisbursementId {
    DisbursementId::new(Uuid::from_u128(number))
}

/// The line of P01, paid by D04, in a year.
pub(crate) fn opening(year: i16, amount: i64) -> Opening {
    let policy = PolicyId::new("P01").expect("a policy");
    let payer = DepartmentId::new("D04").expect("a department");
    let id = budget_id(&policy, year, &payer).expect("a name");
    let document = "经开财〔2026〕1号".to_owned();
    Opening { id, policy, year, payer, amount: Fen(amount), document, by: by("maker") }
}

pub(crate) fn money(number: u128, amount: i64) -> Money {
    Money { disbursement: disbursement(number), amount: Fen(amount) }
}

pub(crate) fn hold(number: u128, amount: i64) -> BudgetCommand {
    BudgetCommand::Hold { application: application(number), amount: Fen(amount) }
}

pub(crate) fn release(number: u128, amount: i64) -> BudgetCommand {
    BudgetCommand::Release { application: application(number), amount: Fen(amount) }
}

/// An approval of an application, paid by the disbursement of the same number.
pub(crate) fn commit(number: u128, held: i64, amount: i64) -> BudgetCommand {
    BudgetCommand::Commit {
        application: application(number),
        disbursement: disbursement(number),
        held: Fen(held),
        amount: Fen(amount),
    }
}

pub(crate) fn propose(who: &str, change: Change) -> BudgetCommand {
    let document = "经开财〔2026〕7号".to_owned();
    BudgetCommand::ProposeAdjustment { by: by(who), change, document }
}

pub(crate) fn close_year(carry: Option<Carry>, lapse: i64) -> BudgetCommand {
    let document = "经开财〔2027〕2号".to_owned();
    BudgetCommand::CloseYear { by: by("maker"), document, carry, lapse: Fen(lapse) }
}

pub(crate) fn decide_at(
    before: Option<&Budget>,
    command: &BudgetCommand,
    now: &str,
) -> Result<Vec<BudgetFact>, BudgetError> {
    let calendar = Calendar::published();
    decide(before, command, Moment { now: instant(now), calendar: &calendar })
}

/// The line after a command that is taken.
pub(crate) fn after(before: Option<Budget>, command: &BudgetCommand, now: &str) -> Budget {
    let facts = decide_at(before.as_ref(), command, now).expect("it is taken");
    facts.iter().fold(before, apply).expect("a line")
}

/// A line of 2026 that was opened with so much, and has seen these commands.
pub(crate) fn line(amount: i64, commands: &[BudgetCommand]) -> Budget {
    let opened = after(None, &BudgetCommand::Open(opening(2026, amount)), DAY_ONE);
    commands.iter().fold(opened, |budget, command| after(Some(budget), command, DAY_ONE))
}

/// What a line says to a command on its first day.
pub(crate) fn refused(budget: &Budget, command: &BudgetCommand) -> BudgetError {
    decide_at(Some(budget), command, DAY_ONE).expect_err("it is refused")
}
