//! Two ends of one matter are two people (domain.md §2): who had which part, and what it bars them
//! from.

use std::collections::{BTreeMap, BTreeSet};

use base::PersonId;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter};

use super::super::By;
use super::kept::Application;
use crate::error::ApplicationError;

/// The part that somebody had in an application. A deputy and the one for whom they act both have it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display, EnumIter, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Part {
    /// 申报: filed, supplemented or confirmed something for the enterprise.
    Filer,
    /// 形式审查.
    FormChecker,
    /// 初审.
    Reviewer,
    /// 复核.
    SecondReviewer,
    /// 批准.
    Approver,
    /// 提出异议.
    Objector,
    /// 处理异议.
    ObjectionDecider,
}

/// Who takes a part has had none of those beside it. A second reviewer approves up to the threshold;
/// above it the zone leader is somebody else again. An objection is decided by someone not concerned.
#[rustfmt::skip]
pub const APART: &[(Part, &[Part])] = {
    use Part::*;
    &[
        (FormChecker,      &[Filer, Objector]),
        (Reviewer,         &[Filer, SecondReviewer, Approver, Objector, ObjectionDecider]),
        (SecondReviewer,   &[Filer, Reviewer, Objector, ObjectionDecider]),
        (Approver,         &[Filer, Reviewer, Objector, ObjectionDecider]),
        (ObjectionDecider, &[Filer, FormChecker, Reviewer, SecondReviewer, Approver, Objector]),
    ]
};

/// Who had which part.
pub type People = BTreeMap<Part, BTreeSet<PersonId>>;

impl By {
    /// The people that act here: the human, and for whom a deputy or a system acts.
    pub(super) fn people(&self) -> BTreeSet<PersonId> {
        let own = [&self.person];
        own.into_iter().chain(self.actor.on_behalf_of()).cloned().collect()
    }
}

impl Application {
    /// Everybody who had one of the parts.
    pub fn people_of(&self, parts: &[Part]) -> BTreeSet<PersonId> {
        let of = parts.iter().filter_map(|part| self.people.get(part));
        of.flatten().cloned().collect()
    }

    /// Who may not have the part, for what they did before: dispatch checks it at the claim, the rules
    /// again at the decision.
    pub fn barred_from(&self, part: Part) -> BTreeSet<PersonId> {
        self.people_of(apart_from(part))
    }

    /// Everybody whose judgement the amount stands on: none of them handles its payment.
    pub fn reviewers(&self) -> Vec<PersonId> {
        let parts = [Part::Reviewer, Part::SecondReviewer, Part::Approver, Part::ObjectionDecider];
        self.people_of(&parts).into_iter().collect()
    }
}

/// Which parts keep one from taking a part, by [`APART`].
pub(super) fn apart_from(part: Part) -> &'static [Part] {
    APART.iter().find(|(of, _)| *of == part).map_or(&[], |(_, others)| others)
}

/// Whether `by` may take a part; `also` names parts that keep them from it beside the table's.
pub(super) fn may_take(
    application: &Application,
    by: &By,
    part: Part,
    also: &[Part],
) -> Result<(), ApplicationError> {
    let people = by.people();
    let had = apart_from(part).iter().chain(also).find(|other| {
        let holders = application.people.get(other);
        holders.is_some_and(|holders| !holders.is_disjoint(&people))
    });
    had.map_or(Ok(()), |had| Err(ApplicationError::SamePerson { part, had: *had }))
}
