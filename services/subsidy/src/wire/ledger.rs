//! Postings of the ledger in the contract's words.

use base::BudgetId;
use contract::subsidy as contracted;
use runtime::wire::{date, time};

use crate::lifecycle::budget::{Account, Posting};

/// A posting of a line; the position of the event that carries it is known only once it is told.
pub fn posting(budget: &BudgetId, posting: &Posting) -> contracted::Posting {
    let cause = &posting.cause;
    contracted::Posting {
        budget: budget.to_string(),
        number: posting.number,
        movement: posting.movement.to_string(),
        credit: account(posting.credit()).into(),
        debit: account(posting.debit()).into(),
        amount_fen: posting.amount.0,
        disbursement: super::name_or_empty(cause.disbursement()),
        application: super::name_or_empty(cause.application()),
        document_number: cause.document().unwrap_or_default().to_owned(),
        posted_time: Some(time(posting.at)),
        posted_date: Some(date(posting.date)),
        position: 0,
    }
}

/// An account of the ledger.
pub fn account(account: Account) -> contracted::LedgerAccount {
    contracted::LedgerAccount::from_str_name(&format!("LEDGER_ACCOUNT_{account}"))
        .unwrap_or_default()
}

/// An account of the ledger, from a request; `None` if it is not said.
pub fn account_from(account: contracted::LedgerAccount) -> Option<Account> {
    super::word(account.as_str_name(), "LEDGER_ACCOUNT_")
}
