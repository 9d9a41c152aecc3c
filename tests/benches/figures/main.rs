//! The first figures: what a zone bears, beside what its database and its broker bear alone.
//!
//! `cargo xtask bench` runs it on servers of its own. Nothing is asserted; what was measured is
//! written to a page.

mod broker;
mod cases;
mod clients;
mod ground;
mod load;
mod machine;
mod pgbench;
mod report;
mod start;
mod statements;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use clients::{AcceptCall, ClaimCall, ClaimUnit, Names, SubmitCall, SubmitUnit};
use ground::{Alone, CLAIMANT, DISPATCHER, Engine, Ground, HANDLER, Whole, several};
use load::{prepare, run};
use pgbench::Pgbench;
use report::{Report, Row, Verb, Way};
use statements::{Ear, of_unit};

/// How many clients there are at once.
const CLIENTS: [usize; 2] = [1, 32];
/// How many orders are claimed at most in each measured second, by one client and by many.
const ORDERS_PER_SECOND: [usize; 2] = [700, 1400];
/// How many orders of its own pgbench gets for each second: more than it can claim.
const COPIES_PER_SECOND: u64 = 5_000;
/// How many facts are published for each measured second.
const FACTS_PER_SECOND: usize = 8_192;
/// Within this everything is prepared that a measuring needs.
const PREPARES_WITHIN: Duration = Duration::from_secs(120);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("nothing is measured by a test run: `cargo xtask bench`");
        return Ok(());
    }
    // An error would only say that one is chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse().ok());
    let within = Duration::from_secs(numbers.next().unwrap_or(5));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if arguments.iter().any(|argument| argument == "cases") {
        let many = numbers.next().unwrap_or(cases::COUNTS[1]);
        println!("{}", runtime.block_on(cases_alone(within, many))?);
        return Ok(());
    }
    let page = runtime.block_on(measure(within))?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
    std::fs::create_dir_all(path.parent().context("a folder")?)?;
    std::fs::write(&path, page)?;
    println!("docs/benchmarks.md is written");
    Ok(())
}

async fn measure(within: Duration) -> Result<String> {
    let begin = Instant::now();
    let ear = Ear::install()?;
    let mut machine = tokio::task::spawn_blocking(machine::machine).await??;
    machine.extend(machine::versions().await?);
    let mut report = Report::new(within, machine);
    report.started = tokio::task::spawn_blocking(start::measure).await??;
    let seconds = usize::try_from(within.as_secs())?;
    report.throughput = Some(broker::measure(FACTS_PER_SECOND * seconds).await?);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let ground = Ground::prepare(engine)?;
        let zone = ground.serve().await?;
        over_grpc(engine, &zone, within, &mut report).await?;
        zone.stop().await;
        as_units(&ground, &ear, within, &mut report).await?;
        report.cases.extend(cases::measure(&ground, cases::COUNTS, within).await?);
    }
    report.took = begin.elapsed();
    Ok(report.page())
}

/// The part of the page about cases, with at most so many of them.
async fn cases_alone(within: Duration, many: u64) -> Result<String> {
    let counts = [cases::COUNTS[0].min((many / 10).max(1)), many];
    let mut rows = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let ground = Ground::prepare(engine)?;
        ground.serve().await?.stop().await;
        rows.extend(cases::measure(&ground, counts, within).await?);
    }
    Ok(cases::section(&rows))
}

/// Submits and claims over gRPC, and prepares the orders for all claims.
async fn over_grpc(
    engine: Engine,
    zone: &Whole,
    within: Duration,
    report: &mut Report,
) -> Result<()> {
    for clients in CLIENTS {
        let all = several(clients, || async { Ok(SubmitCall::new(zone.caller(HANDLER).await?)) });
        let pace = run(all.await?, within).await?;
        report.add(Row::new(Verb::Submit, Way::Grpc, engine, clients, pace));
        let begin = Instant::now();
        zone.settle().await?;
        report.settled(engine, clients, begin.elapsed());
    }
    let orders = prepare_orders(zone, within).await?;
    eprintln!("{}: {orders} orders are prepared", engine.name());
    for (clients, limit) in CLIENTS.into_iter().zip(limits(within)) {
        let orders = Names::orders(zone.house("dispatch")?, limit).await?;
        let claim = || async { Ok(ClaimCall::new(zone.caller(CLAIMANT).await?, &orders)) };
        let pace = run(several(clients, claim).await?, within).await?;
        report.add(Row::new(Verb::Claim, Way::Grpc, engine, clients, pace));
        zone.settle().await?;
    }
    Ok(())
}

