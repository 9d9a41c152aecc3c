//! Who has what is given once (M4).

use base::ApplicationId;
use jiff::Timestamp;
use journal::statement::{execute, find};
use sea_orm::{DatabaseTransaction, DbErr};

/// Takes what is given once for an application; gives the application that has it, if that is
/// another. A twin on another replica waits here until that has ended.
pub async fn take(
    tx: &DatabaseTransaction,
    duplicate_key: &str,
    application: ApplicationId,
    at: Timestamp,
) -> Result<Option<ApplicationId>, DbErr> {
    let sql = "INSERT INTO entitlement (duplicate_key, application, taken_at) VALUES ($1, $2, $3) \
               ON CONFLICT DO NOTHING";
    loop {
        let values =
            [duplicate_key.into(), application.to_string().into(), at.as_microsecond().into()];
        if execute(tx, sql, values).await? == 1 {
            return Ok(None);
        }
        // Nobody has it if whoever had it gave it back in between.
        if let Some(holder) = find_holder(tx, duplicate_key).await? {
            return Ok((holder != application).then_some(holder));
        }
    }
}

/// Which application has it, if one does.
pub async fn find_holder(
    tx: &DatabaseTransaction,
    duplicate_key: &str,
) -> Result<Option<ApplicationId>, DbErr> {
    let sql = "SELECT application FROM entitlement WHERE duplicate_key = $1";
    let Some(row) = find(tx, sql, [duplicate_key.into()]).await? else { return Ok(None) };
    let name: String = row.try_get_by_index(0)?;
    ApplicationId::parse(&name).map(Some).map_err(|error| DbErr::Type(error.to_string()))
}

/// Gives back all that an application has: it came to nothing, and another may ask.
pub async fn give_back(tx: &DatabaseTransaction, application: ApplicationId) -> Result<(), DbErr> {
    let sql = "DELETE FROM entitlement WHERE application = $1";
    execute(tx, sql, [application.to_string().into()]).await?;
    Ok(())
}
