//! What people decide about a line: what is appropriated, and what becomes of it after the year.

use base::{BudgetId, DepartmentId, Fen, PolicyId};
use calendar::Moment;

use super::account::{Account, Movement};
use super::command::{Carry, Change, Opening};
use super::draft::{Draft, date};
use super::fact::{BudgetFact, Proposal};
use super::line::budget_id;
use super::posting::{Cause, Posting};
use super::tables::{Action, step};
use crate::error::BudgetError;
use crate::lifecycle::By;

/// Opens a line.
pub(super) fn open(opening: &Opening, moment: Moment<'_>) -> Result<Vec<BudgetFact>, BudgetError> {
    let name = budget_id(&opening.policy, opening.year, &opening.payer);
    if name.as_ref() != Ok(&opening.id) {
        let wanted = name.map_or_else(|_| String::new(), |name| name.to_string());
        return Err(BudgetError::NameUnfit { budget: opening.id.clone(), wanted });
    }
    if opening.amount < Fen::ZERO {
        return Err(BudgetError::AmountUnfit { amount: opening.amount });
    }
    let document = documented(&opening.document)?;
    let posting = (Fen::ZERO < opening.amount).then(|| Posting {
        number: 1,
        movement: Movement::Appropriate,
        amount: opening.amount,
        cause: Cause::Document { number: document },
        at: moment.now,
        date: date(moment.now, moment),
    });
    Ok(vec![BudgetFact::Opened { opening: opening.clone(), posting, at: moment.now }])
}

/// Proposes a change of what was appropriated.
pub(super) fn propose(
    draft: &mut Draft<'_>,
    by: &By,
    change: Change,
    document: &str,
) -> Result<(), BudgetError> {
    step(draft.budget.state, Action::ProposeAdjustment)?;
    if let Some(standing) = &draft.budget.proposal {
        return Err(BudgetError::ProposalStands { document: standing.document.clone() });
    }
    let document = documented(document)?;
    fits(draft, change)?;
    let proposal = Proposal { by: by.clone(), change, document, at: draft.at() };
    draft.add(BudgetFact::AdjustmentProposed { proposal });
    Ok(())
}

/// Confirms it. What has been promised in the meantime is looked at again.
pub(super) fn confirm(draft: &mut Draft<'_>, by: &By) -> Result<(), BudgetError> {
    let Some(proposal) = draft.budget.proposal.clone() else {
        step(draft.budget.state, Action::ConfirmAdjustment)?;
        return Err(BudgetError::NothingProposed);
    };
    if proposal.by.person == by.person {
        return Err(BudgetError::SamePerson);
    }
    step(draft.budget.state, Action::ConfirmAdjustment)?;
    fits(draft, proposal.change)?;
    let (movement, amount) = match proposal.change {
        Change::Raise(amount) => (Movement::Raise, amount),
        Change::Cut(amount) => (Movement::Cut, amount),
    };
    let posting = draft.posting(movement, amount, Cause::Document { number: proposal.document });
    draft.add(BudgetFact::AdjustmentConfirmed { by: by.clone(), posting });
    Ok(())
}

/// Takes it back.
pub(super) fn drop_proposal(draft: &mut Draft<'_>, by: &By) -> Result<(), BudgetError> {
    step(draft.budget.state, Action::DropAdjustment)?;
    if draft.budget.proposal.is_none() {
        return Err(BudgetError::NothingProposed);
    }
    let at = draft.at();
    draft.add(BudgetFact::AdjustmentDropped { by: by.clone(), at });
    Ok(())
}

/// Whether the line can be changed so: never under what is used or set aside, and no further than
/// an amount can be counted.
fn fits(draft: &Draft<'_>, change: Change) -> Result<(), BudgetError> {
    let budget = &draft.budget;
    match change {
        Change::Raise(amount) => {
            above_zero(amount)?;
            let after = budget.budget.checked_add(amount);
            after.map(|_| ()).ok_or(BudgetError::AmountUnfit { amount })
        }
        Change::Cut(amount) => {
            above_zero(amount)?;
            if budget.free() < amount {
                let used = Fen(budget.budget.0 - budget.free().0);
                return Err(BudgetError::UnderUsed { used, free: budget.free(), cut: amount });
            }
            Ok(())
        }
    }
}

