//! Finders, named by what they find.

use base::{CaseId, DepartmentId, EnterpriseId, MaterialId, PersonId, Role};
use journal::statement::{Conditions, find, list};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::case_of;
use crate::lifecycle::{Case, Material, State, Viewer};

/// A case, by its name.
pub async fn find_case<C: ConnectionTrait>(on: &C, id: &CaseId) -> Result<Option<Case>, DbErr> {
    let sql = "SELECT body FROM agency_case WHERE name = $1";
    find(on, sql, [id.to_string().into()]).await?.map(|row| case_of(&row)).transpose()
}

/// A case, by what people say on the phone.
pub async fn find_by_number<C: ConnectionTrait>(
    on: &C,
    number: &str,
) -> Result<Option<Case>, DbErr> {
    let sql = "SELECT body FROM agency_case WHERE number = $1";
    find(on, sql, [number.into()]).await?.map(|row| case_of(&row)).transpose()
}

/// The names of all cases that are not over: whatever they await may be reckoned anew.
pub async fn list_open<C: ConnectionTrait>(on: &C) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT name FROM agency_case WHERE state <> 'ARCHIVED' ORDER BY name";
    list(on, sql, []).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// The cases that are not over and in which a department decides an item.
pub async fn list_of_department<C: ConnectionTrait>(
    on: &C,
    department: &DepartmentId,
) -> Result<Vec<CaseId>, DbErr> {
    let sql = "SELECT c.name FROM case_department d JOIN agency_case c ON c.name = d.of_case \
               WHERE d.department = $1 AND c.state <> 'ARCHIVED' ORDER BY c.name";
    let rows = list(on, sql, [department.to_string().into()]).await?;
    rows.iter().map(id_of).collect()
}

/// The cases of an agent in which they may still have to act.
pub async fn list_of_agent<C: ConnectionTrait>(
    on: &C,
    agent: &PersonId,
) -> Result<Vec<CaseId>, DbErr> {
    let sql = "SELECT name FROM agency_case WHERE agent = $1 \
               AND state IN ('CONSULTING', 'MANDATED', 'RUNNING', 'SUSPENDED') ORDER BY name";
    list(on, sql, [agent.to_string().into()]).await?.iter().map(id_of).collect()
}

/// A material that an enterprise gave before 免提交, and for which case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The case.
    pub case: CaseId,
    /// What it gave.
    pub material: Material,
}

/// What an enterprise gave last of a material, for whatever case but this one.
pub async fn find_given<C: ConnectionTrait>(
    on: &C,
    enterprise: &EnterpriseId,
    material: &MaterialId,
    but: &CaseId,
) -> Result<Option<Given>, DbErr> {
    let sql = "SELECT of_case, version FROM material WHERE enterprise = $1 AND material = $2 \
               AND of_case <> $3 ORDER BY added_at DESC, of_case DESC, version DESC LIMIT 1";
    let values = [enterprise.to_string(), material.to_string(), but.to_string()].map(Into::into);
    let Some(row) = find(on, sql, values).await? else { return Ok(None) };
    let (case, number): (CaseId, i64) = (id_of(&row)?, row.try_get_by_index(1)?);
    let Some(found) = find_case(on, &case).await? else { return Ok(None) };
    let mut versions = found.materials.get(material).into_iter().flatten();
    let given = versions.find(|version| i64::from(version.version) == number);
    Ok(given.map(|given| Given { case, material: given.clone() }))
}

/// Which cases are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// Of this agent.
    pub agent: Option<PersonId>,
    /// In which work was asked of this department.
    pub department: Option<DepartmentId>,
}

/// Where a page of cases begins: after an instant of opening and a name.
pub type Cursor = (i64, String);

/// The cases that somebody may know of, newest first, after a cursor.
pub async fn list_cases<C: ConnectionTrait>(
    on: &C,
    viewer: &Viewer,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<Case>, DbErr> {
    let mut wanted = Conditions::default();
    if !viewer.sees_all() {
        let own = own_cases(viewer, &mut wanted);
        if own.is_empty() {
            return Ok(Vec::new());
        }
        wanted.all.push(format!("({})", own.join(" OR ")));
    }
    narrow(filter, &mut wanted);
    // Each index has the order of the pages; what was asked of a department has its own.
    let (from, place) = match &filter.department {
        None => ("agency_case c", "c.opened_at, c.name"),
        Some(department) => {
            let department = wanted.bind(department.to_string());
            wanted.all.push(format!("asked.department = {department} AND asked.begun = 1"));
            let from = "case_department asked JOIN agency_case c ON c.name = asked.of_case";
            (from, "asked.opened_at, asked.of_case")
        }
    };
    if let Some((opened_at, name)) = after {
        let (opened_at, name) = (wanted.bind(*opened_at), wanted.bind(name.clone()));
        wanted.all.push(format!("({place}) < ({opened_at}, {name})"));
    }
    let limit = wanted.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let conditions = wanted.text();
    let order = place.replace(',', " DESC,");
    let sql =
        format!("SELECT c.body FROM {from} WHERE {conditions} ORDER BY {order} DESC LIMIT {limit}");
    list(on, &sql, wanted.values.0).await?.iter().map(case_of).collect()
}

/// What a case itself says of whether it is listed.
fn narrow(filter: &Filter, wanted: &mut Conditions) {
    let Filter { state, enterprise, agent, .. } = filter;
    let columns = [
        ("state", state.map(|state| state.to_string())),
        ("enterprise", enterprise.as_ref().map(ToString::to_string)),
        ("agent", agent.as_ref().map(ToString::to_string)),
    ];
    for (column, value) in columns {
        if let Some(value) = value {
            let value = wanted.bind(value);
            wanted.all.push(format!("c.{column} = {value}"));
        }
    }
}

/// What makes a case one that somebody may know of who does not see all: the same as
/// [`Viewer::sees`], as SQL.
fn own_cases(viewer: &Viewer, wanted: &mut Conditions) -> Vec<String> {
    let mut own = Vec::new();
    if let Some(enterprise) =
        viewer.person.enterprise.as_ref().filter(|id| viewer.is_enterprise(id))
    {
        let enterprise = wanted.bind(enterprise.to_string());
        own.push(format!("c.enterprise = {enterprise}"));
    }
    if viewer.person.is(Role::Agent) {
        let agent = wanted.bind(viewer.person.human().to_string());
        own.push(format!("c.agent = {agent}"));
    }
    if let Some(department) =
        viewer.person.department.as_ref().filter(|department| viewer.works_for(department))
    {
        own.push(begun_by(department, wanted));
    }
    own
}

/// That work was asked of a department.
fn begun_by(department: &DepartmentId, wanted: &mut Conditions) -> String {
    let department = wanted.bind(department.to_string());
    format!(
        "EXISTS (SELECT 1 FROM case_department d WHERE d.of_case = c.name \
         AND d.department = {department} AND d.begun = 1)"
    )
}

fn id_of(row: &QueryResult) -> Result<CaseId, DbErr> {
    let name: String = row.try_get_by_index(0)?;
    CaseId::parse(&name).map_err(|error| DbErr::Type(error.to_string()))
}
