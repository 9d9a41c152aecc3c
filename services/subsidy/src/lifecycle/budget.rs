//! The life of a budget 预算额度, as rules.

use base::BudgetId;
use calendar::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, ThingId};
use crate::error::BudgetError;

/// A budget 预算额度.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// Its name.
    pub id: BudgetId,
}

/// What may be asked of it.
#[derive(Clone, Debug)]
pub enum BudgetCommand {}

/// What happens to it.
#[derive(Clone, Debug, PartialEq)]
pub enum BudgetFact {}

/// Decides a command: what happens, or why not.
pub fn decide(
    _before: Option<&Budget>,
    command: &BudgetCommand,
    _moment: Moment<'_>,
) -> Result<Vec<BudgetFact>, BudgetError> {
    match *command {}
}

/// What it is after a fact.
pub fn apply(_before: Option<Budget>, fact: &BudgetFact) -> Option<Budget> {
    match *fact {}
}

/// The alarms that it has armed, each by the word by which it is rung.
pub fn alarms(_thing: &Budget) -> Vec<(String, Timestamp)> {
    Vec::new()
}

/// What a fact makes of other things, in the same unit.
pub fn follows(_thing: &Budget, fact: &BudgetFact) -> Vec<(ThingId, Command)> {
    match *fact {}
}
