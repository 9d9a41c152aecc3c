//! The writers: they take what waits and make it true together, up to 64 units in one transaction.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::{DatabaseTransaction, DbErr, TransactionTrait as _};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::append::{Owner, append};
use crate::unit::{Told, Unit};
use crate::{Journal, Trouble, Troubled};

/// The most units in one transaction.
pub const UNITS_PER_COMMIT_MAX: usize = 64;

/// What a unit gave, and the journal's position once it was true.
#[derive(Clone, Debug)]
pub struct Done<T> {
    /// What the work gave.
    pub value: T,
    /// The last position of the journal in the commit.
    pub position: i64,
}

/// The work of a unit. It may run again after a conflict, so it is a value that can be called twice.
pub type Work<T, E> = dyn for<'a> Fn(&'a mut Unit) -> BoxFuture<'a, Result<T, E>> + Send + Sync;

/// Puts units into the writers' bounded queue.
#[derive(Clone)]
pub(crate) struct Queue {
    sender: mpsc::Sender<Box<dyn Job>>,
    in_flight: Arc<AtomicUsize>,
}

/// Where writers take units from; all writers of a process share it.
pub(crate) type Waiting = Arc<Mutex<mpsc::Receiver<Box<dyn Job>>>>;

impl Queue {
    pub(crate) fn new(length: usize) -> (Queue, Waiting) {
        let (sender, receiver) = mpsc::channel(length);
        let queue = Queue { sender, in_flight: Arc::default() };
        (queue, Arc::new(Mutex::new(receiver)))
    }

    /// How many units wait or run.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Hands in a unit and waits until it is true or refused. The unit runs on even if the
    /// caller stops waiting.
    pub(crate) async fn submit<T: Send + 'static, E: Troubled>(
        &self,
        key: String,
        deadline: Option<Instant>,
        work: Box<Work<T, E>>,
    ) -> Result<Done<T>, E> {
        let (reply, answer) = oneshot::channel();
        let guard = InFlight::enter(&self.in_flight);
        let job = Ordered { key, deadline, work, outcome: None, reply, _guard: guard };
        if self.sender.try_send(Box::new(job)).is_err() {
            return Err(Trouble::Overloaded.into());
        }
        answer.await.unwrap_or_else(|_| Err(Trouble::OutcomeUnknown.into()))
    }
}

struct InFlight(Arc<AtomicUsize>);

