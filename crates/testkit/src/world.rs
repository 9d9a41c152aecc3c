//! A world in one process: services on a clock of the test's own, with the real server, database
//! and delivery of either size, called over gRPC.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use journal::{Clock as _, Entropy as _, ManualClock, SeededEntropy, Sources, Telling, Trouble};
use runtime::config::{Config, Secret};
use runtime::keys::Keys;
use runtime::token::{Claims, issue};
use runtime::{House, Service, Site};
use tempfile::TempDir;
use tonic::transport::Channel;

use crate::caller::{As, Caller};
use crate::infra::{Database, Vhost};
use crate::stand_in;

/// The zone of a test.
pub const ZONE: &str = "test-zone";
/// How long a token of a test holds: longer than any test moves its clock.
const TOKEN_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 365 * 5);

/// What a world stands on. Every test of a service runs on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// SQLite files, delivery within the process.
    Embedded,
    /// PostgreSQL and RabbitMQ.
    Real,
}

/// Some services of a zone, running. Dropping it stops them.
pub struct World {
    /// The services, served.
    pub site: Site,
    /// The clock that they all have; it stands still until the test moves it.
    pub clock: Arc<ManualClock>,
    channel: Channel,
    keys: Keys,
    entropy: Arc<SeededEntropy>,
    folder: TempDir,
    real: Option<(Database, Vhost)>,
}

impl World {
    /// Starts services. Those that they hear and that are not among them are stood in for: the
    /// test tells their facts with [`World::tell`].
    pub async fn start(size: Size, services: &[Service], now: &str) -> Result<World> {
        World::start_with(size, services, now, |_| Ok(())).await
    }

    /// As [`World::start`], with settings of the test's own; `data_dir` is there already.
    pub async fn start_with(
        size: Size,
        services: &[Service],
        now: &str,
        configure: impl FnOnce(&mut Config) -> Result<()>,
    ) -> Result<World> {
        let folder = TempDir::new()?;
        let mut config = Config { zone: ZONE.to_owned(), ..Config::default() };
        for service in services {
            if config.services_of_zone.iter().all(|name| name != service.name) {
                config.services_of_zone.push(service.name.to_owned());
            }
        }
        config.data_dir = folder.path().to_owned();
        config.listen = ([127, 0, 0, 1], 0).into();
        config.writers = 4;
        let real = match size {
            Size::Embedded => None,
            Size::Real => Some((Database::create("world")?, Vhost::create("world")?)),
        };
        // The keys are made as the embedded size makes them; both sizes use them alike.
        let entropy = Arc::new(SeededEntropy::new(7));
        let keys = Keys::open(&config, entropy.as_ref())?;
        if let Some((database, vhost)) = &real {
            config.database_url = Some(Secret::new(database.url()));
            config.amqp_url = Some(Secret::new(vhost.url()));
        }
        configure(&mut config)?;
        let clock = Arc::new(ManualClock::at(now.parse().context("the test's instant")?));
        let sources = Sources { clock: clock.clone(), entropy: entropy.clone() };
        let all = [services, &stand_in::for_the_rest(services)].concat();
        let site = Site::start(&config, &all, sources, &keys).await?;
        let channel = Channel::from_shared(format!("http://{}", site.address()))?.connect().await?;
        Ok(World { site, clock, channel, keys, entropy, folder, real })
    }

    /// A channel on which a person calls, such as `persons/D01-11`.
    pub fn caller(&self, person: &str) -> Caller {
        As::new(self.token(person)).on(self.channel.clone())
    }

    /// A channel on which a person calls from a device, as their app names it.
    pub fn caller_from(&self, person: &str, device: &str) -> Caller {
        As::new(self.token(person)).on_device(device).on(self.channel.clone())
    }

    /// Where the keys and, on the embedded size, the SQLite files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The vhost at the broker, on the real size.
    pub fn vhost(&self) -> Option<&Vhost> {
        self.real.as_ref().map(|(_, vhost)| vhost)
    }

    /// A channel that brings this token, or none.
    pub fn with_token(&self, token: Option<String>) -> Caller {
        token.map_or_else(As::nobody, As::new).on(self.channel.clone())
    }

    /// A channel on which a system calls, such as `systems/hotline`, for a person.
    pub fn system_for(&self, system: &str, person: &str) -> Caller {
        let on_behalf_of = Some(person.to_owned());
        let token = self.sign(&Claims { on_behalf_of, ..self.claims(system) });
        As::new(token).on(self.channel.clone())
    }

    /// The token of a person, as `whistle token` would print it, or of a system by itself.
    pub fn token(&self, subject: &str) -> String {
        self.sign(&self.claims(subject))
    }

    fn claims(&self, subject: &str) -> Claims {
        Claims::new(subject, ZONE, self.clock.now() + TOKEN_WITHIN)
    }

    fn sign(&self, claims: &Claims) -> String {
        let key = self.keys.token().expect("the embedded keys hold one for tokens");
        issue(&key.key, &key.id, claims).expect("claims are JSON")
    }

    /// An id for a request.
    pub fn request_id(&self) -> String {
        self.entropy.uuid(self.clock.now()).to_string()
    }

    /// What a service of this world was given.
    pub fn house(&self, service: &str) -> &House {
        &self.site.process().service(service).expect("a service of this world").house
    }

    /// Lets a stood-in service tell a fact.
    pub async fn tell(&self, source: &str, telling: Telling, actor: &str) -> Result<()> {
        let actor = actor.to_owned();
        let told = self.house(source).journal.commit(source, None, move |unit| {
            unit.tell(telling.clone(), &actor);
            Box::pin(async { Ok::<_, Trouble>(()) })
        });
        told.await?;
        Ok(())
    }

    /// Waits until nothing more would happen if time stood still. Fails after a minute.
    pub async fn settle(&self) -> Result<()> {
        let settled =
            tokio::time::timeout(Duration::from_secs(60), self.site.process().settle()).await;
        settled.context("the world did not settle within a minute")??;
        Ok(())
    }

    /// Moves the clock to an instant, stopping at every alarm on the way, as time would.
    pub async fn advance_to(&self, at: Timestamp) -> Result<()> {
        ensure!(self.clock.now() <= at, "time does not run back to {at}");
        loop {
            self.settle().await?;
            let mut next = at;
            for service in self.site.process().services() {
                if let Some(alarm) = service.house.journal.next_alarm().await? {
                    next = next.min(alarm);
                }
            }
            self.clock.move_to(next);
            if next == at {
                return self.settle().await;
            }
        }
    }

    /// The full names of everything that a service has told, in order.
    pub async fn told(&self, service: &str) -> Result<Vec<String>> {
        let entries = self.house(service).journal.entries(0, 100_000).await?;
        Ok(entries.into_iter().map(|entry| entry.kind).collect())
    }

    /// Stops the world and says what it left undone: nothing may be unpublished, unheard or parked.
    pub async fn end(self) -> Result<()> {
        self.settle().await?;
        for service in self.site.process().services() {
            let journal = &service.house.journal;
            let parked = journal.list_parked(("", 0), 10).await?;
            ensure!(parked.is_empty(), "{} has parked {parked:?}", journal.name());
        }
        self.site.stop().await;
        Ok(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.site.process().tasks().stop();
    }
}
