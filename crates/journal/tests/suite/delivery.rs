//! Every event is heard once and in order, whatever is dropped, lost or doubled on the way.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use futures_util::FutureExt as _;
use journal::{Delivery, Telling, Trouble};

use crate::faults::{Faults, Faulty};
use crate::on_both_sizes;
use crate::stand::{Ground, Replica, Scribe, Size, eventually, pause};

on_both_sizes!(
    every_event_is_heard_once_and_in_order,
    a_listener_may_be_dropped_anywhere,
    connecting_may_be_given_up_anywhere,
    an_effect_without_acknowledgement_is_not_heard_twice,
    a_confirm_without_a_cursor_is_not_heard_twice,
    what_was_committed_before_anyone_published_is_heard,
    what_a_listener_lost_it_asks_for,
    a_gap_that_stays_is_asked_for_again,
    a_new_listener_hears_an_old_journal,
    two_replicas_at_once_are_harmless,
    an_unknown_kind_is_passed_over,
    a_publisher_that_stops_publishes_what_is_left,
);

struct Zone {
    ground: Ground,
    alpha: Replica,
    beta: Replica,
    omega: Replica,
    ear: Arc<Scribe>,
    delivery: Arc<dyn Delivery>,
}

async fn zone(size: Size) -> Zone {
    let ground = Ground::new(size).await;
    let (alpha, beta) = (ground.replica("alpha").await, ground.replica("beta").await);
    let omega = ground.replica("omega").await;
    let delivery = ground.delivery(&[&alpha, &beta]);
    Zone { ground, alpha, beta, omega, ear: Arc::default(), delivery }
}

async fn every_event_is_heard_once_and_in_order(size: Size) {
    let Zone { ground: _ground, alpha, beta, omega, ear, delivery } = zone(size).await;
    let _tasks = [alpha.publish(&delivery), beta.publish(&delivery), omega.listen(&delivery, &ear)];
    for _ in 0..3 {
        tokio::join!(alpha.tell_many(150), beta.tell_many(40));
    }
    omega.has_heard(&alpha).await;
    omega.has_heard(&beta).await;
}

async fn a_listener_may_be_dropped_anywhere(size: Size) {
    let Zone { ground: _ground, alpha, beta, omega, ear, delivery } = zone(size).await;
    let _publishers = [alpha.publish(&delivery), beta.publish(&delivery)];
    for millis in [1, 3, 8, 20, 60, 5, 40, 150] {
        let listener = omega.listen(&delivery, &ear);
        alpha.tell_many(60).await;
        pause(millis).await;
        listener.kill().await;
    }
    let _listener = omega.listen(&delivery, &ear);
    omega.has_heard(&alpha).await;
}

/// A consumer that was asked for and never taken must not keep the queue for itself.
async fn connecting_may_be_given_up_anywhere(size: Size) {
    let Zone { ground: _ground, alpha, beta, omega, ear, delivery } = zone(size).await;
    let _publishers = [alpha.publish(&delivery), beta.publish(&delivery)];
    let mut polls = 1;
    while given_up_after(polls, delivery.feed("omega", &["alpha", "beta"])).await.is_none() {
        polls += 1;
    }
    alpha.tell_many(10).await;
    let _listener = omega.listen(&delivery, &ear);
    omega.has_heard(&alpha).await;
}

