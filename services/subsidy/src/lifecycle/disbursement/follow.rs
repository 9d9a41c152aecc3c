//! What a disbursement makes of other things: the money in the budget, and the later payment that is
//! kept.

use base::{BatchId, DisbursementId, Fen};
use serde::{Deserialize, Serialize};
use strum::Display;

use super::super::batch::BatchCommand;
use super::super::budget::{BudgetCommand, LapseFrom, Money};
use super::super::{Command, ThingId};
use super::attempt::Attempt;
use super::clawback::{Means, Way};
use super::command::DisbursementCommand;
use super::exception::Resolution;
use super::fact::{DisbursementFact, What};
use super::kept::Disbursement;
use super::tables::State;

/// Where the money of a disbursement stands in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// Approved, not ordered.
    Reserved,
    /// Ordered, the bank's result is not known.
    InPayment,
    /// Paid, or claimed back and so on: the bank has nothing more to do with it.
    Paid,
    /// Come back from the bank.
    Returned,
    /// Given up: its place is free.
    Nowhere,
}

impl Standing {
    /// Where the money of a disbursement in a state stands. One in EXCEPTION stands where it did.
    pub(super) fn of(state: State) -> Standing {
        match state {
            State::Payable | State::Batched => Standing::Reserved,
            State::Ordered | State::Sent | State::Unknown | State::Exception => Standing::InPayment,
            State::Paid
            | State::Confirmed
            | State::ClawbackOpened
            | State::Repaying
            | State::Repaid
            | State::Referred => Standing::Paid,
            State::Returned => Standing::Returned,
            State::Lapsed => Standing::Nowhere,
        }
    }
}

/// How money moves in the budget of a disbursement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Recommit,
    Order,
    Pay,
    Bounce,
    Reverse,
    Reissue,
}

/// What a resolution moves, by where the money stands.
#[rustfmt::skip]
const RESOLVED: &[(Standing, bool, &[Move])] = {
    use {Move::*, Standing::*};
    &[
        // stands     paid?  moves
        (Reserved,    true,  &[Order, Pay]),
        (InPayment,   true,  &[Pay]),
        (Paid,        true,  &[]),
        (Returned,    true,  &[Reissue, Order, Pay]),
        // Its place was given away: the budget says whether there is another.
        (Nowhere,     true,  &[Recommit, Order, Pay]),
        (Reserved,    false, &[]),
        (InPayment,   false, &[Bounce]),
        (Paid,        false, &[Reverse]),
        (Returned,    false, &[]),
        (Nowhere,     false, &[]),
    ]
};

/// What a fact makes of other things, in the same unit. `disbursement` is as it is after it.
pub fn follows(disbursement: &Disbursement, fact: &DisbursementFact) -> Vec<(ThingId, Command)> {
    let money = |amount| Money { disbursement: disbursement.id, amount };
    let budget = |command| vec![to_budget(disbursement, command)];
    match &fact.what {
        What::Ordered { attempt, .. } => budget(BudgetCommand::Order(money(attempt.amount))),
        What::Paid { instruction, .. } => of_bank(disbursement, instruction, BudgetCommand::Pay),
        What::Returned { instruction, .. } => {
            of_bank(disbursement, instruction, BudgetCommand::Bounce)
        }
        What::Reversed { instruction, .. } => {
            of_bank(disbursement, instruction, BudgetCommand::Reverse)
        }
        What::AccountVerified { .. } => {
            budget(BudgetCommand::Reissue(money(disbursement.payable())))
        }
        What::Lapsed { from, amount, .. } => {
            let returned = *from == State::Returned;
            let from = if returned { LapseFrom::Returned } else { LapseFrom::Reserved };
            budget(BudgetCommand::Lapse { money: money(*amount), from })
        }
        What::Resolved { standing, resolution, .. } => {
            let paid = matches!(resolution, Resolution::Paid { .. });
            let all = disbursement.attempts.iter();
            let answers = all.map(|one| answered_in(one.batch, &one.instruction));
            resolved(disbursement, *standing, paid).into_iter().chain(answers).collect()
        }
        What::ClawbackDecided { decided, first: true, amount, .. }
            if decided.decision.way != Way::Dropped =>
        {
            budget(BudgetCommand::OpenReceivable(money(*amount)))
        }
        What::Repaid { repayment, .. } => repaid(disbursement, repayment.amount, &repayment.means),
        What::Withheld { amount, document, .. } => {
            let document = document.clone();
            budget(BudgetCommand::Withhold { money: money(*amount), document })
        }
        What::ClawbackDecided { .. }
        | What::Created { .. }
        | What::Batched { .. }
        | What::Unbatched { .. }
        | What::Sent { .. }
        | What::Acknowledged { .. }
        | What::SettledBefore { .. }
        | What::ReportMissing { .. }
        | What::Inquired { .. }
        | What::Excepted { .. }
        | What::ReportKept { .. }
        | What::ResolutionProposed { .. }
        | What::AccountConfirmed { .. }
        | What::AccountRefused { .. }
        | What::ReceiptConfirmed { .. }
        | What::ClawbackOpened { .. }
        | What::StatementEnded { .. }
        | What::Stranded { .. }
        | What::LimitMissed { .. }
        | What::DueChanged { .. } => Vec::new(),
    }
}

