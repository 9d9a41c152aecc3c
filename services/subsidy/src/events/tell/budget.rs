//! What is told of budget lines: each change of one as one event.

use base::PersonId;
use contract::subsidy::{
    BudgetAdjusted, BudgetAdjustmentDropped, BudgetAdjustmentProposed, BudgetCarriedIn,
    BudgetCarriedOut, BudgetCommitted, BudgetHeld, BudgetOpened, BudgetPosted, BudgetReleased,
    BudgetYearClosed,
};
use jiff::Timestamp;
use journal::Telling;
use prost::{Message, Name};

use crate::lifecycle::By;
use crate::lifecycle::budget::{Budget, BudgetFact, Posting};
use crate::wire::{ledger, policy};

pub(super) fn tell(of: &Budget, fact: &BudgetFact) -> Telling {
    let budget = of.id.to_string();
    match fact {
        BudgetFact::Held { application, amount, at } => {
            let (name, amount_fen) = (application.to_string(), amount.0);
            told(of, (application, *at), &BudgetHeld { budget, application: name, amount_fen })
        }
        BudgetFact::Released { application, amount, at } => {
            let (name, amount_fen) = (application.to_string(), amount.0);
            told(of, (application, *at), &BudgetReleased { budget, application: name, amount_fen })
        }
        BudgetFact::Committed { application, held, posting } => {
            let committed = BudgetCommitted {
                budget,
                application: application.to_string(),
                held_fen: held.0,
                posting: posted(of, posting),
            };
            told(of, (application, posting.at), &committed)
        }
        BudgetFact::Posted { posting } => {
            let message = BudgetPosted { budget, posting: posted(of, posting) };
            match posting.cause.disbursement() {
                Some(disbursement) => told(of, (disbursement, posting.at), &message),
                None => told(of, (&of.policy, posting.at), &message),
            }
        }
        BudgetFact::Opened { opening, posting, at } => {
            let opened = BudgetOpened {
                budget,
                policy: opening.policy.to_string(),
                year: opening.year.into(),
                payer: opening.payer.to_string(),
                document_number: opening.document.clone(),
                posting: posting.as_ref().and_then(|posting| posted(of, posting)),
            };
            told(of, (&of.policy, *at), &opened)
        }
        BudgetFact::AdjustmentProposed { .. }
        | BudgetFact::AdjustmentConfirmed { .. }
        | BudgetFact::AdjustmentDropped { .. }
        | BudgetFact::CarriedOut { .. }
        | BudgetFact::CarriedIn { .. }
        | BudgetFact::YearClosed { .. } => decided(of, fact),
    }
}

/// What people decided of the line itself.
fn decided(of: &Budget, fact: &BudgetFact) -> Telling {
    let budget = of.id.to_string();
    match fact {
        BudgetFact::AdjustmentProposed { proposal } => {
            let adjustment = Some(policy::adjustment(proposal));
            let proposed = BudgetAdjustmentProposed { budget, adjustment };
            told(of, (&of.policy, proposal.at), &proposed)
        }
        BudgetFact::AdjustmentConfirmed { by, posting } => {
            let posting_told = posted(of, posting);
            let adjusted = BudgetAdjusted { budget, confirmed_by: name(by), posting: posting_told };
            told(of, (&of.policy, posting.at), &adjusted)
        }
        BudgetFact::AdjustmentDropped { by, at } => {
            told(of, (&of.policy, *at), &BudgetAdjustmentDropped { budget, dropped_by: name(by) })
        }
        BudgetFact::CarriedOut { into, posting } => {
            let out =
                BudgetCarriedOut { budget, into: into.to_string(), posting: posted(of, posting) };
            told(of, (&of.policy, posting.at), &out)
        }
        BudgetFact::CarriedIn { from, posting } => {
            let carried =
                BudgetCarriedIn { budget, from: from.to_string(), posting: posted(of, posting) };
            told(of, (&of.policy, posting.at), &carried)
        }
        BudgetFact::YearClosed { by, document, at } => {
            let document_number = document.clone();
            let closed = BudgetYearClosed { budget, decided_by: name(by), document_number };
            told(of, (&of.policy, *at), &closed)
        }
        BudgetFact::Opened { .. }
        | BudgetFact::Held { .. }
        | BudgetFact::Released { .. }
        | BudgetFact::Committed { .. }
        | BudgetFact::Posted { .. } => tell(of, fact),
    }
}

fn posted(of: &Budget, posting: &Posting) -> Option<contract::subsidy::Posting> {
    Some(ledger::posting(&of.id, posting))
}

fn name(by: &By) -> String {
    let person: &PersonId = &by.person;
    person.to_string()
}

fn told<M: Message + Name>(
    budget: &Budget,
    (began_with, at): (&impl ToString, Timestamp),
    message: &M,
) -> Telling {
    super::about((&budget.id, began_with), at, message)
}
