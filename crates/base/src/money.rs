//! Money in 分: whole numbers, never floating point.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount of CNY in 分, the hundredth part of a yuan. Its serde form is the integer.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// A text that is no amount of yuan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not an amount in yuan with at most two decimals")]
pub struct FenError {
    /// What was given.
    pub given: String,
}

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// The sum, or `None` if it does not fit.
    pub fn checked_add(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// The difference, or `None` if it does not fit.
    pub fn checked_sub(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }

    /// The sum of all, or `None` if it does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add)
    }

    /// Yuan with two decimals and no grouping, as banks want it: `26146200.00`.
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", amount / 100, amount % 100)
    }

    /// Reads yuan with at most two decimals and no grouping: `26146200.00`, `5`, `-0.5`.
    pub fn parse_yuan(text: &str) -> Result<Fen, FenError> {
        let fault = || FenError { given: text.to_owned() };
        let (negative, amount) = match text.strip_prefix('-') {
            Some(amount) => (true, amount),
            None => (false, text),
        };
        let (yuan, decimals) = amount.split_once('.').unwrap_or((amount, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(yuan) || !digits(decimals) || 2 < decimals.len() {
            return Err(fault());
        }
        let fen: i128 = format!("{yuan}{decimals:0<2}").parse().map_err(|_| fault())?;
        let fen = if negative { -fen } else { fen };
        i64::try_from(fen).map(Fen).map_err(|_| fault())
    }
}

/// Yuan with two decimals, grouped by thousands: `26,146,200.00`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        let (yuan, decimals) = plain.split_once('.').unwrap_or((&plain, "00"));
        let (sign, digits) = match yuan.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", yuan),
        };
        let mut grouped = String::from(sign);
        for (index, digit) in digits.chars().enumerate() {
            if 0 < index && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        f.pad(&format!("{grouped}.{decimals}"))
    }
}
