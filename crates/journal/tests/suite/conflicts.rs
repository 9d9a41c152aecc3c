//! Asking twice is asking once, on whichever replica; and what the engine refuses for a conflict
//! is tried again.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use journal::statement::{execute, find, for_update};
use journal::writer::Done;
use journal::{Journal, Trouble, Unit};
use tokio::sync::Barrier;

use crate::on_both_sizes;
use crate::stand::{Ground, Size, pause, telling};
use crate::writers::{put, value_of};

on_both_sizes!(
    a_twin_on_another_replica_gets_the_same_answer,
    a_request_id_with_other_content_is_refused,
    a_refusal_takes_the_request_id_back,
    numbers_are_unique_and_rising,
);

/// A request that counts its effects and answers with a random value.
async fn ask(
    journal: &Journal,
    id: &str,
    digest: &'static [u8],
    refuse: bool,
) -> Result<Done<Vec<u8>>, Trouble> {
    let id = id.to_owned();
    let done = journal.commit("a", None, move |unit: &mut Unit| {
        let id = id.clone();
        async move {
            if let Some(answer) = unit.recall("persons/D01-11", &id, digest).await? {
                return Ok(answer);
            }
            let mut answer = vec![0; 16];
            unit.entropy().fill(&mut answer);
            unit.tell(telling("a", 1), "persons/D01-11");
            unit.remember("persons/D01-11", &id, &answer).await?;
            if refuse { Err(Trouble::Damaged("refused".to_owned())) } else { Ok(answer) }
        }
        .boxed()
    });
    done.await
}

async fn a_twin_on_another_replica_gets_the_same_answer(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    for round in 0..20 {
        let id = format!("request {round}");
        let asked =
            join_all([&one, &two, &one, &two].map(|to| ask(&to.journal, &id, b"same", false)));
        let answers: Vec<_> = asked.await.into_iter().map(|done| done.unwrap().value).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "one answer for all");
        assert_eq!(one.journal.head().await.unwrap(), round + 1, "one effect");
    }
}

async fn a_request_id_with_other_content_is_refused(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    ask(&one.journal, "request", b"this", false).await.unwrap();
    let other = ask(&two.journal, "request", b"that", false).await;
    assert!(matches!(other, Err(Trouble::RequestIdReused)));
    assert_eq!(one.journal.head().await.unwrap(), 1);
}

async fn a_refusal_takes_the_request_id_back(size: Size) {
    let ground = Ground::new(size).await;
    let one = ground.replica("alpha").await;
    assert!(ask(&one.journal, "request", b"this", true).await.is_err());
    ask(&one.journal, "request", b"that", false).await.unwrap();
    assert_eq!(one.journal.head().await.unwrap(), 1);
}

async fn numbers_are_unique_and_rising(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    let draw = |journal: &Journal| {
        let journal = journal.clone();
        async move { journal.commit("n", None, unit_number).await.unwrap().value }
    };
    let mut drawn = join_all((0..100).map(|at| draw(&[&one, &two][at % 2].journal))).await;
    drawn.sort_unstable();
    assert_eq!(drawn, (1..=100).collect::<Vec<i64>>());
}

fn unit_number(unit: &mut Unit) -> futures_util::future::BoxFuture<'_, Result<i64, Trouble>> {
    unit.next_number("case").boxed()
}

/// Two replicas lock two things in opposite order, each sure to hold its first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_tried_again() {
    let ground = Ground::new(Size::Real).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    let made = one.journal.commit("a", None, |unit: &mut Unit| {
        async move {
            put(unit.tx(), "left", 0).await?;
            put(unit.tx(), "right", 0).await
        }
        .boxed()
    });
    made.await.unwrap();
    let meeting = Arc::new(Barrier::new(2));
    let add = |journal: &Journal, first: &'static str, second: &'static str| {
        let (journal, meeting) = (journal.clone(), Arc::clone(&meeting));
        async move {
            let done = journal.commit("a", None, move |unit: &mut Unit| {
                let meeting = Arc::clone(&meeting);
                async move {
                    let lock =
                        format!("SELECT 1 FROM thing WHERE name = $1{}", for_update(unit.tx()));
                    find(unit.tx(), &lock, [first.into()]).await?;
                    // Only the first time do both come here together.
                    let _ = tokio::time::timeout(Duration::from_secs(2), meeting.wait()).await;
                    find(unit.tx(), &lock, [second.into()]).await?;
                    let sql = "UPDATE thing SET value = value + 1";
                    execute(unit.tx(), sql, []).await?;
                    unit.tell(telling("a", 1), "system");
                    Ok::<_, Trouble>(())
                }
                .boxed()
            });
            done.await
        }
    };
    let (there, back) =
        tokio::join!(add(&one.journal, "left", "right"), add(&two.journal, "right", "left"));
    there.unwrap();
    back.unwrap();
    assert_eq!(value_of(one.read(), "left").await, Some(2));
    assert_eq!(one.journal.head().await.unwrap(), 2);
}

/// A unit that leaves its transaction idle is cut off by the server; the others go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_transaction_is_cut_off() {
    let ground = Ground::new(Size::Real).await;
    let one = ground.replica("alpha").await;
    let idle = one.journal.commit("a", None, |unit: &mut Unit| {
        async move {
            put(unit.tx(), "idle", 1).await?;
            pause(6_500).await;
            Ok::<_, Trouble>(())
        }
        .boxed()
    });
    assert!(matches!(idle.await, Err(Trouble::Database(_))));
    assert_eq!(value_of(one.read(), "idle").await, None);
    assert_eq!(one.tell("a", 1).await.unwrap(), 1);
}

/// The connection breaks in the commit itself, so that nobody knows what became of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_cut_off_is_of_unknown_outcome() {
    let ground = Ground::new(Size::Real).await;
    let one = ground.replica("alpha").await;
    let prepared = one.journal.commit("a", None, |unit: &mut Unit| {
        async move {
            let cut = "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS \
                       $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$";
            execute(unit.tx(), cut, []).await?;
            let at_commit = "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON thing \
                             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()";
            execute(unit.tx(), at_commit, []).await?;
            Ok::<_, Trouble>(())
        }
        .boxed()
    });
    prepared.await.unwrap();
    let cut = one
        .journal
        .commit("a", None, |unit: &mut Unit| async move { put(unit.tx(), "cut", 1).await }.boxed());
    assert!(matches!(cut.await, Err(Trouble::OutcomeUnknown)));
    assert_eq!(value_of(one.read(), "cut").await, None);
    assert_eq!(one.tell("a", 1).await.unwrap(), 1, "the writer goes on");
}
