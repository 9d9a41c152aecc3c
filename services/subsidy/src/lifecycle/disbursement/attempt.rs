//! An attempt to pay: one instruction to the bank, and what came of it.

use base::{BatchId, DisbursementId, Fen, PersonId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest instruction id that ISO 20022 takes (Max35Text).
pub const INSTRUCTION_CHARS_MAX: usize = 35;

/// One instruction to the bank. Its id is unique for ever (M8), and it is linked to the one that it
/// takes the place of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The instruction id; also the end-to-end id.
    pub instruction: String,
    /// Which attempt it is, from 1.
    pub number: u32,
    /// The instruction of the attempt before, which was returned.
    pub replaces: Option<String>,
    /// The batch that it is ordered by.
    pub batch: BatchId,
    /// How much, in fen.
    pub amount: Fen,
    /// The digest of the account.
    pub account: String,
    /// Who made the batch.
    pub maker: PersonId,
    /// Who approved it.
    pub checker: PersonId,
    /// When it was ordered (t8).
    pub ordered_at: Timestamp,
    /// By when the bank is to pay.
    pub pay_due: Due,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When the bank said that it has it.
    pub acknowledged_at: Option<Timestamp>,
    /// When the bank paid, as it says (t9).
    pub settled_at: Option<Timestamp>,
    /// Not paid, or taken back.
    pub rejected: Option<Rejection>,
}

/// The bank has not paid, or has taken back what it paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// When, as the bank says.
    pub at: Timestamp,
    /// Its reason code; [`RESOLVED`] if two people said so.
    pub code: String,
}

/// What stands for a reason code where two people said that the money is back.
pub const RESOLVED: &str = "RESOLVED";

impl Attempt {
    /// Whether its money is, or may be, with the enterprise: nothing may be paid beside it (M9).
    pub fn may_be_paid(&self) -> bool {
        self.rejected.is_none()
    }

    /// Whether the bank paid in time; none while it has not paid.
    pub fn paid_in_time(&self) -> Option<bool> {
        self.settled_at.map(|at| at <= self.pay_due.at)
    }
}

/// The id of an instruction: of the disbursement, and of which attempt it is. So it is the same
/// however often it is derived, and no two are alike: 32 digits of the UUID, a hyphen, two digits.
pub fn instruction_id(disbursement: DisbursementId, number: u32) -> String {
    format!("{}-{number:02}", disbursement.uuid().as_simple())
}
