//! A posting 记账: an amount that goes from one account of a budget to another, and why.

use base::{ApplicationId, DisbursementId, Fen};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::account::{Account, Movement};

/// A posting. It is balanced by its form: one amount, debited here and credited there. Nothing ever
/// changes or takes away a posting; what was wrong is put right by another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Which change of its budget it is, from 1. Changes that move no money leave gaps.
    pub number: i64,
    /// What it is.
    pub movement: Movement,
    /// How much, in fen; above zero.
    pub amount: Fen,
    /// What caused it.
    pub cause: Cause,
    /// When it became true here. Never runs back within a budget.
    pub at: Timestamp,
    /// The day of that in the zone 记账日期, by which months are told apart.
    pub date: Date,
}

/// What caused a posting. With the number it names the one event of the journal that told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    /// A written decision 文号 on the budget itself.
    Document {
        /// Its number.
        number: String,
    },
    /// What happened to a disbursement.
    Disbursement {
        /// Which.
        disbursement: DisbursementId,
        /// The application that is approved, where that is what happened.
        #[serde(default)]
        application: Option<ApplicationId>,
        /// The written decision, where there is one: an offset.
        #[serde(default)]
        document: Option<String>,
    },
}

impl Posting {
    /// The account that is credited: where it comes from.
    pub fn credit(&self) -> Account {
        self.movement.accounts().0
    }

    /// The account that is debited: where it goes.
    pub fn debit(&self) -> Account {
        self.movement.accounts().1
    }

    /// Both legs, with the debit above zero and the credit below. They sum to zero.
    pub fn legs(&self) -> [(Account, Fen); 2] {
        [(self.debit(), self.amount), (self.credit(), Fen(-self.amount.0))]
    }
}

impl Cause {
    /// The disbursement that caused it, if one did.
    pub fn disbursement(&self) -> Option<&DisbursementId> {
        match self {
            Cause::Document { .. } => None,
            Cause::Disbursement { disbursement, .. } => Some(disbursement),
        }
    }

    /// The application whose approval caused it, if one did.
    pub fn application(&self) -> Option<&ApplicationId> {
        match self {
            Cause::Document { .. } => None,
            Cause::Disbursement { application, .. } => application.as_ref(),
        }
    }

    /// The number of the written decision, if there is one.
    pub fn document(&self) -> Option<&str> {
        match self {
            Cause::Document { number } => Some(number),
            Cause::Disbursement { document, .. } => document.as_deref(),
        }
    }
}
