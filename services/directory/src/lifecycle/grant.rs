//! Grants 授权: what one admin proposes and another confirms, each a person of their own.

use std::collections::BTreeSet;

use base::{GrantId, PersonId, Role};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::staff::check_roles;
use super::{Around, Fact, Record, Staff};
use crate::error::Error;

/// For how long a grant may be confirmed after it was proposed; then it is proposed anew.
pub const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What somebody, or a system, shall be allowed, or no longer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// Its name.
    pub id: GrantId,
    /// Who shall be allowed; for a system its own record.
    pub grantee: PersonId,
    /// The roles.
    pub roles: BTreeSet<Role>,
    /// For a system: the methods that it may call on behalf of a person.
    pub methods: BTreeSet<String>,
    /// Takes away what it names.
    pub revokes: bool,
    /// Why.
    pub reason: String,
    /// Who proposed it, by their account.
    pub proposed_by: PersonId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who confirmed it, by their account; nobody yet.
    pub confirmed_by: Option<PersonId>,
}

impl Grant {
    /// The grantee once it holds.
    fn given_to(&self, staff: &Staff) -> Staff {
        let mut staff = staff.clone();
        if self.revokes {
            staff.roles.retain(|role| !self.roles.contains(role));
            staff.methods.retain(|method| !self.methods.contains(method));
        } else {
            staff.roles.extend(&self.roles);
            staff.methods.extend(self.methods.iter().cloned());
        }
        staff.tidied()
    }

    /// Whether the grantee may have it, as all stands now.
    fn check(&self, around: &Around, now: Timestamp) -> Result<(), Error> {
        let staff = around.find_staff(&self.grantee)?;
        if self.revokes {
            return around.keep_admins(&self.given_to(staff));
        }
        around.active(&self.grantee)?;
        let after = self.given_to(staff);
        if !self.methods.is_subset(&after.methods) {
            return Err(Error::NotASystem { person: self.grantee.clone() });
        }
        check_roles(&after, around, now)
    }
}

/// Proposes a grant. Nothing is given yet.
pub(super) fn propose(grant: &Grant, around: &Around, now: Timestamp) -> Result<Fact, Error> {
    grant.check(around, now)?;
    Ok(Fact::GrantProposed(Grant { proposed_at: now, ..grant.clone() }))
}

/// Confirms a grant: by another person than the one who proposed it, in time, once.
pub(super) fn confirm(
    before: Option<&Record>,
    id: GrantId,
    by: &PersonId,
    around: &Around,
    now: Timestamp,
) -> Result<Fact, Error> {
    let Some(Record::Grant(grant)) = before else { return Err(Error::GrantNotFound { id }) };
    if grant.confirmed_by.is_some() {
        return Err(Error::GrantConfirmed { id });
    }
    if CONFIRM_WITHIN <= now.duration_since(grant.proposed_at) {
        return Err(Error::GrantLapsed { id });
    }
    if around.human(by) == around.human(&grant.proposed_by) {
        return Err(Error::SamePerson { person: grant.proposed_by.clone() });
    }
    grant.check(around, now)?;
    Ok(Fact::GrantConfirmed(Grant { confirmed_by: Some(by.clone()), ..grant.clone() }))
}

/// What a confirmed grant makes of the grantee.
pub(super) fn take(before: Option<&Record>, grant: &Grant) -> Result<Fact, Error> {
    let Some(Record::Staff(staff)) = before else {
        return Err(Error::PersonNotFound { person: grant.grantee.clone() });
    };
    Ok(Fact::StaffChanged(grant.given_to(staff)))
}