/// How many orders each measuring of claims gets.
fn limits(within: Duration) -> [usize; 2] {
    ORDERS_PER_SECOND.map(|orders| orders * usize::try_from(within.as_secs()).unwrap_or(1))
}

/// Accepts as many tickets as will be claimed, and waits until dispatch has the orders. What was
/// submitted so far may be too little.
async fn prepare_orders(zone: &Whole, within: Duration) -> Result<usize> {
    let wanted = 2 * limits(within).iter().sum::<usize>();
    let request = zone.house("request")?;
    while Names::tickets(request, wanted).await?.count() < wanted {
        let submit = || async { Ok(SubmitCall::new(zone.caller(HANDLER).await?)) };
        prepare(several(64, submit).await?, Duration::from_secs(1)).await?;
    }
    let tickets = Names::tickets(request, wanted).await?;
    let accept = || async { Ok(AcceptCall::new(zone.caller(DISPATCHER).await?, &tickets)) };
    prepare(several(64, accept).await?, PREPARES_WITHIN).await?;
    zone.settle().await?;
    Ok(Names::orders(zone.house("dispatch")?, wanted).await?.count())
}

/// Submits and claims in process, each service alone, and beside it pgbench.
async fn as_units(ground: &Ground, ear: &Ear, within: Duration, report: &mut Report) -> Result<()> {
    let request = ground.alone(request::SERVICE).await?;
    let submit = SubmitUnit::new(&request.house);
    for clients in CLIENTS {
        let row = unit_row(&request, vec![submit.clone(); clients], within).await?;
        report.add(Row { verb: Verb::Submit, engine: ground.engine, clients, ..row });
    }
    if ground.engine == Engine::Postgres {
        let sent = hear(ear, submit).await?;
        beside(ground, &request, &sent, (Verb::Submit, within), report).await?;
    }
    request.stop().await?;

    let dispatch = ground.alone(dispatch::SERVICE).await?;
    for (clients, limit) in CLIENTS.into_iter().zip(limits(within)) {
        let orders = Names::orders(&dispatch.house, limit).await?;
        let claim = ClaimUnit::new(&dispatch.house, &orders);
        let row = unit_row(&dispatch, vec![claim; clients], within).await?;
        report.add(Row { verb: Verb::Claim, engine: ground.engine, clients, ..row });
    }
    if ground.engine == Engine::Postgres {
        let orders = Names::orders(&dispatch.house, 2).await?;
        let sent = hear(ear, ClaimUnit::new(&dispatch.house, &orders)).await?;
        beside(ground, &dispatch, &sent, (Verb::Claim, within), report).await?;
    }
    dispatch.stop().await
}

async fn unit_row<C: load::Client>(of: &Alone, clients: Vec<C>, within: Duration) -> Result<Row> {
    let (units, commits) = of.house.journal.units_and_commits();
    let count = clients.len();
    let pace = run(clients, within).await?;
    let (units_after, commits_after) = of.house.journal.units_and_commits();
    let row = Row::new(Verb::Submit, Way::Unit, Engine::Sqlite, count, pace);
    let per_commit = (units_after - units) as f64 / (commits_after - commits).max(1) as f64;
    Ok(Row { per_commit: Some(per_commit), ..row })
}

/// What a unit sends: the second one, when all that is read once has been read.
async fn hear<C: load::Client>(ear: &Ear, mut client: C) -> Result<Vec<String>> {
    client.act().await?;
    ear.open()?;
    client.act().await?;
    of_unit(&ear.close()?)
}

/// pgbench on the same tables, with the same clients, for the same time.
async fn beside(
    ground: &Ground,
    of: &Alone,
    sent: &[String],
    (verb, within): (Verb, Duration),
    report: &mut Report,
) -> Result<()> {
    let on = of.house.known.read();
    let url = ground.database_url().context("a database")?;
    let mut pgbench = Pgbench::new(on, (of.house.journal.name(), url), sent).await?;
    report.statements.push((verb, sent.to_vec()));
    for clients in CLIENTS {
        let orders = match verb {
            Verb::Submit => 0,
            Verb::Claim => COPIES_PER_SECOND * within.as_secs(),
        };
        if orders > 0 {
            pgbench.copy_orders(on, orders).await?;
        }
        let pace = tokio::task::block_in_place(|| pgbench.run(clients, within, orders))?;
        report.beside(verb, clients, pace);
    }
    Ok(())
}
