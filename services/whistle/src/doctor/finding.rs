//! What a look at a zone shows, in Chinese, with what to do about it.

use std::collections::BTreeMap;
use std::fmt;

use contract::operations::GetBacklogResponse;
use jiff::{SignedDuration, Timestamp};
use journal::envelope::from_proto;

/// How late an alarm may ring.
const ALARM_LATE_MAX: SignedDuration = SignedDuration::from_secs(60);
/// How long an entry may stay unsealed.
const UNSEALED_MAX: SignedDuration = SignedDuration::from_secs(60);
/// How far a clock may be from ours. Tokens bear a minute.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(5);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// As it should be.
    Well,
    /// Something to know.
    Note,
    /// Somebody must see to it.
    Fault,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) level: Level,
    text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Well => "正常",
            Level::Note => "提示",
            Level::Fault => "故障",
        };
        write!(f, "{level}  {}", self.text)
    }
}

fn well(text: String) -> Finding {
    Finding { level: Level::Well, text }
}

fn note(text: String) -> Finding {
    Finding { level: Level::Note, text }
}

fn fault(text: String) -> Finding {
    Finding { level: Level::Fault, text }
}

/// A process whose conditions are all met.
pub(super) fn ready(address: &str) -> Finding {
    well(format!("{address} 已就绪（ready）"))
}

/// A process that does not answer.
pub(super) fn unreachable(address: &str, problem: &str) -> Finding {
    fault(format!("{address} 没有应答：{problem}。请确认进程在运行、地址和端口正确、防火墙放行。"))
}

/// A condition that is not met.
pub(super) fn unmet(condition: &str, reason: &str) -> Finding {
    let todo = if condition == "broker" {
        "请检查 RabbitMQ 是否在运行，以及 amqp_url 的地址、账号和 vhost"
    } else if condition.ends_with("/database") {
        "请检查数据库是否在运行、磁盘是否已满，以及 database_url 的地址和账号"
    } else {
        "请查看进程日志"
    };
    fault(format!("条件 {condition} 不满足（{reason}）。{todo}。"))
}

/// A service that did not say how it is.
pub(super) fn unanswered(service: &str, problem: &str) -> Finding {
    fault(format!("{service} 未能应答：{problem}。请稍后重试并查看进程日志。"))
}

/// A process that answers nothing to this caller: of its services nothing else can be said.
pub(super) fn refused(address: &str, problem: &str) -> Finding {
    fault(format!(
        "{address} 拒绝了所给令牌，各服务均未检查：{problem}。\
         请用 --token 或 WHISTLE_TOKEN 给出管理员的有效令牌（如数据目录下 tokens/admin.token 的内容）。"
    ))
}

/// What one service said of itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) backlog: GetBacklogResponse,
    /// How far its clock is ahead of ours.
    pub(super) skew: SignedDuration,
}

/// Two looks at all services that could be seen, by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks {
    pub(super) first: BTreeMap<String, Look>,
    pub(super) second: BTreeMap<String, Look>,
    /// Every service of a zone.
    pub(super) known: Vec<&'static str>,
    /// Whether a process refused the caller, so that not all were asked.
    pub(super) refused: bool,
}

