//! Health: named conditions, each met or not and why, behind gRPC health and `/readyz`.

use std::collections::BTreeMap;
use std::future::ready;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{Stream, StreamExt as _};
use serde::Serialize;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// Why a condition is not met that nothing has been said of yet.
const STARTING: &str = "starting";
/// Why the process as a whole is not ready when it ends as it was told to.
const STOPPING: &str = "stopping";
/// The condition that the process as a whole runs.
const RUNNING: &str = "running";

/// The conditions under which a process can answer calls. Clones are handles of the same.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    conditions: Mutex<BTreeMap<Name, Option<String>>>,
    changed: watch::Sender<()>,
}

/// The service that a condition concerns, if not all, and the condition.
type Name = (Option<String>, String);

/// One condition, such as that the database answers. It is not met until someone says so.
#[derive(Clone, Debug)]
pub struct Condition {
    readiness: Readiness,
    name: Name,
}

/// How a process is, as `/readyz` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether every condition is met.
    pub ready: bool,
    /// Each condition.
    pub conditions: Vec<Reported>,
}

/// How one condition is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// `broker`, or `dispatch/database` of one service alone.
    pub name: String,
    /// Whether it is met.
    pub ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Readiness {
    /// Of a process that does not run yet: not ready, whatever else is met, until [`Readiness::runs`].
    pub fn new() -> Readiness {
        let readiness = Readiness::default();
        readiness.condition(RUNNING);
        readiness
    }

    /// The process runs: everything that it serves is there.
    pub fn runs(&self) {
        self.condition(RUNNING).met();
    }

    /// The process ends.
    pub fn stops(&self) {
        // As it should be: nobody need be woken for it.
        if self.condition(RUNNING).set(Some(STOPPING.into())) {
            tracing::info!(
                condition = RUNNING,
                reason = STOPPING,
                "the process is no longer ready"
            );
        }
    }

    /// A condition of the whole process.
    pub fn condition(&self, name: &str) -> Condition {
        self.named((None, name.into()))
    }

    /// A condition of one service: `request`.
    pub fn condition_of(&self, service: &str, name: &str) -> Condition {
        self.named((Some(service.into()), name.into()))
    }

    /// How every condition is.
    pub fn report(&self) -> Report {
        let conditions = self.conditions();
        let reported = conditions.iter().map(|((service, name), reason)| Reported {
            name: service.as_ref().map_or(name.clone(), |service| format!("{service}/{name}")),
            ok: reason.is_none(),
            reason: reason.clone(),
        });
        let reported: Vec<Reported> = reported.collect();
        Report { ready: reported.iter().all(|condition| condition.ok), conditions: reported }
    }

    /// Whether every condition is met.
    pub fn is_ready(&self) -> bool {
        self.conditions().values().all(Option::is_none)
    }

    /// Whether the conditions of one service, and those of the process, are met.
    pub fn is_service_ready(&self, service: &str) -> bool {
        let conditions = self.conditions();
        let concerns = |name: &Name| name.0.as_deref().is_none_or(|of| of == service);
        conditions.iter().filter(|(name, _)| concerns(name)).all(|(_, reason)| reason.is_none())
    }

    /// Waits until every condition is met.
    pub async fn ready(&self) {
        let mut changed = self.0.changed.subscribe();
        while !self.is_ready() {
            // The sender lives as long as `self`: an error cannot come.
            let _ = changed.changed().await;
        }
    }

    fn named(&self, name: Name) -> Condition {
        self.conditions().entry(name.clone()).or_insert_with(|| Some(STARTING.into()));
        self.0.changed.send_replace(());
        Condition { readiness: self.clone(), name }
    }

    fn conditions(&self) -> MutexGuard<'_, BTreeMap<Name, Option<String>>> {
        self.0.conditions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Condition {
    /// It is met.
    pub fn met(&self) {
        if self.set(None) {
            let (service, condition) = self.name();
            tracing::info!(service, condition, "a condition is met");
        }
    }

    /// It is not, and why. Anyone who reaches the port reads the reason: it holds no secret.
    pub fn unmet(&self, reason: impl Into<String>) {
        let reason = reason.into();
        if self.set(Some(reason.clone())) {
            let (service, condition) = self.name();
            tracing::warn!(service, condition, reason, "a condition is not met");
        }
    }

    /// Whether that is another state than before.
    fn set(&self, reason: Option<String>) -> bool {
        let before = self.readiness.conditions().insert(self.name.clone(), reason.clone());
        if before.as_ref() == Some(&reason) {
            return false;
        }
        self.readiness.0.changed.send_replace(());
        true
    }

    /// The service that it is of, if of one, and its name.
    fn name(&self) -> (Option<&str>, &str) {
        (self.name.0.as_deref(), self.name.1.as_str())
    }
}

/// `grpc.health.v1`: each mounted service, and the empty name for the process.
#[derive(Debug)]
pub(crate) struct HealthService {
    readiness: Readiness,
    mounted: Arc<[&'static str]>,
}

impl HealthService {
    pub(crate) fn new(readiness: Readiness, mounted: &[&'static str]) -> HealthService {
        HealthService { readiness, mounted: mounted.into() }
    }
}

/// The state of a service by its full name; none that is not mounted.
fn state(readiness: &Readiness, mounted: &[&'static str], service: &str) -> Option<ServingStatus> {
    let ready = match service {
        "" => readiness.is_ready(),
        name if !mounted.contains(&name) => return None,
        // `whistle.dispatch.v1.DispatchService` is `dispatch`.
        name => readiness.is_service_ready(name.split('.').nth(1).unwrap_or_default()),
    };
    Some(if ready { ServingStatus::Serving } else { ServingStatus::NotServing })
}

#[tonic::async_trait]
impl Health for HealthService {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        let state = state(&self.readiness, &self.mounted, &service)
            .ok_or_else(|| Status::not_found(format!("{service} is not served here")))?;
        Ok(Response::new(HealthCheckResponse { status: state.into() }))
    }

    type WatchStream =
        Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send + 'static>>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let service = request.into_inner().service;
        let (readiness, mounted) = (self.readiness.clone(), self.mounted.clone());
        let mut told = None;
        let changes = WatchStream::new(self.readiness.0.changed.subscribe());
        let states = changes.filter_map(move |()| {
            let unknown = ServingStatus::ServiceUnknown;
            let state = state(&readiness, &mounted, &service).unwrap_or(unknown);
            let is_new = told.replace(state) != Some(state);
            ready(is_new.then(|| Ok(HealthCheckResponse { status: state.into() })))
        });
        Ok(Response::new(Box::pin(states)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_process_is_ready_when_every_condition_is_met() {
        let readiness = Readiness::new();
        assert!(!readiness.is_ready(), "nobody said that it runs");
        readiness.runs();
        assert!(readiness.is_ready());
        let broker = readiness.condition("broker");
        let database = readiness.condition_of("dispatch", "database");
        assert!(!readiness.is_ready(), "nothing has been said yet");
        broker.met();
        assert!(!readiness.is_service_ready("dispatch"));
        assert!(readiness.is_service_ready("request"), "it is another service's database");
        database.met();
        assert!(readiness.is_ready());
        broker.unmet("cannot be reached");
        assert!(!readiness.is_service_ready("request"), "the broker concerns all");
        let report = serde_json::to_value(readiness.report()).unwrap();
        let expected = serde_json::json!({ "ready": false, "conditions": [
            { "name": "broker", "ok": false, "reason": "cannot be reached" },
            { "name": "running", "ok": true },
            { "name": "dispatch/database", "ok": true },
        ]});
        assert_eq!(report, expected);
    }

    #[tokio::test]
    async fn who_waits_for_readiness_is_woken() {
        let readiness = Readiness::new();
        readiness.runs();
        let database = readiness.condition("database");
        let (_, ()) = tokio::join!(readiness.ready(), async {
            tokio::task::yield_now().await;
            database.met();
        });
        // Naming a condition again does not forget how it is.
        readiness.condition("database");
        assert!(readiness.is_ready());
    }

    #[tokio::test]
    async fn a_watcher_is_told_each_change_once() {
        let readiness = Readiness::new();
        readiness.runs();
        let service = "whistle.dispatch.v1.DispatchService";
        let health = HealthService::new(readiness.clone(), &[service]);
        let database = readiness.condition_of("dispatch", "database");
        let request = Request::new(HealthCheckRequest { service: service.into() });
        let mut states = health.watch(request).await.unwrap().into_inner();
        let mut next = async || states.next().await.unwrap().unwrap().status();
        assert_eq!(next().await, ServingStatus::NotServing);
        database.unmet("still not");
        database.met();
        assert_eq!(next().await, ServingStatus::Serving);
        database.unmet("gone");
        assert_eq!(next().await, ServingStatus::NotServing);
    }
}
