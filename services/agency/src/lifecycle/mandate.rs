//! The mandate 委托书: what an agent may do for an enterprise, and until when.

use std::collections::{BTreeMap, BTreeSet};

use base::{ItemId, PersonId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

/// What an agent may do for an enterprise. Its bank account is not among them, nor is a decision.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Display,
    EnumIter,
    EnumString,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Act {
    /// 填报: fill in, hand in materials, promise them.
    Fill,
    /// 递交: submit, supply a correction, apply again.
    Submit,
    /// 领证: collect the result.
    Collect,
    /// 陪同: go along.
    Accompany,
}

/// What a mandate covers: acts by item.
pub type Scope = BTreeMap<ItemId, BTreeSet<Act>>;

/// A mandate 委托书. The enterprise stays the applicant; it is free of charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// Who acts.
    pub agent: PersonId,
    /// What they may do.
    pub scope: Scope,
    /// Who signed it for the enterprise.
    pub signatory: PersonId,
    /// SHA-256 of the signed document, in hexadecimal.
    pub document_sha256: String,
    /// Another agent may take it over 转委托.
    pub may_pass_on: bool,
    /// When it ends by itself.
    pub expires: Due,
    /// When it was signed.
    pub signed_at: Timestamp,
}

impl Mandate {
    /// Whether it covers an act at an instant.
    pub fn covers(&self, item: &ItemId, act: Act, now: Timestamp) -> bool {
        self.is_live(now) && self.scope.get(item).is_some_and(|acts| acts.contains(&act))
    }

    /// Whether it has not yet ended by itself.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires.at
    }
}

/// Why a mandate ended. The agent's acts end with it, and nothing else.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MandateEnd {
    /// It expired.
    Expired,
    /// The enterprise revoked it.
    Revoked,
    /// The case was terminated.
    Terminated,
    /// The agent changed, and it does not pass on.
    HandedOver,
}
