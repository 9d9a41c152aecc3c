//! A unit of work: what becomes true together, or not at all.

use std::sync::Arc;

use jiff::Timestamp;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr};
use uuid::Uuid;

use crate::envelope::Telling;
use crate::statement::{execute, find};
use crate::{Clock, Entropy, Trouble};

/// Where a service's instants and random bytes come from.
#[derive(Clone)]
pub struct Sources {
    /// Instants.
    pub clock: Arc<dyn Clock>,
    /// Random bytes and ids.
    pub entropy: Arc<dyn Entropy>,
}

/// A unit of work inside the writer's transaction. It holds a savepoint: if it fails, nothing of it stays.
pub struct Unit {
    pub(crate) tx: DatabaseTransaction,
    pub(crate) told: Vec<Told>,
    pub(crate) alarms_moved: bool,
    pub(crate) only_tries: bool,
    pub(crate) forgets: bool,
    pub(crate) device: Option<String>,
    pub(crate) causation: Option<String>,
    pub(crate) traceparent: Option<String>,
    now: Timestamp,
    sources: Sources,
}

/// A fact and who did it.
pub(crate) struct Told {
    pub(crate) telling: Telling,
    pub(crate) actor: String,
    pub(crate) device: Option<String>,
    pub(crate) causation: Option<String>,
    pub(crate) traceparent: Option<String>,
    pub(crate) now: Timestamp,
}

impl Unit {
    pub(crate) fn new(tx: DatabaseTransaction, sources: Sources) -> Unit {
        let now = sources.clock.now();
        Unit {
            tx,
            told: Vec::new(),
            alarms_moved: false,
            only_tries: false,
            forgets: false,
            device: None,
            causation: None,
            traceparent: None,
            now,
            sources,
        }
    }

    /// The transaction, for the rows of the service.
    pub fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// The instant of this unit; the same from its beginning to its end.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id.
    pub fn uuid(&self) -> Uuid {
        self.sources.entropy.uuid(self.now)
    }

    /// The source of random bytes.
    pub fn entropy(&self) -> &dyn Entropy {
        self.sources.entropy.as_ref()
    }

    /// Names the event that this unit answers to, and the trace that it belongs to.
    pub fn caused_by(&mut self, event_id: Option<String>, traceparent: Option<String>) {
        self.causation = event_id;
        self.traceparent = traceparent;
    }

    /// Names what stands for the device that this unit is asked from; it is told with each fact.
    pub fn asked_from(&mut self, device: Option<String>) {
        self.device = device;
    }

    /// Makes this a trial: it is answered with what its work gives, and nothing of it becomes true.
    pub fn only_tries(&mut self) {
        self.only_tries = true;
    }

    /// Says that this unit deletes what must be gone for good: once it is true, the log of the
    /// embedded engine is emptied too, in which it would stand for a while.
    pub fn forgets(&mut self) {
        self.forgets = true;
    }

    /// Appends a fact to the journal, by somebody, when the unit becomes true.
    pub fn tell(&mut self, telling: Telling, actor: impl ToString) {
        self.told.push(Told {
            telling,
            actor: actor.to_string(),
            device: self.device.clone(),
            causation: self.causation.clone(),
            traceparent: self.traceparent.clone(),
            now: self.now,
        });
    }

    /// Sets the alarm of a thing and kind, in place of the one before.
    pub async fn set_alarm(
        &mut self,
        thing: &str,
        kind: &str,
        due_at: Timestamp,
    ) -> Result<(), DbErr> {
        let sql = "INSERT INTO alarm (thing, kind, due_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (thing, kind) DO UPDATE SET due_at = excluded.due_at";
        let values = [thing.into(), kind.into(), due_at.as_microsecond().into()];
        execute(&self.tx, sql, values).await?;
        self.alarms_moved = true;
        Ok(())
    }

    /// Takes the alarm of a thing and kind away.
    pub async fn drop_alarm(&mut self, thing: &str, kind: &str) -> Result<(), DbErr> {
        let sql = "DELETE FROM alarm WHERE thing = $1 AND kind = $2";
        execute(&self.tx, sql, [thing.into(), kind.into()]).await?;
        Ok(())
    }

    /// Takes a ringing alarm away; false if another replica was quicker or it has moved.
    pub async fn take_alarm(
        &mut self,
        thing: &str,
        kind: &str,
        due_at: Timestamp,
    ) -> Result<bool, DbErr> {
        let sql = "DELETE FROM alarm WHERE thing = $1 AND kind = $2 AND due_at = $3";
        let values = [thing.into(), kind.into(), due_at.as_microsecond().into()];
        Ok(execute(&self.tx, sql, values).await? == 1)
    }

    /// The next number of a counter, from 1. Unique and rising; a rollback leaves a gap at most.
    pub async fn next_number(&mut self, counter: &str) -> Result<i64, Trouble> {
        let sql = "INSERT INTO counter (name, value) VALUES ($1, 1) \
                   ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value";
        let row = find(&self.tx, sql, [counter.into()]).await?;
        let row = row.ok_or_else(|| Trouble::Damaged(format!("the counter {counter}")))?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Begins a remembered request: `None` if it is new, its answer if it was answered before.
    ///
    /// A twin on another replica waits here until this unit has ended.
    /// Fails if the id was used with other content.
    pub async fn recall(
        &mut self,
        caller: &str,
        request_id: &str,
        digest: &[u8],
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let sql = "INSERT INTO remembered (caller, request_id, digest, at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (caller, request_id) DO NOTHING";
        let at = self.now.as_microsecond();
        let values = [caller.into(), request_id.into(), digest.to_vec().into(), at.into()];
        if execute(&self.tx, sql, values).await? == 1 {
            return Ok(None);
        }
        let sql = "SELECT digest, answer FROM remembered WHERE caller = $1 AND request_id = $2";
        let row = find(&self.tx, sql, [caller.into(), request_id.into()]).await?;
        let row = row.ok_or_else(|| Trouble::Damaged("a remembered request".to_owned()))?;
        if row.try_get_by_index::<Vec<u8>>(0)? != digest {
            return Err(Trouble::RequestIdReused);
        }
        Ok(Some(row.try_get_by_index(1)?))
    }

    /// Remembers the answer to a request that [`Unit::recall`] began.
    pub async fn remember(
        &mut self,
        caller: &str,
        request_id: &str,
        answer: &[u8],
    ) -> Result<(), DbErr> {
        let sql = "UPDATE remembered SET answer = $3 WHERE caller = $1 AND request_id = $2";
        let values = [caller.into(), request_id.into(), answer.to_vec().into()];
        execute(&self.tx, sql, values).await?;
        Ok(())
    }

    /// Whether rows must be locked by `FOR UPDATE` on this engine.
    pub fn locks_rows(&self) -> bool {
        self.tx.get_database_backend() == sea_orm::DatabaseBackend::Postgres
    }
}
