//! `whistle doctor` (体检): looks twice at running processes and says what does not move, and what to do.

mod finding;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use contract::operations::operations_service_client::OperationsServiceClient;
use contract::operations::{GetBacklogRequest, GetBacklogResponse};
use jiff::{SignedDuration, Timestamp};
use journal::{Clock as _, SystemClock};
use serde::Deserialize;
use tonic::{Code, Status};

use crate::connection::{Connection, Refused};
use crate::lines;
use crate::services;
use finding::{Finding, Level, Looks};

/// How long a probe may take.
const PROBE_WITHIN: Duration = Duration::from_secs(5);

/// What `whistle doctor` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// 服务地址；各服务分开运行时可多次给出 (where the zone is served; may be repeated).
    #[arg(long = "address", value_name = "URL", default_value = "http://127.0.0.1:7700")]
    addresses: Vec<String>,
    /// 管理员的令牌 (an administrator's token).
    #[arg(long, env = "WHISTLE_TOKEN", hide_env_values = true)]
    token: String,
    /// 两次查看相隔的秒数 (seconds between the two looks).
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = apart)]
    apart: i64,
}

/// The longest that two looks lie apart, in seconds.
const APART_MAX: i64 = 60;

fn apart(text: &str) -> Result<i64, String> {
    let apart = text.parse().ok().filter(|apart| (1..=APART_MAX).contains(apart));
    apart.ok_or_else(|| {
        format!("应为 1 至 {APART_MAX} 的整数秒（a whole number of seconds, 1 to {APART_MAX}）")
    })
}

/// Looks, and says what was found; fails if anything must be seen to.
pub(crate) fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    let mut findings = Vec::new();
    for address in &flags.addresses {
        findings.extend(probe(address));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (looks, unanswered) = runtime.block_on(look_twice(&flags))?;
    findings.extend(unanswered);
    findings.extend(looks.findings());
    for finding in &findings {
        lines::print(finding)?;
    }
    let faults = findings.iter().filter(|finding| finding.level == Level::Fault).count();
    if faults == 0 {
        lines::print("体检通过（healthy）")?;
        return Ok(ExitCode::SUCCESS);
    }
    lines::print(format_args!("发现 {faults} 处故障，请按上面的提示处理（faults: {faults}）"))?;
    Ok(ExitCode::FAILURE)
}

/// What `/readyz` tells of a process.
#[derive(Deserialize)]
struct Report {
    conditions: Vec<Condition>,
}

#[derive(Deserialize)]
struct Condition {
    name: String,
    ok: bool,
    #[serde(default)]
    reason: String,
}

/// The conditions of a process, as it tells them itself.
fn probe(address: &str) -> Vec<Finding> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PROBE_WITHIN))
        .http_status_as_error(false)
        .build()
        .into();
    let url = format!("{}/readyz", address.trim_end_matches('/'));
    let text = agent.get(&url).call().and_then(|mut answer| answer.body_mut().read_to_string());
    let report = match text {
        Ok(text) => serde_json::from_str::<Report>(&text).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match report {
        Ok(report) => {
            let unmet = report.conditions.iter().filter(|condition| !condition.ok);
            let unmet = unmet.map(|condition| finding::unmet(&condition.name, &condition.reason));
            let unmet: Vec<Finding> = unmet.collect();
            if unmet.is_empty() { vec![finding::ready(address)] } else { unmet }
        }
        Err(problem) => vec![finding::unreachable(address, &problem)],
    }
}

/// Both looks at all services that are served at the addresses; what did not answer is told.
async fn look_twice(flags: &Flags) -> anyhow::Result<(Looks, Vec<Finding>)> {
    let mut findings = Vec::new();
    let mut connections: Vec<(&str, Connection)> = Vec::new();
    for address in &flags.addresses {
        // That it cannot be reached was said by the probe.
        if let Ok(connection) = Connection::to(address, &flags.token).await {
            connections.push((address, connection));
        }
    }
    let (first, refused) = look(&connections, &mut findings).await;
    let until = SystemClock.now() + SignedDuration::from_secs(flags.apart);
    while !connections.is_empty() && SystemClock.now() < until {
        SystemClock.reach(until).await;
    }
    let (second, _) = look(&connections, &mut Vec::new()).await;
    let known = services::ALL.iter().map(|service| service.name);
    Ok((Looks { first, second, known: known.collect(), refused }, findings))
}

/// What each service says of itself, and how far its clock is from ours; and whether a process
/// refused us, so that not all were asked.
async fn look(
    connections: &[(&str, Connection)],
    findings: &mut Vec<Finding>,
) -> (BTreeMap<String, finding::Look>, bool) {
    let mut looks = BTreeMap::new();
    let mut refused = false;
    for (address, connection) in connections {
        for service in services::ALL {
            match backlog(connection, service.name).await {
                Ok(Some(look)) => drop(looks.insert(service.name.to_owned(), look)),
                Ok(None) => {}
                Err(status) => {
                    let code = status.code();
                    let problem = Refused::from(*status).to_string();
                    if matches!(code, Code::Unauthenticated | Code::PermissionDenied) {
                        findings.push(finding::refused(address, &problem));
                        refused = true;
                        break;
                    }
                    findings.push(finding::unanswered(service.name, &problem));
                }
            }
        }
    }
    (looks, refused)
}

/// What a service says of itself; none if it is served elsewhere.
async fn backlog(
    connection: &Connection,
    service: &str,
) -> Result<Option<finding::Look>, Box<Status>> {
    let asked_at = SystemClock.now();
    let wanted = GetBacklogRequest { journal: service.to_owned() };
    let mut client = OperationsServiceClient::new(connection.channel());
    let backlog = match client.get_backlog(connection.request(wanted)).await {
        Ok(answer) => answer.into_inner(),
        Err(status) if status.code() == Code::NotFound => return Ok(None),
        Err(status) => return Err(Box::new(status)),
    };
    let skew = skew(&backlog, asked_at, SystemClock.now());
    Ok(Some(finding::Look { backlog, skew }))
}

/// How far a clock is ahead of ours, as far as the time that the answer took does not explain it.
fn skew(backlog: &GetBacklogResponse, asked_at: Timestamp, came_at: Timestamp) -> SignedDuration {
    let present = backlog.present_time.as_ref().and_then(journal::envelope::from_proto);
    match present {
        Some(present) if present < asked_at => present.duration_since(asked_at),
        Some(present) if came_at < present => present.duration_since(came_at),
        Some(_) | None => SignedDuration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_only_by_what_the_way_does_not_explain() {
        let at = |second| Timestamp::from_second(second).unwrap();
        for (present, seconds) in [(9, -1), (10, 0), (12, 0), (13, 1)] {
            let present_time = Some(journal::envelope::to_proto(at(present)));
            let backlog = GetBacklogResponse { present_time, ..<_>::default() };
            assert_eq!(skew(&backlog, at(10), at(12)), SignedDuration::from_secs(seconds));
        }
    }
}
