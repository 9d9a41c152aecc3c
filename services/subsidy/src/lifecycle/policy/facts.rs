//! What is known of an enterprise and of its claim, by name, and as it was at one instant.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// One thing that is known. Its serde form is the plain value: `5`, `"中型"`, `true`, `[…]`, `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number: fen, people, metres, a year.
    Int(i64),
    /// Words.
    Text(String),
    /// Several, all numbers or all words.
    List(Vec<Value>),
    /// Not known, or not so: what is null is as what was never given.
    #[default]
    Null,
}

impl Value {
    /// Whether there is none.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The number that it is, if it is one.
    pub fn int(&self) -> Option<i64> {
        if let Value::Int(number) = self { Some(*number) } else { None }
    }
}

/// As people of the zone read it: `“中型”`, `5`, `是`, `未填写`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(true) => f.write_str("是"),
            Value::Bool(false) => f.write_str("否"),
            Value::Int(number) => number.fmt(f),
            Value::Text(text) => write!(f, "“{text}”"),
            Value::List(values) => {
                let words: Vec<String> = values.iter().map(Value::to_string).collect();
                f.write_str(&words.join("、"))
            }
            Value::Null => f.write_str("未填写"),
        }
    }
}

/// Facts by their dotted name: `enterprise.size`, `claim.interest_fen`. One name, one value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<String, Value>);

impl Facts {
    /// None yet.
    pub fn new() -> Facts {
        Facts::default()
    }

    /// The same, with one more, or another value for one.
    pub fn with(mut self, name: impl Into<String>, value: Value) -> Facts {
        self.put(name, value);
        self
    }

    /// Adds one, or gives it another value.
    pub fn put(&mut self, name: impl Into<String>, value: Value) {
        self.0.insert(name.into(), value);
    }

    /// One of them; null if it is not known.
    pub fn get(&self, name: &str) -> &Value {
        const UNKNOWN: &Value = &Value::Null;
        self.0.get(name).unwrap_or(UNKNOWN)
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// These and those; where both know of one thing, those win.
    pub fn and(mut self, others: &Facts) -> Facts {
        for (name, value) in others.iter() {
            self.put(name, value.clone());
        }
        self
    }

    /// SHA-256 in lower-case hexadecimal over one text for one set of facts: each name and the JSON
    /// of its value, in the order of the names; what is null is left out.
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for (name, value) in self.iter().filter(|(_, value)| !value.is_null()) {
            let mut line = String::new();
            write_json(&Value::Text(name.to_owned()), &mut line);
            line.push(':');
            write_json(value, &mut line);
            line.push('\n');
            hash.update(line.as_bytes());
        }
        hex::encode(hash.finalize())
    }
}

impl FromIterator<(String, Value)> for Facts {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(facts: I) -> Facts {
        Facts(facts.into_iter().collect())
    }
}

/// The JSON of a value, without spaces: one text for one value.
fn write_json(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(known) => text.push_str(if *known { "true" } else { "false" }),
        Value::Int(number) => text.push_str(&number.to_string()),
        Value::Text(words) => text.push_str(&serde_json::Value::from(words.as_str()).to_string()),
        Value::List(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if 0 < index {
                    text.push(',');
                }
                write_json(value, text);
            }
            text.push(']');
        }
    }
}

/// M5. The facts that a decision was made on, with where they come from and when they were taken:
/// what is learned later changes no decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The facts.
    pub facts: Facts,
    /// Where they come from: `一企一档`, `企业申报`, the position of a journal.
    pub source: String,
    /// When they were taken.
    pub taken_at: Timestamp,
    /// SHA-256 of the facts in lower-case hexadecimal, as [`Facts::sha256`] has it.
    pub sha256: String,
}

impl Snapshot {
    /// The facts as they are at an instant.
    pub fn of(facts: Facts, source: impl Into<String>, taken_at: Timestamp) -> Snapshot {
        let sha256 = facts.sha256();
        Snapshot { facts, source: source.into(), taken_at, sha256 }
    }

    /// Whether the facts are still those that were hashed.
    pub fn holds(&self) -> bool {
        self.facts.sha256() == self.sha256
    }
}
