//! The server: gRPC, probes and figures on one port, and an end in which no call is lost.

mod body;
mod pace;
mod probes;
mod turnstile;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::Route;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService;
use tonic::service::{Routes, RoutesBuilder};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Certificate, Identity, Server as Transport, ServerTlsConfig};
use tonic_health::pb::FILE_DESCRIPTOR_SET as HEALTH_DESCRIPTORS;
use tonic_health::pb::health_server::HealthServer;
use tonic_types::pb::FILE_DESCRIPTOR_SET as ERROR_DESCRIPTORS;
use tower::{Layer, Service};

use crate::config::{Config, Tls};
use crate::descriptors::POOL;
use crate::health::{HealthService, Readiness};
use crate::metrics::Metrics;
pub(crate) use turnstile::WithoutDeadline;
use turnstile::{Limits, Turnstile, measure, turn};

/// How long a silent client is kept before it is asked whether it still lives, and for an answer.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(30);
const KEEPALIVE_WITHIN: Duration = Duration::from_secs(10);
/// How long a TLS handshake may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// How long the answers to calls that were cut off may take to leave.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);

/// Services, mounted on one port. Messages of more than 4 MiB are refused (`OUT_OF_RANGE`).
#[derive(Debug)]
pub struct Server {
    routes: RoutesBuilder,
    mounted: Vec<&'static str>,
    readiness: Readiness,
    metrics: Metrics,
    tls: Option<ServerTlsConfig>,
    reflects: bool,
    limits: Limits,
    drain_within: Duration,
}

/// Why the server could not begin, or how it ended, in Chinese and English.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not this machine's.
    #[error(
        "无法监听 {address}：地址可能已被占用，请更换 listen / {address} cannot be listened on: it may be taken; change `listen`"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A file of the TLS settings could not be read.
    #[error("无法读取 TLS 文件 {path} / the TLS file {path} cannot be read", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The certificate or the key is none, or they do not belong together.
    #[error("TLS 证书或私钥无效 / the TLS certificate or key is not valid")]
    Tls(#[source] tonic::transport::Error),
    /// The contract cannot be shown to callers.
    #[error("无法提供接口反射 / the contract cannot be reflected")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport ended by itself.
    #[error("服务意外终止 / the server ended by itself")]
    Transport(#[source] tonic::transport::Error),
    /// Calls did not end in time and were cut off.
    #[error(
        "部分调用未能在 {within:?} 内结束，已中断 / calls that did not end within {within:?} were cut off"
    )]
    CutOff {
        /// The time they had.
        within: Duration,
    },
}

impl Server {
    /// A server without services.
    pub fn new(
        config: &Config,
        metrics: &Metrics,
        readiness: &Readiness,
    ) -> Result<Server, ServeError> {
        Ok(Server {
            routes: RoutesBuilder::default(),
            mounted: Vec::new(),
            readiness: readiness.clone(),
            metrics: metrics.clone(),
            tls: config.tls.as_ref().map(tls).transpose()?,
            reflects: config.reflects(),
            limits: Limits {
                calls_at_once: config.calls_at_once,
                call_within: config.call_within(),
                stream_idle_within: config.stream_idle_within(),
            },
            drain_within: config.drain_within(),
        })
    }