fn to_budget(disbursement: &Disbursement, command: BudgetCommand) -> (ThingId, Command) {
    (ThingId::Budget(disbursement.entitlement.budget.clone()), Command::Budget(command))
}

/// The money of an instruction moves, and its batch hears that it has its result.
fn of_bank(
    disbursement: &Disbursement,
    instruction: &str,
    command: fn(Money) -> BudgetCommand,
) -> Vec<(ThingId, Command)> {
    let own = disbursement.attempts.iter().find(|one| one.instruction == instruction);
    let Some(Attempt { batch, amount, .. }) = own else { return Vec::new() };
    let money = Money { disbursement: disbursement.id, amount: *amount };
    vec![to_budget(disbursement, command(money)), answered_in(*batch, instruction)]
}

fn answered_in(batch: BatchId, instruction: &str) -> (ThingId, Command) {
    let command = BatchCommand::Answer { instruction: instruction.to_owned() };
    (ThingId::Batch(batch), Command::Batch(command))
}

fn resolved(
    disbursement: &Disbursement,
    standing: Standing,
    paid: bool,
) -> Vec<(ThingId, Command)> {
    let line = RESOLVED.iter().find(|(from, to, _)| (*from, *to) == (standing, paid));
    let moves = line.map_or(&[][..], |(_, _, moves)| *moves);
    let money = Money { disbursement: disbursement.id, amount: disbursement.payable() };
    let command = |one: &Move| match one {
        Move::Recommit => BudgetCommand::Commit {
            application: disbursement.entitlement.application,
            disbursement: disbursement.id,
            held: Fen::ZERO,
            amount: money.amount,
        },
        Move::Order => BudgetCommand::Order(money.clone()),
        Move::Pay => BudgetCommand::Pay(money.clone()),
        Move::Bounce => BudgetCommand::Bounce(money.clone()),
        Move::Reverse => BudgetCommand::Reverse(money.clone()),
        Move::Reissue => BudgetCommand::Reissue(money.clone()),
    };
    moves.iter().map(|one| to_budget(disbursement, command(one))).collect()
}

/// What was paid back is free again in the line that it came from. What was kept of a later payment
/// is kept there in the same unit, or nothing of it happens.
fn repaid(disbursement: &Disbursement, amount: Fen, means: &Means) -> Vec<(ThingId, Command)> {
    let money = Money { disbursement: disbursement.id, amount };
    match means {
        Means::Transfer { .. } => vec![to_budget(disbursement, BudgetCommand::Repay(money))],
        Means::Offset { against, document } => {
            let document = document.clone();
            let kept = withhold(disbursement, *against, amount, document.clone());
            vec![kept, to_budget(disbursement, BudgetCommand::Offset { money, document })]
        }
    }
}

fn withhold(
    disbursement: &Disbursement,
    against: DisbursementId,
    amount: Fen,
    document: String,
) -> (ThingId, Command) {
    let enterprise = disbursement.entitlement.enterprise.clone();
    let command =
        DisbursementCommand::Withhold { of: disbursement.id, enterprise, amount, document };
    (ThingId::Disbursement(against), Command::Disbursement(command))
}
