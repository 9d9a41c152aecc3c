//! A person as the directory tells of them: what they may do, and for whom.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{DepartmentId, EnterpriseId, PersonId, Role};

/// Somebody known to the directory. Rules compare people by [`Person::id`], never by account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who it is.
    pub id: PersonId,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// The department they belong to, if any.
    pub department: Option<DepartmentId>,
    /// The enterprise they act for, if they are its 经办人.
    pub enterprise: Option<EnterpriseId>,
    /// False once they have left: they may do nothing any more.
    pub active: bool,
}

impl Person {
    /// Whether they hold a role and are active.
    pub fn is(&self, role: Role) -> bool {
        self.active && self.roles.contains(&role)
    }

    /// Whether they belong to a department.
    pub fn belongs_to(&self, department: &DepartmentId) -> bool {
        self.department.as_ref() == Some(department)
    }
}
