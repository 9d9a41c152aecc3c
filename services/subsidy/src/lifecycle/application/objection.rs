//! 异议: in writing and under a real name; it blocks its own entry alone.

use base::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kept::Application;
use super::limits::Wait;

/// An objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// Its number within the application, from 1.
    pub number: u32,
    /// Who objects: a person known to the directory by their real name.
    pub objector: PersonId,
    /// The enterprise itself objects, as to an amount that was lowered.
    pub by_applicant: bool,
    /// What they say, in writing. Personal data: do not log.
    pub text: String,
    /// When.
    pub raised_at: Timestamp,
    /// By when it must be decided, while it is open.
    pub wait: Wait,
    /// What became of it.
    pub decision: Option<ObjectionDecision>,
}

/// What became of an objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectionDecision {
    /// Who decided: someone not concerned.
    pub decided_by: PersonId,
    /// 成立: the application is reviewed again.
    pub upheld: bool,
    /// Why, in writing.
    pub reason: String,
    /// When.
    pub decided_at: Timestamp,
}

impl Objection {
    /// Whether nobody has decided it.
    pub fn is_open(&self) -> bool {
        self.decision.is_none()
    }
}

impl Application {
    /// The first objection that nobody has decided.
    pub fn open_objection(&self) -> Option<&Objection> {
        self.objections.iter().find(|objection| objection.is_open())
    }

    /// An objection by its number.
    pub fn objection(&self, number: u32) -> Option<&Objection> {
        self.objections.iter().find(|objection| objection.number == number)
    }
}
