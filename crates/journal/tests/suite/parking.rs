//! An event that cannot be applied holds back those of its own subject and nobody else.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use journal::statement::execute;
use journal::{Delivery, Ear};

use crate::on_both_sizes;
use crate::stand::{Ground, Replica, Scribe, Size, eventually, pause, tell};

on_both_sizes!(
    a_poison_event_holds_back_its_subject_alone_and_is_replayed_in_order,
    an_event_that_comes_while_its_subject_is_replayed_is_not_left_behind,
    an_envelope_that_cannot_be_read_is_parked,
    what_is_not_the_fault_of_an_event_does_not_park_it,
);

struct Heard {
    _ground: Ground,
    alpha: Replica,
    omega: Replica,
    ear: Arc<Scribe>,
    delivery: Arc<dyn Delivery>,
}

async fn heard(size: Size) -> Heard {
    let ground = Ground::new(size).await;
    let (alpha, beta) = (ground.replica("alpha").await, ground.replica("beta").await);
    let omega = ground.replica("omega").await;
    let delivery = ground.delivery(&[&alpha, &beta]);
    Heard { _ground: ground, alpha, omega, ear: Arc::default(), delivery }
}

async fn told_of(omega: &Replica, subject: &str) -> Vec<i64> {
    let effects = omega.effects().await.into_iter();
    effects.filter(|effect| effect.subject == subject).map(|effect| effect.told).collect()
}

async fn has_passed(omega: &Replica, position: i64) {
    let passed = || async { omega.journal.heard(&["alpha"]).await.unwrap()["alpha"] == position };
    eventually("the listener has passed", passed).await;
}

async fn a_poison_event_holds_back_its_subject_alone_and_is_replayed_in_order(size: Size) {
    let Heard { _ground, alpha, omega, ear, delivery } = heard(size).await;
    let _tasks = [alpha.publish(&delivery), omega.listen(&delivery, &ear)];
    ear.fails_on.lock().unwrap().extend([3, 6]);
    for told in 1..=12 {
        tell(&alpha.journal, ["a", "b", "c"][told % 3], told as i64).await.unwrap();
    }
    has_passed(&omega, 12).await;
    assert_eq!(told_of(&omega, "b").await, [1, 4, 7, 10]);
    assert_eq!(told_of(&omega, "c").await, [2, 5, 8, 11]);
    assert_eq!(told_of(&omega, "a").await, [0; 0], "nothing of it overtakes");
    let parked = omega.journal.list_parked(("", 0), 10).await.unwrap();
    let places: Vec<_> =
        parked.iter().map(|event| (event.position, event.subject.as_str())).collect();
    assert_eq!(places, [(3, "a"), (6, "a"), (9, "a"), (12, "a")]);
    assert!(parked[0].problem.contains("3 cannot be heard"), "{}", parked[0].problem);
    assert_eq!(omega.journal.count_parked().await.unwrap(), 4);
    assert_eq!(omega.journal.list_parked(("alpha", 6), 1).await.unwrap()[0].position, 9);

    // Replayed while it is still poison: nothing moves.
    let again =
        omega.journal.replay_parked(ear.clone() as Arc<dyn Ear>, "alpha", "a").await.unwrap();
    assert_eq!((again.applied, again.left), (0, 4));
    ear.fails_on.lock().unwrap().remove(&3);
    let again = omega.journal.replay_parked(ear.clone(), "alpha", "a").await.unwrap();
    assert_eq!((again.applied, again.left), (1, 3));
    assert!(again.problem.unwrap().contains("6 cannot be heard"));
    ear.fails_on.lock().unwrap().clear();
    // One more still waits behind those that are parked.
    alpha.tell("a", 15).await.unwrap();
    has_passed(&omega, 13).await;
    assert_eq!(told_of(&omega, "a").await, [3]);
    let again = omega.journal.replay_parked(ear.clone(), "alpha", "a").await.unwrap();
    assert_eq!((again.applied, again.left, again.problem), (4, 0, None));
    assert_eq!(told_of(&omega, "a").await, [3, 6, 9, 12, 15]);
    alpha.tell("a", 18).await.unwrap();
    has_passed(&omega, 14).await;
    assert_eq!(told_of(&omega, "a").await, [3, 6, 9, 12, 15, 18]);
}

