//! A payment order 支付指令: who is paid how much from which account, as one file for the bank.

mod reading;
mod writing;

use std::collections::BTreeSet;
use std::fmt;

use base::{CreditCode, Fen};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::account::{AccountNumber, BankCode};
use super::reference::Reference;
use super::script::AMOUNT_MAX;
use crate::error::{OrderProblem, RailError};

/// What an order is: a customer credit transfer initiation, in the version that is written.
pub(super) const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.11";
/// The name of the message, as reports repeat it.
pub(super) const MESSAGE_NAME: &str = "pain.001.001.11";
/// The most transfers of one order.
pub const TRANSFERS_MAX: usize = 5000;
/// The longest name, in characters: Max140Text.
const NAME_CHARS_MAX: usize = 140;

/// A payment order (支付指令). The same order is always written as the same bytes: its id and its
/// instants are handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentOrder {
    /// What the order is called, for ever. It names the file too.
    pub message: Reference,
    /// When it was made.
    pub created_at: Timestamp,
    /// The day on which it is to be carried out, in the time of the zone.
    pub execute_on: Date,
    /// Who orders it: 示范经开区财政局.
    pub initiator: String,
    /// What is paid from each account.
    pub payments: Vec<Payment>,
}

/// What is paid from one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// What this part of the order is called.
    pub id: Reference,
    /// Whose account pays.
    pub debtor: Party,
    /// Who is paid.
    pub transfers: Vec<Transfer>,
}

/// Who pays or is paid, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The name of the account 户名. At most 140 characters.
    pub name: String,
    /// The number of the account 账号.
    pub account: AccountNumber,
    /// The bank 开户行.
    pub bank: BankCode,
}

/// One payment 一笔付款.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The instruction id (M8).
    pub reference: Reference,
    /// How much.
    pub amount: Fen,
    /// Who is paid.
    pub creditor: Party,
    /// The enterprise that is paid, unless it is not yet registered.
    pub enterprise: Option<CreditCode>,
    /// What for 用途: the policy's title. The bank is shown the first 140 characters.
    pub purpose: String,
}

/// A payment order as a file. `Debug` shows none of what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderFile {
    /// What it is called: `{message}.xml`.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl OrderFile {
    /// What identifies the content.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

impl fmt::Debug for OrderFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderFile").field("name", &self.name).finish_non_exhaustive()
    }
}

impl PaymentOrder {
    /// Everyone who is paid.
    pub fn transfers(&self) -> impl Iterator<Item = &Transfer> {
        self.payments.iter().flat_map(|payment| &payment.transfers)
    }

    /// How much is paid, or `None` if that is longer than a bank takes.
    pub fn total(&self) -> Option<Fen> {
        sum(self.transfers())
    }

    /// Writes the order as pain.001.001.11. What no bank could carry out is refused.
    pub fn write(&self) -> Result<OrderFile, RailError> {
        self.check()?;
        Ok(OrderFile { name: format!("{}.xml", self.message), bytes: writing::write(self)? })
    }

    /// Reads an order, as the bank does. One whose totals do not fit, or that names one payment
    /// twice, is refused.
    pub fn read(bytes: &[u8]) -> Result<PaymentOrder, RailError> {
        let order = reading::read(bytes)?;
        order.check()?;
        Ok(order)
    }

    /// What a schema cannot see, and what it would only see at the bank.
    fn check(&self) -> Result<(), RailError> {
        let unfit = |entry: &dyn ToString, problem| {
            Err(RailError::OrderUnfit { entry: entry.to_string(), problem })
        };
        if self.payments.iter().any(|payment| payment.transfers.is_empty())
            || self.payments.is_empty()
        {
            return unfit(&self.message, OrderProblem::Empty);
        }
        if TRANSFERS_MAX < self.transfers().count() {
            return unfit(&self.message, OrderProblem::TooManyEntries);
        }
        let mut seen = BTreeSet::new();
        for transfer in self.transfers() {
            let entry = &transfer.reference;
            if !seen.insert(entry) {
                return unfit(entry, OrderProblem::ReferenceTwice);
            }
            if transfer.amount <= Fen::ZERO || AMOUNT_MAX < transfer.amount {
                return unfit(entry, OrderProblem::Amount);
            }
            if !is_name(&transfer.creditor.name) {
                return unfit(entry, OrderProblem::Name);
            }
            if !is_text(&transfer.purpose) {
                return unfit(entry, OrderProblem::Purpose);
            }
        }
        let debtors = self.payments.iter().map(|payment| &payment.debtor.name);
        if !debtors.chain([&self.initiator]).all(|name| is_name(name)) {
            return unfit(&self.message, OrderProblem::Name);
        }
        let parts: BTreeSet<_> = self.payments.iter().map(|payment| &payment.id).collect();
        if parts.len() != self.payments.len() {
            return unfit(&self.message, OrderProblem::ReferenceTwice);
        }
        if self.total().is_none() { unfit(&self.message, OrderProblem::Sum) } else { Ok(()) }
    }
}

/// The sum of transfers, or `None` if it is longer than a bank takes.
pub(super) fn sum<'a>(transfers: impl IntoIterator<Item = &'a Transfer>) -> Option<Fen> {
    let sum = Fen::checked_sum(transfers.into_iter().map(|transfer| transfer.amount))?;
    (sum <= AMOUNT_MAX).then_some(sum)
}

fn is_name(text: &str) -> bool {
    is_text(text) && text.chars().count() <= NAME_CHARS_MAX
}

/// Whether a text says something, and can stand in a document.
fn is_text(text: &str) -> bool {
    let illegal = |char: char| char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}');
    !text.trim().is_empty() && !text.contains(illegal)
}

#[cfg(test)]
mod tests;
