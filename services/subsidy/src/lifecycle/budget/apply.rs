//! What a budget is after a fact.

use base::Fen;

use super::fact::BudgetFact;
use super::line::Budget;
use super::tables::State;

/// The budget after a fact. Folding all its facts gives the budget.
pub fn apply(before: Option<Budget>, fact: &BudgetFact) -> Option<Budget> {
    if let BudgetFact::Opened { opening, posting, at } = fact {
        let mut budget = Budget {
            id: opening.id.clone(),
            policy: opening.policy.clone(),
            year: opening.year,
            payer: opening.payer.clone(),
            state: State::Open,
            budget: Fen::ZERO,
            held: Fen::ZERO,
            reserved: Fen::ZERO,
            in_payment: Fen::ZERO,
            paid: Fen::ZERO,
            returned: Fen::ZERO,
            receivable: Fen::ZERO,
            proposal: None,
            changes: 1,
            opened_at: *at,
            changed_at: *at,
            unwritten: Vec::new(),
        };
        if let Some(posting) = posting {
            budget.carry(posting);
        }
        return Some(budget);
    }
    let mut budget = before?;
    apply_to(&mut budget, fact);
    Some(budget)
}

/// What a fact makes of a line that there is.
pub(super) fn apply_to(budget: &mut Budget, fact: &BudgetFact) {
    budget.changes += 1;
    if let Some(posting) = fact.posting() {
        budget.changed_at = posting.at;
        budget.carry(posting);
    }
    match fact {
        BudgetFact::AdjustmentProposed { proposal } => {
            budget.changed_at = proposal.at;
            budget.proposal = Some(proposal.clone());
        }
        BudgetFact::AdjustmentConfirmed { .. } => budget.proposal = None,
        BudgetFact::AdjustmentDropped { at, .. } => {
            budget.changed_at = *at;
            budget.proposal = None;
        }
        BudgetFact::Held { application, amount, at } => {
            budget.changed_at = *at;
            budget.set_aside(*application, *amount);
        }
        BudgetFact::Released { application, amount, at } => {
            budget.changed_at = *at;
            budget.set_aside(*application, Fen(-amount.0));
        }
        BudgetFact::Committed { application, held, .. } => {
            budget.set_aside(*application, Fen(-held.0));
        }
        BudgetFact::YearClosed { at, .. } => {
            budget.changed_at = *at;
            budget.state = State::Closed;
        }
        BudgetFact::Opened { .. }
        | BudgetFact::Posted { .. }
        | BudgetFact::CarriedOut { .. }
        | BudgetFact::CarriedIn { .. } => {}
    }
}
