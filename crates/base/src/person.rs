//! A person as the directory tells of them: what they may do, and for whom.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{DepartmentId, EnterpriseId, PersonId, Role};

/// Somebody known to the directory, by one of their accounts. Rules that ask for two different
/// people compare [`Person::human`], never accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The account.
    pub id: PersonId,
    /// The first account of the same person, if this is a second one.
    #[serde(default)]
    pub same_person_as: Option<PersonId>,
    /// What they may do, whatever it comes from.
    pub roles: BTreeSet<Role>,
    /// Those of the roles that a deputation 代理 alone gives, and for whom each is held.
    #[serde(default)]
    pub lent: BTreeMap<Role, PersonId>,
    /// The department they belong to, if any.
    pub department: Option<DepartmentId>,
    /// The enterprise they act for, if they are its 经办人.
    pub enterprise: Option<EnterpriseId>,
    /// False once they have left: they may do nothing any more.
    pub active: bool,
}

impl Person {
    /// Who it is, whatever the account: the first account of the person. The directory knows of no
    /// chains, so this is the same for all accounts of one person.
    pub fn human(&self) -> &PersonId {
        self.same_person_as.as_ref().unwrap_or(&self.id)
    }

    /// Whether they hold a role and are active.
    pub fn is(&self, role: Role) -> bool {
        self.active && self.roles.contains(&role)
    }

    /// Whether they belong to a department.
    pub fn belongs_to(&self, department: &DepartmentId) -> bool {
        self.department.as_ref() == Some(department)
    }
}
