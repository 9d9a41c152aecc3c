//! The references of a payment: what names a message, a part of it, or one transfer, for ever.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest reference, in characters: Max35Text of ISO 20022.
const CHARS_MAX: usize = 35;

/// A reference (编号) as banks carry it: `[A-Za-z0-9-]{1,35}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

/// A text that is no reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not of 1 to 35 letters, digits and hyphens")]
pub struct ReferenceFault {
    /// What was given, cut to a length fit for a message.
    pub given: String,
}

impl Reference {
    /// Reads a reference.
    pub fn new(text: &str) -> Result<Reference, ReferenceFault> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=CHARS_MAX).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Reference(text.to_owned()))
        } else {
            Err(ReferenceFault { given: text.chars().take(40).collect() })
        }
    }

    /// The reference as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceFault;
    fn try_from(text: String) -> Result<Reference, ReferenceFault> {
        Reference::new(&text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> String {
        reference.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_what_every_bank_carries_unchanged() {
        for good in ["a", "HQT-2026-0001", &"x".repeat(35)] {
            assert_eq!(Reference::new(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "编号", "a/b", "a b", "a\n", &"x".repeat(36)] {
            assert!(Reference::new(bad).is_err(), "{bad:?}");
        }
    }
}
