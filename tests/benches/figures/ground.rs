//! The zone that is measured: served whole, or one service of it alone.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use calendar::Calendar;
use contract::common::{
    ClockKind, Limit, LimitKind, LimitStart, LimitTier, Role, WorkClass, WorkTime,
};
use contract::directory::{
    Catalogue, CataloguePublished, Category, Department, DepartmentChanged, Enterprise,
    EnterpriseRegistered, Staff, StaffChanged,
};
use jiff::SignedDuration;
use journal::{
    Address, Clock as _, Journal, Settings, Sources, SystemClock, SystemEntropy, Telling, Trouble,
};
use prost::{Message, Name};
use runtime::config::{Config, Secret};
use runtime::keys::Keys;
use runtime::objects::Objects;
use runtime::page::Pages;
use runtime::tasks::{Kind, Tasks};
use runtime::token::{Claims, issue};
use runtime::{House, Service, Site};
use tempfile::TempDir;
use testkit::Caller;
use testkit::caller::As;
use testkit::infra::{Database, Vhost};
use tonic::transport::Endpoint;

pub(crate) const ENTERPRISE: &str = "enterprises/P-works";
pub(crate) const CATEGORY: &str = "categories/C01";
/// Who submits, who accepts, who claims.
pub(crate) const HANDLER: &str = "handler";
pub(crate) const DISPATCHER: &str = "dispatcher";
pub(crate) const CLAIMANT: &str = "claimant";

const LEAD: &str = "departments/D02";
const SETTLES_WITHIN: Duration = Duration::from_secs(120);

/// Where data are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// SQLite files and delivery within the process.
    Sqlite,
    /// PostgreSQL and RabbitMQ.
    Postgres,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        }
    }
}

/// A zone's settings, keys and data; gone when it is dropped.
pub(crate) struct Ground {
    pub(crate) engine: Engine,
    pub(crate) config: Config,
    keys: Keys,
    real: Option<(Database, Vhost)>,
    _folder: TempDir,
}

impl Ground {
    /// Empty data on this engine. The settings are those of production.
    pub(crate) fn prepare(engine: Engine) -> Result<Ground> {
        let folder = TempDir::new()?;
        let mut config = Config { zone: "bench".to_owned(), ..Config::default() };
        config.data_dir = folder.path().to_owned();
        config.listen = ([127, 0, 0, 1], 0).into();
        let keys = Keys::open(&config, &SystemEntropy)?;
        let real = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some((Database::create("bench")?, Vhost::create("bench")?)),
        };
        if let Some((database, vhost)) = &real {
            config.database_url = Some(Secret::new(database.url()));
            config.amqp_url = Some(Secret::new(vhost.url()));
        }
        Ok(Ground { engine, config, keys, real, _folder: folder })
    }

    /// The address of the database, on PostgreSQL.
    pub(crate) fn database_url(&self) -> Option<String> {
        self.real.as_ref().map(|(database, _)| database.url())
    }

    /// The address of the broker, with PostgreSQL.
    pub(crate) fn amqp_url(&self) -> Option<String> {
        self.real.as_ref().map(|(_, vhost)| vhost.url())
    }

    /// The whole zone, served as `whistle serve` does, with people and a catalogue.
    pub(crate) async fn serve(&self) -> Result<Whole> {
        let services = [directory::SERVICE, request::SERVICE, dispatch::SERVICE, agency::SERVICE];
        let site = Site::start(&self.config, &services, sources(), &self.keys).await?;
        let journal = &site.process().service("directory").context("it is served")?.house.journal;
        populate(journal).await?;
        let until = SystemClock.now() + SignedDuration::from_hours(24);
        let key = self.keys.token().context("the embedded keys hold one for tokens")?;
        let token = |person: &str| {
            let person = format!("persons/{person}");
            issue(&key.key, &key.id, &Claims::new(person, self.config.audience(), until))
        };
        let tokens = [HANDLER, DISPATCHER, CLAIMANT].map(|person| (person, token(person)));
        let tokens = tokens.map(|(person, token)| Ok::<_, anyhow::Error>((person, token?)));
        let tokens = tokens.into_iter().collect::<Result<_>>()?;
        let whole = Whole { site, tokens };
        whole.settle().await?;
        Ok(whole)
    }

    /// One service with its writers and nothing else: no server, publisher, listener or sealer.
    pub(crate) async fn alone(&self, service: Service) -> Result<Alone> {
        let address = match self.database_url() {
            Some(url) => Address::Postgres(url),
            None => Address::Folder(self.config.data_dir.clone()),
        };
        let journal = Journal::open(Settings {
            name: service.name,
            zone: self.config.zone.clone(),
            address,
            writers: self.config.writers,
            queue_length: self.config.queue_length,
            steps: (service.steps)(),
            sources: sources(),
        });
        let journal = journal.await?;
        let tasks = Tasks::new();
        for number in 1..=journal.database().writers() {
            let (journal, stop) = (journal.clone(), tasks.stopping());
            let writer = async move { journal.write(stop).await };
            tasks.spawn(format!("writer {number}"), Kind::Forever, writer);
        }
        let (pages, vault) = (Pages::new(*self.keys.page()), self.keys.vault());
        let objects = Objects::open(&self.config, sources().entropy)?;
        let bank = self.config.bank_places();
        let house = House::new(journal, Calendar::published(), pages, vault, objects, bank);
        Ok(Alone { house, tasks })
    }
}

