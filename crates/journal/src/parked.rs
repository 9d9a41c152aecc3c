//! Events that could not be applied: set aside with those of the same subject behind them, replayed in order.

use futures_util::FutureExt as _;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr};

use crate::delivery::Delivered;
use crate::envelope::Heard;
use crate::listener::Ear;
use crate::statement::{execute, find, for_update, list};
use crate::trouble::chain;
use crate::unit::Unit;
use crate::{Journal, Trouble};

/// An event that was set aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Parked {
    /// The journal that it came from.
    pub source: String,
    /// Its position there.
    pub position: i64,
    /// What it happened to.
    pub subject: String,
    /// The full name of the fact's message.
    pub kind: String,
    /// Why it could not be applied.
    pub problem: String,
    /// When it was set aside.
    pub parked_at: Timestamp,
}

/// What became of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// How many were applied.
    pub applied: i64,
    /// How many are left.
    pub left: i64,
    /// Why the first of those failed.
    pub problem: Option<String>,
}

/// Whether an event must wait behind a parked one of its subject. Events are replayed in order, so
/// the last one is locked: a replay that is just taking it away is waited for, and then nothing is
/// left to wait behind; one that has not come to it yet will find what is parked behind it.
pub(crate) async fn waits_behind<C: ConnectionTrait>(
    on: &C,
    source: &str,
    subject: &str,
) -> Result<bool, DbErr> {
    let sql = format!(
        "SELECT 1 FROM parked WHERE source = $1 AND subject = $2 \
         ORDER BY position DESC LIMIT 1{}",
        for_update(on)
    );
    Ok(find(on, &sql, [source.into(), subject.into()]).await?.is_some())
}

/// Whether any event of a source is parked.
pub(crate) async fn has_parked<C: ConnectionTrait>(on: &C, source: &str) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM parked WHERE source = $1 LIMIT 1";
    Ok(find(on, sql, [source.into()]).await?.is_some())
}

/// Sets an event aside. Of one that cannot be read neither subject nor kind is known.
pub(crate) async fn park(unit: &mut Unit, event: &Delivered, problem: &str) -> Result<(), DbErr> {
    let heard = Heard::read(&event.envelope);
    let (subject, kind) = heard.map(|heard| (heard.subject, heard.kind)).unwrap_or_default();
    let sql = "INSERT INTO parked (source, position, subject, kind, envelope, problem, parked_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        event.source.clone().into(),
        event.position.into(),
        subject.into(),
        kind.into(),
        event.envelope.clone().into(),
        problem.into(),
        unit.now().as_microsecond().into(),
    ];
    execute(unit.tx(), sql, values).await?;
    Ok(())
}

impl Journal {
    /// The parked events after a source and position, in order, at most `limit`.
    pub async fn list_parked(
        &self,
        after: (&str, i64),
        limit: i64,
    ) -> Result<Vec<Parked>, Trouble> {
        let sql = "SELECT source, position, subject, kind, problem, parked_at FROM parked \
                   WHERE source > $1 OR (source = $1 AND position > $2) \
                   ORDER BY source, position LIMIT $3";
        let values = [after.0.into(), after.1.into(), limit.into()];
        let rows = list(self.database().read(), sql, values).await?;
        rows.iter()
            .map(|row| {
                let at = Timestamp::from_microsecond(row.try_get_by_index(5)?)
                    .map_err(|error| Trouble::Damaged(error.to_string()))?;
                Ok(Parked {
                    source: row.try_get_by_index(0)?,
                    position: row.try_get_by_index(1)?,
                    subject: row.try_get_by_index(2)?,
                    kind: row.try_get_by_index(3)?,
                    problem: row.try_get_by_index(4)?,
                    parked_at: at,
                })
            })
            .collect()
    }

    /// How many events are parked.
    pub async fn count_parked(&self) -> Result<i64, Trouble> {
        let row = find(self.database().read(), "SELECT COUNT(*) FROM parked", []).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    }

    /// Applies the parked events of a subject again, in order; stops at the first that fails.
    pub async fn replay_parked(
        &self,
        ear: std::sync::Arc<dyn Ear>,
        source: &str,
        subject: &str,
    ) -> Result<Replay, Trouble> {
        let mut applied = 0;
        loop {
            let outcome = self.replay_one(ear.clone(), source, subject).await;
            match outcome {
                Ok(true) => applied += 1,
                Ok(false) => return Ok(Replay { applied, left: 0, problem: None }),
                Err(trouble) => {
                    let sql = "SELECT COUNT(*) FROM parked WHERE source = $1 AND subject = $2";
                    let values = [source.into(), subject.into()];
                    let row = find(self.database().read(), sql, values).await?;
                    let left = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
                    return Ok(Replay { applied, left, problem: Some(chain(&trouble)) });
                }
            }
        }
    }

    /// Applies the first parked event of a subject and takes it away, together; false if there is none.
    async fn replay_one(
        &self,
        ear: std::sync::Arc<dyn Ear>,
        source: &str,
        subject: &str,
    ) -> Result<bool, Trouble> {
        let (source, subject) = (source.to_owned(), subject.to_owned());
        let done = self.commit(subject.clone(), None, move |unit| {
            let (ear, source, subject) = (ear.clone(), source.clone(), subject.clone());
            async move {
                let sql = "SELECT position, envelope FROM parked WHERE source = $1 AND subject = $2 \
                           ORDER BY position LIMIT 1";
                let values = [source.clone().into(), subject.clone().into()];
                let Some(row) = find(unit.tx(), sql, values).await? else { return Ok(false) };
                let position: i64 = row.try_get_by_index(0)?;
                let heard = Heard::read(&row.try_get_by_index::<Vec<u8>>(1)?)?;
                let sql = "DELETE FROM parked WHERE source = $1 AND position = $2";
                // Whoever deletes it applies it; a second replica finds nothing.
                if execute(unit.tx(), sql, [source.into(), position.into()]).await? == 1 {
                    unit.caused_by(Some(heard.id.clone()), heard.traceparent.clone());
                    ear.hear(unit, &heard).await?;
                }
                Ok::<_, Trouble>(true)
            }
            .boxed()
        });
        Ok(done.await?.value)
    }
}