/// Decides what becomes of all that is free, after the year.
pub(super) fn close_year(
    draft: &mut Draft<'_>,
    by: &By,
    document: &str,
    carry: Option<&Carry>,
    lapse: Fen,
) -> Result<(), BudgetError> {
    step(draft.budget.state, Action::CloseYear)?;
    let year = draft.budget.year;
    if date(draft.at(), draft.moment).year() <= year {
        return Err(BudgetError::YearRuns { year });
    }
    let document = documented(document)?;
    let carried = carry.map_or(Fen::ZERO, |carry| carry.amount);
    for amount in [carried, lapse] {
        if amount < Fen::ZERO {
            return Err(BudgetError::AmountUnfit { amount });
        }
    }
    let free = draft.budget.free();
    if carried.checked_add(lapse) != Some(free) {
        return Err(BudgetError::NotAllDecided { free, carried, lapsed: lapse });
    }
    let cause = Cause::Document { number: document.clone() };
    if let Some(Carry { into, amount }) = carry.filter(|carry| Fen::ZERO < carry.amount) {
        let posting = draft.posting(Movement::CarryOut, *amount, cause.clone());
        draft.add(BudgetFact::CarriedOut { into: into.clone(), posting });
    }
    if Fen::ZERO < lapse {
        let posting = draft.posting(Movement::LapseYear, lapse, cause);
        draft.add(BudgetFact::Posted { posting });
    }
    let at = draft.at();
    draft.add(BudgetFact::YearClosed { by: by.clone(), document, at });
    Ok(())
}

/// What another line carries out.
pub(super) struct Carried<'a> {
    pub(super) from: &'a BudgetId,
    pub(super) policy: &'a PolicyId,
    pub(super) payer: &'a DepartmentId,
    pub(super) year: i16,
    pub(super) amount: Fen,
    pub(super) document: &'a str,
}

/// Takes over what another line has carried out.
pub(super) fn carry_in(draft: &mut Draft<'_>, carried: &Carried<'_>) -> Result<(), BudgetError> {
    step(draft.budget.state, Action::CarryIn)?;
    let budget = &draft.budget;
    let same = (&budget.policy, &budget.payer) == (carried.policy, carried.payer);
    if !same || budget.year <= carried.year {
        let (from, into) = (carried.from.clone(), budget.id.clone());
        return Err(BudgetError::CarryUnfit { from, into });
    }
    above_zero(carried.amount)?;
    if budget.budget.checked_add(carried.amount).is_none() {
        return Err(BudgetError::AmountUnfit { amount: carried.amount });
    }
    let cause = Cause::Document { number: carried.document.to_owned() };
    let posting = draft.posting(Movement::CarryIn, carried.amount, cause);
    draft.add(BudgetFact::CarriedIn { from: carried.from.clone(), posting });
    Ok(())
}

/// An amount that is moved is above zero.
pub(super) fn above_zero(amount: Fen) -> Result<(), BudgetError> {
    if amount <= Fen::ZERO {
        return Err(BudgetError::AmountUnfit { amount });
    }
    Ok(())
}

/// What stands on an account is no less than what is taken from it.
pub(super) fn stands(draft: &Draft<'_>, account: Account, amount: Fen) -> Result<(), BudgetError> {
    let balance = draft.budget.balance(account);
    if balance < amount {
        return Err(BudgetError::BalanceTooSmall { account, balance, amount });
    }
    Ok(())
}

/// The number of a document, without the blanks around it.
pub(super) fn documented(number: &str) -> Result<String, BudgetError> {
    match number.trim() {
        "" => Err(BudgetError::DocumentMissing),
        number => Ok(number.to_owned()),
    }
}
