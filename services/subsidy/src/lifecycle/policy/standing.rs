//! A policy as it stands: its version in force, the one that is being prepared, and what may be asked
//! of them and happen to them.

use std::collections::BTreeSet;

use base::{ApplicationId, DepartmentId, PolicyId};
use calendar::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::tables::State;
use super::version::{Allotment, PolicyVersion, Terms};
use crate::error::PolicyError;
use crate::lifecycle::By;

/// A policy 惠企政策.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub id: PolicyId,
    /// The version that stands.
    pub standing: Edition,
    /// The next one, while it is prepared beside it.
    pub next: Option<Edition>,
    /// The budget lines that its versions have opened, by year and payer.
    pub lines: BTreeSet<(i16, DepartmentId)>,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// A version of a policy, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// Where.
    pub state: State,
    /// What it says.
    pub version: PolicyVersion,
    /// Who drafted it last.
    pub drafted_by: By,
    /// When.
    pub drafted_at: Timestamp,
    /// When it was filed 备案.
    pub filed_at: Option<Timestamp>,
    /// When it was published 公布.
    pub published_at: Option<Timestamp>,
    /// When it was first opened 开放申报.
    pub opened_at: Option<Timestamp>,
    /// When it was closed, expired or was repealed.
    pub ended_at: Option<Timestamp>,
    /// Why it was closed or repealed, in writing; empty if it was not.
    pub end_reason: String,
    /// When it expires: the first instant after its last day. Known once it is published.
    pub expires_at: Option<Timestamp>,
}

impl Policy {
    /// Where it stands: its version in force, or the first one while there is none.
    pub fn state(&self) -> State {
        self.standing.state
    }

    /// The version that was drafted last.
    pub fn newest(&self) -> &Edition {
        self.next.as_ref().unwrap_or(&self.standing)
    }

    /// The department that owns it.
    pub fn department(&self) -> &DepartmentId {
        &self.standing.version.terms.department
    }

    /// The version under which an application may be made now. Fails if the policy is not open, or
    /// outside its validity (M13), whether its alarm has rung or not.
    pub fn admits(&self, moment: Moment<'_>) -> Result<&PolicyVersion, PolicyError> {
        let Edition { state, version, .. } = &self.standing;
        let validity = version.terms.validity;
        let date = moment.now.to_zoned(moment.calendar.zone().clone()).date();
        if validity.until < date && matches!(state, State::Open | State::Closed | State::Expired) {
            return Err(PolicyError::OutsideValidity { validity });
        }
        if *state != State::Open {
            return Err(PolicyError::NotOpen { state: *state });
        }
        if !validity.covers(date) {
            return Err(PolicyError::OutsideValidity { validity });
        }
        Ok(version)
    }
}

/// What may be asked of a policy.
#[derive(Clone, Debug)]
pub enum PolicyCommand {
    /// Somebody asks.
    Ask {
        /// Who: the lead of the department that owns it.
        by: By,
        /// Whose lead they are.
        department: DepartmentId,
        /// What.
        ask: PolicyAsk,
    },
    /// An alarm rings.
    Ring {
        /// Which.
        alarm: PolicyAlarm,
        /// For when it was set.
        due_at: Timestamp,
        /// The applications that wait for their enterprise's will 待确认 and lapse with it.
        matched: Vec<ApplicationId>,
    },
}

/// What somebody may ask.
#[derive(Clone, Debug)]
pub enum PolicyAsk {
    /// DraftPolicy: what it shall say; a policy that there is none of, its draft, or its next version.
    Draft {
        /// Which policy.
        policy: PolicyId,
        /// What it shall say.
        terms: Box<Terms>,
    },
    /// FilePolicy: checked as a whole, and then no longer changed.
    File {
        /// The departments that there are.
        departments: BTreeSet<DepartmentId>,
    },
    /// PublishPolicy: everybody may read it, and its budget lines are opened.
    Publish,
    /// OpenPolicy: may be applied for. What waits for its enterprise's will keeps its own version.
    Open,
    /// ClosePolicy: takes no more applications.
    Close {
        /// Why, in writing.
        reason: String,
        /// The applications that wait for their enterprise's will, and lapse.
        matched: Vec<ApplicationId>,
    },
    /// RepealPolicy: by another document.
    Repeal {
        /// Why, in writing.
        reason: String,
        /// The applications that wait for their enterprise's will, and lapse.
        matched: Vec<ApplicationId>,
    },
}

/// What a policy waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PolicyAlarm {
    /// The end of its validity.
    Expire,
}

/// What happened to a policy, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyFact {
    /// When.
    pub at: Timestamp,
    /// By whom; none if by itself.
    pub by: Option<By>,
    /// What.
    pub what: PolicyWhat,
}

/// What can happen to a policy.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyWhat {
    /// It was drafted, or drafted anew, or its next version was.
    Drafted {
        /// As it is now.
        version: Box<PolicyVersion>,
    },
    /// A version was filed.
    Filed {
        /// Its number.
        number: i32,
    },
    /// A version was published.
    Published {
        /// Its number.
        number: i32,
        /// When it expires.
        expires_at: Timestamp,
        /// The budget lines that it opens: those that no earlier version has opened.
        budgets: Vec<Allotment>,
    },
    /// A version was opened, and stands from now on.
    Opened {
        /// Its number.
        number: i32,
    },
    /// It takes no more applications.
    Closed {
        /// Why.
        reason: String,
        /// What lapses with it.
        matched: Vec<ApplicationId>,
    },
    /// Its validity has ended.
    Expired {
        /// What lapses with it.
        matched: Vec<ApplicationId>,
    },
    /// It was repealed, and whatever was being prepared with it.
    Repealed {
        /// Why.
        reason: String,
        /// What lapses with it.
        matched: Vec<ApplicationId>,
    },
}
