//! Logs and traces: how they begin, how they travel from process to process, how they end.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

use crate::config::{Config, LogFormat};

/// How long a collector may take for one batch. Without a bound, a dead one holds up the end.
const EXPORT_WITHIN: Duration = Duration::from_secs(3);
/// How long the last batch may take when the process ends.
const SHUTDOWN_WITHIN: Duration = Duration::from_secs(5);

/// Logs to standard error and traces to a collector, for as long as the process runs.
#[derive(Debug)]
#[must_use = "what was not sent is lost without `shutdown`"]
pub struct Telemetry {
    provider: SdkTracerProvider,
}

/// Why logs and traces could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("配置项 log.filter 无效 / the setting log.filter is not a filter")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The collector's address is not one.
    #[error("配置项 otlp_endpoint 无效 / the setting otlp_endpoint is not an address")]
    Endpoint(#[from] opentelemetry_otlp::ExporterBuildError),
    /// Something in this process logs already.
    #[error("日志已经启动 / logs have begun already")]
    Begun(#[from] tracing_subscriber::util::TryInitError),
}

impl Telemetry {
    /// Begins logs and traces; within the async runtime, because the exporter needs it.
    ///
    /// Spans have ids even where no collector is configured: the log names them.
    pub fn start(config: &Config) -> Result<Telemetry, TelemetryError> {
        let mut provider = SdkTracerProvider::builder().with_resource(resource(config));
        if let Some(endpoint) = &config.otlp_endpoint {
            let exporter = SpanExporter::builder()
                .with_tonic()
                .with_endpoint(endpoint)
                .with_timeout(EXPORT_WITHIN)
                .build()?;
            provider = provider.with_batch_exporter(exporter);
        }
        let provider = provider.build();
        let traces = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("whistle"))
            .with_filter(LevelFilter::INFO);
        let filter = EnvFilter::try_new(&config.log.filter)?;
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let lines = match config.log.format {
            LogFormat::Text => lines.with_filter(filter).boxed(),
            LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
        };
        Registry::default().with(traces).with(lines).try_init()?;
        Ok(Telemetry { provider })
    }

    /// Sends what is left, within a few seconds.
    pub async fn shutdown(self) {
        // It waits on a thread: not on one that the exporter itself needs.
        let shutdown = move || self.provider.shutdown_with_timeout(SHUTDOWN_WITHIN);
        let ended = tokio::task::spawn_blocking(shutdown).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!(?ended, "the last traces were not sent");
        }
    }
}

/// The W3C `traceparent` of the present span, for a call or an event that it gives rise to.
pub fn traceparent() -> Option<String> {
    let context = Span::current().context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| {
        format!("00-{}-{}-{:02x}", span.trace_id(), span.span_id(), span.trace_flags().to_u8())
    })
}

/// The present trace id, 32 hex digits: what a caller can be told and the log be searched for.
pub fn trace_id() -> Option<String> {
    let context = Span::current().context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// Makes a new span a part of the trace that came with a call or an event, and notes the trace
/// id in its field `trace_id`, if it has one. What is not a `traceparent` is passed over.
pub fn follow(span: Span, traceparent: Option<&str>) -> Span {
    if let Some(parent) = traceparent.and_then(parse) {
        let context = opentelemetry::Context::new().with_remote_span_context(parent);
        // An error means that no one records spans.
        let _ = span.set_parent(context);
    }
    if let Some(id) = span.in_scope(trace_id) {
        span.record("trace_id", id);
    }
    span
}

/// Reads a `traceparent`: `00-{32 hex}-{16 hex}-{2 hex}`; of a later version, its beginning.
fn parse(text: &str) -> Option<SpanContext> {
    let mut parts = text.trim().split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, len| {
        part.len() == len && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let shaped = is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    if !shaped || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        if sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED },
        true,
        TraceState::NONE,
    );
    context.is_valid().then_some(context)
}

fn resource(config: &Config) -> Resource {
    Resource::builder()
        .with_service_name("whistle")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.namespace", config.zone.clone()))
        .with_attribute(KeyValue::new("whistle.services", config.services().join(",")))
        .build()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_read_as_w3c_says() {
        let good = parse(PARENT).unwrap();
        assert_eq!(good.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(good.span_id().to_string(), "00f067aa0ba902b7");
        assert!(good.is_sampled() && good.is_remote());
        assert!(!parse(&PARENT.replace("-01", "-00")).unwrap().is_sampled());
        assert!(parse(&format!("01{}-later", &PARENT[2..])).is_some());
        for bad in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47-00f067aa0ba902b7-01",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_trace_goes_on_and_a_dead_collector_does_not_hold_up_the_end() {
        let config = Config {
            otlp_endpoint: Some("http://127.0.0.1:1".into()),
            log: crate::config::Log { format: LogFormat::Json, filter: "off".into() },
            ..Config::default()
        };
        let telemetry = Telemetry::start(&config).unwrap();
        assert!(matches!(Telemetry::start(&config), Err(TelemetryError::Begun(_))));
        let span = tracing::info_span!("call", trace_id = tracing::field::Empty);
        let span = follow(span, Some(PARENT));
        let (onward, id) = span.in_scope(|| (traceparent().unwrap(), trace_id().unwrap()));
        assert_eq!(id, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(onward.starts_with(&PARENT[..36]) && onward.ends_with("-01"), "{onward}");
        assert_ne!(onward, PARENT, "the span has an id of its own");
        drop(span);
        let fresh = follow(tracing::info_span!("call"), Some("nonsense"));
        assert_ne!(fresh.in_scope(trace_id).unwrap(), id);
        drop(fresh);
        let ended = tokio::time::timeout(SHUTDOWN_WITHIN * 2, telemetry.shutdown()).await;
        assert!(ended.is_ok());
    }
}
