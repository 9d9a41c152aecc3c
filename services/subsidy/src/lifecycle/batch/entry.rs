//! What a batch says of each of its disbursements, and what its file says of it.

use base::{DepartmentId, DisbursementId, EnterpriseId, Fen};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A disbursement as the maker of a batch saw it, and as its checker approves it. The disbursement
/// itself compares it with what it is: "unchanged since approval" (domain.md §7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub disbursement: DisbursementId,
    /// Who is paid.
    pub enterprise: EnterpriseId,
    /// Who pays.
    pub payer: DepartmentId,
    /// How much goes to the bank, in fen.
    pub amount: Fen,
    /// The digest of the account.
    pub account: String,
    /// The seal of the entitlement as it was approved, and of the account.
    pub seal: String,
}

/// A line of a bank file: one payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Of which disbursement.
    pub disbursement: DisbursementId,
    /// Its instruction id.
    pub instruction: String,
    /// How much, in fen.
    pub amount: Fen,
    /// The digest of the account.
    pub account: String,
}

/// What stands for the entries of a batch: SHA-256 over them in the order of their names,
/// hexadecimal. The checker approves this.
pub fn entries_sha256(entries: &[Entry]) -> String {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort();
    let mut hash = Sha256::new();
    for Entry { disbursement, enterprise, payer, amount, account, seal } in sorted {
        let amount = amount.0;
        let text = format!("{disbursement}\n{enterprise}\n{payer}\n{amount}\n{account}\n{seal}\n");
        hash.update(text);
    }
    hex::encode(hash.finalize())
}
