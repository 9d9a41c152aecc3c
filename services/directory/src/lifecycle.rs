//! What may stand in the directory, as rules: no clock, no database, no network.
//!
//! A record is put whole, so [`apply`] is short; [`decide`] asks whether it may stand beside the
//! others, which [`Around`] tells of.

mod around;
mod catalogue;
mod change;
mod department;
mod deputy;
mod enterprise;
mod enterprise_fact;
mod grant;
mod staff;
mod year;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod shelf;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use base::{DepartmentId, DeputyId, EnterpriseId, GrantId, Person, PersonId};
use calendar::{Moment, Year};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::around::{ADMINS_MIN, Around, Post};
pub use self::catalogue::{
    Catalogue, Category, CategoryLimit, LimitKind, LimitStart, LimitTier, WorkClass,
};
pub use self::change::{Change, Command};
pub use self::department::Department;
pub use self::deputy::{DEPUTISED, DEPUTY_DAYS_MAX, Deputy};
pub use self::enterprise::{CodeProblem, Enterprise, enterprise_id};
pub use self::enterprise_fact::{EnterpriseFact, FACT_NAME_CHARS_MAX, FactValue, is_fact_name};
pub use self::grant::{CONFIRM_WITHIN, Grant};
pub use self::staff::{Staff, clash, is_sensitive};
use crate::error::Error;

/// The most enterprises of one import.
pub const IMPORT_ENTERPRISES_MAX: usize = 10_000;

/// Whether somebody may know of an enterprise: who acts for one knows of no other.
pub fn sees(person: &Person, enterprise: &EnterpriseId) -> bool {
    person.enterprise.as_ref().is_none_or(|own| own == enterprise)
}

/// What a record is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// `enterprises/{code}`.
    Enterprise(EnterpriseId),
    /// `departments/{code}`.
    Department(DepartmentId),
    /// `persons/{code}`.
    Staff(PersonId),
    /// `deputies/{uuid}`.
    Deputy(DeputyId),
    /// `grants/{uuid}`.
    Grant(GrantId),
    /// `catalogues/{version}`.
    Catalogue(i32),
    /// `calendarYears/{year}`.
    Year(i16),
    /// `imports/{request id}`.
    Import(Uuid),
}

/// Something that the directory keeps, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Record {
    /// An enterprise 企业.
    Enterprise(Enterprise),
    /// A department 部门.
    Department(Department),
    /// A person of the zone 人员.
    Staff(Staff),
    /// A deputation 代理.
    Deputy(Deputy),
    /// A grant 授权.
    Grant(Grant),
    /// A version of the catalogue 事项目录.
    Catalogue(Catalogue),
    /// A year of the working calendar 工作日历.
    Year(Year),
    /// How much was imported at once; never kept but as the answer to the request.
    Import {
        /// The id of the request.
        id: Uuid,
        /// How many enterprises.
        count: usize,
    },
}

/// What happened to a record: it is as the fact has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// 登记: an enterprise was registered.
    EnterpriseRegistered(Enterprise),
    /// What is known of an enterprise changed.
    EnterpriseChanged(Enterprise),
    /// A department was created or changed.
    DepartmentChanged(Department),
    /// A department was dissolved: it is as here, with its successor.
    DepartmentSucceeded {
        /// The department.
        department: Department,
        /// The document that says so.
        basis: String,
    },
    /// A person came, changed or left.
    StaffChanged(Staff),
    /// Somebody stands in for somebody, or no longer does.
    DeputyChanged(Deputy),
    /// A grant was proposed.
    GrantProposed(Grant),
    /// A grant was confirmed.
    GrantConfirmed(Grant),
    /// A version of the catalogue was published.
    CataloguePublished(Catalogue),
    /// A year was published or amended.
    YearPublished(Year),
    /// Enterprises are to be registered, all or none.
    Imported {
        /// The id of the request.
        id: Uuid,
        /// The enterprises, line by line.
        enterprises: Arc<[Enterprise]>,
        /// What stands beside them.
        around: Arc<Around>,
    },
}

