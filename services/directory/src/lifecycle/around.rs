//! What stands in the directory beside the record that is to be changed, as far as it is named.

use std::collections::{BTreeMap, BTreeSet};

use base::{DepartmentId, EnterpriseId, PersonId, Role};
use jiff::Timestamp;

use super::deputy::{Deputy, lent};
use super::staff::Staff;
use crate::error::Error;

/// What the rules must know of other records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// Those of the named departments that there are, and what has taken their place.
    pub departments: BTreeMap<DepartmentId, Option<DepartmentId>>,
    /// For whom the named people act, if for anybody; among them all accounts of those who work for
    /// the zone.
    pub posts: BTreeMap<PersonId, Post>,
    /// Where these stand in for somebody.
    pub deputies: Vec<Deputy>,
    /// Every account of the zone's active admins.
    pub admins: Vec<Staff>,
}

/// How few admins, each a person of their own, a zone keeps: what needs two of them must go on.
pub const ADMINS_MIN: usize = 2;

/// For whom a person acts.
#[derive(Clone, Debug, PartialEq)]
pub enum Post {
    /// For an enterprise, as its 经办人.
    Handler(EnterpriseId),
    /// For the zone, whether still active or not.
    Staff(Staff),
}

impl Around {
    /// Refuses a department that is not there or has been dissolved.
    pub(super) fn lasting(&self, id: &DepartmentId) -> Result<(), Error> {
        match self.departments.get(id) {
            Some(None) => Ok(()),
            Some(Some(successor)) => Err(Error::DepartmentDissolved {
                department: id.clone(),
                successor: successor.clone(),
            }),
            None => Err(Error::DepartmentNotFound { department: id.clone() }),
        }
    }

    /// Everybody of the zone among the named.
    pub(super) fn staff(&self) -> impl Iterator<Item = &Staff> {
        self.posts.values().filter_map(|post| match post {
            Post::Staff(staff) => Some(staff),
            Post::Handler(_) => None,
        })
    }

    /// Somebody of the zone, active or not.
    pub(super) fn find_staff(&self, id: &PersonId) -> Result<&Staff, Error> {
        match self.posts.get(id) {
            Some(Post::Staff(staff)) => Ok(staff),
            Some(Post::Handler(_)) | None => Err(Error::PersonNotFound { person: id.clone() }),
        }
    }

    /// Somebody of the zone who has not left.
    pub(super) fn active(&self, id: &PersonId) -> Result<&Staff, Error> {
        let staff = self.find_staff(id)?;
        if staff.active { Ok(staff) } else { Err(Error::PersonNotFound { person: id.clone() }) }
    }

    /// Refuses what would leave the zone with fewer admins than two, and fewer than it has.
    pub(super) fn keep_admins(&self, after: &Staff) -> Result<(), Error> {
        let had: BTreeSet<&PersonId> = self.admins.iter().map(Staff::human).collect();
        let others = self.admins.iter().filter(|admin| admin.id != after.id);
        let stays = Some(after).filter(|after| after.is_admin());
        let kept: BTreeSet<&PersonId> = others.chain(stays).map(Staff::human).collect();
        if kept.len() < ADMINS_MIN && kept.len() < had.len() {
            return Err(Error::AdminsTooFew { person: after.id.clone() });
        }
        Ok(())
    }

    /// Who it is, whatever the account.
    pub(super) fn human<'a>(&'a self, id: &'a PersonId) -> &'a PersonId {
        self.find_staff(id).map_or(id, Staff::human)
    }

    /// What a person holds by other accounts than this one, and what is lent to any of them.
    pub(super) fn roles_besides(&self, staff: &Staff, now: Timestamp) -> BTreeSet<Role> {
        let others = |other: &&Staff| other.id != staff.id && other.human() == staff.human();
        let others: Vec<&Staff> = self.staff().filter(others).collect();
        let held = others.iter().flat_map(|other| &other.roles).copied();
        let accounts: Vec<&Staff> = others.iter().copied().chain([staff]).collect();
        held.chain(lent(&self.deputies, &accounts, now)).collect()
    }
}