/// What a future comes to, unless it is given up when it has been polled so often in vain.
async fn given_up_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), polls);
    poll_fn(|context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn an_effect_without_acknowledgement_is_not_heard_twice(size: Size) {
    let Zone { ground: _ground, alpha, beta: _beta, omega, ear, delivery } = zone(size).await;
    let _publisher = alpha.publish(&delivery);
    let (faulty, faults) =
        Faulty::of(&delivery, Faults { hangs_before_accept: true, ..Faults::default() });
    let listener = omega.listen(&faulty, &ear);
    alpha.tell_many(10).await;
    eventually("an effect is true", || async { !omega.effects().await.is_empty() }).await;
    eventually("the listener hangs", || async { 0 < faults.hung.load(Ordering::SeqCst) }).await;
    listener.kill().await;
    let _listener = omega.listen(&delivery, &ear);
    omega.has_heard(&alpha).await;
}

async fn a_confirm_without_a_cursor_is_not_heard_twice(size: Size) {
    let Zone { ground: _ground, alpha, beta: _beta, omega, ear, delivery } = zone(size).await;
    let (faulty, faults) =
        Faulty::of(&delivery, Faults { hangs_after_confirm: true, ..Faults::default() });
    alpha.tell_many(10).await;
    let publisher = alpha.publish(&faulty);
    if delivery.publishes() {
        eventually("it hangs", || async { 0 < faults.hung.load(Ordering::SeqCst) }).await;
        assert_eq!(
            alpha.journal.published().await.unwrap(),
            0,
            "the cursor moves after the confirm"
        );
        publisher.kill().await;
    }
    // What died holding the lease is replaced by another, in time.
    let _publisher = alpha.publish(&delivery);
    let _listener = omega.listen(&delivery, &ear);
    omega.has_heard(&alpha).await;
    if delivery.publishes() {
        eventually("the cursor moves", || async { alpha.journal.published().await.unwrap() == 10 })
            .await;
    }
}

async fn what_was_committed_before_anyone_published_is_heard(size: Size) {
    let Zone { ground, alpha, beta: _beta, omega, ear, delivery } = zone(size).await;
    alpha.tell_many(300).await;
    drop(alpha);
    let alpha = ground.replica("alpha").await;
    let _tasks = [alpha.publish(&delivery), omega.listen(&delivery, &ear)];
    omega.has_heard(&alpha).await;
}

async fn what_a_listener_lost_it_asks_for(size: Size) {
    let Zone { ground: _ground, alpha, beta: _beta, omega, ear, delivery } = zone(size).await;
    let lost = [vec![1, 17], (30..=60).collect()].concat();
    let (faulty, faults) = Faulty::of(
        &delivery,
        Faults { lost: lost.into(), unheard: vec![70].into(), ..Faults::default() },
    );
    let _tasks = [alpha.publish(&faulty), omega.listen(&faulty, &ear)];
    for _ in 0..10 {
        alpha.tell_many(10).await;
        pause(20).await;
    }
    omega.has_heard(&alpha).await;
    if delivery.publishes() {
        assert!(faults.resent.lock().unwrap().contains(&17), "it came by being asked for");
    }
}

async fn a_gap_that_stays_is_asked_for_again(size: Size) {
    let Zone { ground: _ground, alpha, beta: _beta, omega, ear, delivery } = zone(size).await;
    // Lost at first, and once more when it is sent again. Nothing follows that would wake anyone.
    let (faulty, faults) =
        Faulty::of(&delivery, Faults { lost: vec![2, 2].into(), ..Faults::default() });
    let _tasks = [alpha.publish(&faulty), omega.listen(&faulty, &ear)];
    alpha.tell_many(5).await;
    omega.has_heard(&alpha).await;
    if delivery.publishes() {
        let asked = faults.asked.load(Ordering::SeqCst);
        assert!((2..=4).contains(&asked), "asked {asked} times: at once, and then after a while");
    }
}

async fn a_new_listener_hears_an_old_journal(size: Size) {
    let Zone { ground, alpha, beta: _beta, omega, ear, delivery } = zone(size).await;
    // While nobody hears it, everything is published to nobody.
    let nobody: Arc<dyn Delivery> = match size {
        Size::Embedded => Arc::clone(&delivery),
        Size::Real => Arc::new(journal::delivery::RabbitDelivery::new(ground.broker(), Vec::new())),
    };
    let _publisher = alpha.publish(&nobody);
    alpha.tell_many(600).await;
    if delivery.publishes() {
        eventually("all is published", || async {
            alpha.journal.published().await.unwrap() == 600
        })
        .await;
    }
    let _listener = omega.listen(&delivery, &ear);
    omega.has_heard(&alpha).await;
}

async fn two_replicas_at_once_are_harmless(size: Size) {
    let Zone { ground, alpha, beta, omega, ear, delivery } = zone(size).await;
    let (alpha_two, omega_two) = (ground.replica("alpha").await, ground.replica("omega").await);
    let _tasks = [
        alpha.publish(&delivery),
        alpha_two.publish(&delivery),
        beta.publish(&delivery),
        omega.listen(&delivery, &ear),
        omega_two.listen(&delivery, &ear),
    ];
    for _ in 0..5 {
        tokio::join!(alpha.tell_many(40), alpha_two.tell_many(40), beta.tell_many(20));
    }
    omega.has_heard(&alpha_two).await;
    omega_two.has_heard(&alpha).await;
    omega.has_heard(&beta).await;
}

async fn an_unknown_kind_is_passed_over(size: Size) {
    let Zone { ground: _ground, alpha, beta: _beta, omega, ear, delivery } = zone(size).await;
    let _tasks = [alpha.publish(&delivery), omega.listen(&delivery, &ear)];
    alpha.tell("a", 1).await.unwrap();
    let unknown = alpha.journal.commit("a", None, |unit| {
        let message = prost_types::Timestamp { seconds: 1, nanos: 0 };
        unit.tell(Telling::new("a", "a", &message), "system");
        async { Ok::<_, Trouble>(()) }.boxed()
    });
    unknown.await.unwrap();
    alpha.tell("a", 3).await.unwrap();
    eventually("all is heard", || async {
        omega.journal.heard(&["alpha"]).await.unwrap()["alpha"] == 3
    })
    .await;
    let heard: Vec<_> = omega.effects().await.iter().map(|effect| effect.told).collect();
    assert_eq!(heard, [1, 3]);
    assert_eq!(omega.journal.count_parked().await.unwrap(), 0);
}

async fn a_publisher_that_stops_publishes_what_is_left(size: Size) {
    let Zone { ground, alpha, beta: _beta, omega: _omega, ear: _ear, delivery } = zone(size).await;
    // Its commits do not wake the publisher, which is told to stop before it looks again.
    let other = ground.replica("alpha").await;
    let publisher = alpha.publish(&delivery);
    if delivery.publishes() {
        alpha.tell_many(1).await;
        eventually("it publishes", || async { alpha.journal.published().await.unwrap() == 1 })
            .await;
    }
    other.tell_many(700).await;
    publisher.end().await;
    if delivery.publishes() {
        assert_eq!(alpha.journal.published().await.unwrap(), 701);
        // The lease was given back: the next one publishes at once.
        let _publisher = alpha.publish(&delivery);
        alpha.tell_many(1).await;
        let soon = eventually("it publishes", || async {
            alpha.journal.published().await.unwrap() == 702
        });
        tokio::time::timeout(std::time::Duration::from_secs(8), soon).await.expect("soon");
    }
}
