//! The ids of payment instructions, unique for ever (M8).

use base::DisbursementId;
use jiff::Timestamp;
use journal::statement::{execute, find};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

/// Takes an id for a try, from 1, to pay a disbursement. Fails if the id was ever given, or that try
/// has another.
pub async fn take(
    tx: &DatabaseTransaction,
    id: &str,
    disbursement: DisbursementId,
    attempt: u32,
    at: Timestamp,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO instruction (id, disbursement, attempt, given_at) \
               VALUES ($1, $2, $3, $4)";
    let values = [
        id.into(),
        disbursement.to_string().into(),
        i64::from(attempt).into(),
        at.as_microsecond().into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// The disbursement that an id was given for.
pub async fn find_disbursement<C: ConnectionTrait>(
    on: &C,
    id: &str,
) -> Result<Option<DisbursementId>, DbErr> {
    let sql = "SELECT disbursement FROM instruction WHERE id = $1";
    let Some(row) = find(on, sql, [id.into()]).await? else { return Ok(None) };
    let name: String = row.try_get_by_index(0)?;
    DisbursementId::parse(&name).map(Some).map_err(|error| DbErr::Type(error.to_string()))
}
