//! The rows of applications, and what each of them holds: the keys that it bears (M4), what it uses of
//! caps (M3).

use base::{ApplicationId, DepartmentId, EnterpriseId, PolicyId};
use jiff::Timestamp;
use journal::statement::{execute, find, for_update, list};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use super::{Conditions, body_of, claims, limited, text_of};
use crate::lifecycle::application::{Application, State};

/// The row of an application, locked until the unit ends.
pub async fn find_locked(
    tx: &DatabaseTransaction,
    id: &ApplicationId,
) -> Result<Option<Application>, DbErr> {
    let sql = format!("SELECT body FROM application WHERE name = $1{}", for_update(tx));
    find(tx, &sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}

/// An application as it is.
pub async fn find_application<C: ConnectionTrait>(
    on: &C,
    id: &ApplicationId,
) -> Result<Option<Application>, DbErr> {
    let sql = "SELECT body FROM application WHERE name = $1";
    find(on, sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}

/// An application, by what people say on the phone.
pub async fn find_by_number<C: ConnectionTrait>(
    on: &C,
    number: &str,
) -> Result<Option<Application>, DbErr> {
    let sql = "SELECT body FROM application WHERE number = $1";
    find(on, sql, [number.into()]).await?.map(|row| body_of(&row)).transpose()
}

/// Writes the row of an application, and what it holds now.
pub(super) async fn put(
    tx: &DatabaseTransaction,
    thing: &Application,
    is_new: bool,
) -> Result<(), DbErr> {
    let micros = |at: Option<Timestamp>| Value::BigInt(at.map(Timestamp::as_microsecond));
    let person = |by: Option<String>| Value::String(by);
    let changing: [Value; 12] = [
        thing.id.to_string().into(),
        thing.department.to_string().into(),
        thing.second_department.to_string().into(),
        thing.state.to_string().into(),
        thing.amount.0.into(),
        micros(thing.segments.reviewed_at),
        micros(thing.queued_at.filter(|_| thing.state == State::Queued)),
        micros(thing.state.is_final().then_some(thing.changed_at)),
        person(thing.review.as_ref().map(|review| review.by.to_string())),
        person(thing.second.as_ref().map(|second| second.by.to_string())),
        person(thing.approved.as_ref().map(|approved| approved.approver.to_string())),
        text_of(thing)?.into(),
    ];
    if is_new {
        let opening = &thing.opening;
        let unchanging: [Value; 4] = [
            opening.number.clone().into(),
            opening.version.policy.to_string().into(),
            opening.enterprise.to_string().into(),
            thing.opened_at.as_microsecond().into(),
        ];
        let sql = "INSERT INTO application (name, department, second_department, state, amount, \
                   reviewed_at, queued_at, ended_at, reviewer, second_reviewer, approver, body, \
                   number, policy, enterprise, opened_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
        execute(tx, sql, changing.into_iter().chain(unchanging)).await?;
    } else {
        // When it ended is kept: what is noted of it later ends it no second time.
        let sql = "UPDATE application SET department = $2, second_department = $3, state = $4, \
                   amount = $5, reviewed_at = $6, queued_at = $7, \
                   ended_at = COALESCE(ended_at, $8), reviewer = $9, second_reviewer = $10, \
                   approver = $11, body = $12 WHERE name = $1";
        execute(tx, sql, changing).await?;
    }
    claims::put_keys(tx, thing).await?;
    claims::put_charges(tx, thing).await
}

/// Which applications are listed.
#[derive(Clone, Debug, Default)]
pub struct ApplicationFilter {
    /// Of this policy.
    pub policy: Option<PolicyId>,
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// In this state.
    pub state: Option<State>,
    /// Those alone that somebody may know of who does not see all.
    pub seen_by: Option<SeenBy>,
}

/// What makes an application one that somebody may know of who does not see all.
#[derive(Clone, Debug, Default)]
pub struct SeenBy {
    /// It is of one of these enterprises.
    pub enterprises: Vec<EnterpriseId>,
    /// This department decides it, first or second.
    pub department: Option<DepartmentId>,
}

/// Where a page begins: after an instant and a name.
pub type Cursor = (i64, String);

/// Applications after a cursor: newest first; of a queue, in its order.
pub async fn list_applications<C: ConnectionTrait>(
    on: &C,
    filter: &ApplicationFilter,
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<Application>, DbErr> {
    let mut wanted = Conditions::default();
    if let Some(policy) = &filter.policy {
        wanted.equal("policy", policy.to_string());
    }
    if let Some(enterprise) = &filter.enterprise {
        wanted.equal("enterprise", enterprise.to_string());
    }
    if let Some(state) = filter.state {
        wanted.equal("state", state.to_string());
    }
    if let Some(seen) = &filter.seen_by {
        let own = own(seen, &mut wanted);
        if own.is_empty() {
            return Ok(Vec::new());
        }
        wanted.all.push(format!("({})", own.join(" OR ")));
    }
    let in_queue = filter.state == Some(State::Queued);
    let (column, order, beyond) =
        if in_queue { ("queued_at", "ASC", ">") } else { ("opened_at", "DESC", "<") };
    if let Some((at, name)) = after {
        let (at, name) = (wanted.bind(*at), wanted.bind(name.clone()));
        wanted.all.push(format!("({column}, name) {beyond} ({at}, {name})"));
    }
    let conditions = wanted.said();
    let sql = format!(
        "SELECT body FROM application WHERE {conditions} ORDER BY {column} {order}, name {order}"
    );
    let (sql, values) = limited(sql, wanted, limit);
    list(on, &sql, values).await?.iter().map(body_of).collect()
}

fn own(seen: &SeenBy, wanted: &mut Conditions) -> Vec<String> {
    let mut own = Vec::new();
    for enterprise in &seen.enterprises {
        let enterprise = wanted.bind(enterprise.to_string());
        own.push(format!("enterprise = {enterprise}"));
    }
    if let Some(department) = &seen.department {
        let department = wanted.bind(department.to_string());
        own.push(format!("department = {department} OR second_department = {department}"));
    }
    own
}

/// The names of all applications that are not over, or still on notice: whatever they await may be
/// reckoned anew.
pub async fn list_open<C: ConnectionTrait>(on: &C) -> Result<Vec<ApplicationId>, DbErr> {
    let sql = "SELECT name FROM application \
               WHERE state NOT IN ('WITHDRAWN', 'REJECTED', 'LAPSED') ORDER BY name";
    list(on, sql, []).await?.iter().map(id_of).collect()
}

/// The applications that are not over and that a department decides, first or second.
pub async fn list_of_department<C: ConnectionTrait>(
    on: &C,
    department: &DepartmentId,
) -> Result<Vec<ApplicationId>, DbErr> {
    let sql = "SELECT name FROM application \
               WHERE (department = $1 OR second_department = $1) \
               AND state NOT IN ('APPROVED', 'WITHDRAWN', 'REJECTED', 'LAPSED') ORDER BY name";
    list(on, sql, [department.to_string().into()]).await?.iter().map(id_of).collect()
}

/// What of a policy waits for its enterprise's will 待确认.
pub async fn list_matched<C: ConnectionTrait>(
    on: &C,
    policy: &PolicyId,
) -> Result<Vec<ApplicationId>, DbErr> {
    let sql = "SELECT name FROM application WHERE policy = $1 AND state = 'MATCHED' ORDER BY name";
    list(on, sql, [policy.to_string().into()]).await?.iter().map(id_of).collect()
}

/// The first in the queue of a policy 排队.
pub async fn first_in_queue<C: ConnectionTrait>(
    on: &C,
    policy: &PolicyId,
) -> Result<Option<ApplicationId>, DbErr> {
    let sql = "SELECT name FROM application WHERE policy = $1 AND state = 'QUEUED' \
               ORDER BY queued_at, name LIMIT 1";
    find(on, sql, [policy.to_string().into()]).await?.map(|row| id_of(&row)).transpose()
}

/// What an enterprise has of a policy, whatever became of it.
pub async fn has_any<C: ConnectionTrait>(
    on: &C,
    policy: &PolicyId,
    enterprise: &EnterpriseId,
) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM application WHERE enterprise = $1 AND policy = $2 LIMIT 1";
    let values = [enterprise.to_string().into(), policy.to_string().into()];
    Ok(find(on, sql, values).await?.is_some())
}

/// What an enterprise has that was reviewed since an instant and came to something, or may, but one
/// (M12).
pub async fn list_reviewed_since<C: ConnectionTrait>(
    on: &C,
    enterprise: &EnterpriseId,
    since: Timestamp,
    but: &ApplicationId,
) -> Result<Vec<Application>, DbErr> {
    let sql = "SELECT body FROM application WHERE enterprise = $1 AND reviewed_at >= $2 \
               AND name <> $3 AND state NOT IN ('WITHDRAWN', 'REJECTED', 'LAPSED') \
               ORDER BY reviewed_at DESC LIMIT 1000";
    let values =
        [enterprise.to_string().into(), since.as_microsecond().into(), but.to_string().into()];
    list(on, sql, values).await?.iter().map(body_of).collect()
}

fn id_of(row: &QueryResult) -> Result<ApplicationId, DbErr> {
    let name: String = row.try_get_by_index(0)?;
    ApplicationId::parse(&name).map_err(|error| DbErr::Type(error.to_string()))
}
