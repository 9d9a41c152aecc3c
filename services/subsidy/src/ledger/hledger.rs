//! The ledger as a journal for hledger, whose own checks prove it anew.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::export::{PLACES, account_name, amount};
use super::{Booked, Line, TrialBalance};

/// The commodity and the accounts, declared, so that a strict check finds nothing else.
pub(super) fn head(lines: &[Line]) -> String {
    let mut text = String::from("; 惠企通总账\ndecimal-mark .\ncommodity 1000.00 CNY\n\n");
    for line in lines {
        for (account, _) in PLACES {
            // Writing into a text does not fail.
            let _ = writeln!(text, "account {}", account_name(line, *account));
        }
    }
    text
}

/// A posting as a transaction of two legs.
pub(super) fn posting(booked: &Booked) -> String {
    let (line, posting) = (&booked.line, &booked.posting);
    let mut text = format!(
        "\n{} * {}\n    ; budget:{}, number:{}, at:{}\n",
        posting.date, posting.movement, line.budget, posting.number, posting.at
    );
    if let Some(disbursement) = posting.cause.disbursement() {
        let _ = writeln!(text, "    ; disbursement:{disbursement}");
    }
    if let Some(application) = posting.cause.application() {
        let _ = writeln!(text, "    ; application:{application}");
    }
    if let Some(document) = posting.cause.document() {
        let _ = writeln!(text, "    ; document:{}", tagged(document));
    }
    for (account, fen) in posting.legs() {
        let _ = writeln!(text, "    {}  {}", account_name(line, account), amount(fen));
    }
    text
}

/// What must stand on each account in the end: a transaction of nothing, with assertions.
pub(super) fn foot(trial: &TrialBalance, last: Date) -> String {
    let mut text = format!("\n{last} * 试算平衡\n");
    for ((line, account), sums) in &trial.lines {
        let (name, balance) = (account_name(line, *account), amount(sums.balance()));
        let _ = writeln!(text, "    {name}  0.00 CNY = {balance}");
    }
    text
}

/// What a tag may hold: one line, and no comma, at which it would end.
fn tagged(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            ',' => '，',
            control if control.is_control() => ' ',
            plain => plain,
        })
        .collect()
}
