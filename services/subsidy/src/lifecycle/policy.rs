//! The life of a policy 惠企政策, as rules: no clock, no database, no network.
//!
//! Read [`TRANSITIONS`] first, then [`Terms`]: what a policy says is data, and a new policy is no new
//! program. [`check`] tells before it is filed whether it can be followed; [`failing`] and [`amount`]
//! tell who gets how much, and why not.

mod check;
mod deciding;
mod eligibility;
mod expression;
mod facts;
mod flaw;
mod formula;
mod limits;
mod matching;
mod scan;
mod schema;
mod standing;
mod tables;
mod typing;
mod version;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use self::check::check;
pub use self::deciding::{alarms, apply, decide, follows};
pub use self::eligibility::{Eligibility, Failing, failing};
pub use self::facts::{Facts, Snapshot, Value};
pub use self::flaw::{Flaw, FlawKind, Place};
pub use self::formula::{Base, Formula, Row, Tier, WHOLE_BP, amount};
pub use self::limits::{
    CapLine, Repetition, broken_cap, cap_lines, duplicate_key, repetitions, shares,
};
pub use self::matching::{Match, Preview, match_one, preview};
pub use self::scan::EXPRESSION_CHARS_MAX;
pub use self::schema::{
    CLAIM, ClaimFault, ClaimField, ENTERPRISE, ENTERPRISE_FIELDS, Kind, LIST_VALUES_MAX, Schema,
    TEXT_CHARS_MAX, claim_faults,
};
pub use self::standing::{
    Edition, Policy, PolicyAlarm, PolicyAsk, PolicyCommand, PolicyFact, PolicyWhat,
};
pub use self::tables::{Action, State, TRANSITIONS, allowed, step};
pub use self::version::{
    Allotment, Basis, Caps, Criterion, Mode, NoticeMode, Once, Per, PolicyVersion, Share, Terms,
    Validity,
};