    /// Mounts one gRPC service.
    #[must_use]
    pub fn with<S>(mut self, service: S) -> Server
    where
        S: Service<http::Request<tonic::body::Body>, Error = Infallible>,
        S: NamedService + Clone + Send + Sync + 'static,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        self.routes.add_service(service);
        self.mounted.push(S::NAME);
        self
    }

    /// Mounts what belongs to a name, such as `dispatch`: all services of its package.
    #[must_use]
    pub fn mount(mut self, name: &str, calls: impl FnOnce(&mut RoutesBuilder)) -> Server {
        calls(&mut self.routes);
        let package = format!("whistle.{name}.v1");
        // The names last as long as the process: they are those of the contract itself.
        let pool: &'static prost_reflect::DescriptorPool = &POOL;
        self.mounted.extend(turnstile::names_in(pool, &package));
        self
    }

    /// Opens the port.
    pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
        TcpListener::bind(address).await.map_err(|cause| ServeError::Bind { address, cause })
    }

    /// Serves until `stop` is cancelled; then takes no new calls, lets the running ones end
    /// within `drain_within` and cuts off the rest. Watch streams end at once: their clients
    /// resume elsewhere, by position.
    ///
    /// Without any service it answers probes alone, for a process that is still starting.
    pub async fn serve<G>(
        self,
        listener: TcpListener,
        gate: G,
        stop: CancellationToken,
    ) -> Result<(), ServeError>
    where
        G: Layer<Route> + Clone + Send + Sync + 'static,
        G::Service: Service<Request> + Clone + Send + Sync + 'static,
        <G::Service as Service<Request>>::Response: IntoResponse + 'static,
        <G::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <G::Service as Service<Request>>::Future: Send + 'static,
    {
        let cut = CancellationToken::new();
        let within = self.drain_within;
        let whole = (!self.mounted.is_empty()).then(|| self.readiness.clone());
        let mut transport = Transport::builder()
            .accept_http1(true)
            .max_concurrent_streams(u32::try_from(self.limits.calls_at_once).unwrap_or(u32::MAX))
            .http2_keepalive_interval(Some(KEEPALIVE_AFTER))
            .http2_keepalive_timeout(Some(KEEPALIVE_WITHIN));
        if let Some(tls) = self.tls.clone() {
            transport = transport.tls_config(tls).map_err(ServeError::Tls)?;
        }
        let incoming = TcpIncoming::from(listener)
            .with_nodelay(Some(true))
            .with_keepalive(Some(KEEPALIVE_AFTER));
        let routes = self.routes(gate, &stop, &cut)?;
        let signal = stop.clone();
        let served = transport
            .add_routes(routes)
            .serve_with_incoming_shutdown(incoming, signal.cancelled_owned());
        let mut served = Box::pin(served);
        // What is told to stop may have ended by then: it was told to all the same.
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            ended = &mut served => return ended.map_err(ServeError::Transport),
        }
        // The end of one that answers probes alone is not the end of the process.
        if let Some(readiness) = whole {
            readiness.stops();
        }
        if let Ok(ended) = timeout(within, &mut served).await {
            return ended.map_err(ServeError::Transport);
        }
        cut.cancel();
        let _ = timeout(FAREWELL_WITHIN, served).await;
        Err(ServeError::CutOff { within })
    }

    /// Everything on the port. From outside: measured, let in by the gate, let through.
    fn routes<G>(
        self,
        gate: G,
        stop: &CancellationToken,
        cut: &CancellationToken,
    ) -> Result<Routes, ServeError>
    where
        G: Layer<Route> + Clone + Send + Sync + 'static,
        G::Service: Service<Request> + Clone + Send + Sync + 'static,
        <G::Service as Service<Request>>::Response: IntoResponse + 'static,
        <G::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <G::Service as Service<Request>>::Future: Send + 'static,
    {
        let Server { mut routes, mut mounted, readiness, metrics, .. } = self;
        let is_starting = mounted.is_empty();
        let health = HealthService::new(readiness.clone(), &mounted);
        routes.add_service(HealthServer::new(health));
        mounted.push(HealthServer::<HealthService>::NAME);
        if self.reflects {
            let reflection = || {
                let builder = tonic_reflection::server::Builder::configure()
                    .register_encoded_file_descriptor_set(contract::DESCRIPTORS)
                    .register_encoded_file_descriptor_set(HEALTH_DESCRIPTORS)
                    .register_encoded_file_descriptor_set(ERROR_DESCRIPTORS);
                mounted.iter().fold(builder, |builder, name| builder.with_service_name(*name))
            };
            routes.add_service(reflection().build_v1()?);
            routes.add_service(reflection().build_v1alpha()?);
        }
        let turnstile = Turnstile::new(self.limits, stop, cut);
        let mut calls = routes.routes().into_axum_router();
        if is_starting {
            calls = calls.fallback(turnstile::starting);
        }
        let calls = calls
            .layer(from_fn_with_state(turnstile, turn))
            .layer(gate)
            .layer(from_fn_with_state(metrics.clone(), measure));
        Ok(Routes::from(probes::router(readiness, metrics).merge(calls)))
    }
}

/// What the settings say of TLS, with a bound for those who connect and say nothing.
fn tls(files: &Tls) -> Result<ServerTlsConfig, ServeError> {
    let read = |path: &Path| {
        let read = std::fs::read(path);
        read.map_err(|cause| ServeError::Unreadable { path: path.into(), cause })
    };
    let identity = Identity::from_pem(read(&files.certificate_file)?, read(&files.key_file)?);
    let tls = ServerTlsConfig::new().identity(identity).timeout(HANDSHAKE_WITHIN);
    Ok(match &files.client_ca_file {
        Some(path) => tls.client_ca_root(Certificate::from_pem(read(path)?)),
        None => tls,
    })
}

#[cfg(test)]
mod tests;
