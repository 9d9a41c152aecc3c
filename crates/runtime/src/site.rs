//! A site: a process and its server on one port. What is served, demonstrated and tested alike.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use journal::Sources;
use tokio::net::TcpListener;
use tower::layer::util::Identity;

use crate::config::Config;
use crate::gate::Gate;
use crate::health::Readiness;
use crate::house::Service;
use crate::jwks::{JwksError, JwksSource, Verifier};
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::process::{Process, ProcessError};
use crate::server::{ServeError, Server};
use crate::tasks::{Kind, TaskEnded, Tasks};

/// How long those who probe a starting process have to let go of it.
const PROBES_WITHIN: Duration = Duration::from_secs(2);

/// Why a site cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A service of it cannot.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// Its server cannot.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The keys for tokens cannot be read.
    #[error("令牌公钥无法读取 / the keys for tokens cannot be read")]
    Jwks(#[from] JwksError),
    /// The figures cannot be set up.
    #[error("指标无法初始化 / the figures cannot be set up")]
    Metrics(#[from] prometheus::Error),
    /// The port cannot be shared while the databases are waited for.
    #[error("无法监听端口 / the port cannot be listened on")]
    Port(#[from] std::io::Error),
}

/// A process that is served. Dropping it does not stop it: [`Site::stop`] does.
pub struct Site {
    process: Arc<Process>,
    address: SocketAddr,
    server: Tasks,
    drain_within: Duration,
}

impl Site {
    /// Opens the port, starts the services, serves. While a database cannot be reached the port
    /// answers probes alone: alive, not ready, and why.
    pub async fn start(
        config: &Config,
        services: &[Service],
        sources: Sources,
        keys: &Keys,
    ) -> Result<Site, SiteError> {
        let (metrics, readiness) = (Metrics::new()?, Readiness::new());
        let listener = Server::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let verifier =
            Verifier::open(JwksSource::new(keys.jwks()), config.audience(), sources.clock.clone());
        let gate = Gate::new(verifier.await?, sources.entropy.clone());
        let server = Tasks::new();
        let (listener, waiting) = shared(listener)?;
        let probing = Tasks::new();
        let probes = Server::new(config, &metrics, &readiness)?;
        let probes = probes.serve(waiting, Identity::new(), probing.stopping());
        probing.spawn("probes", Kind::Once, probes);
        let started = Process::start(config, services, sources, keys, readiness.clone()).await;
        // Nobody who calls once it is ready may still be put off by the one that only waited.
        if let Err(undrained) = probing.drain(PROBES_WITHIN).await {
            tracing::warn!(%undrained, "cut off");
        }
        let (process, calls) = started?;
        let process = Arc::new(process);
        process.watch(metrics.clone());
        let whole = calls
            .into_iter()
            .fold(Server::new(config, &metrics, &readiness)?, |server, (name, calls)| {
                server.mount(name, calls)
            });
        server.spawn("server", Kind::Forever, whole.serve(listener, gate, server.stopping()));
        readiness.runs();
        Ok(Site { process, address, server, drain_within: config.drain_within() })
    }

    /// The services and their tasks.
    pub fn process(&self) -> &Arc<Process> {
        &self.process
    }

    /// Where it is served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until a task ended that must not.
    pub async fn failed(&self) -> TaskEnded {
        tokio::select! {
            failure = self.server.failed() => failure,
            failure = self.process.failed() => failure,
        }
    }

    /// Takes no new calls, lets the running ones end, then the tasks, the writers last.
    pub async fn stop(&self) {
        // The server cuts off by itself what takes too long, and needs a moment to say so.
        let within = self.drain_within + Duration::from_secs(2);
        if let Err(undrained) = self.server.drain(within).await {
            tracing::warn!(%undrained, "cut off");
        }
        self.process.stop(self.drain_within).await;
    }
}

/// Two listeners on one port.
fn shared(listener: TcpListener) -> Result<(TcpListener, TcpListener), std::io::Error> {
    let listener = listener.into_std()?;
    let other = listener.try_clone()?;
    Ok((TcpListener::from_std(listener)?, TcpListener::from_std(other)?))
}
