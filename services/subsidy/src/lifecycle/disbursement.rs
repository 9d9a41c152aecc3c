//! The life of a disbursement 拨付, as rules.
//!
//! Read [`TRANSITIONS`] and [`REPORTED`] first: they are the whole state machine, of what people and
//! time do and of what the bank reports. [`decide`] adds what a table cannot say: who may, how much,
//! until when. Money moves by [`follows`]: each fact that moves any asks the budget for it in the
//! same unit.
//!
//! M9 stands on one thing: an attempt whose money may be with the enterprise is [never paid
//! beside](Disbursement::may_be_ordered). It is known to be back only by the bank's own word, equal to
//! the fen, or by that of two people.

mod account;
mod alarm;
mod apply;
mod attempt;
mod clawback;
mod command;
mod draft;
mod entitlement;
mod exception;
mod fact;
mod follow;
mod kept;
mod limits;
mod paying;
mod people;
mod report;
mod tables;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(in crate::lifecycle) mod sample;
#[cfg(test)]
mod tests;

use calendar::Moment;

pub use self::account::{Account, AccountChange};
pub use self::alarm::{DisbursementAlarm, alarms};
pub use self::apply::apply;
pub use self::attempt::{Attempt, INSTRUCTION_CHARS_MAX, RESOLVED, Rejection, instruction_id};
pub use self::clawback::{
    Bar, Clawback, ClawbackDecision, ClawbackOpening, Decided, Instalment, Means, Repayment, Way,
};
pub use self::command::DisbursementCommand;
pub use self::entitlement::Entitlement;
pub use self::exception::{Cause, Exception, Proposal, Resolution};
pub use self::fact::{DisbursementFact, What};
pub use self::follow::{Standing, follows};
pub use self::kept::{Batched, Disbursement, Receipt, Segments};
pub use self::limits::{
    ATTEMPTS_MAX, BAR_YEARS, CHECK_WITHIN, CLOCK_SKEW_SECONDS_MAX, DECIDE_WITHIN,
    INQUIRE_AGAIN_AFTER, INSTALMENTS_MAX, PAY_WITHIN, RECEIPT_AFTER, REPORT_WITHIN, RESOLVE_WITHIN,
    SEND_WITHIN, STATEMENT_DAYS_MAX, STATEMENT_DAYS_MIN, STRANDED_AFTER, TOLD_AGAIN_AFTER, Told,
    Wait,
};
pub use self::report::{Outcome, Report};
pub use self::tables::{Action, Effect, News, REPORTED, State, TRANSITIONS, allowed, effect};

pub(in crate::lifecycle) use self::people::people_of;

use self::draft::Draft;
use crate::error::DisbursementError;

/// Decides a command: what happens, or why not. Refusals come in the order exists, may, state, limits.
pub fn decide(
    before: Option<&Disbursement>,
    command: &DisbursementCommand,
    moment: Moment<'_>,
) -> Result<Vec<DisbursementFact>, DisbursementError> {
    let Some(disbursement) = before else { return paying::create(command, moment) };
    let mut draft = Draft::of(disbursement, moment);
    let on = &mut draft;
    match command {
        DisbursementCommand::Create { .. } => return Err(DisbursementError::CreatedAlready),
        DisbursementCommand::Batch { by, batch, entry } => paying::batch(on, by, *batch, entry)?,
        DisbursementCommand::Unbatch { batch } => paying::unbatch(on, *batch),
        DisbursementCommand::Order { by, batch, entry } => paying::order(on, by, *batch, entry)?,
        DisbursementCommand::Send { batch, line } => paying::send(on, *batch, line.as_ref())?,
        DisbursementCommand::Report(said) => report::report(on, said)?,
        DisbursementCommand::ResolveException { by, resolution, reason } => {
            exception::resolve(on, by, resolution, reason)?;
        }
        DisbursementCommand::ConfirmAccount { by, account, holder, registered } => {
            paying::confirm_account(on, by, account, (holder, registered))?;
        }
        DisbursementCommand::VerifyAccount { by, correct, reason } => {
            paying::verify_account(on, by, *correct, reason)?;
        }
        DisbursementCommand::ConfirmReceipt { by } => paying::confirm_receipt(on, by)?,
        DisbursementCommand::Lapse { by, reason } => paying::lapse(on, by, reason)?,
        DisbursementCommand::OpenClawback { by, opening } => clawback::open(on, by, opening)?,
        DisbursementCommand::DecideClawback { by, decision } => {
            clawback::decide(on, by, decision)?;
        }
        DisbursementCommand::RecordRepayment { by, amount, reference } => {
            clawback::record(on, by, *amount, reference)?;
        }
        DisbursementCommand::Offset { by, against, amount } => {
            clawback::offset(on, by, *against, *amount)?;
        }
        DisbursementCommand::Withhold { of, enterprise, amount, document } => {
            paying::withhold(on, (*of, enterprise), *amount, document)?;
        }
        DisbursementCommand::Ring => alarm::ring(on),
        DisbursementCommand::Recount => alarm::recount(on),
    }
    Ok(draft.facts())
}