/// Decides a command: what happens, or why not. Refusals come in the order exists, state, limits.
/// A record put again as it is changes nothing.
pub fn decide(
    before: Option<&Record>,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<Fact>, Error> {
    let Command { change, around } = command;
    let now = moment.now;
    let fact = match change {
        Change::RegisterEnterprise { enterprise, line } => {
            let fact = enterprise::register(before, enterprise, around);
            fact.map_err(|error| error.at(*line))?
        }
        Change::ImportEnterprises { id, enterprises } => {
            enterprise::import(*id, enterprises, around)?
        }
        Change::UpdateEnterprise(enterprise) => enterprise::update(before, enterprise, around)?,
        Change::CreateDepartment(department) => department::create(before, department)?,
        Change::UpdateDepartment(department) => department::update(before, department)?,
        Change::SucceedDepartment { department, successor, basis } => {
            department::succeed(before, department, (successor, basis), around)?
        }
        Change::PutStaff(person) => staff::put(before, person, around, now)?,
        Change::LetIn(person) => staff::let_in(person, around, now)?,
        Change::PutDeputy { deputy, is_new } => deputy::put(before, deputy, *is_new, around, now)?,
        Change::ProposeGrant(grant) => grant::propose(grant, around, now)?,
        Change::ConfirmGrant { id, by } => grant::confirm(before, *id, by, around, now)?,
        Change::TakeGrant(grant) => grant::take(before, grant)?,
        Change::PublishCatalogue(catalogue) => catalogue::publish(catalogue, around)?,
        Change::PublishYear(year) => year::publish(before, year, moment.calendar)?,
    };
    let same = apply(None, &fact).as_ref() == before;
    Ok(if same { Vec::new() } else { vec![fact] })
}

/// The record after a fact.
pub fn apply(_before: Option<Record>, fact: &Fact) -> Option<Record> {
    Some(match fact {
        Fact::EnterpriseRegistered(enterprise) | Fact::EnterpriseChanged(enterprise) => {
            Record::Enterprise(enterprise.clone())
        }
        Fact::DepartmentChanged(department) | Fact::DepartmentSucceeded { department, .. } => {
            Record::Department(department.clone())
        }
        Fact::StaffChanged(staff) => Record::Staff(staff.clone()),
        Fact::DeputyChanged(deputy) => Record::Deputy(deputy.clone()),
        Fact::GrantProposed(grant) | Fact::GrantConfirmed(grant) => Record::Grant(grant.clone()),
        Fact::CataloguePublished(catalogue) => Record::Catalogue(catalogue.clone()),
        Fact::YearPublished(year) => Record::Year(year.clone()),
        Fact::Imported { id, enterprises, .. } => {
            Record::Import { id: *id, count: enterprises.len() }
        }
    })
}

/// The alarms of a record: none, whatever it is.
pub fn alarms(_record: &Record) -> Vec<(&'static str, Timestamp)> {
    Vec::new()
}

/// What a fact makes of other records: an import registers each enterprise, a grant that is
/// confirmed changes its grantee.
pub fn follows(_record: &Record, fact: &Fact) -> Vec<(Name, Command)> {
    if let Fact::GrantConfirmed(grant) = fact {
        let change = Change::TakeGrant(grant.clone());
        return vec![(change.name(), Command { change, around: Arc::default() })];
    }
    let Fact::Imported { enterprises, around, .. } = fact else { return Vec::new() };
    let lines = enterprises.iter().zip(1..);
    lines
        .map(|(enterprise, line)| {
            let (enterprise, line) = (enterprise.clone(), Some(line));
            let change = Change::RegisterEnterprise { enterprise, line };
            (change.name(), Command { change, around: Arc::clone(around) })
        })
        .collect()
}

impl Record {
    /// What it is called.
    pub fn name(&self) -> Name {
        match self {
            Record::Enterprise(enterprise) => Name::Enterprise(enterprise.id.clone()),
            Record::Department(department) => Name::Department(department.id.clone()),
            Record::Staff(staff) => Name::Staff(staff.id.clone()),
            Record::Deputy(deputy) => Name::Deputy(deputy.id),
            Record::Grant(grant) => Name::Grant(grant.id),
            Record::Catalogue(catalogue) => Name::Catalogue(catalogue.version),
            Record::Year(year) => Name::Year(year.year()),
            Record::Import { id, .. } => Name::Import(*id),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Enterprise(id) => write!(f, "{id}"),
            Name::Department(id) => write!(f, "{id}"),
            Name::Staff(id) => write!(f, "{id}"),
            Name::Deputy(id) => write!(f, "{id}"),
            Name::Grant(id) => write!(f, "{id}"),
            Name::Catalogue(version) => write!(f, "catalogues/{version}"),
            Name::Year(year) => write!(f, "calendarYears/{year}"),
            Name::Import(id) => write!(f, "imports/{id}"),
        }
    }
}
