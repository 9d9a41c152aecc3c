//! What every call passes on both sides of the gate: it is measured, limited, and ended in time.

use std::collections::HashSet;
use std::future::pending;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use contract::common::Reason;
use journal::Trouble;
use prost_reflect::DescriptorPool;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use super::body::{Interrupted, Measured, Measurement};
use super::pace::{Late, Pace};
use crate::descriptors::POOL;
use crate::fault::{Fault, Verdict, status};
use crate::gate::Arrival;
use crate::metrics::Metrics;
use crate::refusal::Refusal;

/// How much earlier than the caller we stop waiting, so that the caller hears it from us.
const EARLIER: Duration = Duration::from_millis(50);

/// What lets calls through, so many at once and each for so long.
#[derive(Clone, Debug)]
pub(super) struct Turnstile {
    room: Arc<Semaphore>,
    limits: Limits,
    stop: CancellationToken,
    cut: CancellationToken,
}

/// How many calls at once, and how long each may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) calls_at_once: usize,
    pub(super) call_within: Duration,
    /// How long a stream of a caller's messages may stand still; how long it takes is its own matter.
    pub(super) stream_idle_within: Duration,
}

impl Turnstile {
    pub(super) fn new(
        limits: Limits,
        stop: &CancellationToken,
        cut: &CancellationToken,
    ) -> Turnstile {
        let room = Arc::new(Semaphore::new(limits.calls_at_once));
        Turnstile { room, limits, stop: stop.clone(), cut: cut.clone() }
    }

    /// Comes when a call has had its time.
    async fn late(&self, within: Option<Duration>, pace: Option<Pace>) -> Untold {
        let Limits { call_within, stream_idle_within, .. } = self.limits;
        let paced = async {
            let Some(pace) = pace else { return pending().await };
            match pace.late(stream_idle_within, call_within).await {
                Late::Stalled => Untold::Stalled { seconds: stream_idle_within.as_secs() },
                Late::Unanswered => Untold::TooLate,
            }
        };
        match within {
            Some(within) => tokio::time::timeout(within, paced).await.unwrap_or(Untold::TooLate),
            None => paced.await,
        }
    }
}

/// Why a call that the gate let in got no answer.
#[derive(Debug, thiserror::Error)]
enum Untold {
    /// Its time was up. What it began may become true all the same.
    #[error("the call took too long; its outcome is not known, ask again with the same request id")]
    TooLate,
    /// Its messages stopped coming before they were whole; nothing was begun.
    #[error("nothing came for {seconds} s; nothing was changed, send it again")]
    Stalled { seconds: u64 },
    /// The process has not opened its journals yet.
    #[error("this process is starting; ask again")]
    Starting,
    /// The process is ending.
    #[error("this process is stopping; ask again")]
    Stopping,
}

impl Fault for Untold {
    const DOMAIN: &'static str = "whistle";

    fn verdict(&self) -> Verdict {
        match self {
            Untold::TooLate => Verdict::told(
                Code::DeadlineExceeded,
                Reason::DeadlinePassed.as_str_name(),
                "处理超时，结果未知，请用同一请求编号重试。",
            ),
            Untold::Stalled { seconds } => Verdict::told(
                Code::DeadlineExceeded,
                Reason::DeadlinePassed.as_str_name(),
                format!(
                    "传输中断：{seconds}秒内没有收到数据，未作任何更改，请检查网络后重新发送。"
                ),
            ),
            Untold::Starting => Verdict::told(
                Code::Unavailable,
                Reason::Unavailable.as_str_name(),
                "系统正在启动，请稍后重试。",
            ),
            Untold::Stopping => Verdict::told(
                Code::Unavailable,
                Reason::Unavailable.as_str_name(),
                "系统正在重启，请稍后重试。",
            ),
        }
    }
}

/// Stands in the extensions of a call whose caller did not say how long it waits; its deadline is
/// then ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WithoutDeadline;

