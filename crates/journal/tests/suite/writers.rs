//! A unit of work becomes true wholly or not at all, whatever the others of its batch do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use jiff::SignedDuration;
use journal::statement::{execute, find};
use journal::{Journal, Settings, Trouble, Unit};
use sea_orm::ConnectionTrait;
use tokio::time::Instant;

use crate::on_both_sizes;
use crate::stand::{Ground, Replica, Size, eventually, instant, tell, telling};

on_both_sizes!(
    positions_are_dense_and_never_seen_before_those_below,
    a_refused_unit_leaves_no_hole_and_does_not_hurt_its_batch,
    a_trial_is_answered_and_leaves_nothing,
    a_panic_is_answered_alone,
    a_swallowed_database_error_is_answered_alone,
    a_fault_that_shows_at_the_commit_is_answered_alone,
    a_unit_whose_deadline_passed_is_not_started,
    a_full_queue_refuses,
    recorded_at_never_runs_back,
    a_unit_goes_on_when_its_caller_has_gone,
    a_stopped_writer_answers_everybody,
    answers_of_a_week_ago_are_forgotten,
);

/// A journal on which nothing runs yet, so that what is handed in makes one batch.
async fn resting(ground: &Ground) -> Journal {
    let settings = Settings { writers: 1, ..ground.settings("alpha") };
    Journal::open(settings).await.unwrap()
}

/// Starts the writers when as many units wait.
async fn wake(journal: &Journal, units: usize) -> Replica {
    eventually("the units wait", || async { journal.in_flight() == units }).await;
    Replica::start(journal.clone())
}

pub(crate) async fn put<C: ConnectionTrait>(on: &C, name: &str, value: i64) -> Result<(), Trouble> {
    let sql = "INSERT INTO thing (name, value) VALUES ($1, $2)";
    execute(on, sql, [name.into(), value.into()]).await?;
    Ok(())
}

pub(crate) async fn value_of<C: ConnectionTrait>(on: &C, name: &str) -> Option<i64> {
    let row = find(on, "SELECT value FROM thing WHERE name = $1", [name.into()]).await.unwrap();
    row.map(|row| row.try_get_by_index(0).unwrap())
}

async fn positions_are_dense_and_never_seen_before_those_below(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    let looking = async {
        let mut seen = 0;
        while seen < 600 {
            let positions = one.journal.entries(0, 10_000).await.unwrap();
            for (entry, position) in positions.iter().zip(1..) {
                assert_eq!(entry.position, position, "a hole");
                assert_eq!(entry.heard().unwrap().position, position, "the envelope says it, too");
            }
            assert!(seen <= positions.len(), "nothing goes away");
            seen = positions.len();
        }
    };
    let units = (0..600).map(|number: i64| {
        let journal = if number % 2 == 0 { &one.journal } else { &two.journal };
        async move { (tell(journal, &format!("t{}", number % 50), number).await.unwrap(), number) }
    });
    let (answers, ()) = tokio::join!(join_all(units), looking);
    let entries = one.journal.entries(0, 1_000).await.unwrap();
    let places: std::collections::BTreeMap<i64, i64> = entries
        .iter()
        .map(|entry| {
            (
                entry.heard().unwrap().decode::<prost_types::Duration>().unwrap().seconds,
                entry.position,
            )
        })
        .collect();
    for (answered, number) in answers {
        assert!(places[&number] <= answered, "an answer's position holds its own facts");
    }
}

