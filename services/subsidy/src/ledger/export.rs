//! An export of the ledger in pieces, so that it is never whole in memory: the head, each posting in
//! the order of its instant, the foot with what must stand on each account in the end.

use base::Fen;
use jiff::civil::Date;

use super::{Booked, Line, TrialBalance, beancount, hledger};
use crate::lifecycle::budget::Account;

/// A text that another bookkeeping program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// <https://beancount.github.io/docs/beancount_language_syntax.html>
    Beancount,
    /// <https://hledger.org/hledger.html#journal>
    Hledger,
}

/// An export that is being written.
#[derive(Clone, Debug)]
pub struct Export {
    format: Format,
    trial: TrialBalance,
    last: Option<Date>,
}

impl Export {
    /// An export in a format.
    pub fn new(format: Format) -> Export {
        Export { format, trial: TrialBalance::default(), last: None }
    }

    /// What the text begins with: the accounts of all lines that it may have postings of.
    pub fn head(&self, lines: &[Line]) -> String {
        match self.format {
            Format::Beancount => beancount::head(lines),
            Format::Hledger => hledger::head(lines),
        }
    }

    /// A posting. They come in the order of their instants; the foot counts on it.
    ///
    /// `None` if the amounts of the export are too large to be added up.
    pub fn posting(&mut self, booked: &Booked) -> Option<String> {
        self.trial.add(booked)?;
        self.last = self.last.max(Some(booked.posting.date));
        Some(match self.format {
            Format::Beancount => beancount::posting(booked),
            Format::Hledger => hledger::posting(booked),
        })
    }

    /// What the text ends with: the balance of each account, which the program that reads it checks
    /// against the postings. Empty if there were none.
    pub fn foot(&self) -> String {
        let Some(last) = self.last else { return String::new() };
        match self.format {
            Format::Beancount => beancount::foot(&self.trial, last),
            Format::Hledger => hledger::foot(&self.trial, last),
        }
    }

    /// The trial balance of what was written.
    pub fn trial(&self) -> &TrialBalance {
        &self.trial
    }
}

/// The accounts of a line, in the words of those programs: under which root each stands, as both
/// want one of five.
pub(super) const PLACES: &[(Account, &str)] = &[
    (Account::Budget, "Equity:Budget"),
    (Account::Available, "Assets:Available"),
    (Account::Reserved, "Assets:Reserved"),
    (Account::InPayment, "Assets:InPayment"),
    (Account::Paid, "Expenses:Paid"),
    (Account::Returned, "Assets:Returned"),
    (Account::Receivable, "Assets:Receivable"),
];

/// The name of an account: `Assets:Reserved:P01:2026:D04`. No two are alike.
pub(super) fn account_name(line: &Line, account: Account) -> String {
    let place = PLACES.iter().find(|(other, _)| *other == account).map_or("", |(_, place)| place);
    format!("{place}:{}:{}:{}", part(line.policy.code()), line.year, part(line.payer.code()))
}

/// A code as a part of an account's name, which begins with a capital or a digit and has no `_`:
/// letters that no code has stand for what is not allowed, so that two codes never become one.
fn part(code: &str) -> String {
    let code = code.replace('_', "ˍ");
    if code.starts_with(|first: char| first.is_ascii_uppercase() || first.is_ascii_digit()) {
        code
    } else {
        format!("Ξ{code}")
    }
}

/// An amount as both want it, with its commodity.
pub(super) fn amount(fen: Fen) -> String {
    format!("{} CNY", fen.plain())
}
