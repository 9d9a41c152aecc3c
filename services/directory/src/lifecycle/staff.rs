//! The people of the zone 人员: who does what, what nobody does at once, what one admin may give.

use std::collections::BTreeSet;

use base::{DepartmentId, PersonId, Role};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Around, Fact, Post, Record};
use crate::error::Error;

/// A person who works for the zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Staff {
    /// The account.
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
    /// For a system: the methods that it may call on behalf of a person.
    #[serde(default)]
    pub methods: BTreeSet<String>,
}

impl Staff {
    /// Who it is, whatever the account.
    pub fn human(&self) -> &PersonId {
        self.same_person_as.as_ref().unwrap_or(&self.id)
    }

    /// Whether this account may do now what admins do.
    pub fn is_admin(&self) -> bool {
        self.active && self.roles.contains(&Role::Admin)
    }

    /// The same, with methods for a system alone.
    pub(super) fn tidied(mut self) -> Staff {
        if !self.roles.contains(&Role::System) {
            self.methods.clear();
        }
        self
    }
}

/// Whether one admin may not give a role: two must agree on it.
pub fn is_sensitive(role: Role) -> bool {
    match role {
        Role::Enterprise | Role::Envoy | Role::Agent | Role::Staff | Role::Lead => false,
        Role::Dispatcher
        | Role::Supervisor
        | Role::ZoneLeader
        | Role::Reviewer
        | Role::SecondReviewer
        | Role::FinanceMaker
        | Role::FinanceChecker
        | Role::Auditor
        | Role::Admin
        | Role::System => true,
    }
}

/// Puts a person of the zone. What two admins have granted is kept as far as it is put again.
pub(super) fn put(
    before: Option<&Record>,
    staff: &Staff,
    around: &Around,
    now: Timestamp,
) -> Result<Fact, Error> {
    let before = if let Some(Record::Staff(before)) = before { Some(before) } else { None };
    // Whoever is of a department that has been dissolved stays so until moved.
    let stays = before.is_some_and(|before| before.department == staff.department);
    if let Some(department) = staff.department.as_ref().filter(|_| !stays) {
        around.lasting(department)?;
    }
    if let Some(Post::Handler(_)) = around.posts.get(&staff.id) {
        return Err(Error::HandlerTaken { person: staff.id.clone() });
    }
    check_first_account(staff, around)?;
    if let Some(role) = staff.roles.iter().find(|role| !may_give(before, staff, **role)) {
        return Err(Error::GrantNeeded { role: *role });
    }
    let methods = before.map(|before| before.methods.clone()).unwrap_or_default();
    let staff = Staff { methods, ..staff.clone() }.tidied();
    check_roles(&staff, around, now)?;
    around.keep_admins(&staff)?;
    Ok(Fact::StaffChanged(staff))
}

/// Puts one of the first people of a zone, before there is anybody to grant anything.
pub(super) fn let_in(staff: &Staff, around: &Around, now: Timestamp) -> Result<Fact, Error> {
    check_roles(staff, around, now)?;
    Ok(Fact::StaffChanged(staff.clone()))
}

/// Whether one admin may put a role: it is not sensitive, or it was held before. Whoever comes
/// back after having left, or is no longer said to be who they were, brings nothing along: else
/// one admin could make a second one of an account of their own.
fn may_give(before: Option<&Staff>, staff: &Staff, role: Role) -> bool {
    let held = before.is_some_and(|before| {
        let stayed = before.active || !staff.active;
        let same = before.same_person_as.is_none() || before.same_person_as == staff.same_person_as;
        stayed && same && before.roles.contains(&role)
    });
    held || !is_sensitive(role)
}

/// Refuses a second account whose first one is not a first one.
fn check_first_account(staff: &Staff, around: &Around) -> Result<(), Error> {
    let Some(first) = &staff.same_person_as else { return Ok(()) };
    let of_this = |other: &Staff| other.same_person_as.as_ref() == Some(&staff.id);
    match around.posts.get(first) {
        None => Err(Error::PersonNotFound { person: first.clone() }),
        Some(Post::Handler(_)) => Err(Error::HandlerTaken { person: first.clone() }),
        Some(Post::Staff(named))
            if *first == staff.id
                || named.same_person_as.is_some()
                || around.staff().any(of_this) =>
        {
            Err(Error::SamePersonChain { person: first.clone() })
        }
        Some(Post::Staff(_)) => Ok(()),
    }
}

/// Refuses roles that clash, over all accounts of the person and what is lent to them.
pub(super) fn check_roles(staff: &Staff, around: &Around, now: Timestamp) -> Result<(), Error> {
    let mut roles = around.roles_besides(staff, now);
    roles.extend(&staff.roles);
    match clash(&roles) {
        Some((one, other)) => Err(Error::RolesClash { one, other }),
        None => Ok(()),
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
