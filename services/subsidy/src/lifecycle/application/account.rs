//! Where a subsidy is paid to, whose account that is, and whether the enterprise has said so (M7).

use base::{EnterpriseId, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::disbursement::Account;

/// An account, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Who holds the account, as the bank or the directory knows it.
    pub holder: EnterpriseId,
    /// The account.
    pub account: Account,
    /// Who of the enterprise confirmed it, and when. None while only an envoy has named it.
    pub confirmed: Option<Confirmed>,
}

/// That an account was confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Payee {
    /// Whether it is the same account of the same holder.
    pub fn is_same(&self, other: &Payee) -> bool {
        self.holder == other.holder && self.account.digest == other.account.digest
    }
}
