//! `whistle demo`: plays five months of the demo zone through the public API, and compares.

mod actor;
mod agency;
pub(crate) mod data;
mod epilogue;
mod player;
mod private;
mod report;
mod script;
pub(crate) mod stage;
pub(crate) mod zone;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Time;
use jiff::tz::TimeZone;

use self::data::Book;
use self::private::{PrivateZone, RealParts};
use self::report::Report;
use self::stage::Stage as _;
use crate::lines;
use crate::services::{FIRST_ADMIN, SECOND_ADMIN};

/// What `whistle demo` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// 改用 PostgreSQL，须为空库 (play on PostgreSQL, in an empty database).
    #[arg(long, value_name = "URL", requires = "amqp")]
    postgres: Option<String>,
    /// 改用 RabbitMQ (deliver through RabbitMQ).
    #[arg(long, value_name = "URL", requires = "postgres")]
    amqp: Option<String>,
}

/// Plays, prints, compares. Fails on any difference.
pub(crate) fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let book = Book::embedded()?;
        let start = book.as_of()?.first_of_year().to_datetime(Time::midnight());
        let real = flags.postgres.zip(flags.amqp);
        let real = real.map(|(database_url, amqp_url)| RealParts { database_url, amqp_url });
        let zone = PrivateZone::start(start.to_zoned(zone_time())?.timestamp(), real).await?;
        let outcome = perform(&zone, &book).await;
        zone.end().await;
        let report = outcome?;
        lines::print(report.chinese(&book))?;
        Ok(if report.agrees() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

/// Sets the zone up, plays the book, and holds the outcome against it.
async fn perform(zone: &PrivateZone, book: &Book) -> anyhow::Result<Report> {
    let admin = zone.caller(FIRST_ADMIN)?;
    zone::set_up(book, &admin, &zone.caller(SECOND_ADMIN)?).await?;
    zone.advance_to(zone.now()).await?;
    zone::procedures::publish(book, &admin).await?;
    let (requests, cases) = (script::script(book)?, agency::script::script(book)?);
    let progress = ProgressBar::new(u64::try_from(requests.len() + cases.steps.len())?);
    progress.set_style(ProgressStyle::with_template("重演 {bar:40} {pos}/{len} {elapsed}")?);
    let (played, agents) = player::play(zone, book, (&requests, &cases), &progress).await?;
    progress.finish_and_clear();
    // What the last steps set going has its time too.
    let end = book.as_of()?.tomorrow()?.to_datetime(Time::midnight()).to_zoned(zone_time())?;
    zone.advance_to(end.timestamp()).await?;
    let mut report = report::report(zone, book, (&played, &agents)).await?;
    for outcome in epilogue::play(zone, book).await? {
        report.add(outcome);
    }
    for parked in zone.parked().await? {
        report.add(Err(parked));
    }
    zone.seal().await?;
    report.read_checkpoints(zone, book).await?;
    Ok(report)
}

/// The zone's time on the wall: Asia/Shanghai has had no other offset since 1991.
fn zone_time() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}