async fn a_refused_unit_leaves_no_hole_and_does_not_hurt_its_batch(size: Size) {
    let ground = Ground::new(size).await;
    let journal = resting(&ground).await;
    let units = (0..9).map(|number: i64| {
        journal.commit(format!("t{number}"), None, move |unit: &mut Unit| {
            async move {
                put(unit.tx(), &format!("t{number}"), number).await?;
                unit.set_alarm(&format!("t{number}"), "due", unit.now()).await?;
                unit.tell(telling("t", number), "system");
                if number % 3 == 1 { Err(Trouble::RequestIdReused) } else { Ok(number) }
            }
            .boxed()
        })
    });
    let (answers, replica) = tokio::join!(join_all(units), wake(&journal, 9));
    for (answer, number) in answers.into_iter().zip(0..) {
        match answer {
            Ok(done) => assert_eq!((done.value, done.position), (number, 6)),
            Err(trouble) => assert!(matches!(trouble, Trouble::RequestIdReused) && number % 3 == 1),
        }
        assert_eq!(
            value_of(replica.read(), &format!("t{number}")).await.is_some(),
            number % 3 != 1
        );
    }
    let told: Vec<i64> = replica.expected().await.iter().map(|effect| effect.told).collect();
    assert_eq!(told, [0, 2, 3, 5, 6, 8]);
    assert_eq!(journal.due_alarms().await.unwrap().len(), 6);
    assert_eq!(journal.units_and_commits(), (6, 1), "one transaction for all");
}

async fn a_trial_is_answered_and_leaves_nothing(size: Size) {
    let ground = Ground::new(size).await;
    let journal = resting(&ground).await;
    let put_it = |name: &'static str, tries: bool| {
        journal.commit(name, None, move |unit: &mut Unit| {
            async move {
                if tries {
                    unit.only_tries();
                }
                put(unit.tx(), name, 1).await?;
                let number = unit.next_number("things").await?;
                unit.set_alarm(name, "due", unit.now()).await?;
                unit.tell(telling(name, number), "somebody");
                Ok::<_, Trouble>(number)
            }
            .boxed()
        })
    };
    // One batch: the trial in the midst of two that become true.
    let units = async { tokio::join!(put_it("a", false), put_it("b", true), put_it("c", false)) };
    let (answers, _replica) = tokio::join!(units, wake(&journal, 3));
    let (a, b, c) = (answers.0.unwrap(), answers.1.unwrap(), answers.2.unwrap());
    assert_eq!((a.value, b.value, c.value), (1, 2, 2), "its number is drawn again");
    let read = journal.database().read();
    assert_eq!((value_of(read, "a").await, value_of(read, "b").await), (Some(1), None));
    let told = journal.entries(0, 10).await.unwrap();
    let subjects = told.iter().map(|entry| entry.heard().unwrap().subject).collect::<Vec<_>>();
    assert_eq!(subjects, ["a", "c"]);
    assert_eq!(journal.head().await.unwrap(), 2, "no hole");
    assert_eq!(journal.due_alarms().await.unwrap().len(), 2);

    // Alone, nothing is committed at all.
    let alone = put_it("d", true).await.unwrap();
    assert_eq!((alone.value, alone.position), (3, 0));
    assert_eq!(value_of(read, "d").await, None);
}

async fn a_panic_is_answered_alone(size: Size) {
    let ground = Ground::new(size).await;
    let journal = resting(&ground).await;
    let fine = join_all(["a", "z"].map(|subject| tell(&journal, subject, 1)));
    let within = journal.commit("m", None, |unit: &mut Unit| {
        async move {
            put(unit.tx(), "m", 1).await?;
            assert!(unit.now() < instant("2020-01-01T00:00:00Z"), "a panic in the work");
            Ok::<_, Trouble>(())
        }
        .boxed()
    });
    let before = journal.commit("n", None, |unit: &mut Unit| {
        assert!(unit.now() < instant("2020-01-01T00:00:00Z"), "a panic before the work");
        async { Ok::<_, Trouble>(()) }.boxed()
    });
    let (fine, within, before, replica) = tokio::join!(fine, within, before, wake(&journal, 4));
    assert!(
        matches!(within, Err(Trouble::Damaged(_))) && matches!(before, Err(Trouble::Damaged(_)))
    );
    assert_eq!(fine.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [2, 2]);
    assert_eq!(value_of(replica.read(), "m").await, None);
    assert_eq!(replica.tell("a", 2).await.unwrap(), 3, "the writer goes on");
}