impl Looks {
    /// What both show together: what was behind at the first and has not been made up for at the
    /// second stands still.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for service in &self.known {
            match (self.first.get(*service), self.second.get(*service)) {
                (Some(first), Some(second)) => {
                    let mut found = self.of_service(service, &first.backlog, second);
                    if found.is_empty() {
                        found.push(well(format!(
                            "{service} 运转正常，日志位置 {}（well, at position {}）",
                            second.backlog.position, second.backlog.position
                        )));
                    }
                    findings.extend(found);
                }
                (Some(_), None) => findings.push(fault(format!(
                    "{service} 在查看期间停止了应答。请查看进程日志，并再次运行 whistle doctor。"
                ))),
                // Those that were not asked may well be there.
                (None, _) if self.refused => {}
                (None, _) => findings.push(note(format!(
                    "{service} 不在所给地址上，未检查；如分开运行，请用 --address 加上它的地址。"
                ))),
            }
        }
        findings
    }

    fn of_service(&self, service: &str, before: &GetBacklogResponse, look: &Look) -> Vec<Finding> {
        let now = &look.backlog;
        let mut found = Vec::new();
        if 0 < now.parked {
            found.push(fault(format!(
                "{service} 有 {} 条事件无法处理，已搁置（parked）。请用 whistle dead-letters list --journal {service} \
                 查看原因，排除后用 whistle dead-letters replay 重放。",
                now.parked
            )));
        }
        if now.publishes && now.published < before.position {
            found.push(fault(format!(
                "{service} 的事件停在第 {} 条未发布，日志已到第 {} 条。请检查 RabbitMQ（磁盘、内存告警，交换机权限）。",
                now.published, now.position
            )));
        }
        found.extend(self.unheard(service, now));
        found.extend(late(service, now));
        for told in now.notices.iter().filter(|told| told.position < before.position) {
            found.push(fault(format!(
                "{service} 的通知没有送达接收方 {}，停在第 {} 条。请检查对方地址能否访问、是否返回 2xx；恢复后自动补发，不会丢失。",
                told.receiver, told.position
            )));
        }
        if SKEW_MAX < look.skew.abs() {
            let (seconds, side) =
                (look.skew.abs().as_secs(), if look.skew.is_negative() { "慢" } else { "快" });
            found.push(fault(format!(
                "{service} 的时钟比本机{side} {seconds} 秒。期限按服务器时钟计算，请检查两边的 NTP 校时。"
            )));
        }
        found
    }

    /// What this service has not heard although it was there at the first look.
    fn unheard(&self, service: &str, now: &GetBacklogResponse) -> Vec<Finding> {
        let behind = now.heard.iter().filter_map(|heard| {
            let source = self.first.get(&heard.source)?.backlog.position;
            (heard.position < source).then(|| {
                fault(format!(
                    "{service} 收听 {} 停在第 {} 条，对方已到第 {source} 条。请检查 {service} 的日志与 RabbitMQ 队列 whistle.{service}。",
                    heard.source, heard.position
                ))
            })
        });
        behind.collect()
    }
}

/// What is late by the service's own clock.
fn late(service: &str, now: &GetBacklogResponse) -> Vec<Finding> {
    let mut found = Vec::new();
    let instant = |time: &Option<prost_types::Timestamp>| time.as_ref().and_then(from_proto);
    let Some(present) = instant(&now.present_time) else { return found };
    let since = |at: Timestamp| present.duration_since(at);
    if let Some(due_at) = instant(&now.alarm_due_time).filter(|at| ALARM_LATE_MAX < since(*at)) {
        found.push(fault(format!(
            "{service} 有 {} 个时限已到而未处理，最早的已过 {} 秒。请查看日志中“an alarm could not be carried out”的原因。",
            now.alarms_due, since(due_at).as_secs()
        )));
    }
    if let Some(recorded_at) = instant(&now.unsealed_time).filter(|at| UNSEALED_MAX < since(*at)) {
        found.push(fault(format!(
            "{service} 的日志第 {} 条起已有 {} 秒未封存。请查看日志中“the journal is not sealed”的原因；\
             如提示被改动，请保全数据库并通知审计。",
            now.sealed + 1,
            since(recorded_at).as_secs()
        )));
    }
    found
}

#[cfg(test)]
mod tests {
    use contract::operations::{Heard, Notified};
    use journal::envelope::to_proto;

    use super::*;

    fn at(second: i64) -> Option<prost_types::Timestamp> {
        Some(to_proto(Timestamp::from_second(second).unwrap()))
    }

