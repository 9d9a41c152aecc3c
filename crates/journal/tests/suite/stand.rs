//! What a test stands on: databases and a broker of its own, replicas of services, an ear that
//! writes down what it hears.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use journal::delivery::{LocalDelivery, RabbitDelivery};
use journal::statement::{execute, list};
use journal::{
    Address, Delivery, Ear, Heard, Journal, ManualClock, Settings, Sources, Step, SystemEntropy,
    Telling, Trouble, Unit, listener, publisher,
};
use sea_orm::DatabaseConnection;
use tempfile::TempDir;
use testkit::infra::{Database, Vhost};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) const ZONE: &str = "test-zone";
/// How long to wait for what must come; long, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// SQLite, delivery within the process.
    Embedded,
    /// PostgreSQL and RabbitMQ.
    Real,
}

/// The ground of one test, thrown away with it.
pub(crate) struct Ground {
    pub(crate) clock: Arc<ManualClock>,
    folder: TempDir,
    database: Option<Database>,
    vhost: Option<Vhost>,
}

impl Ground {
    pub(crate) async fn new(size: Size) -> Ground {
        let made = tokio::task::spawn_blocking(move || {
            (size == Size::Real)
                .then(|| (Database::create("journal").unwrap(), Vhost::create("journal").unwrap()))
        });
        let (database, vhost) = made.await.unwrap().unzip();
        let clock = Arc::new(ManualClock::at("2026-03-02T01:00:00Z".parse().unwrap()));
        Ground { clock, folder: TempDir::new().unwrap(), database, vhost }
    }

    pub(crate) fn address(&self) -> Address {
        match &self.database {
            Some(database) => Address::Postgres(database.url()),
            // It does not exist yet.
            None => Address::Folder(self.folder.path().join("data")),
        }
    }

    pub(crate) fn broker(&self) -> String {
        self.vhost.as_ref().unwrap().url()
    }

    pub(crate) fn settings(&self, name: &'static str) -> Settings {
        Settings {
            name,
            zone: ZONE.to_owned(),
            address: self.address(),
            writers: 4,
            queue_length: 1_000,
            steps: STEPS.to_vec(),
            sources: Sources { clock: self.clock.clone(), entropy: Arc::new(SystemEntropy) },
        }
    }

    /// A replica of a service, with its writers.
    pub(crate) async fn replica(&self, name: &'static str) -> Replica {
        Replica::start(Journal::open(self.settings(name)).await.unwrap())
    }

    /// A way of delivery by which `omega` hears the given replicas.
    pub(crate) fn delivery(&self, sources: &[&Replica]) -> Arc<dyn Delivery> {
        if self.vhost.is_some() {
            let names = sources.iter().map(|source| source.journal.name().to_owned()).collect();
            return Arc::new(RabbitDelivery::new(self.broker(), vec![("omega".into(), names)]));
        }
        let local = LocalDelivery::default();
        sources.iter().for_each(|source| local.register(&source.journal));
        Arc::new(local)
    }
}

const STEPS: &[Step] = &[Step {
    version: 1001,
    name: "create what the tests need",
    sql: "CREATE TABLE effect (number BIGINT NOT NULL, source TEXT NOT NULL, position BIGINT NOT NULL, \
                               subject TEXT NOT NULL, told BIGINT NOT NULL); \
          CREATE TABLE thing (name TEXT PRIMARY KEY, value BIGINT NOT NULL); \
          CREATE TABLE child (name TEXT NOT NULL REFERENCES thing (name) DEFERRABLE INITIALLY DEFERRED);",
}];

/// A replica of a service.
pub(crate) struct Replica {
    pub(crate) journal: Journal,
    pub(crate) writers: Vec<Task>,
}

impl Replica {
    pub(crate) fn start(journal: Journal) -> Replica {
        let writers = (0..journal.database().writers()).map(|_| {
            let journal = journal.clone();
            Task::start(|stop| async move { journal.write(stop).await })
        });
        Replica { writers: writers.collect(), journal }
    }

    pub(crate) fn publish(&self, delivery: &Arc<dyn Delivery>) -> Task {
        let (journal, delivery) = (self.journal.clone(), Arc::clone(delivery));
        Task::start(|stop| async move { publisher::run(journal, delivery.as_ref(), stop).await })
    }

    pub(crate) fn listen(&self, delivery: &Arc<dyn Delivery>, ear: &Arc<Scribe>) -> Task {
        let (journal, delivery, ear) =
            (self.journal.clone(), Arc::clone(delivery), Arc::clone(ear));
        Task::start(
            |stop| async move { listener::run(journal, ear, delivery.as_ref(), stop).await },
        )
    }

    /// Tells a fact about a thing.
    pub(crate) async fn tell(&self, subject: &str, told: i64) -> Result<i64, Trouble> {
        tell(&self.journal, subject, told).await
    }

    /// Tells 1, 2, 3 … of some things in turn.
    pub(crate) async fn tell_many(&self, count: i64) {
        let telling = (1..=count).map(|told| self.tell(["a", "b", "c"][(told % 3) as usize], told));
        for told in futures_util::future::join_all(telling).await {
            told.unwrap();
        }
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        self.journal.database().read()
    }

