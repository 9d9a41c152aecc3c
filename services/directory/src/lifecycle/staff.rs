//! Departments 部门 and the people of the zone 人员: who does what, and what nobody does at once.

use std::collections::BTreeSet;

use base::{DepartmentId, PersonId, Role};
use serde::{Deserialize, Serialize};

use super::{Around, Fact, Post, Record};
use crate::error::Error;

/// A department.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Department {
    /// Its code.
    pub id: DepartmentId,
    /// Its full name 全称.
    pub title: String,
    /// What people call it 简称.
    pub short_title: String,
    /// What it is for 职责.
    pub duties: String,
    /// Its head 负责人.
    pub head: Option<PersonId>,
    /// Its duty officer 值班员.
    pub duty_officer: Option<PersonId>,
}

/// A person who works for the zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Staff {
    /// Who it is.
    pub id: PersonId,
    /// The person's name 姓名.
    pub title: String,
    /// The department; envoys and zone leaders may have none.
    pub department: Option<DepartmentId>,
    /// What the person may do.
    pub roles: BTreeSet<Role>,
    /// False: the person may do nothing any more.
    pub active: bool,
    /// The first account of the same person, if this is a second one.
    #[serde(default)]
    pub same_person_as: Option<PersonId>,
}

/// Puts a department that is not there yet.
pub(super) fn create(before: Option<&Record>, department: &Department) -> Result<Fact, Error> {
    if before.is_some() {
        return Err(Error::DepartmentExists { department: department.id.clone() });
    }
    Ok(Fact::DepartmentChanged(department.clone()))
}

/// Puts a department that is there.
pub(super) fn update(before: Option<&Record>, department: &Department) -> Result<Fact, Error> {
    if before.is_none() {
        return Err(Error::DepartmentNotFound { department: department.id.clone() });
    }
    Ok(Fact::DepartmentChanged(department.clone()))
}

/// Puts a person of the zone.
pub(super) fn put(staff: &Staff, around: &Around) -> Result<Fact, Error> {
    if let Some(department) = &staff.department
        && !around.departments.contains(department)
    {
        return Err(Error::DepartmentNotFound { department: department.clone() });
    }
    if let Some(Post::Handler(_)) = around.posts.get(&staff.id) {
        return Err(Error::HandlerTaken { person: staff.id.clone() });
    }
    match clash(&staff.roles) {
        Some((one, other)) => Err(Error::RolesClash { one, other }),
        None => Ok(Fact::StaffChanged(staff.clone())),
    }
}

/// Two roles that one person may not hold together: an admin holds no role of the zone's business,
/// and who pays does not review.
pub fn clash(roles: &BTreeSet<Role>) -> Option<(Role, Role)> {
    let pairs = roles.iter().flat_map(|one| roles.iter().map(move |other| (*one, *other)));
    let mut clashes = pairs.filter(|(one, other)| match one {
        Role::Admin => !matches!(other, Role::Admin | Role::System),
        Role::FinanceMaker | Role::FinanceChecker => {
            matches!(other, Role::Reviewer | Role::SecondReviewer)
        }
        Role::Enterprise
        | Role::Envoy
        | Role::Agent
        | Role::Dispatcher
        | Role::Staff
        | Role::Lead
        | Role::Supervisor
        | Role::ZoneLeader
        | Role::Reviewer
        | Role::SecondReviewer
        | Role::Auditor
        | Role::System => false,
    });
    clashes.next()
}
