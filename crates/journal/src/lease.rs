//! A lease: who does a task that one replica does for all. It saves work and nothing else; that
//! two at once are harmless is the doing of each task's compare-and-set.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::statement::{execute, find};
use crate::{Journal, Trouble};

/// How long a holder waits before it beats again.
const BEAT_AFTER: Duration = Duration::from_secs(5);
/// How long another replica sees no beat before it takes over. It is measured by who waits, so
/// that clocks may differ, stand still or run back.
const GONE_AFTER: Duration = Duration::from_secs(12);

/// This replica's share in a lease.
pub(crate) struct Lease {
    task: String,
    own_name: String,
    seen: Option<Seen>,
}

/// The row as it was seen, and since when it has stood so.
struct Seen {
    holder: String,
    beat: i64,
    since: Instant,
}

impl Lease {
    /// A share in the lease of a task; nothing is held yet.
    pub(crate) fn new(journal: &Journal, task: impl Into<String>) -> Lease {
        let sources = journal.sources();
        let own_name = sources.entropy.uuid(sources.clock.now()).to_string();
        Lease { task: task.into(), own_name, seen: None }
    }

    /// Takes or keeps the task; false if another replica does it. Writes at most every five
    /// seconds, and never where only one process can be.
    pub(crate) async fn hold(&mut self, journal: &Journal) -> Result<bool, Trouble> {
        if !journal.database().is_shared() || self.is_fresh() {
            return Ok(true);
        }
        let sql = "SELECT holder, beat FROM lease WHERE task = $1";
        let row = find(journal.database().read(), sql, [self.task.as_str().into()]).await?;
        let (holder, beat) = match row {
            Some(row) => (row.try_get_by_index(0)?, row.try_get_by_index(1)?),
            None => (String::new(), 0),
        };
        if !holder.is_empty() && holder != self.own_name && !self.is_gone(&holder, beat) {
            return Ok(false);
        }
        let taken = self.take(journal, holder, beat).await?;
        if taken {
            let holder = self.own_name.clone();
            self.seen = Some(Seen { holder, beat: beat + 1, since: Instant::now() });
        }
        Ok(taken)
    }

    /// Gives the task back, so that another replica need not wait.
    pub(crate) async fn release(&self, journal: &Journal) -> Result<(), Trouble> {
        if self.seen.as_ref().is_none_or(|seen| seen.holder != self.own_name) {
            return Ok(());
        }
        let (task, own_name) = (self.task.clone(), self.own_name.clone());
        let done = journal.commit_own(task.clone(), move |unit| {
            let (task, own_name) = (task.clone(), own_name.clone());
            async move {
                let sql = "DELETE FROM lease WHERE task = $1 AND holder = $2";
                execute(unit.tx(), sql, [task.into(), own_name.into()]).await?;
                Ok::<_, Trouble>(())
            }
            .boxed()
        });
        done.await.map(|_| ())
    }

    /// Held, and the next beat is not due.
    fn is_fresh(&self) -> bool {
        self.seen
            .as_ref()
            .is_some_and(|seen| seen.holder == self.own_name && seen.since.elapsed() < BEAT_AFTER)
    }

    /// Whether another holder has not beaten for too long.
    fn is_gone(&mut self, holder: &str, beat: i64) -> bool {
        if let Some(seen) = &self.seen
            && seen.holder == holder
            && seen.beat == beat
        {
            return GONE_AFTER <= seen.since.elapsed();
        }
        self.seen = Some(Seen { holder: holder.to_owned(), beat, since: Instant::now() });
        false
    }

    /// Takes the lease if it still stands as it was read.
    async fn take(&self, journal: &Journal, holder: String, beat: i64) -> Result<bool, Trouble> {
        let (task, own_name) = (self.task.clone(), self.own_name.clone());
        let done = journal.commit_own(task.clone(), move |unit| {
            let (task, holder, own_name) = (task.clone(), holder.clone(), own_name.clone());
            async move {
                let sql = "INSERT INTO lease (task, holder, beat) VALUES ($1, $2, 1) \
                           ON CONFLICT (task) DO UPDATE SET holder = excluded.holder, beat = lease.beat + 1 \
                           WHERE lease.holder = $3 AND lease.beat = $4";
                let values = [task.into(), own_name.into(), holder.into(), beat.into()];
                Ok::<_, Trouble>(execute(unit.tx(), sql, values).await? == 1)
            }
            .boxed()
        });
        Ok(done.await?.value)
    }
}
