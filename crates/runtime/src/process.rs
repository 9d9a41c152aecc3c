//! A process: some services of the zone, each with its journal and its tasks, from start to drain.

use std::sync::Arc;
use std::time::Duration;

use calendar::Calendar;
use contract::history::history_service_server::HistoryServiceServer;
use contract::operations::operations_service_server::OperationsServiceServer;
use futures_util::future::BoxFuture;
use journal::delivery::{LocalDelivery, RabbitDelivery};
use journal::{
    Address, Bell, Delivery, Ear, Journal, Settings, Sources, Trouble, listener, publisher, ringer,
    sealer,
};
use proof::SigningKey;
use tonic::service::RoutesBuilder;

use crate::config::Config;
use crate::fault::chain;
use crate::health::Readiness;
use crate::history::History;
use crate::house::{House, Service};
use crate::keys::Keys;
use crate::metrics::{Metrics, Progress};
use crate::objects::Objects;
use crate::operations::Operations;
use crate::page::Pages;
use crate::tasks::{Kind, TaskEnded, Tasks};
use crate::vault::Vault;

/// How long to wait before trying a database again that cannot be reached at the start.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);
/// How often the conditions and figures of a process are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
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
        let objects = Objects::open(config, sources.entropy.clone())?;
        for service in services {
            let journal = open(config, service, &sources, &process.readiness).await?;
            if let Some(local) = &local {
                local.register(&journal);
            }
            let house = house(journal, keys, objects.clone());
            let doors = (service.mount)(house.clone());
            calls.push((service.name, doors.calls));
            process.services.push(Running { house, ear: doors.events, bell: doors.time });
        }
        process.run(keys)?;
        calls.extend(process.common_calls());
        Ok((process, calls))
    }

    /// The services that every process has once: history and operations.
    fn common_calls(&self) -> Calls {
        let houses = self.services.iter().map(|service| service.house.clone());
        let history = HistoryServiceServer::new(History::new(houses));
        let traffic = self.services.iter();
        let traffic = traffic.map(|service| (service.house.clone(), Arc::clone(&service.ear)));
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

    /// Starts every task: writers, publisher, listener, ringer, sealer.
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
    }

    /// Looks at the conditions and figures of the process for as long as it runs.
    #[allow(clippy::disallowed_methods, reason = "looks from time to time")]
    pub fn watch(self: &Arc<Self>, metrics: Metrics) {
        let (process, stop) = (Arc::clone(self), self.tasks.stopping());
        self.tasks.spawn("watch", Kind::Once, async move {
            let broker = process.readiness.condition("broker");
            while !stop.is_cancelled() {
                match process.delivery_trouble() {
                    None => broker.met(),
                    Some(_) => broker.unmet("the broker cannot be reached"),
                }
                for service in &process.services {
                    process.look(service, &metrics).await;
                }
                tokio::select! {
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    () = stop.cancelled() => {}
                }
            }
        });
    }

    async fn look(&self, service: &Running, metrics: &Metrics) {
        let name = service.house.journal.name();
        let database = self.readiness.condition_of(name, "database");
        match crate::operations::backlog(&service.house, service.ear.as_ref()).await {
            Ok(backlog) => {
                database.met();
                metrics.journal(name, Progress::Committed, backlog.position);
                metrics.journal(name, Progress::Published, backlog.published);
                metrics.journal(name, Progress::Sealed, backlog.sealed);
                for heard in &backlog.heard {
                    metrics.heard(name, &heard.source, heard.position);
                }
                metrics.parked(name, backlog.parked);
                metrics.alarms_due(name, backlog.alarms_due);
                let journal = &service.house.journal;
                let waiting = journal.in_flight();
                metrics.queue_length(name, i64::try_from(waiting).unwrap_or(i64::MAX));
            }
            Err(trouble) => {
                tracing::error!(service = name, error = %chain(&trouble), "the database does not answer");
                database.unmet("the database does not answer");
            }
        }
    }
}

/// The house around a journal.
fn house(journal: Journal, keys: &Keys, objects: Objects) -> House {
    let (pages, vault) = (Pages::new(*keys.page()), Vault::new(keys.data()));
    House::new(journal, Calendar::published(), pages, vault, objects)
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
