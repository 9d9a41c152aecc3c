//! The catalogue 事项目录: what can be asked, who leads, by when.

use std::collections::BTreeSet;

use base::{CategoryId, DepartmentId, PersonId};
use calendar::{Intake, Limit};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::{Around, Fact};
use crate::error::Error;

/// A version of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// 1, 2, 3 …, given when it is published.
    pub version: i32,
    /// From when on it holds.
    pub effective_at: Timestamp,
    /// The categories, as they were given.
    pub categories: Vec<Category>,
    /// Who is on duty for the whole zone 园区总值班.
    #[serde(default)]
    pub zone_duty: Option<PersonId>,
}

/// A kind of request 事项类别.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// Its code.
    pub id: CategoryId,
    /// What it is called.
    pub title: String,
    /// The department that leads 主办.
    pub lead: DepartmentId,
    /// Departments that may be asked to assist 协办.
    pub suggested_assisting: Vec<DepartmentId>,
    /// How hard it is.
    pub work_class: WorkClass,
    /// The limits 时限.
    pub limits: Vec<CategoryLimit>,
    /// The law behind them 依据.
    pub legal_basis: String,
    /// Tickets are accepted by the catalogue itself 自动受理.
    #[serde(default)]
    pub accepts_by_itself: bool,
}

/// One limit of a category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryLimit {
    /// What it is for.
    pub kind: LimitKind,
    /// Whose it is.
    pub tier: LimitTier,
    /// How long.
    pub time: Limit,
    /// From when.
    pub start: LimitStart,
    /// How a start outside office hours is read.
    pub intake: Intake,
}

/// How hard a matter is (ABC 分类).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkClass {
    /// Historic or hard.
    A,
    /// Across departments.
    B,
    /// Simple.
    C,
    /// 应急: 停电, 燃气, 断水, 消防.
    Urgent,
}

/// What a limit is for.
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
pub enum LimitKind {
    /// 签收.
    Claim,
    /// 报到.
    Contact,
    /// 办复.
    Reply,
}

/// Whose limit it is.
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
pub enum LimitTier {
    /// 法定.
    Statutory,
    /// 承诺.
    Promised,
    /// 加码.
    Tightened,
}

/// From when a limit runs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LimitStart {
    /// The ticket was submitted.
    Submitted,
    /// The order was offered to the department.
    Offered,
    /// The order was claimed.
    Claimed,
}

impl Catalogue {
    /// Every department that it names.
    pub fn departments(&self) -> impl Iterator<Item = &DepartmentId> {
        self.categories
            .iter()
            .flat_map(|category| [&category.lead].into_iter().chain(&category.suggested_assisting))
    }
}

/// Publishes a catalogue: its departments must be there, its categories distinct, each with the
/// limits that dispatch cannot do without.
pub(super) fn publish(catalogue: &Catalogue, around: &Around) -> Result<Fact, Error> {
    catalogue.departments().try_for_each(|department| around.lasting(department))?;
    if let Some(person) = &catalogue.zone_duty {
        around.active(person)?;
    }
    let mut seen = BTreeSet::new();
    for category in &catalogue.categories {
        if !seen.insert(&category.id) {
            return Err(Error::CategoryTwice { category: category.id.clone() });
        }
        check_limits(category)?;
        if category.work_class == WorkClass::Urgent {
            check_urgent(category, catalogue)?;
        }
    }
    Ok(Fact::CataloguePublished(catalogue.clone()))
}

/// What is urgent runs by the clock on the wall, and ends with somebody who is always there.
fn check_urgent(category: &Category, catalogue: &Catalogue) -> Result<(), Error> {
    let by_the_wall = |limit: &CategoryLimit| matches!(limit.time, Limit::NaturalHours(_));
    if let Some(limit) = category.limits.iter().find(|limit| !by_the_wall(limit)) {
        return Err(Error::UrgentClock { category: category.id.clone(), kind: limit.kind });
    }
    match catalogue.zone_duty {
        Some(_) => Ok(()),
        None => Err(Error::ZoneDutyMissing { category: category.id.clone() }),
    }
}

fn check_limits(category: &Category) -> Result<(), Error> {
    for kind in [LimitKind::Contact, LimitKind::Reply] {
        if category.limits.iter().all(|limit| limit.kind != kind) {
            return Err(Error::LimitMissing { category: category.id.clone(), kind });
        }
    }
    let mut seen = BTreeSet::new();
    for limit in &category.limits {
        if !seen.insert((limit.kind, limit.tier)) {
            let (kind, tier) = (limit.kind, limit.tier);
            return Err(Error::LimitTwice { category: category.id.clone(), kind, tier });
        }
        // A limit that is over when it begins would ring for ever; 0 working days is 即办.
        if limit.time.amount() == 0 && !matches!(limit.time, Limit::WorkingDays(_)) {
            return Err(Error::LimitZero { category: category.id.clone(), kind: limit.kind });
        }
        // The promise to the enterprise starts when it submits, and never restarts (docs/domain.md §3).
        let promise = (limit.kind, limit.tier) == (LimitKind::Reply, LimitTier::Promised);
        if promise && limit.start != LimitStart::Submitted {
            return Err(Error::PromiseStart { category: category.id.clone() });
        }
    }
    Ok(())
}
