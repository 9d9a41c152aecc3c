//! Every task is known, its end means what its kind says, and the process waits for all.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::pending;
use std::io;

use super::*;

fn lost() {
    panic!("lost")
}

const SHORT: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_task_that_must_not_end_stops_the_process_by_any_end() {
    type End = (&'static str, fn(&Tasks));
    let ends: [End; 3] = [
        ("returned", |tasks| tasks.spawn("publisher", Kind::Forever, async {})),
        ("refused", |tasks| {
            tasks.spawn("publisher", Kind::Forever, async {
                Err::<(), _>(io::Error::other("refused"))
            });
        }),
        ("panicked: lost", |tasks| {
            tasks.spawn("publisher", Kind::Forever, async { lost() });
        }),
    ];
    for (cause, start) in ends {
        let tasks = Tasks::new();
        start(&tasks);
        let failure = tasks.failed().await;
        assert_eq!(failure.name, "publisher");
        assert!(failure.cause.contains(cause), "{failure}");
        assert!(tasks.stopping().is_cancelled());
        assert_eq!(tasks.failure().unwrap().cause, failure.cause);
        tasks.drain(SHORT).await.unwrap();
    }
}

#[tokio::test]
async fn a_task_that_ends_once_does_not_stop_the_process() {
    let tasks = Tasks::new();
    tasks.spawn("import", Kind::Once, async {});
    tasks.spawn("import", Kind::Once, async { Err::<(), _>("failed") });
    tasks.spawn("import", Kind::Once, async { lost() });
    while !tasks.names().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!tasks.stopping().is_cancelled());
    assert!(tasks.failure().is_none());
}

#[tokio::test]
async fn the_first_failure_is_the_one_that_is_told() {
    let tasks = Tasks::new();
    tasks.spawn("first", Kind::Forever, async {});
    assert_eq!(tasks.failed().await.name, "first");
    tasks.spawn("second", Kind::Forever, async {});
    tasks.drain(SHORT).await.unwrap();
    assert_eq!(tasks.failed().await.name, "first");
}

#[tokio::test]
async fn draining_waits_for_what_ends_and_its_end_is_no_failure() {
    let tasks = Tasks::new();
    let stopping = tasks.stopping();
    tasks.spawn("sealer", Kind::Forever, async move { stopping.cancelled().await });
    assert_eq!(tasks.names(), ["sealer"]);
    tasks.drain(Duration::from_secs(5)).await.unwrap();
    assert!(tasks.names().is_empty());
    assert!(tasks.failure().is_none());
}

#[tokio::test]
async fn draining_cuts_off_what_does_not_end_and_names_it() {
    let tasks = Tasks::new();
    let (dropped, was_dropped) = tokio::sync::oneshot::channel::<()>();
    tasks.spawn("stuck", Kind::Forever, async move {
        let _dropped = dropped;
        pending::<()>().await;
    });
    let undrained = tasks.drain(SHORT).await.unwrap_err();
    assert_eq!(undrained.names, ["stuck"]);
    assert!(was_dropped.await.is_err(), "its future was dropped");
    assert!(tasks.names().is_empty());
}

#[tokio::test]
async fn a_task_may_be_started_from_a_task() {
    let tasks = Tasks::new();
    let inner = tasks.clone();
    tasks.spawn("outer", Kind::Once, async move { inner.spawn("inner", Kind::Once, async {}) });
    tasks.drain(Duration::from_secs(5)).await.unwrap();
}

#[tokio::test]
async fn blocking_work_gives_its_answer_or_its_panic() {
    let tasks = Tasks::new();
    assert_eq!(tasks.blocking("sum", || 1 + 1).await.unwrap(), 2);
    let failure = tasks.blocking("sum", || -> u32 { panic!("lost") }).await.unwrap_err();
    assert_eq!(failure.name, "sum");
    assert!(failure.cause.contains("panic"), "{failure}");
}
