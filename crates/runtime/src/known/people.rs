//! The people whom a service knows: who they are, what they may do, for whom they stand.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use base::{DepartmentId, EnterpriseId, Person, PersonId, Role};
use contract::common::Role as WireRole;
use contract::directory::{Deputy, Enterprise, ListDeputiesResponse, Staff};
use jiff::Timestamp;
use journal::Trouble;
use journal::statement::{for_share, list};
use prost::Message as _;
use sea_orm::ConnectionTrait;

use super::{DEPUTIES, GET, HANDLER, Known, STAFF, damaged, get, get_by};
use crate::call::People;
use crate::rights;

impl Known {
    /// A person, if the directory knows them, inside or outside a unit of work, in their own right:
    /// without what deputations lend.
    pub async fn find_person<C: ConnectionTrait>(
        &self,
        on: &C,
        id: &PersonId,
    ) -> Result<Option<Person>, Trouble> {
        if let Some(staff) = get::<Staff, C>(on, STAFF, &id.to_string()).await? {
            return person_of(id, &staff).map(Some);
        }
        let handler: Option<Enterprise> = get(on, HANDLER, &id.to_string()).await?;
        handler.map(|enterprise| handler_of(id, &enterprise)).transpose()
    }

    /// The same of a member of staff, as they stay until this unit ends: whoever is given something
    /// in it is not set inactive meanwhile.
    pub async fn person_kept<C: ConnectionTrait>(
        &self,
        on: &C,
        id: &PersonId,
    ) -> Result<Option<Person>, Trouble> {
        let sql = format!("{GET}{}", for_share(on));
        let staff: Option<Staff> = get_by(on, &sql, STAFF, &id.to_string()).await?;
        staff.map(|staff| person_of(id, &staff)).transpose()
    }

    /// Whether somebody holds a role and is active, under whichever of their accounts; `human` is
    /// the first of those.
    pub async fn holds<C: ConnectionTrait>(
        &self,
        on: &C,
        human: &PersonId,
        role: Role,
    ) -> Result<bool, Trouble> {
        Ok(!accounts(on, human, role).await?.is_empty())
    }

    /// The same, as it stays until this unit ends: whoever is relied on in it does not leave
    /// meanwhile.
    pub async fn holds_kept<C: ConnectionTrait>(
        &self,
        on: &C,
        human: &PersonId,
        role: Role,
    ) -> Result<bool, Trouble> {
        for account in accounts(on, human, role).await? {
            let kept = self.person_kept(on, &account).await?;
            if kept.is_some_and(|person| person.human() == human && person.is(role)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a person of the zone is called, if the directory knows them.
    pub async fn person_title<C: ConnectionTrait>(
        &self,
        on: &C,
        id: &PersonId,
    ) -> Result<Option<String>, Trouble> {
        let staff = get::<Staff, C>(on, STAFF, &id.to_string()).await?;
        Ok(staff.map(|staff| staff.title).filter(|title| !title.is_empty()))
    }

    /// Whether a department has anybody active who does its work 承办人.
    pub async fn is_staffed<C: ConnectionTrait>(
        &self,
        on: &C,
        department: &DepartmentId,
    ) -> Result<bool, Trouble> {
        let sql = "SELECT body FROM known WHERE kind = $1";
        let department = department.to_string();
        for row in list(on, sql, [STAFF.into()]).await? {
            let body: Vec<u8> = row.try_get_by_index(0)?;
            let staff = Staff::decode(body.as_slice()).map_err(damaged)?;
            let works = staff.roles().any(|role| role == WireRole::Staff);
            if works && staff.active && staff.department == department {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The accounts under which somebody holds a role and is active.
async fn accounts<C: ConnectionTrait>(
    on: &C,
    human: &PersonId,
    role: Role,
) -> Result<Vec<PersonId>, Trouble> {
    let mut accounts = Vec::new();
    let sql = "SELECT body FROM known WHERE kind = $1 ORDER BY name";
    for row in list(on, sql, [STAFF.into()]).await? {
        let body: Vec<u8> = row.try_get_by_index(0)?;
        let staff = Staff::decode(body.as_slice()).map_err(damaged)?;
        let account = PersonId::parse(&staff.name).map_err(damaged)?;
        let person = person_of(&account, &staff)?;
        if person.human() == human && person.is(role) {
            accounts.push(account);
        }
    }
    Ok(accounts)
}

#[async_trait]
impl People for Known {
    async fn person(&self, id: &PersonId) -> Result<Option<Person>, Trouble> {
        let on = &self.0.read;
        let Some(mut person) = self.find_person(on, id).await? else { return Ok(None) };
        let lent: Option<ListDeputiesResponse> = get(on, DEPUTIES, &id.to_string()).await?;
        let now = self.0.clock.now();
        let held = |deputy: &Deputy| holds(deputy, now);
        for deputy in lent.unwrap_or_default().deputies.into_iter().filter(held) {
            let principal = PersonId::parse(&deputy.principal).map_err(damaged)?;
            let Some(role) = rights::role(deputy.role()) else { continue };
            let Some(absent) = self.find_person(on, &principal).await? else { continue };
            // A lead is deputised within the department alone.
            let at_home = role != Role::Lead
                || (absent.department.is_some() && absent.department == person.department);
            if absent.is(role) && at_home && person.roles.insert(role) {
                person.lent.insert(role, principal);
            }
        }
        Ok(Some(person))
    }

    async fn grants(&self, system: &PersonId, method: &str) -> Result<bool, Trouble> {
        let record: Option<Staff> = get(&self.0.read, STAFF, &system.to_string()).await?;
        let method = method.trim_start_matches('/');
        Ok(record.is_some_and(|record| record.methods.iter().any(|granted| granted == method)))
    }
}

/// Whether a deputation holds at an instant.
fn holds(deputy: &Deputy, at: Timestamp) -> bool {
    let instant = |time: &Option<prost_types::Timestamp>| {
        time.as_ref().and_then(journal::envelope::from_proto)
    };
    match (instant(&deputy.from_time), instant(&deputy.until_time)) {
        (Some(from), Some(until)) => from <= at && at < until,
        (None, _) | (_, None) => false,
    }
}

fn person_of(id: &PersonId, staff: &Staff) -> Result<Person, Trouble> {
    let department = (!staff.department.is_empty()).then(|| DepartmentId::parse(&staff.department));
    let same_person_as = (!staff.same_person_as.is_empty())
        .then(|| PersonId::parse(&staff.same_person_as))
        .transpose();
    Ok(Person {
        id: id.clone(),
        same_person_as: same_person_as.map_err(damaged)?,
        roles: staff.roles().filter_map(rights::role).collect(),
        lent: BTreeMap::new(),
        department: department.transpose().map_err(damaged)?,
        enterprise: None,
        active: staff.active,
    })
}

fn handler_of(id: &PersonId, enterprise: &Enterprise) -> Result<Person, Trouble> {
    // Who is no longer among the handlers may do nothing any more.
    let active = enterprise.handlers.contains(&id.to_string());
    Ok(Person {
        id: id.clone(),
        same_person_as: None,
        roles: BTreeSet::from([Role::Enterprise]),
        lent: BTreeMap::new(),
        department: None,
        enterprise: Some(EnterpriseId::parse(&enterprise.name).map_err(damaged)?),
        active,
    })
}
