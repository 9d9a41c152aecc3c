//! The life of a application 申请, as rules.

use base::ApplicationId;
use calendar::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, ThingId};
use crate::error::ApplicationError;

/// A application 申请.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Its name.
    pub id: ApplicationId,
}

/// What may be asked of it.
#[derive(Clone, Debug)]
pub enum ApplicationCommand {}

/// What happens to it.
#[derive(Clone, Debug, PartialEq)]
pub enum ApplicationFact {}

/// Decides a command: what happens, or why not.
pub fn decide(
    _before: Option<&Application>,
    command: &ApplicationCommand,
    _moment: Moment<'_>,
) -> Result<Vec<ApplicationFact>, ApplicationError> {
    match *command {}
}

/// What it is after a fact.
pub fn apply(_before: Option<Application>, fact: &ApplicationFact) -> Option<Application> {
    match *fact {}
}

/// The alarms that it has armed, each by the word by which it is rung.
pub fn alarms(_thing: &Application) -> Vec<(String, Timestamp)> {
    Vec::new()
}

/// What a fact makes of other things, in the same unit.
pub fn follows(_thing: &Application, fact: &ApplicationFact) -> Vec<(ThingId, Command)> {
    match *fact {}
}
