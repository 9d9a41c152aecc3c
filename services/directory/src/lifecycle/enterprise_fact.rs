//! What is known of an enterprise besides who it is: by these facts subsidies are decided.

use serde::{Deserialize, Serialize};

/// The longest name of a fact, in characters.
pub const FACT_NAME_CHARS_MAX: usize = 60;

/// Something that is known of an enterprise, and where that comes from. Its name stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnterpriseFact {
    /// What is known.
    pub value: FactValue,
    /// Where it comes from 数据来源: the register, the tax office.
    pub source: String,
}

/// A value of a fact; money in fen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactValue {
    /// A whole number.
    Number(i64),
    /// Words.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Several texts.
    Texts(Vec<String>),
}

/// Whether a text names a fact: lower-case letters, digits and underscores, the first one a letter.
pub fn is_fact_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    begins && name.len() <= FACT_NAME_CHARS_MAX && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_has_a_plain_name() {
        for good in ["credit_status", "revenue_2025_fen", "a"] {
            assert!(is_fact_name(good), "{good}");
        }
        for bad in ["", "_a", "2025", "Size", "信用", "a.b", "a b", &"a".repeat(61)] {
            assert!(!is_fact_name(bad), "{bad}");
        }
    }
}
