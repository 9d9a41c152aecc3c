//! The demo, whole, on both sizes: 83 requests, no differences, each event delivered once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use testkit::infra::{Database, Vhost, wait_until};

/// How many messages may come twice while the listeners start.
const AGAIN_MAX: i64 = 10;

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
        "83 件诉求，无差异",
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
    assert_eq!(lengths.keys().collect::<Vec<_>>(), ["directory", "dispatch", "request"]);
    assert!(lengths.values().all(|length| 0 < *length));
}

/// Everything between services goes through the broker: each queue was given the journals that
/// its service hears, all of it was taken, and nothing is left.
#[test]
fn the_demo_agrees_with_the_book_on_the_real_parts() {
    let (database, vhost) = (Database::create("demo").unwrap(), Vhost::create("demo").unwrap());
    let printed = demo(&["--postgres", &database.url(), "--amqp", &vhost.url()]);
    let lengths = lengths(&printed);
    let expected = BTreeMap::from([
        ("whistle.directory".to_owned(), lengths["directory"]),
        ("whistle.request".to_owned(), lengths["directory"] + lengths["dispatch"]),
        ("whistle.dispatch".to_owned(), lengths["directory"] + lengths["request"]),
    ]);
    // The node counts what it has done a moment after it has done it.
    let counted = wait_until("the counts of each queue", Duration::from_secs(30), || {
        let counts = published_and_taken(&vhost.queues()?, &expected);
        Ok(counts.values().all(Option::is_some).then_some(counts))
    });
    for (queue, length) in &expected {
        let (published, _) = counted.as_ref().unwrap()[queue].unwrap();
        // A new listener asks for a journal from its beginning; what came by itself meanwhile
        // comes twice, and has its effect once.
        assert!((*length..=*length + AGAIN_MAX).contains(&published), "{queue}: {published}");
    }
}

/// How many messages each queue was given and how many were taken; `None` until the node has
/// counted the same of both, which it samples apart, and all that must have come.
fn published_and_taken(
    queues: &str,
    expected: &BTreeMap<String, i64>,
) -> BTreeMap<String, Option<(i64, i64)>> {
    let queues: Vec<Value> = serde_json::from_str(queues).unwrap();
    let counts = expected.iter().map(|(name, length)| {
        let queue = queues.iter().find(|queue| queue["name"] == name.as_str()).unwrap();
        let stats = &queue["message_stats"];
        let counts = (stats["publish"].as_i64(), stats["ack"].as_i64());
        let settled = queue["messages"] == 0
            && counts.0 == counts.1
            && counts.1.is_some_and(|taken| *length <= taken);
        (name.clone(), counts.0.zip(counts.1).filter(|_| settled))
    });
    counts.collect()
}
