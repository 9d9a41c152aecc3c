//! What happens to a budget.

use base::{ApplicationId, BudgetId, Fen};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::command::{Change, Opening};
use super::posting::Posting;
use crate::lifecycle::By;

/// What happens to a budget. Each is told as one event, and counts as one change of it. Whatever
/// moves money carries its posting.
#[derive(Clone, Debug, PartialEq)]
pub enum BudgetFact {
    /// The line was opened.
    Opened {
        /// With what.
        opening: Opening,
        /// What was appropriated; none if that is zero.
        posting: Option<Posting>,
        /// When.
        at: Timestamp,
    },
    /// A change of what was appropriated was proposed.
    AdjustmentProposed {
        /// Which.
        proposal: Proposal,
    },
    /// It was confirmed.
    AdjustmentConfirmed {
        /// By whom.
        by: By,
        /// What it moves.
        posting: Posting,
    },
    /// It was taken back.
    AdjustmentDropped {
        /// By whom.
        by: By,
        /// When.
        at: Timestamp,
    },
    /// An amount was set aside for an application.
    Held {
        /// Which.
        application: ApplicationId,
        /// How much.
        amount: Fen,
        /// When.
        at: Timestamp,
    },
    /// It is set aside no longer.
    Released {
        /// For which.
        application: ApplicationId,
        /// How much.
        amount: Fen,
        /// When.
        at: Timestamp,
    },
    /// An amount was promised.
    Committed {
        /// The application that was approved.
        application: ApplicationId,
        /// What was set aside for it, and is so no longer.
        held: Fen,
        /// What it moves.
        posting: Posting,
    },
    /// Money of a disbursement, or of the line, went from one account to another.
    Posted {
        /// What it moves.
        posting: Posting,
    },
    /// What is left at the end of the year was carried over into another line.
    CarriedOut {
        /// Into which.
        into: BudgetId,
        /// What it moves.
        posting: Posting,
    },
    /// What was left of another line was taken over.
    CarriedIn {
        /// From which.
        from: BudgetId,
        /// What it moves.
        posting: Posting,
    },
    /// What becomes of what is left at the end of the year was decided.
    YearClosed {
        /// By whom.
        by: By,
        /// The number of the written decision.
        document: String,
        /// When.
        at: Timestamp,
    },
}

/// A change of what was appropriated that a second person has yet to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Who proposed it.
    pub by: By,
    /// How it is to be changed.
    pub change: Change,
    /// The number of the document.
    pub document: String,
    /// When it was proposed.
    pub at: Timestamp,
}

impl BudgetFact {
    /// What it moves, if it moves money.
    pub fn posting(&self) -> Option<&Posting> {
        match self {
            BudgetFact::Opened { posting, .. } => posting.as_ref(),
            BudgetFact::AdjustmentConfirmed { posting, .. }
            | BudgetFact::Committed { posting, .. }
            | BudgetFact::Posted { posting }
            | BudgetFact::CarriedOut { posting, .. }
            | BudgetFact::CarriedIn { posting, .. } => Some(posting),
            BudgetFact::AdjustmentProposed { .. }
            | BudgetFact::AdjustmentDropped { .. }
            | BudgetFact::Held { .. }
            | BudgetFact::Released { .. }
            | BudgetFact::YearClosed { .. } => None,
        }
    }

    /// Whether more may be promised after it than before, so that applications that queue at the
    /// end of the budget are looked at again.
    pub fn frees(&self) -> bool {
        if let BudgetFact::Committed { held, posting, .. } = self {
            return posting.amount < *held;
        }
        if let BudgetFact::Released { .. } = self {
            return true;
        }
        self.posting().is_some_and(|posting| posting.debit() == Account::Available)
    }
}
