//! The real parts for tests: PostgreSQL and RabbitMQ, private, on loopback, thrown away after.
//!
//! A test asks for a [`Database`] or a [`Vhost`] of its own on servers that are shared: those that
//! `cargo xtask test` or `cargo xtask infra` started and named in the environment, otherwise a pair
//! that this process starts when first asked. A test that kills a server starts its own
//! ([`Postgres::start`], [`RabbitMq::start`]).
//!
//! Nothing outlives the process that started it, however that ends: see [`Scratch`].
//! Everything here blocks; in an async test call it through `spawn_blocking`.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result};

mod http;
mod install;
mod postgres;
mod rabbitmq;
mod scratch;
mod session;
mod wait;

pub use install::install_missing;
pub use postgres::Postgres;
pub use rabbitmq::RabbitMq;
pub use scratch::Scratch;
pub use session::Session;
pub use wait::wait_until;

/// Names the shared PostgreSQL: `postgres://user@host:port`, without a database.
pub const POSTGRES_VARIABLE: &str = "WHISTLE_TEST_POSTGRES";
/// Names the shared RabbitMQ: `amqp://user:password@host:port`, without a vhost.
pub const AMQP_VARIABLE: &str = "WHISTLE_TEST_AMQP";
/// Names the management address of the shared RabbitMQ, which makes vhosts: `host:port`.
pub const AMQP_MANAGEMENT_VARIABLE: &str = "WHISTLE_TEST_AMQP_MANAGEMENT";

/// The shared PostgreSQL server, without a database: `postgres://whistle@127.0.0.1:40001`.
pub fn postgres_url() -> Result<String> {
    static OWN: Mutex<Option<Postgres>> = Mutex::new(None);
    if let Some(url) = variable(POSTGRES_VARIABLE) {
        return Ok(url);
    }
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    if own.is_none() {
        *own = Some(Postgres::start()?);
    }
    own.as_ref().map(Postgres::server_url).context("PostgreSQL was just started")
}

/// The shared RabbitMQ node, without a vhost: `amqp://guest:guest@127.0.0.1:40002`.
pub fn amqp_url() -> Result<String> {
    Ok(shared_rabbitmq()?.0)
}

/// A database of its own on the shared server, dropped with this value.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes an empty database. `purpose` is part of its name, for whoever looks into a log.
    pub fn create(purpose: &str) -> Result<Database> {
        let server = postgres_url()?;
        let name = unique(purpose);
        postgres::execute(&server, &format!("CREATE DATABASE \"{name}\""))?;
        Ok(Database { server, name })
    }

    /// Where services reach it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        // A server that a test has killed takes its databases with it.
        let _ = postgres::execute(&self.server, &drop);
    }
}

/// A vhost of its own on the shared node, deleted with this value.
///
/// It is made through the management plugin, which costs about 15 ms and no measurable start time.
#[derive(Debug)]
pub struct Vhost {
    server: String,
    management: String,
    name: String,
}

impl Vhost {
    /// Makes an empty vhost. `purpose` is part of its name, for whoever looks into a log.
    pub fn create(purpose: &str) -> Result<Vhost> {
        let (server, management) = shared_rabbitmq()?;
        let name = unique(purpose);
        rabbitmq::create_vhost(&management, &name)?;
        Ok(Vhost { server, management, name })
    }

    /// Where services reach it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// Its queues as the management plugin describes them: JSON.
    pub fn queues(&self) -> Result<String> {
        http::call(&self.management, "GET", &format!("/api/queues/{}", self.name), "")
    }

    /// From now on keeps a copy of everything that is published to an exchange.
    pub fn tap(&self, exchange: &str) -> Result<()> {
        self.copy(exchange, TAP, &["#".to_owned()])
    }

    /// From now on keeps in a queue a copy of what is published to a topic exchange, which is made if
    /// it is not there yet, under any of these keys.
    pub fn copy(&self, exchange: &str, queue: &str, keys: &[String]) -> Result<()> {
        let vhost = &self.name;
        let put = |path: String, body: &str| http::call(&self.management, "PUT", &path, body);
        let topic = r#"{"type":"topic","durable":true}"#;
        put(format!("/api/exchanges/{vhost}/{exchange}"), topic)?;
        put(format!("/api/queues/{vhost}/{queue}"), r#"{"durable":true}"#)?;
        for key in keys {
            let binding = format!("/api/bindings/{vhost}/e/{exchange}/q/{queue}");
            let key = format!(r#"{{"routing_key":"{key}"}}"#);
            http::call(&self.management, "POST", &binding, &key)?;
        }
        Ok(())
    }

    /// The bindings of a queue as the management plugin describes them: JSON.
    pub fn bindings(&self, queue: &str) -> Result<String> {
        let path = format!("/api/queues/{}/{queue}/bindings", self.name);
        http::call(&self.management, "GET", &path, "")
    }

    /// What was published since [`Vhost::tap`], at most `count`: JSON, with headers and payload.
    pub fn tapped(&self, count: u32) -> Result<String> {
        let get = format!("/api/queues/{}/{TAP}/get", self.name);
        let how =
            format!(r#"{{"count":{count},"ackmode":"ack_requeue_true","encoding":"base64"}}"#);
        http::call(&self.management, "POST", &get, &how)
    }
}

impl Drop for Vhost {
    fn drop(&mut self) {
        // A node that a test has killed takes its vhosts with it.
        let _ = http::call(&self.management, "DELETE", &format!("/api/vhosts/{}", self.name), "");
    }
}

/// The queue that keeps copies.
const TAP: &str = "tap";

/// The AMQP and the management address of the shared node.
fn shared_rabbitmq() -> Result<(String, String)> {
    static OWN: Mutex<Option<RabbitMq>> = Mutex::new(None);
    if let Some(url) = variable(AMQP_VARIABLE) {
        let management = variable(AMQP_MANAGEMENT_VARIABLE).with_context(|| {
            format!("{AMQP_VARIABLE} is set, so set {AMQP_MANAGEMENT_VARIABLE}")
        })?;
        return Ok((url, management));
    }
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    if own.is_none() {
        *own = Some(RabbitMq::start()?);
    }
    let node = own.as_ref().context("RabbitMQ was just started")?;
    Ok((node.server_url(), node.management_address()))
}

/// A name that no other test of this or another process has.
fn unique(purpose: &str) -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    static RUN: OnceLock<String> = OnceLock::new();
    let run = RUN.get_or_init(|| scratch::random_name().unwrap_or_default());
    let made = MADE.fetch_add(1, Ordering::Relaxed);
    let purpose: String = purpose.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    format!("t_{}_{run}_{made}", purpose.to_ascii_lowercase())
}

#[expect(clippy::disallowed_methods, reason = "the test runner hands its servers over this way")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
