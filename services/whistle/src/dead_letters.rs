//! `whistle dead-letters` (搁置的事件): what a service could not apply, shown and applied again.

use std::collections::BTreeSet;
use std::process::ExitCode;

use contract::operations::operations_service_client::OperationsServiceClient;
use contract::operations::{ListParkedRequest, ParkedEvent, ReplayParkedRequest};
use jiff::tz::TimeZone;
use tonic::Code;
use tonic::transport::Channel;

use crate::connection::{Connection, ConnectionFlags, Refused};
use crate::lines;
use crate::services;

/// The most events that one page holds.
const PAGE_SIZE: i32 = 500;

/// What can be done with events that were set aside.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// 列出搁置的事件及原因 (list parked events and why).
    List(ListFlags),
    /// 按原顺序重放搁置的事件 (apply parked events again, in order).
    Replay(ReplayFlags),
}

/// What `whistle dead-letters list` is asked.
#[derive(clap::Args)]
pub(crate) struct ListFlags {
    #[command(flatten)]
    connection: ConnectionFlags,
    /// 收听的服务，如 dispatch；省略即全部 (the listening service; all if left out).
    #[arg(long)]
    journal: Option<String>,
}

/// What `whistle dead-letters replay` is asked.
#[derive(clap::Args)]
pub(crate) struct ReplayFlags {
    #[command(flatten)]
    connection: ConnectionFlags,
    /// 收听的服务 (the listening service).
    #[arg(long)]
    journal: String,
    /// 只重放这个对象的事件，如 tickets/…；省略即全部 (of this subject alone; all if left out).
    #[arg(long)]
    subject: Option<String>,
}

/// Does it. Fails if a replay leaves anything parked.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::List(flags) => Box::pin(list(flags)).await,
            Command::Replay(flags) => Box::pin(replay(flags)).await,
        }
    })
}

async fn list(flags: ListFlags) -> anyhow::Result<ExitCode> {
    let zone = Zone::open(&flags.connection).await?;
    let journals: Vec<&str> = match &flags.journal {
        Some(journal) => vec![journal],
        None => services::ALL.iter().map(|service| service.name).collect(),
    };
    let mut count = 0;
    for journal in journals {
        let parked = match zone.parked(journal).await {
            // Asked of all, those that are served elsewhere have nothing here.
            Err(refused) if flags.journal.is_none() && refused.code() == Code::NotFound => continue,
            parked => parked?,
        };
        for event in &parked {
            lines::print(line(journal, event))?;
        }
        count += parked.len();
    }
    lines::print(format_args!("共 {count} 条搁置的事件（parked events: {count}）"))?;
    Ok(ExitCode::SUCCESS)
}

async fn replay(flags: ReplayFlags) -> anyhow::Result<ExitCode> {
    let zone = Zone::open(&flags.connection).await?;
    let parked = zone.parked(&flags.journal).await?;
    // An event that could not be read has no subject; replayed by its empty one it fails again.
    let wanted = |event: &&ParkedEvent| {
        flags.subject.as_ref().is_none_or(|subject| *subject == event.subject)
    };
    let parked = parked.iter().filter(wanted);
    let subjects: BTreeSet<(&str, &str)> =
        parked.map(|event| (event.source.as_str(), event.subject.as_str())).collect();
    let mut left = 0;
    for (source, subject) in subjects {
        let wanted = ReplayParkedRequest {
            journal: flags.journal.clone(),
            source: source.to_owned(),
            subject: subject.to_owned(),
        };
        let answer = zone.client().replay_parked(zone.0.request(wanted)).await;
        let done = answer.map_err(Refused::from)?.into_inner();
        let (applied, still) = (done.applied, done.left);
        left += still;
        lines::print(format_args!("{source} {subject}：已重放 {applied} 条，仍搁置 {still} 条"))?;
        if !done.problem.is_empty() {
            lines::print(format_args!("    原因（problem）：{}", done.problem))?;
        }
    }
    if left == 0 {
        lines::print("没有事件仍被搁置（nothing is left parked）")?;
        return Ok(ExitCode::SUCCESS);
    }
    lines::print(format_args!("仍有 {left} 条，请先排除上述原因再重放（left: {left}）"))?;
    Ok(ExitCode::FAILURE)
}

fn line(journal: &str, event: &ParkedEvent) -> String {
    let parked_at = event.parked_time.as_ref().and_then(journal::envelope::from_proto);
    let parked_at = parked_at.map(|at| at.to_zoned(TimeZone::fixed(jiff::tz::offset(8))));
    let parked_at = parked_at.map(|at| at.strftime("%F %T").to_string()).unwrap_or_default();
    let kind = event.r#type.rsplit('.').next().unwrap_or_default();
    let ParkedEvent { source, position, subject, problem, .. } = event;
    format!(
        "{journal} ← {source}@{position}  {kind}  {subject}  {parked_at}\n    原因（problem）：{problem}"
    )
}

/// A zone, as its operator sees it.
struct Zone(Connection);

impl Zone {
    async fn open(flags: &ConnectionFlags) -> anyhow::Result<Zone> {
        Ok(Zone(Connection::open(flags).await?))
    }

    fn client(&self) -> OperationsServiceClient<Channel> {
        OperationsServiceClient::new(self.0.channel())
    }

    /// All events that a service has parked, in order.
    async fn parked(&self, journal: &str) -> Result<Vec<ParkedEvent>, Refused> {
        let mut parked = Vec::new();
        let mut wanted = ListParkedRequest {
            journal: journal.to_owned(),
            page_size: PAGE_SIZE,
            ..<_>::default()
        };
        loop {
            let answer = self.client().list_parked(self.0.request(wanted.clone())).await;
            let page = answer.map_err(Refused::from)?.into_inner();
            parked.extend(page.events);
            if page.next_page_token.is_empty() {
                return Ok(parked);
            }
            wanted.page_token = page.next_page_token;
        }
    }
}
