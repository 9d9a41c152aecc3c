//! The life of a budget 预算额度, as rules: a line of one policy, one year and one payer.
//!
//! Read [`TRANSITIONS`] and [`MOVES`] first: what may be done, and between which accounts money goes
//! by it. [`decide`] adds what tables cannot say: never over what was appropriated, by two people,
//! by a written decision. Nothing moves by itself: a line has no alarms.

mod account;
mod apply;
mod command;
mod deciding;
mod draft;
mod fact;
mod line;
mod moving;
mod posting;
mod tables;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use calendar::Moment;
use jiff::Timestamp;

pub use self::account::{Account, MOVES, Movement};
pub use self::apply::apply;
pub use self::command::{BudgetCommand, Carry, Change, LapseFrom, Money, Opening};
pub use self::fact::{BudgetFact, Proposal};
pub use self::line::{Budget, Entry, budget_id};
pub use self::posting::{Cause, Posting};
pub use self::tables::{Action, State, TRANSITIONS, allowed};

use self::deciding::Carried;
use self::draft::Draft;
use self::moving::Approval;
use super::{Command, ThingId};
use crate::error::BudgetError;

/// Decides a command: what happens, or why not. Refusals come in the order exists, may, state,
/// limits.
pub fn decide(
    before: Option<&Budget>,
    command: &BudgetCommand,
    moment: Moment<'_>,
) -> Result<Vec<BudgetFact>, BudgetError> {
    let Some(budget) = before else {
        let BudgetCommand::Open(opening) = command else {
            return Err(BudgetError::NotFound { budget: String::new() });
        };
        return deciding::open(opening, moment);
    };
    let mut draft = Draft::of(budget, moment);
    match command {
        BudgetCommand::Open(_) => {
            return Err(BudgetError::OpenedAlready { budget: budget.id.clone() });
        }
        BudgetCommand::ProposeAdjustment { by, change, document } => {
            deciding::propose(&mut draft, by, *change, document)?;
        }
        BudgetCommand::ConfirmAdjustment { by } => deciding::confirm(&mut draft, by)?,
        BudgetCommand::DropAdjustment { by } => deciding::drop_proposal(&mut draft, by)?,
        BudgetCommand::Hold { application, amount } => {
            moving::hold(&mut draft, *application, *amount)?;
        }
        BudgetCommand::Release { application, amount } => {
            moving::release(&mut draft, *application, *amount)?;
        }
        BudgetCommand::CloseYear { by, document, carry, lapse } => {
            deciding::close_year(&mut draft, by, document, carry.as_ref(), *lapse)?;
        }
        BudgetCommand::CarryIn { from, policy, payer, year, amount, document } => {
            let (year, amount) = (*year, *amount);
            let carried = Carried { from, policy, payer, year, amount, document };
            deciding::carry_in(&mut draft, &carried)?;
        }
        BudgetCommand::Commit { .. }
        | BudgetCommand::Order(_)
        | BudgetCommand::Pay(_)
        | BudgetCommand::Bounce(_)
        | BudgetCommand::Reverse(_)
        | BudgetCommand::Reissue(_)
        | BudgetCommand::Lapse { .. }
        | BudgetCommand::OpenReceivable(_)
        | BudgetCommand::Waive(_)
        | BudgetCommand::Repay(_)
        | BudgetCommand::Offset { .. }
        | BudgetCommand::Withhold { .. } => decide_money(&mut draft, command)?,
    }
    Ok(draft.done())
}

/// What follows from what happens to a disbursement.
fn decide_money(draft: &mut Draft<'_>, command: &BudgetCommand) -> Result<(), BudgetError> {
    let (movement, money, document) = match command {
        BudgetCommand::Commit { application, disbursement, held, amount } => {
            let (application, disbursement) = (*application, *disbursement);
            let approval = Approval { application, disbursement, held: *held, amount: *amount };
            return moving::commit(draft, &approval);
        }
        BudgetCommand::Order(money) => (Movement::Order, money, None),
        BudgetCommand::Pay(money) => (Movement::Pay, money, None),
        BudgetCommand::Bounce(money) => (Movement::Bounce, money, None),
        BudgetCommand::Reverse(money) => (Movement::Reverse, money, None),
        BudgetCommand::Reissue(money) => (Movement::Reissue, money, None),
        BudgetCommand::Lapse { money, from } => (moving::lapse_of(*from), money, None),
        BudgetCommand::OpenReceivable(money) => (Movement::OpenReceivable, money, None),
        BudgetCommand::Waive(money) => (Movement::Waive, money, None),
        BudgetCommand::Repay(money) => (Movement::Repay, money, None),
        BudgetCommand::Offset { money, document } => (Movement::Offset, money, Some(document)),
        BudgetCommand::Withhold { money, document } => (Movement::Withhold, money, Some(document)),
        BudgetCommand::Open(_)
        | BudgetCommand::ProposeAdjustment { .. }
        | BudgetCommand::ConfirmAdjustment { .. }
        | BudgetCommand::DropAdjustment { .. }
        | BudgetCommand::Hold { .. }
        | BudgetCommand::Release { .. }
        | BudgetCommand::CloseYear { .. }
        | BudgetCommand::CarryIn { .. } => return Ok(()),
    };
    moving::carry(draft, movement, money, document.map(String::as_str))
}

/// A line has no alarms: at the year's end nothing moves by itself (domain.md §7).
pub fn alarms(_thing: &Budget) -> Vec<(String, Timestamp)> {
    Vec::new()
}

/// What is carried out of a line is taken over by the other in the same unit, or not carried out.
pub fn follows(thing: &Budget, fact: &BudgetFact) -> Vec<(ThingId, Command)> {
    let BudgetFact::CarriedOut { into, posting } = fact else { return Vec::new() };
    let taking = BudgetCommand::CarryIn {
        from: thing.id.clone(),
        policy: thing.policy.clone(),
        payer: thing.payer.clone(),
        year: thing.year,
        amount: posting.amount,
        document: posting.cause.document().unwrap_or_default().to_owned(),
    };
    vec![(ThingId::Budget(into.clone()), Command::Budget(taking))]
}
