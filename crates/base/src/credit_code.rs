//! 统一社会信用代码, the eighteen characters that name an organisation (GB 32100-2015).
//!
//! Strict on the wire: exactly eighteen ASCII characters, upper case. Folding what people type
//! (lower case, full width) is the business of whoever takes the input.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A 统一社会信用代码 whose form and check digit are right.
///
/// The division code is not looked up in GB/T 2260 and the check digit of the organisation code
/// inside (positions 9 to 17) is not asked for: GB 32100 demands neither, and old codes break both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode(String);

/// How many characters a code has.
pub const LENGTH: usize = 18;

/// The 31 characters of GB 32100, in the order of their values: no I, O, S, V, Z.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Passes every check of the standard, yet names nobody: category 0 is not assigned.
const PLACEHOLDER: &str = "000000000000000000";

impl CreditCode {
    /// Reads a code as the standard has it, and refuses the all-zero placeholder.
    pub fn parse(text: &str) -> Result<CreditCode, CreditCodeError> {
        check(text)?;
        if text == PLACEHOLDER {
            return Err(CreditCodeError::Placeholder);
        }
        Ok(CreditCode(text.to_owned()))
    }

    /// The eighteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` is a code by the letter of GB 32100-2015. The first fault found is told:
/// length, then alphabet, then division code, then check digit.
pub fn check(text: &str) -> Result<(), CreditCodeError> {
    let found = text.chars().count();
    if found != LENGTH {
        return Err(CreditCodeError::Length { found });
    }
    let mut values = [0_usize; LENGTH];
    for (index, character) in text.chars().enumerate() {
        let value = ALPHABET.iter().position(|known| char::from(*known) == character);
        let fault = CreditCodeError::Alphabet { character, position: index + 1 };
        values[index] = value.ok_or(fault)?;
    }
    // Positions 3 to 8 are the division code: digits alone.
    if let Some(index) = (2..8).find(|index| 9 < values[*index]) {
        return Err(CreditCodeError::DivisionCode { position: index + 1 });
    }
    let expected = check_character(&values);
    if expected != ALPHABET[values[LENGTH - 1]] {
        return Err(CreditCodeError::CheckDigit { expected: char::from(expected) });
    }
    Ok(())
}

/// The check character of the first seventeen values: weights are the powers of 3, modulo 31.
fn check_character(values: &[usize; LENGTH]) -> u8 {
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..LENGTH - 1] {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET[(31 - sum % 31) % 31]
}

/// Why a text is no 统一社会信用代码.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Not eighteen characters.
    #[error("a credit code has 18 characters, this has {found}")]
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// A character that the standard does not use.
    #[error("{character:?} at position {position} is not a character of credit codes")]
    Alphabet {
        /// The character.
        character: char,
        /// Its place, counted from 1.
        position: usize,
    },
    /// A letter where the division code has digits.
    #[error("position {position} belongs to the division code and must be a digit")]
    DivisionCode {
        /// Its place, counted from 1.
        position: usize,
    },
    /// The last character does not follow from the others.
    #[error("the check digit is wrong: it would be {expected}")]
    CheckDigit {
        /// What the other characters ask for.
        expected: char,
    },
    /// All zeros: right by arithmetic, assigned to nobody.
    #[error("eighteen zeros are a placeholder, not a code")]
    Placeholder,
}

impl CreditCodeError {
    /// The same for machines: one word per fault, stable.
    pub fn reason(&self) -> &'static str {
        match self {
            CreditCodeError::Length { .. } => "length",
            CreditCodeError::Alphabet { .. } => "alphabet",
            CreditCodeError::DivisionCode { .. } => "division_code",
            CreditCodeError::CheckDigit { .. } => "check_digit",
            CreditCodeError::Placeholder => "placeholder",
        }
    }

    /// The same for people, in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            CreditCodeError::Length { found } => format!("应为18位，现为{found}位"),
            CreditCodeError::Alphabet { character, position } => {
                format!(
                    "第{position}位的“{character}”不是代码所用的数字或大写字母（不用I、O、S、V、Z）"
                )
            }
            CreditCodeError::DivisionCode { position } => {
                format!("第{position}位属行政区划码，应为数字")
            }
            CreditCodeError::CheckDigit { expected } => {
                format!("校验码不符，按前17位应为“{expected}”，其中必有一位有误")
            }
            CreditCodeError::Placeholder => "全零是占位，不是代码".to_owned(),
        }
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        CreditCode::parse(text)
    }
}

impl TryFrom<String> for CreditCode {
    type Error = CreditCodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        CreditCode::parse(&text)
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> String {
        code.0
    }
}

/// Answers one line `{"id", "code"}` of a batch with `{"id", "valid"[, "reason"]}`, or with
/// `{"id", "error"}` if the line cannot be read. Judges by [`check`], the letter of the standard.
pub fn batch_answer(line: &str) -> String {
    let mut answer = Answer::default();
    match serde_json::from_str::<Value>(line) {
        Err(fault) => {
            answer.error = Some(format!("这一行不是 JSON（the line is not JSON）：{fault}"));
        }
        Ok(line) => {
            answer.id = line.get("id").cloned().unwrap_or_default();
            match line.get("code").and_then(Value::as_str).map(check) {
                None => {
                    answer.error = Some("缺少文本字段 code（`code` must be a string）".to_owned())
                }
                Some(judged) => {
                    answer.valid = Some(judged.is_ok());
                    answer.reason = judged.err().map(|fault| fault.reason());
                }
            }
        }
    }
    // Nothing in an answer can fail to be written: its keys are texts, its values were JSON.
    serde_json::to_string(&answer).unwrap_or_else(|fault| format!("{{\"error\":\"{fault}\"}}"))
}

/// The answer to one line, in the order in which it is written.
#[derive(Default, Serialize)]
struct Answer {
    id: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}
