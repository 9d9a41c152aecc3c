//! What is wanted: a piece of work, and of whom.

use std::collections::{BTreeMap, BTreeSet};

use base::{CategoryId, DepartmentId, EnterpriseId, Person, PersonId, WorkOrderId};
use jiff::Timestamp;

use super::limits::{Due, LimitRule};
use super::words::{WorkClass, WorkKind};

/// A department that somebody named, and what the directory knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which one.
    pub department: DepartmentId,
    /// Whether there is such a department, and no other has taken its place.
    pub known: bool,
    /// Who of it is on duty: its duty officer, then its head.
    pub duty: Vec<PersonId>,
}

/// A person that somebody named, and what the directory knows of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nominee {
    /// Who.
    pub id: PersonId,
    /// The person, if known.
    pub person: Option<Person>,
}

/// What a request for work says.
#[derive(Clone, Debug, PartialEq)]
pub struct Requested {
    /// The order to be made, chosen by who asks.
    pub work_order: WorkOrderId,
    /// Its number, drawn here.
    pub number: String,
    /// The round, from 1.
    pub round: u32,
    /// Where it is decided.
    pub kind: WorkKind,
    /// What it is for.
    pub source: String,
    /// The number of that.
    pub source_number: String,
    /// What it is about.
    pub title: String,
    /// What is asked.
    pub text: String,
    /// Whose matter.
    pub enterprise: EnterpriseId,
    /// The category.
    pub category: CategoryId,
    /// The department that shall lead; none fits: it waits in the unrouted pool.
    pub lead: Option<DepartmentId>,
    /// Who of that department is on duty: its duty officer, then its head.
    pub duty: Vec<PersonId>,
    /// Of the departments that assisted before, those that are no more, and who has taken their place.
    pub successors: BTreeMap<DepartmentId, DepartmentId>,
    /// Class urgent: who is on duty in the departments that assisted before, or have taken their place.
    pub assisting_duty: BTreeMap<DepartmentId, Vec<PersonId>>,
    /// Departments that may be asked to assist.
    pub suggested_assisting: Vec<DepartmentId>,
    /// How hard it is.
    pub work_class: WorkClass,
    /// The limits of the catalogue.
    pub limits: Vec<LimitRule>,
    /// The version that they come from.
    pub rule_version: u32,
    /// When the enterprise submitted.
    pub submitted_at: Timestamp,
    /// People who may not do it.
    pub barred: BTreeSet<PersonId>,
    /// Departments that may neither lead nor assist.
    pub excluded: BTreeSet<DepartmentId>,
    /// Class urgent: who is on duty for the whole zone.
    pub zone_duty: Option<PersonId>,
    /// When the work was asked for.
    pub occurred_at: Timestamp,
}

/// What an order that asks for assistance gives to the child.
#[derive(Clone, Debug, PartialEq)]
pub struct Assisting {
    /// The child, as a request of its own. It has no limits: it is due with its parent.
    pub requested: Requested,
    /// The order that asks.
    pub parent: WorkOrderId,
    /// The department that leads there, if one does.
    pub asked_by: Option<DepartmentId>,
    /// By when the child is due.
    pub due: Due,
}
