//! Watching a process: its conditions and figures, looked at from time to time.

use std::sync::Arc;
use std::time::Duration;

use super::{Process, Running};
use crate::fault::chain;
use crate::metrics::{Metrics, Progress};
use crate::tasks::Kind;

/// How often the conditions and figures of a process are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Process {
    /// Looks at the conditions and figures of the process for as long as it runs.
    #[allow(clippy::disallowed_methods, reason = "looks from time to time")]
    pub fn watch(self: &Arc<Self>, metrics: Metrics) {
        let (process, stop) = (Arc::clone(self), self.tasks.stopping());
        // Named at once: whether the broker can be used is not known until it has been looked at.
        let broker = self.readiness.condition("broker");
        self.tasks.spawn("watch", Kind::Once, async move {
            while !stop.is_cancelled() {
                match process.delivery_trouble() {
                    None => broker.met(),
                    Some(_) => broker.unmet("the broker cannot be reached"),
                }
                for service in &process.services {
                    process.look(service, &metrics).await;
                }
                for condition in process.readiness.report().conditions {
                    metrics.ready(&condition.name, condition.ok);
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
        match self.traffic(service).backlog().await {
            Ok(backlog) => {
                database.met();
                metrics.journal(name, Progress::Committed, backlog.position);
                if backlog.publishes {
                    metrics.journal(name, Progress::Published, backlog.published);
                }
                metrics.journal(name, Progress::Sealed, backlog.sealed);
                for heard in &backlog.heard {
                    metrics.heard(name, &heard.source, heard.position);
                }
                metrics.parked(name, backlog.parked);
                metrics.alarms_due(name, backlog.alarms_due);
                for (webhook, told) in service.webhooks.iter().zip(&backlog.notices) {
                    metrics.notices(name, &told.receiver, told.position, webhook.failures());
                }
                let journal = &service.house.journal;
                let (units, commits) = journal.units_and_commits();
                metrics.carried_out(name, units, commits);
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
