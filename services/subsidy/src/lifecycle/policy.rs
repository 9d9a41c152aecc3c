//! The life of a policy 惠企政策, as rules.

use base::PolicyId;
use calendar::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, ThingId};
use crate::error::PolicyError;

/// A policy 惠企政策.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub id: PolicyId,
}

/// What may be asked of it.
#[derive(Clone, Debug)]
pub enum PolicyCommand {}

/// What happens to it.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyFact {}

/// Decides a command: what happens, or why not.
pub fn decide(
    _before: Option<&Policy>,
    command: &PolicyCommand,
    _moment: Moment<'_>,
) -> Result<Vec<PolicyFact>, PolicyError> {
    match *command {}
}

/// What it is after a fact.
pub fn apply(_before: Option<Policy>, fact: &PolicyFact) -> Option<Policy> {
    match *fact {}
}

/// The alarms that it has armed, each by the word by which it is rung.
pub fn alarms(_thing: &Policy) -> Vec<(String, Timestamp)> {
    Vec::new()
}

/// What a fact makes of other things, in the same unit.
pub fn follows(_thing: &Policy, fact: &PolicyFact) -> Vec<(ThingId, Command)> {
    match *fact {}
}