/// A zone that is served.
pub(crate) struct Whole {
    site: Site,
    tokens: Vec<(&'static str, String)>,
}

impl Whole {
    /// What a service was given.
    pub(crate) fn house(&self, service: &str) -> Result<&House> {
        Ok(&self.site.process().service(service).context("a service of the zone")?.house)
    }

    /// A connection of its own on which somebody calls.
    pub(crate) async fn caller(&self, person: &str) -> Result<Caller> {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.site.address()))?;
        let token = self.tokens.iter().find(|(name, _)| *name == person);
        let (_, token) = token.context("somebody of the zone")?;
        Ok(As::new(token).on(endpoint.connect().await?))
    }

    /// Waits until everything told has been published and heard.
    pub(crate) async fn settle(&self) -> Result<()> {
        let settled = tokio::time::timeout(SETTLES_WITHIN, self.site.process().settle());
        settled.await.context("the zone did not settle in time")??;
        Ok(())
    }

    pub(crate) async fn stop(self) {
        self.site.stop().await;
    }
}

/// A service alone.
pub(crate) struct Alone {
    pub(crate) house: House,
    tasks: Tasks,
}

impl Alone {
    pub(crate) async fn stop(self) -> Result<()> {
        Ok(self.tasks.drain(Duration::from_secs(10)).await?)
    }
}

fn sources() -> Sources {
    Sources { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
}

/// Lets the directory tell who and what there is.
async fn populate(journal: &Journal) -> Result<()> {
    for name in ["departments/D01", LEAD] {
        let department = Department { name: name.to_owned(), ..Department::default() };
        tell(journal, name, &DepartmentChanged { department: Some(department) }).await?;
    }
    let people =
        [(DISPATCHER, "departments/D01", [Role::Dispatcher]), (CLAIMANT, LEAD, [Role::Staff])];
    for (code, department, roles) in people {
        let staff = Staff {
            name: format!("persons/{code}"),
            title: "王工".to_owned(),
            department: department.to_owned(),
            roles: roles.map(Into::into).to_vec(),
            active: true,
            ..Staff::default()
        };
        tell(journal, &staff.name.clone(), &StaffChanged { staff: Some(staff) }).await?;
    }
    let enterprise = Enterprise {
        name: ENTERPRISE.to_owned(),
        title: "经开区精密制造有限公司".to_owned(),
        handlers: vec![format!("persons/{HANDLER}")],
        ..Enterprise::default()
    };
    let registered = EnterpriseRegistered { enterprise: Some(enterprise) };
    tell(journal, ENTERPRISE, &registered).await?;
    let published = CataloguePublished { catalogue: Some(catalogue()?) };
    tell(journal, "catalogue", &published).await
}

fn catalogue() -> Result<Catalogue> {
    let limit = |kind: LimitKind, amount, clock: ClockKind| Limit {
        kind: kind.into(),
        tier: LimitTier::Promised.into(),
        time: Some(WorkTime { amount, clock_kind: clock.into() }),
        start: LimitStart::Submitted.into(),
        intake: 0,
    };
    let category = Category {
        name: CATEGORY.to_owned(),
        title: "供水".to_owned(),
        lead: LEAD.to_owned(),
        suggested_assisting: Vec::new(),
        work_class: WorkClass::C.into(),
        limits: vec![
            limit(LimitKind::Contact, 240, ClockKind::WorkingMinutes),
            limit(LimitKind::Reply, 5, ClockKind::WorkingDays),
        ],
        ..Category::default()
    };
    let effective_time = Some(runtime::wire::time("2020-01-01T00:00:00Z".parse()?));
    Ok(Catalogue { version: 1, effective_time, categories: vec![category], ..Catalogue::default() })
}

async fn tell<M: Message + Name>(journal: &Journal, subject: &str, fact: &M) -> Result<()> {
    let telling = Telling::new(subject, subject, fact);
    let told = journal.commit(subject, None, move |unit| {
        unit.tell(telling.clone(), "persons/admin");
        Box::pin(std::future::ready(Ok::<_, Trouble>(())))
    });
    told.await?;
    Ok(())
}

/// Several of the same.
pub(crate) async fn several<T, F>(count: usize, make: impl Fn() -> F) -> Result<Vec<T>>
where
    F: Future<Output = Result<T>>,
{
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        all.push(make().await?);
    }
    Ok(all)
}
