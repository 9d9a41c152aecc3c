//! The number of a bank account in the clear, and the code of a bank: what only the file for the
//! bank holds.

use std::fmt;

/// The shortest and the longest number of an account, in characters: Max34Text of ISO 20022.
const NUMBER_CHARS: std::ops::RangeInclusive<usize> = 5..=34;
/// The digits of a code of a bank.
const CODE_DIGITS: usize = 12;

/// The number of an account (账号) in the clear. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountNumber(String);

/// The code of a bank (联行号) in the payment system CNAPS: 12 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankCode(String);

/// A text that is no number of an account, or no code of a bank. It is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartyFault {
    /// It is no number of an account.
    #[error("an account number has 5 to 34 letters, digits and hyphens")]
    Number,
    /// It is no code of a bank.
    #[error("a bank code has 12 digits")]
    Code,
}

impl AccountNumber {
    /// Reads the number of an account: letters, digits and hyphens.
    pub fn new(text: &str) -> Result<AccountNumber, PartyFault> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let good = NUMBER_CHARS.contains(&text.len()) && text.bytes().all(fits);
        if good { Ok(AccountNumber(text.to_owned())) } else { Err(PartyFault::Number) }
    }

    /// The number itself: for the bank's file, and for whom the rules let see it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountNumber(…)")
    }
}

impl BankCode {
    /// Reads the code of a bank.
    pub fn new(text: &str) -> Result<BankCode, PartyFault> {
        let good = text.len() == CODE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if good { Ok(BankCode(text.to_owned())) } else { Err(PartyFault::Code) }
    }

    /// The code as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_digits_and_is_not_printed() {
        let number = AccountNumber::new("6999776490959710548").unwrap();
        assert_eq!(number.expose(), "6999776490959710548");
        assert!(!format!("{number:?}").contains("6999"));
        for bad in ["", "1234", "12 345", "账号12345", "12345\n", &"1".repeat(35)] {
            let fault = AccountNumber::new(bad).unwrap_err();
            assert_eq!(fault, PartyFault::Number);
        }
    }

    #[test]
    fn a_bank_has_a_code_of_twelve_digits() {
        assert_eq!(BankCode::new("999100000011").unwrap().as_str(), "999100000011");
        for bad in ["", "99910000001", "9991000000111", "99910000001x", "９９９１０００"] {
            assert_eq!(BankCode::new(bad), Err(PartyFault::Code), "{bad}");
        }
    }
}
