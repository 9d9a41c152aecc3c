//! Deputies 代理: who stands in for whom, in which role, from when until when.

use base::{DeputyId, PersonId, Role};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::staff::check_roles;
use super::{Around, Fact, Record, Staff};
use crate::error::Error;

/// The days that a deputation may last. Whoever is away for longer is succeeded in the role.
pub const DEPUTY_DAYS_MAX: i64 = 90;

/// The roles in which somebody may stand in for somebody.
pub const DEPUTISED: [Role; 4] =
    [Role::Dispatcher, Role::Lead, Role::ZoneLeader, Role::SecondReviewer];

/// A deputation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deputy {
    /// Its name.
    pub id: DeputyId,
    /// Who is away.
    pub principal: PersonId,
    /// Who stands in.
    pub deputy: PersonId,
    /// In which role.
    pub role: Role,
    /// From when.
    pub from: Timestamp,
    /// Until when, excluded; not after `from`: it is ended.
    pub until: Timestamp,
}

impl Deputy {
    /// Whether it holds no more and never will.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.until <= now || self.until <= self.from
    }
}

/// Puts a deputation, or other instants to it. Ending one asks nothing of those concerned.
pub(super) fn put(
    before: Option<&Record>,
    deputy: &Deputy,
    is_new: bool,
    around: &Around,
    now: Timestamp,
) -> Result<Fact, Error> {
    match before {
        Some(Record::Deputy(before)) if !is_new => check_same(before, deputy)?,
        Some(_) | None if !is_new => return Err(Error::DeputyNotFound { id: deputy.id }),
        Some(_) | None => {}
    }
    if !deputy.has_ended(now) {
        check(deputy, around, now)?;
    }
    Ok(Fact::DeputyChanged(deputy.clone()))
}

/// What has been done under a deputation is recorded with both, so both stay.
fn check_same(before: &Deputy, deputy: &Deputy) -> Result<(), Error> {
    let of = |deputy: &Deputy| (deputy.principal.clone(), deputy.deputy.clone(), deputy.role);
    if of(before) == of(deputy) { Ok(()) } else { Err(Error::DeputyFixed) }
}

fn check(deputy: &Deputy, around: &Around, now: Timestamp) -> Result<(), Error> {
    let Deputy { principal, role, .. } = deputy;
    let (absent, present) = (around.active(principal)?, around.active(&deputy.deputy)?);
    if !absent.roles.contains(role) {
        return Err(Error::RoleNotHeld { person: principal.clone(), role: *role });
    }
    if absent.human() == present.human() {
        return Err(Error::SamePerson { person: principal.clone() });
    }
    if *role == Role::Lead
        && (present.department.is_none() || absent.department != present.department)
    {
        return Err(Error::DeputyElsewhere { person: present.id.clone() });
    }
    let days = SignedDuration::from_hours(DEPUTY_DAYS_MAX * 24);
    if days < deputy.until.duration_since(deputy.from) {
        return Err(Error::DeputyTooLong);
    }
    let mut lent = present.clone();
    lent.roles.insert(*role);
    check_roles(&lent, around, now)
}

/// The roles that are lent to any of these accounts and still will be.
pub(super) fn lent<'a>(
    deputies: &'a [Deputy],
    accounts: &'a [&Staff],
    now: Timestamp,
) -> impl Iterator<Item = Role> + 'a {
    let to_them = move |deputy: &&Deputy| {
        !deputy.has_ended(now) && accounts.iter().any(|account| account.id == deputy.deputy)
    };
    deputies.iter().filter(to_them).map(|deputy| deputy.role)
}
