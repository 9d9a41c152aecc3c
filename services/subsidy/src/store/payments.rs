//! The rows of disbursements and batches.

use base::{ApplicationId, BatchId, DepartmentId, DisbursementId, EnterpriseId};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::statement::{execute, find, for_update, list};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use super::applications::Cursor;
use super::{Conditions, body_of, instructions, limited, text_of};
use crate::lifecycle::batch::{self, Batch};
use crate::lifecycle::disbursement::{Disbursement, State};

/// The row of a disbursement, locked until the unit ends.
pub async fn find_disbursement_locked(
    tx: &DatabaseTransaction,
    id: &DisbursementId,
) -> Result<Option<Disbursement>, DbErr> {
    let sql = format!("SELECT body FROM disbursement WHERE name = $1{}", for_update(tx));
    find(tx, &sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}

/// A disbursement as it is.
pub async fn find_disbursement<C: ConnectionTrait>(
    on: &C,
    id: &DisbursementId,
) -> Result<Option<Disbursement>, DbErr> {
    let sql = "SELECT body FROM disbursement WHERE name = $1";
    find(on, sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}

/// The disbursements of an application, by name.
pub async fn list_of_application<C: ConnectionTrait>(
    on: &C,
    application: &ApplicationId,
) -> Result<Vec<Disbursement>, DbErr> {
    let sql = "SELECT body FROM disbursement WHERE application = $1 ORDER BY name";
    list(on, sql, [application.to_string().into()]).await?.iter().map(body_of).collect()
}

/// Writes the row of a disbursement, its instructions, and whom it bars.
pub(super) async fn put_disbursement(
    tx: &DatabaseTransaction,
    thing: &Disbursement,
    is_new: bool,
) -> Result<(), DbErr> {
    let waits = matches!(thing.state, State::Payable | State::Batched | State::Returned);
    let stranded = thing.wait.filter(|_| waits).map(|wait| wait.due.at.as_microsecond());
    let changing: [Value; 4] = [
        thing.id.to_string().into(),
        thing.state.to_string().into(),
        Value::BigInt(stranded),
        text_of(thing)?.into(),
    ];
    if is_new {
        let given = &thing.entitlement;
        let unchanging: [Value; 6] = [
            given.application.to_string().into(),
            given.policy.to_string().into(),
            given.enterprise.to_string().into(),
            given.payer.to_string().into(),
            given.amount.0.into(),
            thing.approved_at.as_microsecond().into(),
        ];
        let sql = "INSERT INTO disbursement (name, state, stranded_at, body, application, policy, \
                   enterprise, payer, amount, approved_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        execute(tx, sql, changing.into_iter().chain(unchanging)).await?;
    } else {
        let sql = "UPDATE disbursement SET state = $2, stranded_at = $3, body = $4 \
                   WHERE name = $1";
        execute(tx, sql, changing).await?;
    }
    if let Some(attempt) = thing.last_attempt() {
        let (id, number) = (&attempt.instruction, attempt.number);
        if instructions::find_disbursement(tx, id).await? != Some(thing.id) {
            instructions::take(tx, id, thing.id, number, attempt.ordered_at).await?;
        }
    }
    put_bar(tx, thing).await
}

async fn put_bar(tx: &DatabaseTransaction, thing: &Disbursement) -> Result<(), DbErr> {
    let Some(bar) = thing.clawback.as_ref().and_then(|clawback| clawback.bar()) else {
        return Ok(());
    };
    let sql = "INSERT INTO bar (enterprise, disbursement, until) VALUES ($1, $2, $3) \
               ON CONFLICT (enterprise, disbursement) DO UPDATE SET until = excluded.until";
    let enterprise = thing.entitlement.enterprise.to_string();
    let values = [enterprise.into(), thing.id.to_string().into(), bar.until.to_string().into()];
    execute(tx, sql, values).await?;
    Ok(())
}

/// The last day on which an enterprise is barred 禁申 (M6), if it ever was.
pub async fn barred_until<C: ConnectionTrait>(
    on: &C,
    enterprise: &EnterpriseId,
) -> Result<Option<Date>, DbErr> {
    let sql = "SELECT MAX(until) FROM bar WHERE enterprise = $1";
    let Some(row) = find(on, sql, [enterprise.to_string().into()]).await? else {
        return Ok(None);
    };
    let until: Option<String> = row.try_get_by_index(0)?;
    let day = |until: String| until.parse::<Date>();
    until.map(day).transpose().map_err(|error| DbErr::Type(error.to_string()))
}

/// The disbursements that have not come to their end, for what is reckoned anew.
pub async fn list_waiting<C: ConnectionTrait>(on: &C) -> Result<Vec<DisbursementId>, DbErr> {
    let sql = "SELECT name FROM disbursement \
               WHERE state NOT IN ('CONFIRMED', 'LAPSED', 'REPAID', 'REFERRED') ORDER BY name";
    let id = |row: &QueryResult| {
        let name: String = row.try_get_by_index(0)?;
        DisbursementId::parse(&name).map_err(|error| DbErr::Type(error.to_string()))
    };
    list(on, sql, []).await?.iter().map(id).collect()
}

/// What is stranded 滞留 as of an instant, the longest first, after a cursor.
pub async fn list_stranded<C: ConnectionTrait>(
    on: &C,
    now: Timestamp,
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<Disbursement>, DbErr> {
    let mut wanted = Conditions::default();
    let now = wanted.bind(now.as_microsecond());
    wanted.all.push(format!("stranded_at < {now}"));
    if let Some((at, name)) = after {
        let (at, name) = (wanted.bind(*at), wanted.bind(name.clone()));
        wanted.all.push(format!("(stranded_at, name) > ({at}, {name})"));
    }
    let conditions = wanted.said();
    let sql =
        format!("SELECT body FROM disbursement WHERE {conditions} ORDER BY stranded_at, name");
    let (sql, values) = limited(sql, wanted, limit);
    list(on, &sql, values).await?.iter().map(body_of).collect()
}

/// The row of a batch, locked until the unit ends.
pub async fn find_batch_locked(
    tx: &DatabaseTransaction,
    id: &BatchId,
) -> Result<Option<Batch>, DbErr> {
    let sql = format!("SELECT body FROM batch WHERE name = $1{}", for_update(tx));
    find(tx, &sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}

/// A batch as it is.
pub async fn find_batch<C: ConnectionTrait>(on: &C, id: &BatchId) -> Result<Option<Batch>, DbErr> {
    let sql = "SELECT body FROM batch WHERE name = $1";
    find(on, sql, [id.to_string().into()]).await?.map(|row| body_of(&row)).transpose()
}

/// The batch whose message to the bank has an id.
pub async fn find_batch_by_message<C: ConnectionTrait>(
    on: &C,
    message: &str,
) -> Result<Option<Batch>, DbErr> {
    let sql = "SELECT body FROM batch WHERE message = $1";
    find(on, sql, [message.into()]).await?.map(|row| body_of(&row)).transpose()
}

/// Writes the row of a batch.
pub(super) async fn put_batch(
    tx: &DatabaseTransaction,
    thing: &Batch,
    is_new: bool,
) -> Result<(), DbErr> {
    let rejected = thing.rejection.as_ref().map(|rejection| &rejection.by);
    let checker = rejected.or(thing.checker.as_ref()).map(ToString::to_string);
    let changing: [Value; 4] = [
        thing.id.to_string().into(),
        thing.state.to_string().into(),
        Value::String(checker),
        text_of(thing)?.into(),
    ];
    if is_new {
        let unchanging: [Value; 5] = [
            thing.number.clone().into(),
            thing.message_id().into(),
            thing.payer.to_string().into(),
            thing.maker.person.to_string().into(),
            thing.created_at.as_microsecond().into(),
        ];
        let sql = "INSERT INTO batch (name, state, checker, body, number, message, payer, maker, \
                   created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        execute(tx, sql, changing.into_iter().chain(unchanging)).await?;
    } else {
        let sql = "UPDATE batch SET state = $2, checker = $3, body = $4 WHERE name = $1";
        execute(tx, sql, changing).await?;
    }
    Ok(())
}

/// Which batches are listed.
#[derive(Clone, Debug, Default)]
pub struct BatchFilter {
    /// In this state.
    pub state: Option<batch::State>,
    /// Of this payer.
    pub payer: Option<DepartmentId>,
}

/// Batches, newest first, after a cursor.
pub async fn list_batches<C: ConnectionTrait>(
    on: &C,
    filter: &BatchFilter,
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<Batch>, DbErr> {
    let mut wanted = Conditions::default();
    if let Some(state) = filter.state {
        wanted.equal("state", state.to_string());
    }
    if let Some(payer) = &filter.payer {
        wanted.equal("payer", payer.to_string());
    }
    if let Some((at, name)) = after {
        let (at, name) = (wanted.bind(*at), wanted.bind(name.clone()));
        wanted.all.push(format!("(created_at, name) < ({at}, {name})"));
    }
    let conditions = wanted.said();
    let sql =
        format!("SELECT body FROM batch WHERE {conditions} ORDER BY created_at DESC, name DESC");
    let (sql, values) = limited(sql, wanted, limit);
    list(on, &sql, values).await?.iter().map(body_of).collect()
}

/// The batches whose entries have not all come back, for what is reckoned anew.
pub async fn list_open_batches<C: ConnectionTrait>(on: &C) -> Result<Vec<BatchId>, DbErr> {
    let sql = "SELECT name FROM batch WHERE state IN ('CREATED', 'APPROVED', 'SENT') \
               ORDER BY name";
    let id = |row: &QueryResult| {
        let name: String = row.try_get_by_index(0)?;
        BatchId::parse(&name).map_err(|error| DbErr::Type(error.to_string()))
    };
    list(on, sql, []).await?.iter().map(id).collect()
}

/// Whether the bank has an instruction and has not said what came of it.
pub async fn is_report_awaited<C: ConnectionTrait>(on: &C) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM disbursement WHERE state IN ('SENT', 'UNKNOWN') LIMIT 1";
    Ok(find(on, sql, []).await?.is_some())
}
