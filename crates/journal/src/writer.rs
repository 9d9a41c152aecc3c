//! The writers: they take what waits, up to 64 units at once, and have it made true.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::batch;
use crate::unit::Unit;
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

/// Comes when a unit is true or refused.
type Answer<T, E> = oneshot::Receiver<Result<Done<T>, E>>;

/// Where writers take units from; all writers of a process share it.
pub(crate) type Waiting = Arc<Mutex<mpsc::Receiver<Box<dyn Job>>>>;

impl Queue {
    pub(crate) fn new(length: usize) -> (Queue, Waiting) {
        let (sender, receiver) = mpsc::channel(length.max(1));
        let queue = Queue { sender, in_flight: Arc::default() };
        (queue, Arc::new(Mutex::new(receiver)))
    }

    /// How many units wait or run.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Hands in a unit and waits until it is true or refused; a full queue is trouble. The unit
    /// runs on even if the caller stops waiting.
    pub(crate) async fn submit<T: Send + 'static, E: Troubled>(
        &self,
        key: String,
        deadline: Option<Instant>,
        work: Box<Work<T, E>>,
    ) -> Result<Done<T>, E> {
        let (job, answer) = self.order(key, deadline, work);
        if self.sender.try_send(job).is_err() {
            return Err(Trouble::Overloaded.into());
        }
        answer.await.unwrap_or_else(|_| Err(Trouble::OutcomeUnknown.into()))
    }

    /// The same for the journal's own tasks, which wait for a place in the queue: a flood of
    /// calls must not keep them from publishing, listening and sealing.
    pub(crate) async fn submit_own<T: Send + 'static, E: Troubled>(
        &self,
        key: String,
        work: Box<Work<T, E>>,
    ) -> Result<Done<T>, E> {
        let (job, answer) = self.order(key, None, work);
        if self.sender.send(job).await.is_err() {
            return Err(Trouble::Overloaded.into());
        }
        answer.await.unwrap_or_else(|_| Err(Trouble::OutcomeUnknown.into()))
    }

    fn order<T: Send + 'static, E: Troubled>(
        &self,
        key: String,
        deadline: Option<Instant>,
        work: Box<Work<T, E>>,
    ) -> (Box<dyn Job>, Answer<T, E>) {
        let (reply, answer) = oneshot::channel();
        let guard = InFlight::enter(&self.in_flight);
        (Box::new(Ordered { key, deadline, work, outcome: None, reply, _guard: guard }), answer)
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
    /// It would become true; does, unless it is a trial.
    Well,
    /// The rules refuse it, or it failed: its savepoint rolls back and it is answered alone.
    Refused,
    /// The engine asks that it be tried again.
    Again(Trouble),
}

/// A unit without its types.
#[async_trait]
pub(crate) trait Job: Send {
    fn key(&self) -> &str;
    fn expired(&self, now: Instant) -> bool;
    async fn run(&mut self, unit: &mut Unit) -> Ran;
    /// Answers: what the work gave, with the position of the commit if there was one.
    fn answer(self: Box<Self>, position: i64);
    /// Answers that it did not become true, or that this is not known.
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
        // The call itself may panic, too, not only the future that it gives.
        let work = async { (self.work)(unit).await };
        let outcome = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(key = %self.key, "a unit of work panicked");
            Err(Trouble::Damaged("a unit of work panicked".to_owned()).into())
        });
        let ran = match &outcome {
            Ok(_) => Ran::Well,
            Err(error) => match error.trouble() {
                Some(trouble) if trouble.asks_for_retry() => Ran::Again(trouble.clone()),
                Some(_) | None => Ran::Refused,
            },
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

/// Runs one writer until it is told to stop; then it lets nothing more in and ends when nothing
/// waits any more.
pub(crate) async fn run(journal: Journal, waiting: Waiting, stop: CancellationToken) {
    loop {
        let taken = tokio::select! {
            taken = take(&waiting) => taken,
            () = stop.cancelled() => break,
        };
        let Some(jobs) = taken else { return };
        batch::commit(&journal, jobs).await;
    }
    waiting.lock().await.close();
    while let Some(jobs) = take(&waiting).await {
        batch::commit(&journal, jobs).await;
    }
}

/// Waits for one unit, then takes whatever else waits, in the order of the things' keys so that
/// two batches do not deadlock. `None` when nothing more can come.
async fn take(waiting: &Waiting) -> Option<Vec<Box<dyn Job>>> {
    let mut receiver = waiting.lock().await;
    let mut jobs = vec![receiver.recv().await?];
    while jobs.len() < UNITS_PER_COMMIT_MAX {
        let Ok(next) = receiver.try_recv() else { break };
        jobs.push(next);
    }
    drop(receiver);
    let now = Instant::now();
    let (expired, mut jobs): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.expired(now));
    for job in expired {
        job.fail(Trouble::DeadlinePassed);
    }
    jobs.sort_by(|one, other| one.key().cmp(other.key()));
    Some(jobs)
}
