//! What may be asked of the directory, and whom and what it names.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{DepartmentId, PersonId};
use calendar::Year;
use uuid::Uuid;

use super::{Around, Catalogue, Department, Enterprise, Name, Staff};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// 登记 an enterprise.
    RegisterEnterprise {
        /// The enterprise.
        enterprise: Enterprise,
        /// The line of the import that it stands in, counted from 1.
        line: Option<usize>,
    },
    /// 导入: registers many, all or none.
    ImportEnterprises {
        /// The id of the request.
        id: Uuid,
        /// The enterprises, line by line.
        enterprises: Arc<[Enterprise]>,
    },
    /// Puts an enterprise that is registered.
    UpdateEnterprise(Enterprise),
    /// Puts a department that there is not yet.
    CreateDepartment(Department),
    /// Puts a department that there is.
    UpdateDepartment(Department),
    /// Puts a person of the zone, known or not.
    PutStaff(Staff),
    /// Publishes a catalogue under the version that it has been given.
    PublishCatalogue(Catalogue),
    /// Publishes or amends a year; its version is given here.
    PublishYear(Year),
}

/// What is asked, and what the rules must know of the other records.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// What is asked.
    pub change: Change,
    /// What stands beside it.
    pub around: Arc<Around>,
}

impl Change {
    /// The record that is to be changed.
    pub fn name(&self) -> Name {
        match self {
            Change::RegisterEnterprise { enterprise, .. }
            | Change::UpdateEnterprise(enterprise) => Name::Enterprise(enterprise.id.clone()),
            Change::ImportEnterprises { id, .. } => Name::Import(*id),
            Change::CreateDepartment(department) | Change::UpdateDepartment(department) => {
                Name::Department(department.id.clone())
            }
            Change::PutStaff(staff) => Name::Staff(staff.id.clone()),
            Change::PublishCatalogue(catalogue) => Name::Catalogue(catalogue.version),
            Change::PublishYear(year) => Name::Year(year.year()),
        }
    }

    /// The people of whom the rules must know for whom they act.
    pub fn people(&self) -> BTreeSet<PersonId> {
        match self {
            Change::RegisterEnterprise { enterprise, .. }
            | Change::UpdateEnterprise(enterprise) => enterprise.handlers.clone(),
            Change::ImportEnterprises { enterprises, .. } => {
                enterprises.iter().flat_map(|enterprise| &enterprise.handlers).cloned().collect()
            }
            Change::PutStaff(staff) => BTreeSet::from([staff.id.clone()]),
            Change::CreateDepartment(_)
            | Change::UpdateDepartment(_)
            | Change::PublishCatalogue(_)
            | Change::PublishYear(_) => BTreeSet::new(),
        }
    }

    /// The departments of which the rules must know whether there are such.
    pub fn departments(&self) -> BTreeSet<DepartmentId> {
        match self {
            Change::PutStaff(staff) => staff.department.iter().cloned().collect(),
            Change::PublishCatalogue(catalogue) => catalogue.departments().cloned().collect(),
            Change::RegisterEnterprise { .. }
            | Change::ImportEnterprises { .. }
            | Change::UpdateEnterprise(_)
            | Change::CreateDepartment(_)
            | Change::UpdateDepartment(_)
            | Change::PublishYear(_) => BTreeSet::new(),
        }
    }
}