/// PostgreSQL gives up a transaction at the first error, SQLite the statement alone.
async fn a_swallowed_database_error_is_answered_alone(size: Size) {
    let ground = Ground::new(size).await;
    let journal = resting(&ground).await;
    let fine = join_all(["a", "z"].map(|subject| tell(&journal, subject, 1)));
    let careless = journal.commit("m", None, |unit: &mut Unit| {
        async move {
            put(unit.tx(), "m", 1).await?;
            let _ = put(unit.tx(), "m", 2).await;
            Ok::<_, Trouble>(())
        }
        .boxed()
    });
    let (fine, careless, replica) = tokio::join!(fine, careless, wake(&journal, 3));
    assert!(fine.iter().all(Result::is_ok));
    assert_eq!(careless.is_err(), size == Size::Real);
    let stays = (size == Size::Embedded).then_some(1);
    assert_eq!(value_of(replica.read(), "m").await, stays);
}

async fn a_fault_that_shows_at_the_commit_is_answered_alone(size: Size) {
    let ground = Ground::new(size).await;
    let journal = resting(&ground).await;
    let faulty = journal.commit("a", None, |unit: &mut Unit| {
        async move {
            put(unit.tx(), "reserved", 1).await?;
            unit.tell(telling("a", 1), "system");
            let sql = "INSERT INTO child (name) VALUES ('nobody')";
            execute(unit.tx(), sql, []).await?;
            Ok::<_, Trouble>(())
        }
        .boxed()
    });
    // Refused because of what the first one did, which never became true.
    let looking = journal.commit("b", None, |unit: &mut Unit| {
        async move {
            let free = value_of(unit.tx(), "reserved").await.is_none();
            if free { Ok(()) } else { Err(Trouble::RequestIdReused) }
        }
        .boxed()
    });
    let fine = tell(&journal, "c", 3);
    let (faulty, looking, fine, replica) = tokio::join!(faulty, looking, fine, wake(&journal, 3));
    assert!(matches!(faulty, Err(Trouble::Database(_))), "{faulty:?}");
    assert!(looking.is_ok(), "a refusal was founded on what is not true");
    assert_eq!(fine.unwrap(), 1);
    assert_eq!(replica.expected().await.len(), 1);
    assert_eq!(value_of(replica.read(), "reserved").await, None);
}

async fn a_unit_whose_deadline_passed_is_not_started(size: Size) {
    let ground = Ground::new(size).await;
    let journal = resting(&ground).await;
    let started = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&started);
    let late = journal.commit("a", Some(Instant::now()), move |_: &mut Unit| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok::<_, Trouble>(()) }.boxed()
    });
    let (late, replica) = tokio::join!(late, wake(&journal, 1));
    assert!(matches!(late, Err(Trouble::DeadlinePassed)));
    assert_eq!(started.load(Ordering::SeqCst), 0);
    let soon = Some(Instant::now() + Duration::from_secs(60));
    let done = journal.commit("a", soon, |_: &mut Unit| async { Ok::<_, Trouble>(7) }.boxed());
    assert_eq!(done.await.unwrap().value, 7, "the writer goes on");
    drop(replica);
}

async fn a_full_queue_refuses(size: Size) {
    let ground = Ground::new(size).await;
    let settings = Settings { queue_length: 3, ..ground.settings("alpha") };
    let journal = Journal::open(settings).await.unwrap();
    let waiting = join_all((0..3).map(|number| tell(&journal, "a", number)));
    let more = async {
        eventually("they wait", || async { journal.in_flight() == 3 }).await;
        let refused = tell(&journal, "a", 3).await;
        assert_eq!(journal.in_flight(), 3, "what is refused does not count");
        (refused, Replica::start(journal.clone()))
    };
    let (waited, (refused, _replica)) = tokio::join!(waiting, more);
    assert!(matches!(refused, Err(Trouble::Overloaded)));
    assert!(waited.into_iter().all(|position| position.is_ok()));
    assert_eq!(journal.head().await.unwrap(), 3);
}

