//! The demo's own zone: all services in one process, in a folder or databases of its own, on a
//! clock that the demo moves.

use std::sync::Arc;

use base::PersonId;
use jiff::{SignedDuration, Timestamp};
use journal::{Clock as _, ManualClock, Sources, SystemEntropy, sealer};
use runtime::Site;
use runtime::config::{Config, Secret};
use runtime::keys::Keys;
use runtime::token::{Claims, issue};
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

use super::stage::Stage;
use crate::services;

/// How long a token of the demo holds: longer than its five months.
const TOKEN_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 800);

/// A zone that only the demo knows. Its folder goes when it is dropped.
pub(crate) struct PrivateZone {
    site: Site,
    clock: Arc<ManualClock>,
    channel: Channel,
    keys: Keys,
    audience: String,
    _folder: TempDir,
}

/// The real parts to play on instead of SQLite and delivery within the process.
pub(crate) struct RealParts {
    /// An empty PostgreSQL database.
    pub(crate) database_url: String,
    /// A RabbitMQ vhost.
    pub(crate) amqp_url: String,
}

impl PrivateZone {
    /// Starts the zone at an instant.
    pub(crate) async fn start(
        now: Timestamp,
        real: Option<RealParts>,
    ) -> anyhow::Result<PrivateZone> {
        let folder = TempDir::with_prefix("whistle-demo-")?;
        let mut config = Config { zone: "demo".to_owned(), ..Config::default() };
        config.data_dir = folder.path().to_owned();
        config.listen = ([127, 0, 0, 1], 0).into();
        // The keys are made as the embedded size makes them, for either size.
        let keys = Keys::open(&config, &SystemEntropy)?;
        if let Some(real) = real {
            config.database_url = Some(Secret::new(real.database_url));
            config.amqp_url = Some(Secret::new(real.amqp_url));
        }
        let clock = Arc::new(ManualClock::at(now));
        let sources = Sources { clock: clock.clone(), entropy: Arc::new(SystemEntropy) };
        let site = Site::start(&config, services::ALL, sources, &keys).await?;
        services::let_in(&site, &services::first_admins()).await?;
        site.process().settle().await?;
        let address = format!("http://{}", site.address());
        let channel = Endpoint::from_shared(address)?.connect().await?;
        let audience = config.audience().to_owned();
        Ok(PrivateZone { site, clock, channel, keys, audience, _folder: folder })
    }

    /// Seals every journal up to its last entry.
    pub(crate) async fn seal(&self) -> anyhow::Result<()> {
        for service in self.site.process().services() {
            let journal = &service.house.journal;
            let origin = format!("whistle/{}/{}", journal.zone(), journal.name());
            sealer::seal_all(journal, &Arc::new(self.keys.sealing(&origin)?)).await?;
        }
        Ok(())
    }

    /// What a service could not understand and has put aside: nothing should be.
    pub(crate) async fn parked(&self) -> anyhow::Result<Vec<String>> {
        let mut told = Vec::new();
        for service in self.site.process().services() {
            let journal = &service.house.journal;
            let parked = journal.list_parked(("", 0), i64::MAX).await?;
            told.extend(parked.into_iter().map(|parked| {
                let (listener, kind) = (journal.name(), parked.kind);
                format!("{listener} 搁置了 {kind}（parked）：{}", parked.problem)
            }));
        }
        Ok(told)
    }

    /// When time next does something.
    async fn next_alarm(&self) -> anyhow::Result<Option<Timestamp>> {
        let mut next = None;
        for service in self.site.process().services() {
            let alarm = service.house.journal.next_alarm().await?;
            next = next.into_iter().chain(alarm).min();
        }
        Ok(next)
    }

    /// Ends the zone.
    pub(crate) async fn end(self) {
        self.site.stop().await;
    }
}

impl Stage for PrivateZone {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn advance_to(&self, instant: Timestamp) -> anyhow::Result<()> {
        loop {
            self.site.process().settle().await?;
            let alarm = self.next_alarm().await?;
            let next = alarm.map_or(instant, |alarm| alarm.min(instant)).max(self.clock.now());
            self.clock.move_to(next);
            // Where no alarm rings nothing happens by itself.
            if instant <= next && alarm.is_none_or(|alarm| instant < alarm) {
                return Ok(());
            }
        }
    }

    fn token(&self, person: &str) -> anyhow::Result<String> {
        let person = PersonId::parse(person)?;
        let until = self.clock.now().checked_add(TOKEN_WITHIN)?;
        let key = self.keys.token().ok_or_else(|| anyhow::anyhow!("没有签名密钥（no key）"))?;
        Ok(issue(&key.key, &key.id, &Claims::new(person, &self.audience, until))?)
    }

    fn channel(&self) -> Channel {
        self.channel.clone()
    }
}
