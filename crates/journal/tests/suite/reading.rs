//! Who watches sees everything once, in order; nobody changes what was written.

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use journal::reader::Watched;
use journal::statement::execute;
use journal::{Journal, Trouble};

use crate::on_both_sizes;
use crate::stand::{Ground, Size};

on_both_sizes!(
    a_watcher_sees_everything_once_and_resumes,
    a_history_is_what_happened_to_one_thing,
    what_was_written_cannot_be_changed,
    opening_again_goes_on_where_it_ended,
);

/// Watches from a position until an entry, and resumes now and then as a broken call would.
async fn watch(journal: &Journal, until: i64) -> (Vec<i64>, usize) {
    let (mut seen, mut reached) = (Vec::new(), 0);
    while seen.last() != Some(&until) {
        let watching = journal.watch(seen.last().copied().unwrap_or(0));
        let mut watching = std::pin::pin!(watching);
        for _ in 0..137 {
            match watching.next().await.unwrap().unwrap() {
                Watched::Entry(entry) => seen.push(entry.position),
                Watched::Reached(position) => {
                    assert_eq!(position, seen.last().copied().unwrap_or(0));
                    reached += 1;
                }
            }
            if seen.last() == Some(&until) {
                break;
            }
        }
    }
    (seen, reached)
}

async fn a_watcher_sees_everything_once_and_resumes(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    let writing = async {
        for _ in 0..10 {
            tokio::join!(one.tell_many(40), two.tell_many(40));
        }
    };
    let watchers = join_all([&one, &two, &one].map(|replica| watch(&replica.journal, 800)));
    let (watched, ()) = tokio::join!(watchers, writing);
    for (seen, _) in watched {
        assert_eq!(seen, (1..=800).collect::<Vec<_>>(), "neither gap nor repetition");
    }
    // At rest it says how far it is, once, and then waits.
    let watching = one.journal.watch(790);
    let mut watching = std::pin::pin!(watching);
    for _ in 0..10 {
        assert!(matches!(watching.next().await, Some(Ok(Watched::Entry(_)))));
    }
    assert!(matches!(watching.next().await, Some(Ok(Watched::Reached(800)))));
    let quiet =
        tokio::time::timeout(std::time::Duration::from_millis(1_500), watching.next()).await;
    assert!(quiet.is_err());
    // Another replica's commit does not wake it, so it looks.
    two.tell("a", 1).await.unwrap();
    assert!(matches!(watching.next().await, Some(Ok(Watched::Entry(_)))));
}

async fn a_history_is_what_happened_to_one_thing(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    for told in 1..=9 {
        alpha.tell(if told % 2 == 1 { "b" } else { "a" }, told).await.unwrap();
    }
    let page = alpha.journal.history("b", 3, 2).await.unwrap();
    let page: Vec<_> = page.iter().map(|entry| entry.position).collect();
    assert_eq!(page, [5, 7]);
}

async fn what_was_written_cannot_be_changed(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    alpha.tell_many(3).await;
    let before = alpha.journal.entries(0, 10).await.unwrap();
    let mut attempts = vec![
        "UPDATE journal SET subject = 'z'",
        "UPDATE journal SET envelope = envelope WHERE position = 2",
        "DELETE FROM journal WHERE position = 3",
    ];
    if size == Size::Real {
        attempts.push("TRUNCATE journal");
    }
    for sql in attempts {
        let changed = alpha.journal.commit("a", None, move |unit| {
            Box::pin(async move { Ok::<_, Trouble>(execute(unit.tx(), sql, []).await?) })
        });
        let refused = changed.await.unwrap_err();
        let Trouble::Database(error) = &refused else { panic!("{refused:?}") };
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
    assert_eq!(alpha.journal.entries(0, 10).await.unwrap(), before);
    let written = execute(alpha.read(), "UPDATE journal_head SET position = 0", []).await;
    if size == Size::Embedded {
        assert!(written.is_err(), "readers cannot write");
    }
}

async fn opening_again_goes_on_where_it_ended(size: Size) {
    let ground = Ground::new(size).await;
    ground.replica("alpha").await.tell_many(7).await;
    let again = ground.replica("alpha").await;
    assert_eq!(again.journal.position(), 7);
    assert_eq!(again.tell("a", 8).await.unwrap(), 8);
    // Replicas that open a new database at once do not stumble over each other.
    if size == Size::Real {
        let opened = join_all((0..4).map(|_| Journal::open(ground.settings("fresh")))).await;
        assert!(opened.iter().all(Result::is_ok));
    }
}
