//! What is counted: calls, units of work, and how far each journal and its listeners are.

use std::sync::Arc;
use std::time::Duration;

use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};
use tonic::Code;

/// The figures of a process, for Prometheus. Clones are handles of the same.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    calls: IntCounterVec,
    call_seconds: HistogramVec,
    calls_running: IntGauge,
    units: IntCounterVec,
    commits: IntCounterVec,
    journal_position: IntGaugeVec,
    heard_position: IntGaugeVec,
    parked: IntGaugeVec,
    alarms_due: IntGaugeVec,
    queue_length: IntGaugeVec,
    notice_position: IntGaugeVec,
    notice_failures: IntGaugeVec,
    ready: IntGaugeVec,
}

/// How far something is with a service's own journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The last position that was committed.
    Committed,
    /// The last position whose event the broker has confirmed.
    Published,
    /// The size of the last signed checkpoint.
    Sealed,
}

impl Metrics {
    /// Figures that all begin at nothing.
    pub fn new() -> Result<Metrics, prometheus::Error> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(gauge.clone())).map(|()| gauge)
        };
        let histogram = |name: &str, help: &str, labels: &[&str], buckets: &[_]| {
            let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            let histogram = HistogramVec::new(options, labels)?;
            registry.register(Box::new(histogram.clone())).map(|()| histogram)
        };
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counter.clone())).map(|()| counter)
        };
        let calls_running = IntGauge::new("whistle_calls_running", "Calls being answered.")?;
        registry.register(Box::new(calls_running.clone()))?;
        Ok(Metrics(Arc::new(Inner {
            calls: counter(
                "whistle_calls_total",
                "Calls that ended, by method and gRPC code.",
                &["method", "code"],
            )?,
            calls_running,
            call_seconds: histogram(
                "whistle_call_seconds",
                "How long calls took to their last byte.",
                &["method"],
                &[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0],
            )?,
            units: counter("whistle_units_total", "Units of work that became true.", &["service"])?,
            commits: counter(
                "whistle_commits_total",
                "Transactions that were committed.",
                &["service"],
            )?,
            journal_position: gauge(
                "whistle_journal_position",
                "How far the journal is committed, published and sealed.",
                &["service", "progress"],
            )?,
            heard_position: gauge(
                "whistle_heard_position",
                "The last position of another service's journal that was applied.",
                &["service", "source"],
            )?,
            parked: gauge("whistle_parked", "Events that could not be applied.", &["service"])?,
            alarms_due: gauge(
                "whistle_alarms_due",
                "Alarms whose instant has passed and that have not rung.",
                &["service"],
            )?,
            queue_length: gauge(
                "whistle_queue_length",
                "Units of work waiting for a writer.",
                &["service"],
            )?,
            notice_position: gauge(
                "whistle_notice_position",
                "The last position of the journal of which a receiver of notices has been told.",
                &["service", "receiver"],
            )?,
            notice_failures: gauge(
                "whistle_notice_failures",
                "How often in a row a receiver has not taken a notice of this process.",
                &["service", "receiver"],
            )?,
            ready: gauge("whistle_ready", "Whether a condition is met: 1 or 0.", &["condition"])?,
            registry,
        })))
    }

    /// A call ended. `method` is one of the contract's, so that callers cannot invent series.
    pub fn call(&self, method: &str, code: Code, took: Duration) {
        self.0.calls.with_label_values(&[method, code_name(code)]).inc();
        self.0.call_seconds.with_label_values(&[method]).observe(took.as_secs_f64());
    }

    /// How many calls are being answered.
    pub fn calls_running(&self) -> &IntGauge {
        &self.0.calls_running
    }

    /// How many units of work became true since the start, and in how many transactions.
    pub fn carried_out(&self, service: &str, units: u64, commits: u64) {
        for (counter, total) in [(&self.0.units, units), (&self.0.commits, commits)] {
            let counter = counter.with_label_values(&[service]);
            counter.inc_by(total.saturating_sub(counter.get()));
        }
    }

    /// How far a service's journal is.
    pub fn journal(&self, service: &str, progress: Progress, position: i64) {
        let progress = match progress {
            Progress::Committed => "committed",
            Progress::Published => "published",
            Progress::Sealed => "sealed",
        };
        self.0.journal_position.with_label_values(&[service, progress]).set(position);
    }

    /// How far a service has heard another one's journal.
    pub fn heard(&self, service: &str, source: &str, position: i64) {
        self.0.heard_position.with_label_values(&[service, source]).set(position);
    }

    /// How many events are parked (搁置).
    pub fn parked(&self, service: &str, count: i64) {
        self.0.parked.with_label_values(&[service]).set(count);
    }

    /// How many alarms are overdue.
    pub fn alarms_due(&self, service: &str, count: i64) {
        self.0.alarms_due.with_label_values(&[service]).set(count);
    }

    /// How many units of work are waiting.
    pub fn queue_length(&self, service: &str, count: i64) {
        self.0.queue_length.with_label_values(&[service]).set(count);
    }

    /// How far a receiver of notices (通知) has been told, and how often in a row it took none.
    pub fn notices(&self, service: &str, receiver: &str, position: i64, failures: u32) {
        let labels = [service, receiver];
        self.0.notice_position.with_label_values(&labels).set(position);
        self.0.notice_failures.with_label_values(&labels).set(failures.into());
    }

    /// Whether a condition is met.
    pub fn ready(&self, condition: &str, met: bool) {
        self.0.ready.with_label_values(&[condition]).set(met.into());
    }

    /// All figures, in Prometheus' text format.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.0.registry.gather())
    }
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_figure_is_shown_with_its_labels() {
        let metrics = Metrics::new().unwrap();
        metrics.call("/m", Code::PermissionDenied, Duration::from_millis(3));
        metrics.carried_out("request", 17, 2);
        metrics.carried_out("request", 20, 3);
        metrics.journal("request", Progress::Committed, 9);
        metrics.journal("request", Progress::Published, 8);
        metrics.journal("request", Progress::Sealed, 7);
        metrics.heard("dispatch", "request", 6);
        metrics.parked("dispatch", 1);
        metrics.alarms_due("dispatch", 2);
        metrics.queue_length("dispatch", 3);
        metrics.notices("dispatch", "oa", 5, 4);
        metrics.ready("broker", false);
        metrics.ready("dispatch/database", true);
        let text = metrics.text().unwrap();
        for line in [
            r#"whistle_calls_total{code="PERMISSION_DENIED",method="/m"} 1"#,
            r#"whistle_call_seconds_bucket{method="/m",le="0.005"} 1"#,
            r#"whistle_units_total{service="request"} 20"#,
            r#"whistle_commits_total{service="request"} 3"#,
            r#"whistle_journal_position{progress="committed",service="request"} 9"#,
            r#"whistle_journal_position{progress="published",service="request"} 8"#,
            r#"whistle_journal_position{progress="sealed",service="request"} 7"#,
            r#"whistle_heard_position{service="dispatch",source="request"} 6"#,
            r#"whistle_parked{service="dispatch"} 1"#,
            r#"whistle_alarms_due{service="dispatch"} 2"#,
            r#"whistle_queue_length{service="dispatch"} 3"#,
            r#"whistle_notice_position{receiver="oa",service="dispatch"} 5"#,
            r#"whistle_notice_failures{receiver="oa",service="dispatch"} 4"#,
            r#"whistle_ready{condition="broker"} 0"#,
            r#"whistle_ready{condition="dispatch/database"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
