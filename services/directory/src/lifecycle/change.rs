//! What may be asked of the directory, and whom and what it names.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{DepartmentId, GrantId, PersonId};
use calendar::Year;
use uuid::Uuid;

use super::{Around, Catalogue, Department, Deputy, Enterprise, Grant, Name, Staff};

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
    /// 撤并: dissolves a department.
    SucceedDepartment {
        /// The department that is no more.
        department: DepartmentId,
        /// The one that takes its place.
        successor: DepartmentId,
        /// The document that says so.
        basis: String,
    },
    /// Puts a person of the zone, known or not.
    PutStaff(Staff),
    /// Puts one of the first people of a zone, by the directory itself.
    LetIn(Staff),
    /// Puts a deputation.
    PutDeputy {
        /// The deputation.
        deputy: Deputy,
        /// It is put for the first time, under the name that it has been given.
        is_new: bool,
    },
    /// Proposes a grant under the name that it has been given.
    ProposeGrant(Grant),
    /// Confirms a grant.
    ConfirmGrant {
        /// The grant.
        id: GrantId,
        /// Who confirms it, by their account.
        by: PersonId,
    },
    /// Gives the grantee what has been confirmed, or takes it away.
    TakeGrant(Grant),
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
            Change::SucceedDepartment { department, .. } => Name::Department(department.clone()),
            Change::PutStaff(staff) | Change::LetIn(staff) => Name::Staff(staff.id.clone()),
            Change::PutDeputy { deputy, .. } => Name::Deputy(deputy.id),
            Change::ProposeGrant(grant) => Name::Grant(grant.id),
            Change::ConfirmGrant { id, .. } => Name::Grant(*id),
            Change::TakeGrant(grant) => Name::Staff(grant.grantee.clone()),
            Change::PublishCatalogue(catalogue) => Name::Catalogue(catalogue.version),
            Change::PublishYear(year) => Name::Year(year.year()),
        }
    }

    /// The people of whom the rules must know for whom they act, besides those of the record itself.
    pub fn people(&self) -> BTreeSet<PersonId> {
        match self {
            Change::RegisterEnterprise { enterprise, .. }
            | Change::UpdateEnterprise(enterprise) => enterprise.handlers.clone(),
            Change::ImportEnterprises { enterprises, .. } => {
                enterprises.iter().flat_map(|enterprise| &enterprise.handlers).cloned().collect()
            }
            Change::PutStaff(staff) | Change::LetIn(staff) => {
                [&staff.id].into_iter().chain(&staff.same_person_as).cloned().collect()
            }
            Change::PutDeputy { deputy, .. } => {
                BTreeSet::from([deputy.principal.clone(), deputy.deputy.clone()])
            }
            Change::ProposeGrant(grant) => BTreeSet::from([grant.grantee.clone()]),
            Change::ConfirmGrant { by, .. } => BTreeSet::from([by.clone()]),
            Change::PublishCatalogue(catalogue) => catalogue.zone_duty.iter().cloned().collect(),
            Change::CreateDepartment(_)
            | Change::UpdateDepartment(_)
            | Change::SucceedDepartment { .. }
            | Change::TakeGrant(_)
            | Change::PublishYear(_) => BTreeSet::new(),
        }
    }

    /// Whether an admin may be none after it, so that the rules must know of the others.
    pub fn may_end_admins(&self) -> bool {
        match self {
            Change::PutStaff(_) | Change::ProposeGrant(_) | Change::ConfirmGrant { .. } => true,
            Change::RegisterEnterprise { .. }
            | Change::ImportEnterprises { .. }
            | Change::UpdateEnterprise(_)
            | Change::CreateDepartment(_)
            | Change::UpdateDepartment(_)
            | Change::SucceedDepartment { .. }
            | Change::LetIn(_)
            | Change::PutDeputy { .. }
            | Change::TakeGrant(_)
            | Change::PublishCatalogue(_)
            | Change::PublishYear(_) => false,
        }
    }

    /// The departments of which the rules must know whether there are such.
    pub fn departments(&self) -> BTreeSet<DepartmentId> {
        match self {
            Change::SucceedDepartment { successor, .. } => BTreeSet::from([successor.clone()]),
            Change::PutStaff(staff) => staff.department.iter().cloned().collect(),
            Change::PublishCatalogue(catalogue) => catalogue.departments().cloned().collect(),
            Change::RegisterEnterprise { .. }
            | Change::ImportEnterprises { .. }
            | Change::UpdateEnterprise(_)
            | Change::CreateDepartment(_)
            | Change::UpdateDepartment(_)
            | Change::LetIn(_)
            | Change::PutDeputy { .. }
            | Change::ProposeGrant(_)
            | Change::ConfirmGrant { .. }
            | Change::TakeGrant(_)
            | Change::PublishYear(_) => BTreeSet::new(),
        }
    }
}