async fn an_event_that_comes_while_its_subject_is_replayed_is_not_left_behind(size: Size) {
    let Heard { _ground, alpha, omega, ear, delivery } = heard(size).await;
    let _publisher = alpha.publish(&delivery);
    let listener = omega.listen(&delivery, &ear);
    ear.fails_on.lock().unwrap().insert(3);
    alpha.tell("a", 3).await.unwrap();
    has_passed(&omega, 1).await;
    listener.kill().await;
    ear.fails_on.lock().unwrap().clear();
    // The replay has taken the last parked event away and has not yet committed when the listener
    // asks for it; the listener has not committed when the replay finds nothing more.
    ear.rests_on.lock().unwrap().extend([(3, 2_000), (7, 3_000)]);
    let (journal, again) = (omega.journal.clone(), ear.clone() as Arc<dyn Ear>);
    let replay =
        tokio::spawn(async move { journal.replay_parked(again, "alpha", "a").await.unwrap() });
    eventually("the replay rests", || async { ear.rests.load(Ordering::SeqCst) }).await;
    alpha.tell("a", 6).await.unwrap();
    alpha.tell("b", 7).await.unwrap();
    if delivery.publishes() {
        let published = || async { alpha.journal.published().await.unwrap() == 3 };
        eventually("both wait for the listener", published).await;
    }
    let _listener = omega.listen(&delivery, &ear);
    has_passed(&omega, 3).await;
    assert_eq!(replay.await.unwrap().problem, None);
    assert_eq!(told_of(&omega, "a").await, [3, 6]);
    assert_eq!(omega.journal.count_parked().await.unwrap(), 0);
}

async fn an_envelope_that_cannot_be_read_is_parked(size: Size) {
    let Heard { _ground, alpha, omega, ear, delivery } = heard(size).await;
    alpha.tell("a", 1).await.unwrap();
    // Only from outside can such a thing come into a journal.
    let damage = alpha.journal.commit("damage", None, |unit| {
        Box::pin(async move {
            let sql = "INSERT INTO journal (position, event_id, subject, kind, correlation, recorded_at, envelope) \
                       VALUES (2, 'damaged', 'a', 'x', 'a', 0, $1)";
            execute(unit.tx(), sql, [b"not an envelope".to_vec().into()]).await?;
            execute(unit.tx(), "UPDATE journal_head SET position = 2", []).await?;
            Ok::<_, journal::Trouble>(())
        })
    });
    damage.await.unwrap();
    alpha.tell("b", 3).await.unwrap();
    let _tasks = [alpha.publish(&delivery), omega.listen(&delivery, &ear)];
    has_passed(&omega, 3).await;
    assert_eq!(told_of(&omega, "b").await, [3]);
    let parked = omega.journal.list_parked(("", 0), 10).await.unwrap();
    assert_eq!(parked.iter().map(|event| event.position).collect::<Vec<_>>(), [2]);
    let again = omega.journal.replay_parked(ear.clone(), "alpha", "").await.unwrap();
    assert_eq!((again.applied, again.left), (0, 1), "it stays visible");
}

async fn what_is_not_the_fault_of_an_event_does_not_park_it(size: Size) {
    let Heard { _ground, alpha, omega, ear, delivery } = heard(size).await;
    let _tasks = [alpha.publish(&delivery), omega.listen(&delivery, &ear)];
    ear.is_away.store(true, Ordering::SeqCst);
    alpha.tell_many(3).await;
    // Longer than an event is tried again before it is parked.
    pause(4_500).await;
    assert_eq!(omega.journal.count_parked().await.unwrap(), 0);
    ear.is_away.store(false, Ordering::SeqCst);
    omega.has_heard(&alpha).await;
}
