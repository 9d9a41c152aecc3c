//! The courier: carries a journal's entries to somebody outside, in order, each at least once.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::lease::Lease;
use crate::progress::{begin_progress, carried as cursor_of, find_progress, move_progress};
use crate::reader::{ENTRIES_PER_READ, Entry};
use crate::rest::rest;
use crate::trouble::chain;
use crate::{Journal, Trouble};

/// Somebody outside to whom entries are carried.
#[async_trait]
pub trait Carrier: Send + Sync + 'static {
    /// What its cursor is called; unique within the journal.
    fn name(&self) -> &str;

    /// Carries one entry and waits until it has been taken; false if it is none for this carrier.
    /// The same entry may come again: the other side knows it by its event id.
    async fn carry(&self, entry: &Entry) -> Result<bool, Uncarried>;

    /// Told how often in a row carrying has failed: 0 when an entry was taken.
    fn note_failures(&self, _: u32) {}
}

/// Why an entry was not taken. It is tried again until it is.
#[derive(Debug, thiserror::Error)]
pub enum Uncarried {
    /// The other side is away, or does not take it.
    #[error("it was not taken: {0}")]
    NotTaken(String),
    /// Our own side.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// How long entries are gathered before the cursor is moved past those that are for nobody.
const GATHER: Duration = Duration::from_millis(200);
/// How long to wait before looking again: another replica may have committed.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How long to wait after a failure: at first, doubled each time, at most.
const RETRY_AFTER: Duration = Duration::from_secs(1);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);

/// Why carrying stopped for a moment.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Uncarried(#[from] Uncarried),
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Another replica holds the task, or moved the cursor.
    #[error("another replica carries")]
    Elsewhere,
}

/// Carries until `stop`. A carrier that was never heard of before is told what happens from now
/// on; one that was away gets everything since its cursor.
pub async fn run(journal: Journal, carrier: Arc<dyn Carrier>, stop: CancellationToken) {
    let mut way = Way {
        lease: Lease::new(&journal, cursor_of(carrier.name())),
        cursor: cursor_of(carrier.name()),
        journal,
        carrier,
        failures: 0,
    };
    while !stop.is_cancelled() {
        match way.carry(&stop).await {
            Ok(()) => break,
            Err(Stopped::Elsewhere) => {
                way.note_failures(0);
                rest(LOOK_AGAIN_AFTER, &stop).await;
            }
            Err(stopped) => {
                let wait = way.wait_after_failure();
                tracing::warn!(
                    journal = way.journal.name(), carrier = way.carrier.name(),
                    failures = way.failures, reason = %chain(&stopped), "carrying waits"
                );
                rest(wait, &stop).await;
            }
        }
    }
    if let Err(trouble) = way.lease.release(&way.journal).await {
        let (journal, carrier) = (way.journal.name(), way.carrier.name());
        tracing::warn!(journal, carrier, %trouble, "another replica carries only after a while");
    }
}

/// The way from a journal to one carrier.
struct Way {
    journal: Journal,
    carrier: Arc<dyn Carrier>,
    cursor: String,
    lease: Lease,
    failures: u32,
}

impl Way {
    async fn carry(&mut self, stop: &CancellationToken) -> Result<(), Stopped> {
        self.begin().await?;
        loop {
            let mut head = self.journal.watch_head();
            head.borrow_and_update();
            self.keep().await?;
            while !stop.is_cancelled() && self.carry_some(stop).await? {
                self.keep().await?;
            }
            tokio::select! {
                _ = head.changed() => rest(GATHER, stop).await,
                () = rest(LOOK_AGAIN_AFTER, stop) => {}
            }
            if stop.is_cancelled() {
                return Ok(());
            }
        }
    }

    /// Gives a carrier its cursor: at the head, if it has none yet.
    async fn begin(&self) -> Result<(), Stopped> {
        let (cursor, head) = (self.cursor.clone(), self.journal.head().await?);
        let begun = self.journal.commit_own(self.cursor.clone(), move |unit| {
            let cursor = cursor.clone();
            async move { Ok::<_, Trouble>(begin_progress(unit.tx(), &cursor, head).await?) }.boxed()
        });
        begun.await?;
        Ok(())
    }

    async fn keep(&mut self) -> Result<(), Stopped> {
        if self.lease.hold(&self.journal).await? { Ok(()) } else { Err(Stopped::Elsewhere) }
    }

    /// What is next; false if there was nothing. The cursor is moved after each entry that was
    /// taken, and at the end past those that are for nobody.
    async fn carry_some(&mut self, stop: &CancellationToken) -> Result<bool, Stopped> {
        let mut from = find_progress(self.journal.database().read(), &self.cursor)
            .await
            .map_err(Trouble::from)?;
        let entries = self.journal.entries(from, ENTRIES_PER_READ).await?;
        let Some(last) = entries.last().map(|entry| entry.position) else { return Ok(false) };
        for entry in entries {
            if stop.is_cancelled() {
                return self.move_cursor(from, entry.position - 1).await.map(|()| true);
            }
            match self.carrier.carry(&entry).await {
                Ok(false) => {}
                Ok(true) => {
                    self.note_failures(0);
                    self.move_cursor(from, entry.position).await?;
                    from = entry.position;
                }
                Err(uncarried) => {
                    self.move_cursor(from, entry.position - 1).await?;
                    return Err(uncarried.into());
                }
            }
        }
        self.move_cursor(from, last).await.map(|()| true)
    }

    async fn move_cursor(&self, from: i64, to: i64) -> Result<(), Stopped> {
        if from == to {
            return Ok(());
        }
        let cursor = self.cursor.clone();
        let moved = self.journal.commit_own(self.cursor.clone(), move |unit| {
            let cursor = cursor.clone();
            async move { Ok::<_, Trouble>(move_progress(unit.tx(), &cursor, from, to).await?) }
                .boxed()
        });
        if moved.await?.value { Ok(()) } else { Err(Stopped::Elsewhere) }
    }

    fn note_failures(&mut self, failures: u32) {
        self.failures = failures;
        self.carrier.note_failures(failures);
    }

    fn wait_after_failure(&mut self) -> Duration {
        self.note_failures(self.failures.saturating_add(1));
        let doubled = RETRY_AFTER.saturating_mul(1 << (self.failures - 1).min(16));
        doubled.min(RETRY_AFTER_MAX)
    }
}

impl Journal {
    /// How far a carrier has been told; 0 if it was never heard of.
    pub async fn carried(&self, carrier: &str) -> Result<i64, Trouble> {
        Ok(find_progress(self.database().read(), &cursor_of(carrier)).await?)
    }
}
