//! The last act of a transaction: the next positions, then the facts.

use jiff::Timestamp;
use sea_orm::{DatabaseTransaction, Value};

use crate::Trouble;
use crate::envelope::{Stamp, seal};
use crate::statement::{execute, find};
use crate::unit::{Sources, Told};

/// How many facts one INSERT holds: 7 parameters each, and SQLite takes 32,766.
const FACTS_PER_INSERT: usize = 256;

/// Who appends.
pub(crate) struct Owner<'a> {
    pub(crate) zone: &'a str,
    pub(crate) service: &'a str,
    pub(crate) sources: &'a Sources,
}

/// Takes the next positions from the head row, whose lock lasts to the commit, and appends the
/// facts. Gives the last position: of these facts, or of the journal if there are none.
pub(crate) async fn append(
    tx: &DatabaseTransaction,
    owner: &Owner<'_>,
    told: &[Told],
) -> Result<i64, Trouble> {
    if told.is_empty() {
        let row = find(tx, "SELECT position FROM journal_head", []).await?.ok_or_else(no_head)?;
        return Ok(row.try_get_by_index(0)?);
    }
    let count = i64::try_from(told.len()).unwrap_or(i64::MAX);
    let now = owner.sources.clock.now().as_microsecond();
    // recorded_at never runs back, so that an instant names one position.
    let sql = "UPDATE journal_head SET position = position + $1, \
               recorded_at = CASE WHEN recorded_at < $2 THEN $2 ELSE recorded_at END \
               RETURNING position, recorded_at";
    let row = find(tx, sql, [count.into(), now.into()]).await?.ok_or_else(no_head)?;
    let last: i64 = row.try_get_by_index(0)?;
    let recorded: i64 = row.try_get_by_index(1)?;
    let recorded_at = Timestamp::from_microsecond(recorded)
        .map_err(|error| Trouble::Damaged(format!("the journal's head: {error}")))?;
    let mut position = last - count;
    for chunk in told.chunks(FACTS_PER_INSERT) {
        let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * 7);
        for fact in chunk {
            position += 1;
            values.extend(row_of(owner, fact, position, recorded_at));
        }
        execute(tx, &insert_of(chunk.len()), values).await?;
    }
    Ok(last)
}

fn row_of(owner: &Owner<'_>, fact: &Told, position: i64, recorded_at: Timestamp) -> [Value; 7] {
    let id = owner.sources.entropy.uuid(recorded_at).to_string();
    let stamp = Stamp {
        id: id.clone(),
        zone: owner.zone,
        service: owner.service,
        position,
        actor: &fact.actor,
        device: fact.device.as_deref(),
        causation: fact.causation.as_deref(),
        traceparent: fact.traceparent.as_deref(),
        occurred_at: fact.telling.occurred_at.unwrap_or(fact.now),
        recorded_at,
    };
    let envelope = seal(&fact.telling, &stamp);
    [
        position.into(),
        id.into(),
        fact.telling.subject.clone().into(),
        fact.telling.kind.clone().into(),
        fact.telling.correlation.clone().into(),
        recorded_at.as_microsecond().into(),
        envelope.into(),
    ]
}

fn insert_of(count: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| {
            let columns: Vec<String> =
                (1..=7).map(|column| format!("${}", row * 7 + column)).collect();
            format!("({})", columns.join(", "))
        })
        .collect();
    format!(
        "INSERT INTO journal (position, event_id, subject, kind, correlation, recorded_at, envelope) \
         VALUES {}",
        rows.join(", ")
    )
}

fn no_head() -> Trouble {
    Trouble::Damaged("the journal's head row is missing".to_owned())
}
