//! Who read accounts, data packs and exports.

use base::Actor;
use jiff::Timestamp;
use journal::statement::{execute, list};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult};
use uuid::Uuid;

use super::{Conditions, limited};
use crate::store::applications::Cursor;

/// That somebody read something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Which.
    pub id: Uuid,
    /// Who read.
    pub reader: String,
    /// By which method.
    pub method: String,
    /// What.
    pub subject: String,
    /// Which fields were shown whole.
    pub fields: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// Notes that somebody read something.
pub async fn note(tx: &DatabaseTransaction, access: &Access) -> Result<(), DbErr> {
    let sql = "INSERT INTO access (id, reader, method, subject, fields, read_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        access.id.to_string().into(),
        access.reader.clone().into(),
        access.method.clone().into(),
        access.subject.clone().into(),
        access.fields.join(" ").into(),
        access.at.as_microsecond().into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Who read, newest first, after a cursor.
pub async fn list_accesses<C: ConnectionTrait>(
    on: &C,
    (reader, subject): (Option<&Actor>, Option<&str>),
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<Access>, DbErr> {
    let mut wanted = Conditions::default();
    if let Some(reader) = reader {
        wanted.equal("reader", reader.to_string());
    }
    if let Some(subject) = subject {
        wanted.equal("subject", subject.to_owned());
    }
    if let Some((at, id)) = after {
        let (at, id) = (wanted.bind(*at), wanted.bind(id.clone()));
        wanted.all.push(format!("(read_at, id) < ({at}, {id})"));
    }
    let conditions = wanted.said();
    let sql = format!(
        "SELECT id, reader, method, subject, fields, read_at FROM access \
         WHERE {conditions} ORDER BY read_at DESC, id DESC"
    );
    let (sql, values) = limited(sql, wanted, limit);
    list(on, &sql, values).await?.iter().map(access_of).collect()
}

fn access_of(row: &QueryResult) -> Result<Access, DbErr> {
    let (id, fields): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(4)?);
    let at: i64 = row.try_get_by_index(5)?;
    let damaged = |what: String| DbErr::Type(what);
    Ok(Access {
        id: Uuid::try_parse(&id).map_err(|error| damaged(error.to_string()))?,
        reader: row.try_get_by_index(1)?,
        method: row.try_get_by_index(2)?,
        subject: row.try_get_by_index(3)?,
        fields: fields.split_whitespace().map(ToOwned::to_owned).collect(),
        at: Timestamp::from_microsecond(at).map_err(|error| damaged(error.to_string()))?,
    })
}
