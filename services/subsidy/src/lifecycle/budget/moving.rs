//! What happens to disbursements, in the line that pays them.

use base::{ApplicationId, DisbursementId, Fen};

use super::account::Movement;
use super::command::{LapseFrom, Money};
use super::deciding::{above_zero, documented, stands};
use super::draft::Draft;
use super::fact::BudgetFact;
use super::posting::Cause;
use super::tables::{Action, State, action_of, step};
use crate::error::BudgetError;

/// Sets aside for an application. M2: never more than is free.
pub(super) fn hold(
    draft: &mut Draft<'_>,
    application: ApplicationId,
    amount: Fen,
) -> Result<(), BudgetError> {
    step(draft.budget.state, Action::Hold)?;
    above_zero(amount)?;
    let free = draft.budget.free();
    if free < amount {
        return Err(BudgetError::Exceeded { free, amount });
    }
    let at = draft.at();
    draft.add(BudgetFact::Held { application, amount, at });
    Ok(())
}

/// Takes back what was set aside.
pub(super) fn release(
    draft: &mut Draft<'_>,
    application: ApplicationId,
    amount: Fen,
) -> Result<(), BudgetError> {
    step(draft.budget.state, Action::Release)?;
    above_zero(amount)?;
    held_enough(draft, amount)?;
    let at = draft.at();
    draft.add(BudgetFact::Released { application, amount, at });
    Ok(())
}

/// An approval, as the line sees it.
pub(super) struct Approval {
    pub(super) application: ApplicationId,
    pub(super) disbursement: DisbursementId,
    pub(super) held: Fen,
    pub(super) amount: Fen,
}

/// Promises to a disbursement. M2: never more than is free and was set aside for it; a line that is
/// closed promises only that.
pub(super) fn commit(draft: &mut Draft<'_>, approval: &Approval) -> Result<(), BudgetError> {
    let Approval { application, disbursement, held, amount } = *approval;
    step(draft.budget.state, Action::Commit)?;
    above_zero(amount)?;
    if held < Fen::ZERO {
        return Err(BudgetError::AmountUnfit { amount: held });
    }
    held_enough(draft, held)?;
    let free = match draft.budget.state {
        State::Open => draft.budget.free(),
        State::Closed => Fen::ZERO,
    };
    // Both are of the same line, so that their sum fits.
    let free = Fen(free.0 + held.0);
    if free < amount {
        return Err(BudgetError::Exceeded { free, amount });
    }
    let application_of = Some(application);
    let cause = Cause::Disbursement { disbursement, application: application_of, document: None };
    let posting = draft.posting(Movement::Commit, amount, cause);
    draft.add(BudgetFact::Committed { application, held, posting });
    Ok(())
}

/// Carries money of a disbursement from where it stands to where it goes.
pub(super) fn carry(
    draft: &mut Draft<'_>,
    movement: Movement,
    money: &Money,
    document: Option<&str>,
) -> Result<(), BudgetError> {
    step(draft.budget.state, action_of(movement))?;
    above_zero(money.amount)?;
    stands(draft, movement.accounts().0, money.amount)?;
    let document = document.map(documented).transpose()?;
    let disbursement = money.disbursement;
    let cause = Cause::Disbursement { disbursement, application: None, document };
    let posting = draft.posting(movement, money.amount, cause);
    draft.add(BudgetFact::Posted { posting });
    Ok(())
}

/// Which movement a lapse is.
pub(super) fn lapse_of(from: LapseFrom) -> Movement {
    match from {
        LapseFrom::Reserved => Movement::LapseReserved,
        LapseFrom::Returned => Movement::LapseReturned,
    }
}

fn held_enough(draft: &Draft<'_>, amount: Fen) -> Result<(), BudgetError> {
    let held = draft.budget.held;
    if held < amount {
        return Err(BudgetError::HeldTooSmall { held, amount });
    }
    Ok(())
}
