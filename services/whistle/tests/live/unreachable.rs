//! A database or broker that is away, at the start and later: the process lives, says so, and waits.

use std::time::Duration;

use anyhow::Result;
use testkit::infra::{Database, Postgres, RabbitMq, Vhost};

use crate::program::Home;

const NOTICES: Duration = Duration::from_secs(20);
/// What the probe says of a condition that is not met.
const DATABASE: &str = r#""request/database","ok":false"#;
const BROKER: &str = r#""broker","ok":false"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_database_is_waited_for() -> Result<()> {
    let vhost = Vhost::create("nodatabase")?;
    let mut postgres = Postgres::start()?;
    postgres.create_database("live")?;
    postgres.kill()?;
    let home = Home::real(&postgres.url("live"), &vhost.url())?;
    let mut program = home.serve_only("request", "request")?;
    for _ in 0..2 {
        program.becomes("/readyz", 503, DATABASE, NOTICES).await?;
        assert_eq!(program.probe("/livez").await?.0, 200);
        postgres.restart()?;
        program.ready().await?;
        // Now it goes while the process runs.
        postgres.kill()?;
    }
    program.becomes("/readyz", 503, DATABASE, NOTICES).await?;
    postgres.restart()?;
    program.ready().await?;
    assert!(program.stop()?.success(), "{}", program.told());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_broker_is_waited_for() -> Result<()> {
    let database = Database::create("nobroker")?;
    let mut broker = RabbitMq::start()?;
    broker.create_vhost("live")?;
    broker.kill()?;
    let home = Home::real(&database.url(), &broker.amqp_url("live"))?;
    let mut program = home.serve_only("request", "request")?;
    program.becomes("/readyz", 503, BROKER, NOTICES).await?;
    assert_eq!(program.probe("/livez").await?.0, 200);
    broker.restart()?;
    program.ready().await?;
    broker.kill()?;
    program.becomes("/readyz", 503, BROKER, NOTICES).await?;
    assert_eq!(program.probe("/livez").await?.0, 200);
    assert!(program.stop()?.success(), "{}", program.told());
    Ok(())
}