async fn recorded_at_never_runs_back(size: Size) {
    let ground = Ground::new(size).await;
    let one = ground.replica("alpha").await;
    one.tell("a", 1).await.unwrap();
    ground.clock.move_to(ground_now(&ground) + SignedDuration::from_secs(60));
    one.tell("a", 2).await.unwrap();
    // Another replica, whose clock is behind.
    let mut settings = ground.settings("alpha");
    settings.sources.clock = Arc::new(journal::ManualClock::at(instant("2026-03-02T00:00:00Z")));
    let two = Replica::start(Journal::open(settings).await.unwrap());
    two.tell("a", 3).await.unwrap();
    let recorded: Vec<_> = two
        .journal
        .entries(0, 9)
        .await
        .unwrap()
        .iter()
        .map(|entry| entry.heard().unwrap())
        .collect();
    assert!(recorded.is_sorted_by_key(|heard| heard.recorded_at));
    assert_eq!(recorded[2].recorded_at, recorded[1].recorded_at);
    assert_eq!(
        recorded[2].occurred_at,
        instant("2026-03-02T00:00:00Z"),
        "what the clock said stays"
    );
}

fn ground_now(ground: &Ground) -> jiff::Timestamp {
    use journal::Clock as _;
    ground.clock.now()
}

async fn a_unit_goes_on_when_its_caller_has_gone(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    for told in 0..20 {
        let journal = alpha.journal.clone();
        let caller = tokio::spawn(async move { tell(&journal, "a", told).await });
        eventually("it was handed in", || async {
            alpha.journal.in_flight() > 0 || alpha.journal.head().await.unwrap() > told
        })
        .await;
        caller.abort();
        eventually("it is true", || async { alpha.journal.head().await.unwrap() == told + 1 })
            .await;
    }
}

async fn a_stopped_writer_answers_everybody(size: Size) {
    let ground = Ground::new(size).await;
    let journal = resting(&ground).await;
    let waiting = join_all((0..200).map(|number| tell(&journal, "a", number)));
    let stopping = async {
        let replica = wake(&journal, 200).await;
        for writer in replica.writers {
            writer.end().await;
        }
    };
    let (answers, ()) = tokio::join!(waiting, stopping);
    let made = answers.into_iter().filter(Result::is_ok).count();
    assert_eq!(i64::try_from(made).unwrap(), journal.head().await.unwrap());
    assert_eq!(made, 200, "what waited was carried out");
    assert!(
        matches!(tell(&journal, "a", 1).await, Err(Trouble::Overloaded)),
        "nobody waits for ever"
    );
}

async fn answers_of_a_week_ago_are_forgotten(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    let ask = |number: i64| {
        alpha.journal.commit("a", None, move |unit: &mut Unit| {
            async move {
                let id = format!("request {number}");
                let known = unit.recall("me", &id, b"digest").await?.is_some();
                unit.remember("me", &id, b"answer").await?;
                Ok::<_, Trouble>(known)
            }
            .boxed()
        })
    };
    for asked in join_all((0..900).map(ask)).await {
        assert!(!asked.unwrap().value);
    }
    ground.clock.move_to(ground_now(&ground) + SignedDuration::from_hours(24 * 7));
    assert_eq!(alpha.journal.prune().await.unwrap(), 0, "a week is not over");
    ask(1_000).await.unwrap();
    ground.clock.move_to(ground_now(&ground) + SignedDuration::from_micros(1));
    assert_eq!(alpha.journal.prune().await.unwrap(), 900);
    assert!(ask(1_000).await.unwrap().value);
    assert!(!ask(5).await.unwrap().value, "it is new again");
}
