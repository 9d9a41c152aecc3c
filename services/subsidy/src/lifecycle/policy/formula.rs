//! How much: the formula of a policy over the facts (M1), in whole fen, rounded down.

use base::Fen;
use serde::{Deserialize, Serialize};

use super::facts::{Facts, Value};
use super::version::PolicyVersion;
use crate::error::EvaluationError;

/// Ten thousand basis points are the whole.
pub const WHOLE_BP: u32 = 10_000;

/// How an amount comes about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Formula {
    /// 定额: always the same.
    Flat {
        /// How much.
        amount: Fen,
    },
    /// 分类: by what a fact is. A value that the table does not have gets nothing.
    Table {
        /// The name of the fact.
        field: String,
        /// Each value and its amount.
        rows: Vec<Row>,
    },
    /// 按比例: a part of a base.
    Percent {
        /// Of what.
        base: Base,
        /// How much of it, in basis points: 600 is 6 %.
        rate_bp: u32,
        /// The most.
        cap: Option<Fen>,
    },
    /// 按数量: so much for each.
    PerUnit {
        /// How many.
        base: Base,
        /// For each.
        unit: Fen,
        /// The most.
        cap: Option<Fen>,
    },
    /// 分档: the fixed amount of the last tier that the base reaches, and of each part of the base the
    /// rate of the tier in which it lies; below the first tier there is nothing.
    Tiered {
        /// What is measured.
        base: Base,
        /// Each from where it begins, rising.
        tiers: Vec<Tier>,
        /// The most.
        cap: Option<Fen>,
    },
    /// 就高: the highest of several.
    HigherOf {
        /// Of which.
        of: Vec<Formula>,
    },
}

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What the fact must be.
    pub value: Value,
    /// How much that is worth.
    pub amount: Fen,
}

/// What something is measured by. Less than nothing counts as nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Base {
    /// A fact, by its name.
    Field(String),
    /// 增量: what one fact is more than another.
    Minus(String, String),
}

/// A tier: a fixed amount (`rate_bp` 0), a part of what lies in it (`amount` 0), or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The least base of it, in the base's own unit.
    pub from: i64,
    /// What reaching it is worth, instead of what the tiers below are worth.
    pub amount: Fen,
    /// What each part of the base that lies in it is worth, in basis points.
    pub rate_bp: u32,
}

/// M1. How much an enterprise gets by the formula of a version and these facts, the cap of the item
/// applied; rounded down to the fen. An application's amount is this or, by a reviewer's reason,
/// less. Fails if a fact that it needs is not known, if the result is nothing, or if it is no longer
/// a number that money can be: never by a wrong sum.
pub fn amount(version: &PolicyVersion, facts: &Facts) -> Result<Fen, EvaluationError> {
    let due = version.terms.amount.of(facts)?;
    let due = capped(due, version.terms.caps.item);
    let fen = i64::try_from(due).map_err(|_| EvaluationError::Overflow)?;
    if fen <= 0 {
        return Err(EvaluationError::NothingDue);
    }
    Ok(Fen(fen))
}

impl Formula {
    /// The amount in fen, never below zero.
    fn of(&self, facts: &Facts) -> Result<i128, EvaluationError> {
        match self {
            Formula::Flat { amount } => Ok(i128::from(amount.0)),
            Formula::Table { field, rows } => {
                let known = facts.get(field);
                if known.is_null() {
                    return Err(EvaluationError::Unknown { field: field.clone() });
                }
                let row = rows.iter().find(|row| row.value == *known);
                Ok(row.map_or(0, |row| i128::from(row.amount.0)))
            }
            Formula::Percent { base, rate_bp, cap } => {
                Ok(capped(part(base.of(facts)?, *rate_bp)?, *cap))
            }
            Formula::PerUnit { base, unit, cap } => {
                let due = base.of(facts)?.checked_mul(i128::from(unit.0));
                Ok(capped(due.ok_or(EvaluationError::Overflow)?, *cap))
            }
            Formula::Tiered { base, tiers, cap } => {
                Ok(capped(tiered(base.of(facts)?, tiers)?, *cap))
            }
            Formula::HigherOf { of } => {
                let mut highest = 0;
                for formula in of {
                    highest = formula.of(facts)?.max(highest);
                }
                Ok(highest)
            }
        }
    }
}

impl Base {
    /// What is measured, never below zero.
    fn of(&self, facts: &Facts) -> Result<i128, EvaluationError> {
        Ok(match self {
            Base::Field(field) => number(facts, field)?,
            Base::Minus(more, less) => number(facts, more)? - number(facts, less)?,
        }
        .max(0))
    }
}

/// A fact that must be a number.
fn number(facts: &Facts, field: &str) -> Result<i128, EvaluationError> {
    match facts.get(field) {
        Value::Int(number) => Ok(i128::from(*number)),
        Value::Null => Err(EvaluationError::Unknown { field: field.to_owned() }),
        Value::Bool(_) | Value::Text(_) | Value::List(_) => {
            Err(EvaluationError::NotNumber { field: field.to_owned() })
        }
    }
}

/// What a base is worth by tiers that rise: the fixed amount of the last one that it reaches, and the
/// rates of the parts, rounded down once.
fn tiered(base: i128, tiers: &[Tier]) -> Result<i128, EvaluationError> {
    let mut fixed = 0;
    let mut rated: i128 = 0;
    for (index, tier) in tiers.iter().enumerate() {
        let from = i128::from(tier.from);
        if base < from {
            break;
        }
        let above = tiers.get(index + 1).map_or(base, |next| base.min(i128::from(next.from)));
        let worth = (above - from).checked_mul(i128::from(tier.rate_bp));
        let worth = worth.and_then(|worth| rated.checked_add(worth));
        rated = worth.ok_or(EvaluationError::Overflow)?;
        fixed = i128::from(tier.amount.0);
    }
    Ok(fixed + rated / i128::from(WHOLE_BP))
}

/// So many basis points of a base that is not below zero, rounded down.
fn part(base: i128, rate_bp: u32) -> Result<i128, EvaluationError> {
    let product = base.checked_mul(i128::from(rate_bp)).ok_or(EvaluationError::Overflow)?;
    Ok(product / i128::from(WHOLE_BP))
}

/// No more than a cap, if there is one.
fn capped(due: i128, cap: Option<Fen>) -> i128 {
    cap.map_or(due, |cap| due.min(i128::from(cap.0)))
}
