//! The ledger as a text for beancount, whose own checker proves it anew.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::export::{PLACES, account_name, amount};
use super::{Booked, Line, TrialBalance};

/// The accounts. They are open from a day before every posting.
pub(super) fn head(lines: &[Line]) -> String {
    let mut text =
        String::from("option \"title\" \"惠企通总账\"\noption \"operating_currency\" \"CNY\"\n\n");
    for line in lines {
        for (account, _) in PLACES {
            let name = account_name(line, *account);
            // Writing into a text does not fail.
            let _ = writeln!(text, "1970-01-01 open {name} CNY");
        }
    }
    text
}

/// A posting as a transaction of two legs.
pub(super) fn posting(booked: &Booked) -> String {
    let (line, posting) = (&booked.line, &booked.posting);
    let cause = posting.cause.disbursement().map_or_else(
        || posting.cause.document().unwrap_or_default().to_owned(),
        ToString::to_string,
    );
    let mut text = format!(
        "\n{} * \"{}\" \"{}\"\n  budget: \"{}\"\n  number: {}\n  at: \"{}\"\n",
        posting.date,
        posting.movement,
        quoted(&cause),
        line.budget,
        posting.number,
        posting.at
    );
    if let Some(application) = posting.cause.application() {
        let _ = writeln!(text, "  application: \"{application}\"");
    }
    if let Some(document) = posting.cause.document() {
        let _ = writeln!(text, "  document: \"{}\"", quoted(document));
    }
    for (account, fen) in posting.legs() {
        let _ = writeln!(text, "  {}  {}", account_name(line, account), amount(fen));
    }
    text
}

/// What must stand on each account at the beginning of the day after the last: to the fen, where
/// beancount by itself would let one more or less pass.
pub(super) fn foot(trial: &TrialBalance, last: Date) -> String {
    let mut text = String::from("\n");
    let day = last.tomorrow().unwrap_or(last);
    for ((line, account), sums) in &trial.lines {
        let (name, balance) = (account_name(line, *account), sums.balance().plain());
        let _ = writeln!(text, "{day} balance {name}  {balance} ~ 0.00 CNY");
    }
    text
}

/// What may stand between quotation marks.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.push(' '),
            plain => quoted.push(plain),
        }
    }
    quoted
}
