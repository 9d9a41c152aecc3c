//! What an approval gives: who gets how much of which payer, by which version of which policy.

use base::{ApplicationId, BudgetId, DepartmentId, EnterpriseId, Fen, PolicyId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::account::Account;

/// What was approved. It never changes, and no one may pay anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlement {
    /// The application that was approved.
    pub application: ApplicationId,
    /// The policy.
    pub policy: PolicyId,
    /// The version of it that the application was made under.
    pub version: i32,
    /// Who gets it.
    pub enterprise: EnterpriseId,
    /// The department that pays this share.
    pub payer: DepartmentId,
    /// The line of its budget that the money is reserved in.
    pub budget: BudgetId,
    /// How much, in fen; above zero.
    pub amount: Fen,
}

impl Entitlement {
    /// What stands for the entitlement and the account that was reviewed: SHA-256, hexadecimal. A
    /// batch whose entries no longer have it is refused.
    pub fn seal(&self, account: &Account) -> String {
        let Entitlement { application, policy, version, enterprise, payer, budget, amount } = self;
        let account = &account.digest;
        let text = format!(
            "{application}\n{policy}\n{version}\n{enterprise}\n{payer}\n{budget}\n{}\n{account}\n",
            amount.0
        );
        hex::encode(Sha256::digest(text))
    }
}
