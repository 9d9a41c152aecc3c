//! The rows of policies, and what each published version said.

use base::{DepartmentId, PolicyId};
use journal::statement::{execute, find, for_share, for_update, list};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use super::{Conditions, body_of, limited, text_of};
use crate::lifecycle::policy::{Policy, PolicyVersion, State};

/// The row of a policy, locked until the unit ends.
pub async fn find_locked(tx: &DatabaseTransaction, id: &PolicyId) -> Result<Option<Policy>, DbErr> {
    let sql = format!("SELECT body FROM policy WHERE name = $1{}", for_update(tx));
    find(tx, &sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}

/// A policy as it is.
pub async fn find_policy<C: ConnectionTrait>(
    on: &C,
    id: &PolicyId,
) -> Result<Option<Policy>, DbErr> {
    let sql = "SELECT body FROM policy WHERE name = $1";
    find(on, sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}

/// What a policy said in a version that was published.
pub async fn find_version<C: ConnectionTrait>(
    on: &C,
    id: &PolicyId,
    number: i32,
) -> Result<Option<PolicyVersion>, DbErr> {
    let sql = "SELECT body FROM policy_version WHERE name = $1 AND version = $2";
    let values = [id.to_string().into(), i64::from(number).into()];
    find(on, sql, values).await?.map(|row| body_of(&row)).transpose()
}

/// Writes the row of a policy, and the version that stands once it is published.
pub(super) async fn put(
    tx: &DatabaseTransaction,
    thing: &Policy,
    is_new: bool,
) -> Result<(), DbErr> {
    let name = thing.id.to_string();
    let values: [Value; 4] = [
        name.clone().into(),
        thing.department().to_string().into(),
        thing.state().to_string().into(),
        text_of(thing)?.into(),
    ];
    let sql = if is_new {
        "INSERT INTO policy (name, department, state, body) VALUES ($1, $2, $3, $4)"
    } else {
        "UPDATE policy SET department = $2, state = $3, body = $4 WHERE name = $1"
    };
    execute(tx, sql, values).await?;
    for edition in [Some(&thing.standing), thing.next.as_ref()].into_iter().flatten() {
        if edition.published_at.is_some() {
            let sql = "INSERT INTO policy_version (name, version, body) VALUES ($1, $2, $3) \
                       ON CONFLICT DO NOTHING";
            let number = i64::from(edition.version.number);
            let values = [name.clone().into(), number.into(), text_of(&edition.version)?.into()];
            execute(tx, sql, values).await?;
        }
    }
    Ok(())
}

/// Which policies are listed.
#[derive(Clone, Debug, Default)]
pub struct PolicyFilter {
    /// In this state.
    pub state: Option<State>,
    /// Of this department.
    pub department: Option<DepartmentId>,
    /// Published alone, but for those of this department.
    pub published_or_of: Option<Option<DepartmentId>>,
}

/// Policies by name, after a name.
pub async fn list_policies<C: ConnectionTrait>(
    on: &C,
    filter: &PolicyFilter,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Policy>, DbErr> {
    let mut wanted = Conditions::default();
    if let Some(state) = filter.state {
        wanted.equal("state", state.to_string());
    }
    if let Some(department) = &filter.department {
        wanted.equal("department", department.to_string());
    }
    if let Some(own) = &filter.published_or_of {
        let own = own.as_ref().map(ToString::to_string).unwrap_or_default();
        let own = wanted.bind(own);
        wanted.all.push(format!("(state NOT IN ('DRAFT', 'FILED') OR department = {own})"));
    }
    if let Some(after) = after {
        let after = wanted.bind(after.to_owned());
        wanted.all.push(format!("name > {after}"));
    }
    let sql = format!("SELECT body FROM policy WHERE {} ORDER BY name", wanted.said());
    let (sql, values) = limited(sql, wanted, limit);
    list(on, &sql, values).await?.iter().map(body_of).collect()
}

/// The names of all policies that may still expire, for what is reckoned anew.
pub async fn list_names<C: ConnectionTrait>(on: &C) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT name FROM policy ORDER BY name";
    let name = |row: &QueryResult| row.try_get_by_index(0);
    list(on, sql, []).await?.iter().map(name).collect()
}

/// A policy as it stays until this unit ends: whoever applies for it does so before it is closed, or
/// after.
pub async fn find_kept(tx: &DatabaseTransaction, id: &PolicyId) -> Result<Option<Policy>, DbErr> {
    let sql = format!("SELECT body FROM policy WHERE name = $1{}", for_share(tx));
    find(tx, &sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}
