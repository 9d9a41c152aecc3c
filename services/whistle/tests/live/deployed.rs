//! The broker as `deploy/` sets it up: its definitions let a zone run, and nothing more.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use serde_json::{Value, json};
use testkit::eventually;
use testkit::infra::{Database, RabbitMq};

use crate::program::Home;

const NAME: &str = "whistle-demo";
/// How long a process may take to declare its queues, and the management plugin to show them.
const DECLARES: Duration = Duration::from_secs(30);

/// The definitions; without policies for a release that refuses theirs and needs none.
fn definitions(version: &str) -> Result<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/rabbitmq/definitions.json");
    let mut definitions: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let policy = &definitions["policies"][0];
    assert_eq!(policy["definition"], json!({ "delivery-limit": -1 }));
    let major: u32 =
        version.split('.').next().and_then(|major| major.parse().ok()).context("4.…")?;
    if major < 4 {
        definitions["policies"] = json!([]);
    }
    Ok(definitions.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_definitions_let_a_service_run_in_its_own_vhost() -> Result<()> {
    let database = Database::create("deployed")?;
    let broker = RabbitMq::start()?;
    let overview: Value = serde_json::from_str(&broker.manage("GET", "/api/overview", "")?)?;
    let version = overview["rabbitmq_version"].as_str().context("a version")?;
    broker.manage("POST", "/api/definitions", &definitions(version)?)?;
    let user = format!("/api/users/{NAME}");
    let known: Value = serde_json::from_str(&broker.manage("GET", &user, "")?)?;
    assert!(known["tags"].as_array().is_some_and(Vec::is_empty), "no administrator: {known}");
    broker.manage("PUT", &user, r#"{"password":"open sesame","tags":""}"#)?;

    let (_, place) = broker
        .server_url()
        .rsplit_once('@')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .context("a place")?;
    let home = Home::real(&database.url(), &format!("amqp://{NAME}:open%20sesame@{place}/{NAME}"))?;
    let mut program = home.serve_only("request", "request")?;
    program.ready().await?;
    eventually("every queue is there", DECLARES, async || {
        let queues = broker.manage("GET", &format!("/api/queues/{NAME}"), "")?;
        let queues: Value = serde_json::from_str(&queues)?;
        let named =
            |name: &str| queues.as_array().into_iter().flatten().any(|queue| queue["name"] == name);
        let all =
            ["whistle.request", "whistle.dispatch", "whistle.agency", "whistle.agency.resend"];
        if all.iter().all(|name| named(name)) { Ok(()) } else { Err(anyhow!("{queues}")) }
    })
    .await?;
    for (listener, sources) in contract::HEARS {
        let path = format!("/api/exchanges/{NAME}/whistle.events/bindings/source");
        let bindings: Value = serde_json::from_str(&broker.manage("GET", &path, "")?)?;
        let bound = |source: &&str| {
            let key = format!("whistle.{source}.#");
            let mut bindings = bindings.as_array().into_iter().flatten();
            bindings.any(|it| {
                it["destination"] == format!("whistle.{listener}") && it["routing_key"] == key
            })
        };
        let missing: Vec<&&str> = sources.iter().filter(|source| !bound(source)).collect();
        assert!(missing.is_empty(), "{listener} is not bound to {missing:?}: {bindings}");
    }
    assert!(program.stop()?.success(), "{}", program.told());
    Ok(())
}
