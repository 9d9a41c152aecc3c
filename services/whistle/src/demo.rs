//! `whistle demo`: plays five months of the demo zone through the public API, and compares.

#![allow(dead_code, reason = "played as soon as a stage is mounted")]

mod actor;
pub(crate) mod data;
mod epilogue;
mod player;
mod report;
mod script;
pub(crate) mod stage;
pub(crate) mod zone;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Time;
use jiff::tz::TimeZone;

use self::data::Book;
use self::stage::Stage;

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
pub(crate) fn run(_flags: Flags) -> anyhow::Result<ExitCode> {
    anyhow::bail!("演示舞台尚未装配（no stage is mounted）")
}

/// Sets the zone up on this stage, plays the book, and holds the outcome against it.
async fn perform<S: Stage>(stage: &S) -> anyhow::Result<ExitCode> {
    let book = Book::embedded()?;
    zone::set_up(&book, &stage.caller(zone::ADMIN)?).await?;
    let steps = script::script(&book)?;
    let progress = ProgressBar::new(u64::try_from(steps.len())?);
    progress.set_style(ProgressStyle::with_template("重演 {bar:40} {pos}/{len} {elapsed}")?);
    let played = player::play(stage, &book, &steps, &progress).await?;
    progress.finish_and_clear();
    // What the last steps set going has its time too.
    let end = book.as_of()?.tomorrow()?.to_datetime(Time::midnight()).to_zoned(zone_time())?;
    stage.advance_to(end.timestamp()).await?;
    let mut report = report::report(stage, &book, &played).await?;
    report.add(epilogue::due_next_year(stage, &book).await?);
    println!("{}", report.chinese(&book));
    Ok(if report.agrees() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The zone's time on the wall: Asia/Shanghai has had no other offset since 1991.
fn zone_time() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}
