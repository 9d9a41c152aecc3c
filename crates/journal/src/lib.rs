//! The journal: append, publish, listen once; durable alarms; sealing.
//!
//! A service has one [`Journal`]. Everything that becomes true goes through [`Journal::commit`];
//! its facts get their positions in the commit itself and are then published, heard and sealed by
//! tasks that each keep a cursor: [`publisher`], [`listener`], [`ringer`], [`sealer`], and a
//! [`courier`] for each of those outside who are told of some. Each may die at any point and goes
//! on from its cursor.

mod append;
mod batch;
pub mod clock;
pub mod cosignature;
pub mod courier;
pub mod database;
pub mod delivery;
pub mod entropy;
pub mod envelope;
mod gaps;
mod lease;
pub mod listener;
mod local;
pub mod parked;
mod progress;
pub mod pruner;
pub mod publisher;
mod rabbit;
pub mod reader;
mod rest;
pub mod ringer;
pub mod sealer;
pub mod statement;
pub mod tree;
pub mod trouble;
mod troubles;
pub mod unit;
pub mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use clock::{Clock, ManualClock, SystemClock};
pub use courier::Carrier;
pub use database::{Address, Database, Step};
pub use delivery::{Delivery, DeliveryError};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use envelope::{Heard, Telling};
pub use listener::Ear;
pub use ringer::{Alarm, Bell};
pub use trouble::{Trouble, Troubled};
pub use unit::{Sources, Unit};
pub use writer::Done;

/// How a journal is opened.
pub struct Settings {
    /// The service: `dispatch`. Names its journal, its schema, its queue.
    pub name: &'static str,
    /// The zone, part of every event's source.
    pub zone: String,
    /// Where its data are.
    pub address: Address,
    /// How many writers on PostgreSQL. SQLite has one.
    pub writers: usize,
    /// How many units may wait before more are refused.
    pub queue_length: usize,
    /// The steps of the service's own schema, from version 1001 on.
    pub steps: Vec<Step>,
    /// Instants and random bytes.
    pub sources: Sources,
}

/// The journal of one service. Cheap to clone.
#[derive(Clone)]
pub struct Journal(Arc<Inner>);

struct Inner {
    name: &'static str,
    zone: String,
    database: Database,
    sources: Sources,
    queue: writer::Queue,
    waiting: writer::Waiting,
    head: watch::Sender<i64>,
    alarms_moved: Notify,
    figures: Figures,
}

/// What a journal has done since the start, for metrics.
#[derive(Default)]
struct Figures {
    units: AtomicU64,
    commits: AtomicU64,
    sealed: AtomicI64,
    published: AtomicI64,
}

impl Journal {
    /// Opens the database of a service and brings its schema up to date.
    ///
    /// Nothing is carried out until a writer runs: [`Journal::write`].
    pub async fn open(settings: Settings) -> Result<Journal, Trouble> {
        let Settings { name, zone, address, writers, queue_length, steps, sources } = settings;
        let database = Database::open(name, &address, writers, &steps).await?;
        let (queue, waiting) = writer::Queue::new(queue_length);
        let head = reader::head(database.read()).await?;
        Ok(Journal(Arc::new(Inner {
            name,
            zone,
            database,
            sources,
            queue,
            waiting,
            head: watch::Sender::new(head),
            alarms_moved: Notify::new(),
            figures: Figures::default(),
        })))
    }

    /// Runs one writer until `stop`, then until nothing waits. Run [`Database::writers`] of them.
    pub async fn write(&self, stop: CancellationToken) {
        writer::run(self.clone(), Arc::clone(&self.0.waiting), stop).await;
    }

    /// Makes a unit of work true, or says why not. It runs on even if the caller stops waiting.
    ///
    /// `key` is the thing that it changes. The work may run more than once; only one run counts.
    pub async fn commit<T, E, F>(
        &self,
        key: impl Into<String>,
        deadline: Option<Instant>,
        work: F,
    ) -> Result<Done<T>, E>
    where
        T: Send + 'static,
        E: Troubled,
        F: for<'a> Fn(&'a mut Unit) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        self.0.queue.submit(key.into(), deadline, Box::new(work)).await
    }

    /// The same for the journal's own tasks, which wait for a place in the queue.
    pub(crate) async fn commit_own<T, E, F>(
        &self,
        key: impl Into<String>,
        work: F,
    ) -> Result<Done<T>, E>
    where
        T: Send + 'static,
        E: Troubled,
        F: for<'a> Fn(&'a mut Unit) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        self.0.queue.submit_own(key.into(), Box::new(work)).await
    }

    /// The service that it belongs to.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The zone.
    pub fn zone(&self) -> &str {
        &self.0.zone
    }

    /// The database, for finders.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// Instants and random bytes.
    pub fn sources(&self) -> &Sources {
        &self.0.sources
    }

    /// The last position that this process has seen committed. Another replica may be further.
    pub fn position(&self) -> i64 {
        *self.0.head.borrow()
    }

    /// Tells of every commit that this process makes.
    pub fn watch_head(&self) -> watch::Receiver<i64> {
        self.0.head.subscribe()
    }

    /// How many units wait or run.
    pub fn in_flight(&self) -> usize {
        self.0.queue.in_flight()
    }

    /// Units and commits since the start.
    pub fn units_and_commits(&self) -> (u64, u64) {
        let figures = &self.0.figures;
        (figures.units.load(Ordering::Relaxed), figures.commits.load(Ordering::Relaxed))
    }

    /// The last position that was published and the size that was sealed, as this process knows.
    pub fn published_and_sealed(&self) -> (i64, i64) {
        let figures = &self.0.figures;
        (figures.published.load(Ordering::Relaxed), figures.sealed.load(Ordering::Relaxed))
    }

    pub(crate) fn note_published(&self, position: i64) {
        self.0.figures.published.fetch_max(position, Ordering::Relaxed);
    }

    pub(crate) fn note_sealed(&self, size: i64) {
        self.0.figures.sealed.fetch_max(size, Ordering::Relaxed);
    }

    pub(crate) fn alarms_moved(&self) -> &Notify {
        &self.0.alarms_moved
    }

    pub(crate) fn note_commit(&self, position: i64, units: usize, told: bool, alarms_moved: bool) {
        let figures = &self.0.figures;
        figures.units.fetch_add(units as u64, Ordering::Relaxed);
        figures.commits.fetch_add(1, Ordering::Relaxed);
        if told {
            self.0.head.send_if_modified(|head| {
                let further = *head < position;
                *head = (*head).max(position);
                further
            });
        }
        if alarms_moved {
            self.0.alarms_moved.notify_one();
        }
    }
}
