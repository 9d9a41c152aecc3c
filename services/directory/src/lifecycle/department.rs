//! Departments 部门: one for each code; one that is dissolved names the one in its place.

use base::{DepartmentId, PersonId};
use serde::{Deserialize, Serialize};

use super::{Around, Fact, Record};
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
    /// The one that has taken its place 承接部门; none while it lasts.
    #[serde(default)]
    pub successor: Option<DepartmentId>,
}

/// Puts a department that is not there yet.
pub(super) fn create(before: Option<&Record>, department: &Department) -> Result<Fact, Error> {
    if before.is_some() {
        return Err(Error::DepartmentExists { department: department.id.clone() });
    }
    Ok(Fact::DepartmentChanged(department.clone()))
}

/// Puts a department that is there and lasts.
pub(super) fn update(before: Option<&Record>, department: &Department) -> Result<Fact, Error> {
    lasting(before, &department.id)?;
    Ok(Fact::DepartmentChanged(department.clone()))
}

/// Dissolves a department. The one in its place lasts, so that successors never lead in a circle.
pub(super) fn succeed(
    before: Option<&Record>,
    department: &DepartmentId,
    (successor, basis): (&DepartmentId, &str),
    around: &Around,
) -> Result<Fact, Error> {
    let before = lasting(before, department)?;
    around.lasting(successor)?;
    let department = Department { successor: Some(successor.clone()), ..before.clone() };
    Ok(Fact::DepartmentSucceeded { department, basis: basis.to_owned() })
}

/// The department, if it is there and has not been dissolved.
fn lasting<'a>(before: Option<&'a Record>, id: &DepartmentId) -> Result<&'a Department, Error> {
    let Some(Record::Department(department)) = before else {
        return Err(Error::DepartmentNotFound { department: id.clone() });
    };
    match department.successor.clone() {
        None => Ok(department),
        Some(successor) => Err(Error::DepartmentDissolved { department: id.clone(), successor }),
    }
}
