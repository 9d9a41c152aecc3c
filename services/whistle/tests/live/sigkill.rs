//! SIGKILL of services and of the broker, on the real parts: nothing is lost, nothing comes twice.

use anyhow::{Context as _, Result};
use contract::agency::ItemState;
use contract::dispatch::WorkOrderState;
use testkit::infra::{Database, Postgres, RabbitMq, Vhost};

use crate::apart::{Apart, SERVICES};
use crate::cases::{issued, prepare, shown, the_item, under_review};
use crate::load::{Load, caught_up, told_of, whistle, whole};

/// An own broker, which the test may kill, with an empty vhost.
fn broker() -> Result<(RabbitMq, String)> {
    let broker = RabbitMq::start()?;
    broker.create_vhost("live")?;
    let url = broker.amqp_url("live");
    Ok((broker, url))
}

/// Between commit and publish: the broker is away, so that nothing committed can be published when
/// the service is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_committed_is_published_by_the_next_process() -> Result<()> {
    let database = Database::create("commit")?;
    let (mut broker, amqp) = broker()?;
    let mut zone = Apart::start(&database.url(), &amqp).await?;
    let (handler, dispatcher) = (zone.by("handler")?, zone.by("D01-11")?);
    let mut acknowledged = vec![whistle(&handler, &dispatcher).await?];
    broker.kill()?;
    for _ in 0..10 {
        acknowledged.push(whistle(&handler, &dispatcher).await?);
    }
    zone.request.kill()?;
    broker.restart()?;
    zone.request.start(&zone.home)?;
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    whole(&zone.by("auditor")?, &acknowledged).await
}

/// Between an item's decision and its telling: the broker is away, so that nothing decided can be
/// told when agency is killed. Dispatch hears it from the next process, as of when it was decided.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_agency_has_decided_is_told_by_the_next_process() -> Result<()> {
    let database = Database::create("decided")?;
    let (mut broker, amqp) = broker()?;
    let mut zone = Apart::start(&database.url(), &amqp).await?;
    prepare(&zone).await?;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(under_review(&zone).await?);
    }
    broker.kill()?;
    let mut decided = Vec::new();
    for case in &cases {
        let case = issued(&zone, case).await?;
        let item = the_item(&case)?;
        assert_eq!(item.state(), ItemState::Issued);
        decided.push((case.name.clone(), item.permit.clone().context("a permit")?));
    }
    zone.agency.kill()?;
    let auditor = zone.by("auditor")?;
    for case in &cases {
        let order = auditor.order(&the_item(case)?.work_order).await?;
        assert_eq!(order.state(), WorkOrderState::Claimed, "nobody has told dispatch");
    }
    broker.restart()?;
    zone.agency.start(&zone.home)?;
    zone.agency.ready().await?;
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    for (case, (name, permit)) in cases.iter().zip(decided) {
        let order = auditor.order(&the_item(case)?.work_order).await?;
        assert_eq!(order.state(), WorkOrderState::Completed);
        assert_eq!(order.completed_time, permit.issued_time, "as of the decision");
        let kept = shown(&zone, &name).await?;
        assert_eq!(the_item(&kept)?.permit.as_ref(), Some(&permit));
    }
    for (journal, kind) in [("agency", "WorkSettled"), ("dispatch", "WorkOrderCompleted")] {
        assert_eq!(told_of(&auditor, journal, kind).await?.len(), cases.len(), "{kind} once each");
    }
    Ok(())
}

/// Between effect and acknowledgement: whoever listens is killed at random moments under load, one
/// of two replicas of dispatch among them, so that the other goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_listeners_hear_everything_once() -> Result<()> {
    let (database, vhost) = (Database::create("listen")?, Vhost::create("listen")?);
    let mut zone = Apart::start(&database.url(), &vhost.url()).await?;
    let mut twin = zone.home.serve_only("twin", "dispatch")?;
    let load = Load::start(4, &zone.by("handler")?, &zone.by("D01-11")?);
    for round in 0..9 {
        load.goes_on().await?;
        let victim = [&mut zone.dispatch, &mut twin, &mut zone.request].into_iter().nth(round % 3);
        let victim = victim.context("one of three")?;
        victim.kill()?;
        victim.start(&zone.home)?;
    }
    load.goes_on().await?;
    let acknowledged = load.ends().await?;
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    whole(&zone.by("auditor")?, &acknowledged).await
}

/// The broker is killed under load: writes go on meanwhile, and everything catches up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_delays_nobodys_writes() -> Result<()> {
    let database = Database::create("broker")?;
    let (mut broker, amqp) = broker()?;
    let zone = Apart::start(&database.url(), &amqp).await?;
    let load = Load::start(4, &zone.by("handler")?, &zone.by("D01-11")?);
    load.goes_on().await?;
    broker.kill()?;
    for _ in 0..3 {
        load.goes_on().await.context("without the broker")?;
    }
    broker.restart()?;
    load.goes_on().await?;
    let acknowledged = load.ends().await?;
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    whole(&zone.by("auditor")?, &acknowledged).await
}

/// The database is killed under load: an outcome that is unknown is found out by asking again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_keeps_what_it_has_committed() -> Result<()> {
    let vhost = Vhost::create("database")?;
    let mut postgres = Postgres::start()?;
    postgres.create_database("live")?;
    let zone = Apart::start(&postgres.url("live"), &vhost.url()).await?;
    let load = Load::start(4, &zone.by("handler")?, &zone.by("D01-11")?);
    for _ in 0..3 {
        load.goes_on().await?;
        postgres.kill()?;
        postgres.restart()?;
    }
    load.goes_on().await?;
    let acknowledged = load.ends().await?;
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    whole(&zone.by("auditor")?, &acknowledged).await
}
