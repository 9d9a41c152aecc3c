//! What stands beside a change: the departments, people and deputations that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::{DepartmentId, EnterpriseId, PersonId};
use journal::statement::list;
use journal::{Trouble, Unit};
use sea_orm::{DatabaseTransaction, QueryResult, Value};

use super::{CATALOGUES, CHANGES, body, damaged, get};
use crate::error::Error;
use crate::lifecycle::{Around, Change, Command, Deputy, Name, Post, Record, Staff};

/// How many names stand in one query.
const NAMES_PER_QUERY: usize = 500;

/// Locks the directory, gives what is new its number or name, and looks at what the change names.
pub(super) async fn plan(unit: &mut Unit, mut change: Change) -> Result<(Name, Command), Error> {
    unit.next_number(CHANGES).await?;
    give_name(unit, &mut change).await?;
    let mut people = change.people();
    if let Change::ConfirmGrant { id, .. } = &change
        && let Some(Record::Grant(grant)) = get(unit.tx(), &Name::Grant(*id)).await?
    {
        people.extend([grant.grantee, grant.proposed_by]);
    }
    let mut around = Around {
        departments: departments(unit.tx(), &change.departments()).await?,
        posts: handlers(unit.tx(), &people).await?,
        deputies: Vec::new(),
        admins: Vec::new(),
    };
    for staff in accounts(unit.tx(), &people).await? {
        around.posts.insert(staff.id.clone(), Post::Staff(staff));
    }
    around.deputies = deputies(unit.tx(), around.posts.keys()).await?;
    if change.may_end_admins() {
        around.admins = admins(unit.tx()).await?;
    }
    Ok((change.name(), Command { change, around: Arc::new(around) }))
}

/// A catalogue has a version, a grant and a deputation a name.
async fn give_name(unit: &mut Unit, change: &mut Change) -> Result<(), Error> {
    if let Change::PublishCatalogue(catalogue) = change {
        let version = unit.next_number(CATALOGUES).await?;
        catalogue.version = i32::try_from(version).map_err(damaged)?;
    }
    if let Change::ProposeGrant(grant) = change {
        grant.id = base::GrantId::new(unit.uuid());
    }
    if let Change::PutDeputy { deputy, is_new: true } = change {
        deputy.id = base::DeputyId::new(unit.uuid());
    }
    Ok(())
}

/// Those of some departments that there are, and what has taken their place.
async fn departments(
    tx: &DatabaseTransaction,
    departments: &BTreeSet<DepartmentId>,
) -> Result<BTreeMap<DepartmentId, Option<DepartmentId>>, Error> {
    let names = departments.iter().map(DepartmentId::to_string);
    let mut found = BTreeMap::new();
    for row in among(tx, "SELECT body FROM record WHERE name", names).await? {
        if let Record::Department(department) = body(&row, 0).map_err(Trouble::from)? {
            found.insert(department.id, department.successor);
        }
    }
    Ok(found)
}

/// For which enterprises some people act.
async fn handlers(
    tx: &DatabaseTransaction,
    people: &BTreeSet<PersonId>,
) -> Result<BTreeMap<PersonId, Post>, Error> {
    let names = people.iter().map(PersonId::to_string);
    let mut posts = BTreeMap::new();
    for row in among(tx, "SELECT person, enterprise FROM handler WHERE person", names).await? {
        let person: String = row.try_get_by_index(0).map_err(Trouble::from)?;
        let enterprise: String = row.try_get_by_index(1).map_err(Trouble::from)?;
        let enterprise = EnterpriseId::parse(&enterprise).map_err(damaged)?;
        posts.insert(PersonId::parse(&person).map_err(damaged)?, Post::Handler(enterprise));
    }
    Ok(posts)
}

/// All accounts of those of some people who work for the zone.
async fn accounts(
    tx: &DatabaseTransaction,
    people: &BTreeSet<PersonId>,
) -> Result<Vec<Staff>, Error> {
    let names = people.iter().map(PersonId::to_string);
    let sql = "SELECT person FROM record WHERE kind = 'STAFF' AND name";
    let mut humans: BTreeSet<String> = BTreeSet::new();
    for row in among(tx, sql, names).await? {
        humans.insert(row.try_get_by_index(0).map_err(Trouble::from)?);
    }
    let mut accounts = Vec::new();
    let sql = "SELECT body FROM record WHERE kind = 'STAFF' AND person";
    for row in among(tx, sql, humans.into_iter()).await? {
        if let Record::Staff(staff) = body(&row, 0).map_err(Trouble::from)? {
            accounts.push(staff);
        }
    }
    Ok(accounts)
}

/// Every account of the zone's active admins.
async fn admins(tx: &DatabaseTransaction) -> Result<Vec<Staff>, Error> {
    let sql = "SELECT body FROM record WHERE kind = 'STAFF' AND body LIKE '%\"ADMIN\"%'";
    let mut admins = Vec::new();
    for row in list(tx, sql, []).await.map_err(Trouble::from)? {
        if let Record::Staff(staff) = body(&row, 0).map_err(Trouble::from)? {
            admins.extend(Some(staff).filter(Staff::is_admin));
        }
    }
    Ok(admins)
}

/// Where some people stand in for somebody, did or will.
async fn deputies(
    tx: &DatabaseTransaction,
    people: impl Iterator<Item = &PersonId>,
) -> Result<Vec<Deputy>, Error> {
    let sql = "SELECT body FROM record WHERE kind = 'DEPUTY' AND person";
    let mut deputies = Vec::new();
    for row in among(tx, sql, people.map(PersonId::to_string)).await? {
        if let Record::Deputy(deputy) = body(&row, 0).map_err(Trouble::from)? {
            deputies.push(deputy);
        }
    }
    Ok(deputies)
}

/// The rows of a query whose last column is among some names.
async fn among(
    tx: &DatabaseTransaction,
    select: &str,
    names: impl Iterator<Item = String>,
) -> Result<Vec<QueryResult>, Error> {
    let names: Vec<String> = names.collect();
    let mut rows = Vec::new();
    for names in names.chunks(NAMES_PER_QUERY) {
        let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
        let sql = format!("{select} IN ({})", places.join(", "));
        let values = names.iter().map(|name| Value::from(name.clone()));
        rows.extend(list(tx, &sql, values).await.map_err(Trouble::from)?);
    }
    Ok(rows)
}
