//! What tests of disbursements and batches are made of: people, accounts, instants, and a world.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod world;

use base::{Actor, BudgetId, DisbursementId, PersonId};
use jiff::Timestamp;
use uuid::Uuid;

pub(in crate::lifecycle) use self::world::World;

use super::super::By;
use super::{Account, Outcome};
use crate::error::{DisbursementError, Error};

/// 经办.
pub(in crate::lifecycle) const MAKER: &str = "D04-08";
/// 复核.
pub(in crate::lifecycle) const CHECKER: &str = "D04-01";
/// 初审.
pub(in crate::lifecycle) const REVIEWER: &str = "D02-04";
/// 复核 (of the application).
pub(in crate::lifecycle) const SECOND_REVIEWER: &str = "D04-07";
/// 企业经办人.
pub(in crate::lifecycle) const CLERK: &str = "E001-01";
/// 管委会.
pub(in crate::lifecycle) const LEADER: &str = "Z-01";

/// Somebody in their own right.
pub(in crate::lifecycle) fn by(person: &str) -> By {
    let person = PersonId::new(person).unwrap();
    By { actor: Actor::Person(person.clone()), person }
}

/// A deputy of somebody.
pub(in crate::lifecycle) fn deputy(person: &str, of: &str) -> By {
    let (person, of) = (PersonId::new(person).unwrap(), PersonId::new(of).unwrap());
    By { actor: Actor::Deputy { person: person.clone(), of }, person }
}

/// An account whose number ends so.
pub(in crate::lifecycle) fn account(tail: &str) -> Account {
    Account { sealed: vec![1, 2, 3], tail: tail.to_owned(), digest: format!("digest-{tail}") }
}

/// The name of the n-th disbursement.
pub(in crate::lifecycle) fn disbursement(number: u128) -> DisbursementId {
    DisbursementId::new(Uuid::from_u128(number))
}

/// An instant of the zone's clock: `2026-03-02 09:00`.
pub(in crate::lifecycle) fn at(text: &str) -> Timestamp {
    let local: jiff::civil::DateTime = text.replace(' ', "T").parse().unwrap();
    local.in_tz("Asia/Shanghai").unwrap().timestamp()
}

/// The line that pays in these tests.
pub(in crate::lifecycle) fn budget_id() -> BudgetId {
    BudgetId::new("P01-2026-D04").unwrap()
}

/// What the bank may say: paid.
pub(in crate::lifecycle) const SETTLED: Outcome = Outcome::Settled;

/// What the bank may say: not paid, or taken back.
pub(in crate::lifecycle) fn rejected() -> Outcome {
    Outcome::Rejected { code: "AC04".to_owned() }
}

/// The refusal of a disbursement.
pub(in crate::lifecycle) fn refusal(done: Result<(), Error>) -> DisbursementError {
    let error = done.expect_err("refused");
    let Error::Disbursement(error) = error else { panic!("refused by another: {error}") };
    error
}