impl InFlight {
    fn enter(count: &Arc<AtomicUsize>) -> InFlight {
        count.fetch_add(1, Ordering::SeqCst);
        InFlight(Arc::clone(count))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How a unit ended inside its savepoint.
pub(crate) enum Ran {
    /// It would become true.
    Well,
    /// The rules refuse it; its savepoint rolls back and it is answered alone.
    Refused,
    /// The engine asks that it be tried again.
    Again,
}

/// A unit without its types.
#[async_trait]
pub(crate) trait Job: Send {
    fn key(&self) -> &str;
    fn expired(&self, now: Instant) -> bool;
    async fn run(&mut self, unit: &mut Unit) -> Ran;
    /// Answers: what the work gave, with the position of the commit if there was one.
    fn answer(self: Box<Self>, position: i64);
    /// Answers that nothing of it is true.
    fn fail(self: Box<Self>, trouble: Trouble);
}

struct Ordered<T, E> {
    key: String,
    deadline: Option<Instant>,
    work: Box<Work<T, E>>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<Done<T>, E>>,
    _guard: InFlight,
}

#[async_trait]
impl<T: Send + 'static, E: Troubled> Job for Ordered<T, E> {
    fn key(&self) -> &str {
        &self.key
    }

    fn expired(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    async fn run(&mut self, unit: &mut Unit) -> Ran {
        let outcome = AssertUnwindSafe((self.work)(unit)).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|_| {
            tracing::error!(key = %self.key, "a unit of work panicked");
            Err(Trouble::Damaged("a unit of work panicked".to_owned()).into())
        });
        let ran = match &outcome {
            Ok(_) => Ran::Well,
            Err(error) if error.trouble().is_some_and(Trouble::asks_for_retry) => Ran::Again,
            Err(_) => Ran::Refused,
        };
        self.outcome = Some(outcome);
        ran
    }

    fn answer(self: Box<Self>, position: i64) {
        let outcome = self.outcome.unwrap_or_else(|| Err(Trouble::OutcomeUnknown.into()));
        // Whoever asked may have gone; that changes nothing.
        let _ = self.reply.send(outcome.map(|value| Done { value, position }));
    }

    fn fail(self: Box<Self>, trouble: Trouble) {
        let _ = self.reply.send(Err(trouble.into()));
    }
}

/// Runs one writer until it is told to stop and nothing waits any more.
pub(crate) async fn run(journal: Journal, waiting: Waiting, stop: CancellationToken) {
    loop {
        let batch = tokio::select! {
            biased;
            batch = take(&waiting) => batch,
            () = stop.cancelled() => Vec::new(),
        };
        if batch.is_empty() {
            return;
        }
        commit(&journal, batch).await;
    }
}

/// Waits for one unit, then takes whatever else waits, in the order of the things' keys so that
/// two batches do not deadlock.
async fn take(waiting: &Waiting) -> Vec<Box<dyn Job>> {
    let mut receiver = waiting.lock().await;
    let mut batch = Vec::new();
    if let Some(first) = receiver.recv().await {
        batch.push(first);
    }
    while batch.len() < UNITS_PER_COMMIT_MAX {
        let Ok(next) = receiver.try_recv() else { break };
        batch.push(next);
    }
    drop(receiver);
    let now = Instant::now();
    let (expired, mut batch): (Vec<_>, Vec<_>) = batch.into_iter().partition(|job| job.expired(now));
    for job in expired {
        job.fail(Trouble::DeadlinePassed);
    }
    batch.sort_by(|one, other| one.key().cmp(other.key()));
    batch
}

/// Makes a batch true. On a conflict between transactions its units are run one by one.
async fn commit(journal: &Journal, batch: Vec<Box<dyn Job>>) {
    let Err(again) = attempt(journal, batch).await else { return };
    for job in again {
        let mut alone = vec![job];
        for _ in 0..ATTEMPTS_MAX {
            match attempt(journal, alone).await {
                Ok(()) => {
                    alone = Vec::new();
                    break;
                }
                Err(jobs) => alone = jobs,
            }
        }
        for job in alone {
            job.fail(Trouble::Overloaded);
        }
    }
}

/// How often a unit that runs alone is tried again before its caller is told to come back.
const ATTEMPTS_MAX: usize = 20;

/// One transaction for a batch; gives the units back if the engine asks for a retry.
async fn attempt(journal: &Journal, batch: Vec<Box<dyn Job>>) -> Result<(), Vec<Box<dyn Job>>> {
    let tx = match journal.database().begin().await {
        Ok(tx) => tx,
        Err(error) => {
            fail_all(batch, &error);
            return Ok(());
        }
    };
    let mut well: Vec<Box<dyn Job>> = Vec::with_capacity(batch.len());
    let mut told = Vec::new();
    let mut alarms_moved = false;
    let mut rest = batch.into_iter();
    while let Some(mut job) = rest.next() {
        let savepoint = match tx.begin().await {
            Ok(savepoint) => savepoint,
            Err(error) => {
                fail_all(well.into_iter().chain([job]).chain(rest), &error);
                return Ok(());
            }
        };
        let mut unit = Unit::new(savepoint, journal.sources().clone());
        let ran = job.run(&mut unit).await;
        alarms_moved |= unit.alarms_moved;
        let facts = std::mem::take(&mut unit.told);
        match end(unit, &ran).await {
            Ok(()) => {}
            Err(error) => {
                fail_all(well.into_iter().chain([job]).chain(rest), &error);
                return Ok(());
            }
        }
        match ran {
            Ran::Well => {
                told.extend(facts);
                well.push(job);
            }
            Ran::Refused => job.answer(0),
            Ran::Again => {
                // Dropping the transaction rolls it back; nothing was true yet.
                drop(tx);
                return Err(well.into_iter().chain([job]).chain(rest).collect());
            }
        }
    }
    finish(journal, tx, well, told, alarms_moved).await
}

/// Releases the savepoint of a unit that went well, rolls back the others.
async fn end(unit: Unit, ran: &Ran) -> Result<(), DbErr> {
    match ran {
        Ran::Well => unit.tx.commit().await,
        Ran::Refused | Ran::Again => unit.tx.rollback().await,
    }
}

/// Appends the facts, commits, and only then answers.
async fn finish(
    journal: &Journal,
    tx: DatabaseTransaction,
    well: Vec<Box<dyn Job>>,
    told: Vec<Told>,
    alarms_moved: bool,
) -> Result<(), Vec<Box<dyn Job>>> {
    let owner =
        Owner { zone: journal.zone(), service: journal.name(), sources: journal.sources() };
    let position = match append(&tx, &owner, &told).await {
        Ok(position) => position,
        Err(trouble) if trouble.asks_for_retry() => return Err(well),
        Err(trouble) => {
            tracing::error!(journal = journal.name(), %trouble, "facts could not be appended");
            well.into_iter().for_each(|job| job.fail(Trouble::OutcomeUnknown));
            return Ok(());
        }
    };
    match tx.commit().await {
        Ok(()) => {
            journal.note_commit(position, well.len(), !told.is_empty(), alarms_moved);
            well.into_iter().for_each(|job| job.answer(position));
        }
        Err(error) => {
            let trouble = Trouble::Database(error);
            if trouble.asks_for_retry() {
                return Err(well);
            }
            tracing::error!(journal = journal.name(), %trouble, "a commit failed");
            // A database's own refusal is certain; a broken connection is not.
            let certain = trouble.database_code().is_some();
            for job in well {
                job.fail(if certain { again(&trouble) } else { Trouble::OutcomeUnknown });
            }
        }
    }
    Ok(())
}

fn fail_all(jobs: impl IntoIterator<Item = Box<dyn Job>>, error: &DbErr) {
    tracing::error!(%error, "a batch could not be carried out");
    for job in jobs {
        job.fail(Trouble::Database(DbErr::Custom(error.to_string())));
    }
}

fn again(trouble: &Trouble) -> Trouble {
    Trouble::Database(DbErr::Custom(trouble.to_string()))
}
