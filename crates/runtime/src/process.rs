//! A process: some services of the zone, each with its journal and its tasks, from start to drain.

mod watch;

use std::sync::Arc;
use std::time::Duration;

use calendar::Calendar;
use contract::history::history_service_server::HistoryServiceServer;
use contract::operations::operations_service_server::OperationsServiceServer;
use futures_util::future::BoxFuture;
use journal::delivery::{LocalDelivery, RabbitDelivery};
use journal::{
    Address, Bell, Carrier, Delivery, Ear, Journal, Settings, Sources, Trouble, courier, listener,
    publisher, ringer, sealer,
};
use proof::{SigningKey, VerifierKey};
use tonic::service::RoutesBuilder;

use crate::config::Config;
use crate::fault::chain;
use crate::health::Readiness;
use crate::history::History;
use crate::house::{House, Service};
use crate::keys::Keys;
use crate::notices::{self, NoticesError, Webhook};
use crate::objects::{Objects, sweep};
use crate::operations::{Operations, Traffic};
use crate::page::Pages;
use crate::tasks::{Kind, TaskEnded, Tasks};

/// How long to wait before trying a database again that cannot be reached at the start.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);
/// How long two looks lie apart while waiting for everything to settle.
const SETTLE_EVERY: Duration = Duration::from_millis(2);

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// A database refuses what is asked of it; one that cannot be reached is waited for.
    #[error("{service} 的数据库无法使用 / the database of {service} cannot be used")]
    Database {
        /// Whose.
        service: &'static str,
        /// Why.
        #[source]
        cause: Trouble,
    },
    /// The folder for data cannot be made.
    #[error("无法创建数据目录 {folder} / the data folder {folder} cannot be made")]
    Folder {
        /// Which.
        folder: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The receivers of notices cannot be told.
    #[error(transparent)]
    Notices(#[from] NoticesError),
    /// The place where files are kept cannot be spoken to as configured.
    #[error("文件存储的配置无法使用 / the store of files cannot be used as configured")]
    Files(#[from] object_store::Error),
    /// The key that seals journals cannot be used.
    #[error("封存密钥无法使用 / the sealing key cannot be used")]
    Key(#[from] proof::KeyError),
}

/// A service as it runs in this process.
pub struct Running {
    /// What it was given.
    pub house: House,
    /// What it hears.
    pub ear: Arc<dyn Ear>,
    bell: Arc<dyn Bell>,
    webhooks: Vec<Arc<Webhook>>,
}

/// By the name of a service: what adds its gRPC services to the server.
pub type Calls = Vec<(&'static str, Box<dyn FnOnce(&mut RoutesBuilder) + Send>)>;

/// Everything of a process but its gRPC server.
pub struct Process {
    services: Vec<Running>,
    delivery: Arc<dyn Delivery>,
    is_local: bool,
    tasks: Tasks,
    writers: Tasks,
    readiness: Readiness,
}

impl Process {
    /// Opens the journals and starts the tasks of some services. A database that cannot be
    /// reached is waited for, and said.
    pub async fn start(
        config: &Config,
        services: &[Service],
        sources: Sources,
        keys: &Keys,
        readiness: Readiness,
    ) -> Result<(Process, Calls), ProcessError> {
        let (delivery, local) = delivery_of(config);
        let (tasks, writers) = (Tasks::new(), Tasks::new());
        let is_local = local.is_some();
        let mut process =
            Process { services: Vec::new(), delivery, is_local, tasks, writers, readiness };
        let mut calls = Calls::new();
        let receivers = notices::receivers(config.notices_file.as_deref())?;
        let objects = Objects::open(config, sources.entropy.clone())?;
        let sweeping =
            sweep::run(objects.clone(), Arc::clone(&sources.clock), process.tasks.stopping());
        process.tasks.spawn("sweep of files".to_owned(), Kind::Forever, sweeping);
        for service in services {
            let journal = open(config, service, &sources, &process.readiness).await?;
            if let Some(local) = &local {
                local.register(&journal);
            }
            let webhooks = notices::webhooks(&journal, &receivers);
            let house = house(config, journal, keys, objects.clone());
            let doors = (service.mount)(house.clone());
            calls.push((service.name, doors.calls));
            let (ear, bell) = (doors.events, doors.time);
            process.services.push(Running { house, ear, bell, webhooks });
        }
        process.run(keys)?;
        calls.extend(process.common_calls(&config.witness_keys()));
        Ok((process, calls))
    }

    /// The services that every process has once: history and operations.
    fn common_calls(&self, witnesses: &[VerifierKey]) -> Calls {
        let houses = self.services.iter().map(|service| service.house.clone());
        let history = HistoryServiceServer::new(History::new(houses, witnesses));
        let traffic = self.services.iter().map(|service| self.traffic(service));
        let operations = OperationsServiceServer::new(Operations::new(traffic));
        vec![
            (
                "history",
                Box::new(|routes| {
                    routes.add_service(history);
                }),
            ),
            (
                "operations",
                Box::new(|routes| {
                    routes.add_service(operations);
                }),
            ),
        ]
    }

    /// The services as they run.
    pub fn services(&self) -> &[Running] {
        &self.services
    }

    /// A service by its name.
    pub fn service(&self, name: &str) -> Option<&Running> {
        self.services.iter().find(|service| service.house.journal.name() == name)
    }

    /// The tasks, for those that belong to the process besides.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// Waits until a task ended that must not.
    pub async fn failed(&self) -> TaskEnded {
        tokio::select! {
            failure = self.tasks.failed() => failure,
            failure = self.writers.failed() => failure,
        }
    }

    /// Tells every task to stop and waits; the writers last, because the others still commit.
    pub async fn stop(&self, within: Duration) {
        for tasks in [&self.tasks, &self.writers] {
            if let Err(undrained) = tasks.drain(within).await {
                tracing::warn!(%undrained, "cut off");
            }
        }
    }

    /// Whether nothing is in flight, everything told has been heard within this process, and no
    /// alarm is due.
    pub async fn is_settled(&self) -> Result<bool, Trouble> {
        let heads = futures_util::future::try_join_all(self.services.iter().map(|service| async {
            Ok::<_, Trouble>((service.house.journal.name(), service.house.journal.head().await?))
        }));
        let heads = heads.await?;
        for service in &self.services {
            let journal = &service.house.journal;
            if journal.in_flight() > 0 || journal.count_due_alarms().await? > 0 {
                return Ok(false);
            }
            let heard = journal.heard(service.ear.sources()).await?;
            let behind =
                heads.iter().any(|(name, head)| heard.get(*name).is_some_and(|at| at < head));
            if behind || (!self.is_local && journal.published().await? < journal.head().await?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Waits until everything has settled: nothing more would happen if time stood still.
    #[allow(clippy::disallowed_methods, reason = "waits for tasks that tell nobody they rest")]
    pub async fn settle(&self) -> Result<(), Trouble> {
        let mut still = 0;
        // Twice in a row: a unit may have begun between two of the looks.
        while still < 2 {
            still = if self.is_settled().await? { still + 1 } else { 0 };
            if still < 2 {
                tokio::time::sleep(SETTLE_EVERY).await;
            }
        }
        Ok(())
    }

    /// Why the broker cannot be used at present, if it cannot.
    pub fn delivery_trouble(&self) -> Option<String> {
        self.delivery.trouble()
    }

    fn traffic(&self, service: &Running) -> Traffic {
        Traffic {
            house: service.house.clone(),
            ear: Arc::clone(&service.ear),
            webhooks: service.webhooks.clone(),
            publishes: !self.is_local,
        }
    }

    /// Starts every task: writers, publisher, listener, ringer, sealer, couriers.
    fn run(&self, keys: &Keys) -> Result<(), ProcessError> {
        for service in &self.services {
            let journal = &service.house.journal;
            let name = journal.name();
            for number in 1..=journal.database().writers() {
                let (journal, stop) = (journal.clone(), self.writers.stopping());
                let writer = async move { journal.write(stop).await };
                self.writers.spawn(format!("{name} writer {number}"), Kind::Forever, writer);
            }
            let origin = format!("whistle/{}/{name}", journal.zone());
            let key = Arc::new(keys.sealing(&origin)?);
            self.run_tasks(service, key);
        }
        Ok(())
    }

    fn run_tasks(&self, service: &Running, key: Arc<SigningKey>) {
        let journal = &service.house.journal;
        let name = journal.name();
        let spawn = |task: &str, future: BoxFuture<'static, ()>| {
            self.tasks.spawn(format!("{name} {task}"), Kind::Forever, future);
        };
        let stop = || self.tasks.stopping();
        // Within one process listeners read the journal themselves: there is nothing to publish.
        if !self.is_local {
            let (of, delivery, stopping) = (journal.clone(), Arc::clone(&self.delivery), stop());
            let publish = async move { publisher::run(of, delivery.as_ref(), stopping).await };
            spawn("publisher", Box::pin(publish));
        }
        if !service.ear.sources().is_empty() {
            let (of, delivery, stopping) = (journal.clone(), Arc::clone(&self.delivery), stop());
            let ear = Arc::clone(&service.ear);
            let listen = async move { listener::run(of, ear, delivery.as_ref(), stopping).await };
            spawn("listener", Box::pin(listen));
        }
        let (of, bell, stopping) = (journal.clone(), Arc::clone(&service.bell), stop());
        spawn("ringer", Box::pin(async move { ringer::run(of, bell.as_ref(), stopping).await }));
        let (of, stopping) = (journal.clone(), stop());
        spawn("sealer", Box::pin(async move { sealer::run(of, key, stopping).await }));
        for webhook in &service.webhooks {
            let task = format!("courier to {}", webhook.name());
            let (of, webhook, stopping) = (journal.clone(), Arc::clone(webhook), stop());
            spawn(&task, Box::pin(async move { courier::run(of, webhook, stopping).await }));
        }
    }
}

/// The house around a journal.
fn house(config: &Config, journal: Journal, keys: &Keys, objects: Objects) -> House {
    let (pages, vault) = (Pages::new(*keys.page()), keys.vault());
    House::new(journal, Calendar::published(), pages, vault, objects, config.bank_places())
}

/// Delivery as configured; the local one besides, to register journals with.
fn delivery_of(config: &Config) -> (Arc<dyn Delivery>, Option<Arc<LocalDelivery>>) {
    let Some(url) = &config.amqp_url else {
        let local = Arc::new(LocalDelivery::default());
        return (local.clone(), Some(local));
    };
    let of_zone = |service: &&String| config.services_of_zone.contains(service);
    let topology = config.services_of_zone.iter().filter(of_zone).map(|listener| {
        let sources = contract::heard_by(listener).iter().map(ToString::to_string);
        (
            listener.clone(),
            sources.filter(|source| config.services_of_zone.contains(source)).collect(),
        )
    });
    (Arc::new(RabbitDelivery::new(url.expose(), topology.collect())), None)
}

/// Opens the journal of a service; waits for a database that cannot be reached.
#[allow(clippy::disallowed_methods, reason = "waits between attempts")]
async fn open(
    config: &Config,
    service: &Service,
    sources: &Sources,
    readiness: &Readiness,
) -> Result<Journal, ProcessError> {
    let condition = readiness.condition_of(service.name, "database");
    let address = match &config.database_url {
        Some(url) => Address::Postgres(url.expose().to_owned()),
        None => {
            let folder = config.data_dir.clone();
            let failed =
                |cause| ProcessError::Folder { folder: folder.display().to_string(), cause };
            std::fs::create_dir_all(&folder).map_err(failed)?;
            Address::Folder(folder)
        }
    };
    loop {
        let settings = Settings {
            name: service.name,
            zone: config.zone.clone(),
            address: address.clone(),
            writers: config.writers,
            queue_length: config.queue_length,
            steps: (service.steps)(),
            sources: sources.clone(),
        };
        match Journal::open(settings).await {
            Ok(journal) => {
                condition.met();
                return Ok(journal);
            }
            Err(cause) if can_wait(&cause) => {
                condition.unmet("the database cannot be reached");
                tracing::warn!(service = service.name, error = %chain(&cause), "waiting for the database");
                tokio::time::sleep(RECONNECT_AFTER).await;
            }
            Err(cause) => return Err(ProcessError::Database { service: service.name, cause }),
        }
    }
}

/// Whether a database may yet come: it cannot be reached, as against it refuses.
fn can_wait(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Database(sea_orm::DbErr::Conn(_)))
        && trouble.database_code().is_none_or(|code| code.starts_with("57P"))
}
