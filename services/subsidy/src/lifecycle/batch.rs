//! The life of a batch 批次, as rules.

use base::BatchId;
use calendar::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, ThingId};
use crate::error::BatchError;

/// A batch 批次.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Its name.
    pub id: BatchId,
}

/// What may be asked of it.
#[derive(Clone, Debug)]
pub enum BatchCommand {}

/// What happens to it.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchFact {}

/// Decides a command: what happens, or why not.
pub fn decide(
    _before: Option<&Batch>,
    command: &BatchCommand,
    _moment: Moment<'_>,
) -> Result<Vec<BatchFact>, BatchError> {
    match *command {}
}

/// What it is after a fact.
pub fn apply(_before: Option<Batch>, fact: &BatchFact) -> Option<Batch> {
    match *fact {}
}

/// The alarms that it has armed, each by the word by which it is rung.
pub fn alarms(_thing: &Batch) -> Vec<(String, Timestamp)> {
    Vec::new()
}

/// What a fact makes of other things, in the same unit.
pub fn follows(_thing: &Batch, fact: &BatchFact) -> Vec<(ThingId, Command)> {
    match *fact {}
}
