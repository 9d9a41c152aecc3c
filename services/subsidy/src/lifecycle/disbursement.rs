//! The life of a disbursement 拨付, as rules.

use base::DisbursementId;
use calendar::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, ThingId};
use crate::error::DisbursementError;

/// A disbursement 拨付.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disbursement {
    /// Its name.
    pub id: DisbursementId,
}

/// What may be asked of it.
#[derive(Clone, Debug)]
pub enum DisbursementCommand {}

/// What happens to it.
#[derive(Clone, Debug, PartialEq)]
pub enum DisbursementFact {}

/// Decides a command: what happens, or why not.
pub fn decide(
    _before: Option<&Disbursement>,
    command: &DisbursementCommand,
    _moment: Moment<'_>,
) -> Result<Vec<DisbursementFact>, DisbursementError> {
    match *command {}
}

/// What it is after a fact.
pub fn apply(_before: Option<Disbursement>, fact: &DisbursementFact) -> Option<Disbursement> {
    match *fact {}
}

/// The alarms that it has armed, each by the word by which it is rung.
pub fn alarms(_thing: &Disbursement) -> Vec<(String, Timestamp)> {
    Vec::new()
}

/// What a fact makes of other things, in the same unit.
pub fn follows(_thing: &Disbursement, fact: &DisbursementFact) -> Vec<(ThingId, Command)> {
    match *fact {}
}