    /// What the ear of this service wrote down, in the order in which it heard.
    pub(crate) async fn effects(&self) -> Vec<Effect> {
        let sql = "SELECT source, position, subject, told FROM effect ORDER BY number";
        let rows = list(self.read(), sql, []).await.unwrap();
        let effect = |row: &sea_orm::QueryResult| Effect {
            source: row.try_get_by_index(0).unwrap(),
            position: row.try_get_by_index(1).unwrap(),
            subject: row.try_get_by_index(2).unwrap(),
            told: row.try_get_by_index(3).unwrap(),
        };
        rows.iter().map(effect).collect()
    }

    /// What its ear must have written down of a journal that it heard.
    pub(crate) async fn expected(&self) -> Vec<Effect> {
        let entries = self.journal.entries(0, 100_000).await.unwrap();
        let heard = entries.iter().map(|entry| entry.heard().unwrap());
        heard.map(|heard| Effect::of(&heard)).collect()
    }

    /// Waits until this service has heard everything of a source, then holds each effect against
    /// the source's journal: all of them, once, in order.
    pub(crate) async fn has_heard(&self, source: &Replica) {
        let name = source.journal.name();
        eventually(&format!("everything of {name} is heard"), || async {
            let head = source.journal.head().await.unwrap();
            self.journal.heard(&[name]).await.unwrap()[name] == head
        })
        .await;
        let heard = self.effects().await.into_iter().filter(|effect| effect.source == name);
        assert_eq!(heard.collect::<Vec<_>>(), source.expected().await);
    }
}

pub(crate) async fn tell(journal: &Journal, subject: &str, told: i64) -> Result<i64, Trouble> {
    let telling = telling(subject, told);
    let done = journal.commit(subject, None, move |unit| {
        unit.tell(telling.clone(), "persons/D01-11");
        async { Ok::<_, Trouble>(()) }.boxed()
    });
    Ok(done.await?.position)
}

pub(crate) fn telling(subject: &str, told: i64) -> Telling {
    Telling::new(subject, subject, &prost_types::Duration { seconds: told, nanos: 0 })
}

/// What an ear wrote down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) source: String,
    pub(crate) position: i64,
    pub(crate) subject: String,
    pub(crate) told: i64,
}

impl Effect {
    fn of(heard: &Heard) -> Effect {
        let message: prost_types::Duration = heard.decode().unwrap_or_default();
        let Heard { source, position, subject, .. } = heard.clone();
        Effect { source, position, subject, told: message.seconds }
    }
}

/// An ear that writes down what it hears; nothing in its table keeps it from doing so twice.
#[derive(Default)]
pub(crate) struct Scribe {
    /// What it fails on, by what is told.
    pub(crate) fails_on: Mutex<BTreeSet<i64>>,
    /// What it stands on is away, so that nothing can be heard for now.
    pub(crate) is_away: AtomicBool,
    /// How many milliseconds it rests after writing down what is told, with its unit still open.
    pub(crate) rests_on: Mutex<BTreeMap<i64, u64>>,
    /// It is resting, or has rested.
    pub(crate) rests: AtomicBool,
}

#[async_trait]
impl Ear for Scribe {
    fn sources(&self) -> &'static [&'static str] {
        &["alpha", "beta"]
    }

    async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        if heard.kind != "google.protobuf.Duration" {
            return Ok(());
        }
        let effect = Effect::of(heard);
        let number = unit.next_number("effects").await?;
        let sql = "INSERT INTO effect (number, source, position, subject, told) VALUES ($1, $2, $3, $4, $5)";
        let values = [
            number.into(),
            effect.source.into(),
            effect.position.into(),
            effect.subject.into(),
            effect.told.into(),
        ];
        execute(unit.tx(), sql, values).await?;
        if self.is_away.load(Ordering::SeqCst) {
            return Err(Trouble::Overloaded);
        }
        let rest = self.rests_on.lock().unwrap().remove(&effect.told);
        if let Some(millis) = rest {
            self.rests.store(true, Ordering::SeqCst);
            pause(millis).await;
        }
        // After the effect: it must not stay.
        if self.fails_on.lock().unwrap().contains(&effect.told) {
            return Err(Trouble::Damaged(format!("{} cannot be heard", effect.told)));
        }
        Ok(())
    }
}

/// A task of a test.
pub(crate) struct Task {
    stop: CancellationToken,
    handle: JoinHandle<()>,
}

impl Task {
    pub(crate) fn start<F>(run: impl FnOnce(CancellationToken) -> F) -> Task
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = CancellationToken::new();
        Task { handle: tokio::spawn(run(stop.clone())), stop }
    }

    /// Tells it to stop and waits.
    pub(crate) async fn end(mut self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, &mut self.handle).await.expect("it ends in time").unwrap();
    }

    /// Drops it wherever it is.
    pub(crate) async fn kill(mut self) {
        self.handle.abort();
        let _ = (&mut self.handle).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

/// Waits until something is so; fails if it does not come.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, look: impl Fn() -> F) {
    let looking = async {
        while !look().await {
            pause(10).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

/// Runs a test, which fails if it hangs.
pub(crate) async fn in_time(test: impl Future<Output = ()>) {
    tokio::time::timeout(PATIENCE * 2, Box::pin(test)).await.expect("the test hangs");
}

pub(crate) async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}
