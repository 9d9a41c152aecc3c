//! The demo, whole, on both sizes: 83 requests, 145 cases of agents, 25 projects ready to start, no
//! differences, each event delivered once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::Duration;

use contract::HEARS;
use journal::delivery::{EXCHANGE, queue_of};
use serde_json::Value;
use testkit::infra::{Database, Vhost, wait_until};

/// Plays the demo; gives what it printed.
fn demo(flags: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_whistle"))
        .arg("demo")
        .args(flags)
        .env_remove("WHISTLE_CONFIG")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    for expected in [
        "诉求 83 件，办结 83 件；报到超时 4 件，办复超期 3 件",
        "79/83 95.2%",
        "80/83 96.4%",
        "98.55",
        "帮代办 145 件：承诺内 141 件，超承诺 4 件；工作日中位 1.3，P90 4.0；自然日中位 1.9",
        "承诺可开工 25 个项目：关键路径 4 个工作日内（常规 80 个）25 个；工作日中位 2.9，最长 3.2",
        "审批工单 445 张：报到超时 0 张，超承诺 4 张",
        "83 件诉求、145 件帮代办、25 个承诺可开工项目，无差异",
    ] {
        assert!(printed.contains(expected), "no {expected} in\n{printed}");
    }
    printed
}

/// The length of each journal, as its checkpoint has it.
fn lengths(printed: &str) -> BTreeMap<String, i64> {
    let lines = printed.lines().filter_map(|line| line.strip_prefix("存证检查点 "));
    let lengths = lines.map(|line| {
        let (journal, rest) = line.split_once('：').unwrap();
        (journal.to_owned(), rest.split_once(' ').unwrap().0.parse().unwrap())
    });
    lengths.collect()
}

#[test]
fn the_demo_agrees_with_the_book() {
    let lengths = lengths(&demo(&[]));
    assert_eq!(lengths.keys().collect::<Vec<_>>(), ["agency", "directory", "dispatch", "request"]);
    assert!(lengths.values().all(|length| 0 < *length));
}

/// Everything between services goes through the broker: each queue is given the journals that its
/// service hears, once, and nothing is left in it.
#[test]
fn the_demo_agrees_with_the_book_on_the_real_parts() {
    let (database, vhost) = (Database::create("demo").unwrap(), Vhost::create("demo").unwrap());
    // What a node counts of a queue it samples, and forgets with the channel; what lies in a second
    // queue with the same keys can be counted.
    for (listener, sources) in HEARS {
        let keys: Vec<String> = sources.iter().map(|source| key(source)).collect();
        vhost.copy(EXCHANGE, &copy_of(listener), &keys).unwrap();
    }
    let printed = demo(&["--postgres", &database.url(), "--amqp", &vhost.url()]);
    let lengths = lengths(&printed);
    let expected: BTreeMap<String, Option<i64>> = HEARS
        .iter()
        .flat_map(|(listener, sources)| {
            let heard = sources.iter().map(|source| lengths[*source]).sum();
            [(queue_of(listener), Some(0)), (copy_of(listener), Some(heard))]
        })
        .collect();
    let mut counted = BTreeMap::new();
    // The node counts what lies in a queue a moment after it came or went.
    let agrees = wait_until("the counts of each queue", Duration::from_secs(30), || {
        counted = left_in(&vhost.queues()?);
        counted.retain(|queue, _| expected.contains_key(queue));
        Ok((counted == expected).then_some(()))
    });
    assert_eq!(counted, expected, "{agrees:?}");
    for (listener, sources) in HEARS {
        let bindings: Vec<Value> =
            serde_json::from_str(&vhost.bindings(&queue_of(listener)).unwrap()).unwrap();
        let by_topic = bindings.iter().filter(|binding| binding["source"] == EXCHANGE);
        let keys: BTreeSet<&str> =
            by_topic.map(|binding| binding["routing_key"].as_str().unwrap()).collect();
        let wanted: Vec<String> = sources.iter().map(|source| key(source)).collect();
        assert_eq!(keys, wanted.iter().map(String::as_str).collect(), "{listener}");
    }
}

fn key(source: &str) -> String {
    format!("whistle.{source}.#")
}

fn copy_of(listener: &str) -> String {
    format!("copy.{listener}")
}

/// How many messages lie in each queue; `None` until the node has counted them.
fn left_in(queues: &str) -> BTreeMap<String, Option<i64>> {
    let queues: Vec<Value> = serde_json::from_str(queues).unwrap();
    let left =
        |queue: &Value| (queue["name"].as_str().unwrap().to_owned(), queue["messages"].as_i64());
    queues.iter().map(left).collect()
}
