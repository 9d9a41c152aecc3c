//! The account to which an enterprise is paid, as rules may know it: never its number.

use base::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The bank account of an enterprise 收款账户. Its number is opened only where the bank's file is
/// written, and shown to finance and the auditor, each time recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The number, encrypted with the zone's data key.
    pub sealed: Vec<u8>,
    /// The last four digits, which anybody may see who sees the disbursement.
    pub tail: String,
    /// What stands for the number: two accounts are the same if their digests are. Hexadecimal.
    pub digest: String,
}

/// What the enterprise said of its account after a payment was returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChange {
    /// Where it wants to be paid now; the same account again, if the bank was wrong.
    pub account: Account,
    /// Who said so for the enterprise.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}