    /// A service that is at position 10 with everything.
    fn sound() -> Look {
        let heard = vec![Heard { source: "request".to_owned(), position: 10 }];
        let notices = vec![Notified { receiver: "oa".to_owned(), position: 10 }];
        let backlog = GetBacklogResponse {
            position: 10,
            published: 10,
            sealed: 10,
            present_time: at(1_000),
            publishes: true,
            heard,
            notices,
            ..<_>::default()
        };
        Look { backlog, skew: SignedDuration::ZERO }
    }

    /// What is found when the second look at dispatch is changed so.
    fn found(change: impl Fn(&mut Look)) -> Vec<String> {
        let all = || ["request", "dispatch"].map(|name| (name.to_owned(), sound()));
        let mut looks = Looks {
            first: BTreeMap::from(all()),
            second: BTreeMap::from(all()),
            known: vec!["request", "dispatch"],
            refused: false,
        };
        change(looks.second.get_mut("dispatch").unwrap());
        let findings = looks.findings();
        let faults = findings.iter().filter(|finding| finding.level == Level::Fault);
        faults.map(ToString::to_string).collect()
    }

    #[test]
    fn a_zone_in_which_everything_moves_is_well() {
        assert_eq!(found(|_| {}), Vec::<String>::new());
        // What came between the looks may still be on its way.
        let busy = found(|look| look.backlog.position = 12);
        assert_eq!(busy, Vec::<String>::new());
        let embedded = found(|look| (look.backlog.publishes, look.backlog.published) = (false, 0));
        assert_eq!(embedded, Vec::<String>::new());
    }

    #[test]
    fn whatever_stands_still_is_named_with_what_to_do() {
        type Change = fn(&mut Look);
        let cases: [(Change, &[&str]); 8] = [
            (|look| look.backlog.parked = 2, &["2 条事件", "whistle dead-letters"]),
            (|look| look.backlog.published = 9, &["第 9 条未发布", "RabbitMQ"]),
            (|look| look.backlog.heard[0].position = 9, &["收听 request", "whistle.dispatch"]),
            (|look| look.backlog.notices[0].position = 9, &["接收方 oa", "2xx"]),
            (|look| look.backlog.alarm_due_time = at(939), &["61 秒", "时限已到"]),
            (|look| look.backlog.unsealed_time = at(939), &["61 秒未封存"]),
            (|look| look.skew = SignedDuration::from_secs(6), &["快 6 秒", "NTP"]),
            (|look| look.skew = SignedDuration::from_secs(-6), &["慢 6 秒", "NTP"]),
        ];
        for (change, words) in cases {
            let faults = found(change);
            let [fault] = faults.as_slice() else { panic!("{faults:?}") };
            assert!(fault.starts_with("故障  dispatch"), "{fault}");
            assert!(words.iter().all(|word| fault.contains(word)), "{fault}");
        }
    }

    #[test]
    fn what_is_a_little_late_is_no_fault() {
        assert_eq!(found(|look| look.backlog.alarm_due_time = at(940)), Vec::<String>::new());
        assert_eq!(found(|look| look.backlog.unsealed_time = at(940)), Vec::<String>::new());
        assert_eq!(found(|look| look.skew = SignedDuration::from_secs(-5)), Vec::<String>::new());
    }

    #[test]
    fn what_was_not_seen_is_noted_and_what_fell_silent_is_a_fault() {
        let first = BTreeMap::from([("request".to_owned(), sound())]);
        let known = vec!["request", "dispatch"];
        let mut looks = Looks { first, second: BTreeMap::new(), known, refused: false };
        let levels = |looks: &Looks| -> Vec<Level> {
            looks.findings().iter().map(|finding| finding.level).collect()
        };
        assert_eq!(levels(&looks), [Level::Fault, Level::Note]);
        looks.refused = true;
        assert_eq!(levels(&looks), [Level::Fault], "nothing is said of what was not asked");
    }
}