/// Lets a call through if there is room, and ends it when its time is up.
pub(super) async fn turn(
    State(at): State<Turnstile>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    // A process that is busy is not ill: its health is told in any case.
    let is_health = path.starts_with("/grpc.health.");
    let streams = STREAMED.contains(path.trim_start_matches('/'));
    let is_watch = path.rsplit('/').next().is_some_and(|method| method.starts_with("Watch"));
    let place = at.room.try_acquire();
    if place.is_err() && !is_health {
        return status(&Refusal::from(Trouble::Overloaded)).into_http();
    }
    let arrival = request.extensions().get::<Arrival>();
    let left = arrival.and_then(|arrival| arrival.deadline).map(|deadline| {
        let left = deadline.saturating_duration_since(Instant::now());
        left.saturating_sub(EARLIER.min(left / 10))
    });
    // A file over a slow line takes as long as it takes, unless its caller says otherwise.
    let longest = (!streams).then_some(at.limits.call_within);
    let within = left.into_iter().chain(longest).min();
    if left.is_none() {
        request.extensions_mut().insert(WithoutDeadline);
    }
    // Whoever waits for something within the call must know how long there is, in any case.
    if let Some(arrival) = request.extensions_mut().get_mut::<Arrival>() {
        arrival.deadline = within.and_then(|within| Instant::now().checked_add(within));
    }
    let pace = streams.then(|| {
        let (pace, body) = Pace::of(std::mem::take(request.body_mut()));
        *request.body_mut() = body;
        pace
    });
    let response = tokio::select! {
        response = next.run(request) => response,
        untold = at.late(within, pace) => return status(&untold).into_http(),
        () = at.cut.cancelled() => return status(&Untold::Stopping).into_http(),
    };
    drop(place);
    let until = if is_watch { &at.stop } else { &at.cut };
    let stopping: fn() -> Status = || status(&Untold::Stopping);
    response.map(|body| Body::new(Interrupted::new(body, until.clone(), stopping)))
}

/// What every call is told while nothing is mounted.
pub(super) async fn starting() -> Response {
    status(&Untold::Starting).into_http()
}

/// Counts a call and its time, up to the last byte of its answer.
pub(super) async fn measure(
    State(metrics): State<Metrics>,
    request: Request,
    next: Next,
) -> Response {
    let method = label(request.uri().path());
    let mut measurement = Measurement::new(metrics, method);
    let response = next.run(request).await;
    measurement.head(&response);
    response.map(|body| Body::new(Measured::new(body, measurement)))
}

/// The full names of the services of a package.
pub(super) fn names_in(pool: &'static DescriptorPool, package: &str) -> Vec<&'static str> {
    NAMES.iter().map(String::as_str).filter(|name| in_package(pool, name, package)).collect()
}

fn in_package(pool: &DescriptorPool, name: &str, package: &str) -> bool {
    pool.get_service_by_name(name).is_some_and(|service| service.package_name() == package)
}

static NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| POOL.services().map(|service| service.full_name().to_owned()).collect());

/// The methods that are counted by name: a caller cannot invent a series of figures.
static METHODS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let of_health = ["Check", "Watch"].map(|method| format!("grpc.health.v1.Health/{method}"));
    let services = POOL.services().flat_map(|service| {
        let methods: Vec<_> = service.methods().collect();
        let name = service.full_name().to_owned();
        methods.into_iter().map(move |method| format!("{name}/{}", method.name()))
    });
    services.chain(of_health).collect()
});

/// The methods whose callers send a stream.
static STREAMED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let services = POOL.services().flat_map(|service| {
        let name = service.full_name().to_owned();
        let methods: Vec<_> = service.methods().collect();
        let streamed = methods.into_iter().filter(|method| method.is_client_streaming());
        streamed.map(move |method| format!("{name}/{}", method.name()))
    });
    services.collect()
});

fn label(path: &str) -> &'static str {
    path.strip_prefix('/').and_then(|path| METHODS.get(path)).map_or("unknown", String::as_str)
}
