//! The procedures 办理流程, in every version: none is ever changed, so that a case keeps its own.

use base::ProcedureId;
use jiff::Timestamp;
use journal::Trouble;
use journal::statement::{execute, find, list};
use runtime::Known;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult};

use crate::lifecycle::{Procedure, Zone};

/// Keeps a procedure as the version that follows the last, and gives it as it is kept. Two at once
/// are told apart by the key of the table: one of them is asked to try again.
pub async fn publish(
    tx: &DatabaseTransaction,
    procedure: Procedure,
    at: Timestamp,
) -> Result<Procedure, DbErr> {
    let last = find_procedure(tx, &procedure.id, None).await?;
    let version = last.map_or(0, |last| last.version).saturating_add(1);
    let procedure = Procedure { version, ..procedure };
    let body = serde_json::to_string(&procedure).map_err(|error| DbErr::Json(error.to_string()))?;
    let sql = "INSERT INTO procedure_version (name, version, published_at, body) \
               VALUES ($1, $2, $3, $4)";
    let name = procedure.id.to_string();
    let values = [name.into(), i64::from(version).into(), at.as_microsecond().into(), body.into()];
    execute(tx, sql, values).await?;
    Ok(procedure)
}

/// A procedure, in a version or the last.
pub async fn find_procedure<C: ConnectionTrait>(
    on: &C,
    id: &ProcedureId,
    version: Option<u32>,
) -> Result<Option<Procedure>, DbErr> {
    let row = match version {
        Some(version) => {
            let sql = "SELECT body FROM procedure_version WHERE name = $1 AND version = $2";
            find(on, sql, [id.to_string().into(), i64::from(version).into()]).await?
        }
        None => {
            let sql = "SELECT body FROM procedure_version WHERE name = $1 \
                       ORDER BY version DESC LIMIT 1";
            find(on, sql, [id.to_string().into()]).await?
        }
    };
    row.map(|row| procedure_of(&row)).transpose()
}

/// Every procedure in its last version, in the order of their names, after a name.
pub async fn list_procedures<C: ConnectionTrait>(
    on: &C,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Procedure>, DbErr> {
    let sql = "SELECT p.body FROM procedure_version p WHERE p.name > $1 AND p.version = \
               (SELECT MAX(last.version) FROM procedure_version last WHERE last.name = p.name) \
               ORDER BY p.name LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = list(on, sql, [after.unwrap_or_default().into(), limit.into()]).await?;
    rows.iter().map(procedure_of).collect()
}

/// The departments that a procedure names, as far as there are such, and whether somebody decides
/// in each.
pub async fn zone<C: ConnectionTrait>(
    known: &Known,
    on: &C,
    procedure: &Procedure,
) -> Result<Zone, Trouble> {
    let mut zone = Zone::default();
    for matter in &procedure.matters {
        let id = &matter.department;
        let found = known.department(on, id).await?;
        if found.is_some_and(|department| department.successor.is_empty()) {
            let staffed = known.is_staffed(on, id).await?;
            zone.departments.insert(id.clone(), staffed);
        }
    }
    Ok(zone)
}

fn procedure_of(row: &QueryResult) -> Result<Procedure, DbErr> {
    let body: String = row.try_get_by_index(0)?;
    serde_json::from_str(&body).map_err(|error| DbErr::Json(error.to_string()))
}
