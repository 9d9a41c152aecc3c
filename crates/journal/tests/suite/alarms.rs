//! Alarms ring once, in time, and a failing one does not keep the others from ringing.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use journal::{Alarm, Bell, Clock as _, Journal, Trouble, Unit, ringer};

use crate::on_both_sizes;
use crate::stand::{Ground, Replica, Size, Task, eventually, pause, telling};

on_both_sizes!(
    setting_an_alarm_replaces_it,
    two_replicas_ring_once,
    an_earlier_alarm_rings_in_time,
    a_failing_alarm_does_not_hold_up_the_others,
    an_alarm_that_moved_does_not_ring,
);

/// Rings by telling what rang, and takes the alarm away in the same unit.
struct Chime {
    journal: Journal,
    fails_on: BTreeSet<String>,
    tried: Mutex<Vec<String>>,
}

#[async_trait]
impl Bell for Chime {
    async fn ring(&self, alarm: &Alarm) -> Result<(), Trouble> {
        self.tried.lock().unwrap().push(alarm.thing.clone());
        if self.fails_on.contains(&alarm.thing) {
            return Err(Trouble::Damaged("it does not ring".to_owned()));
        }
        let ringing = alarm.clone();
        let done = self.journal.commit(alarm.thing.clone(), None, move |unit: &mut Unit| {
            let Alarm { thing, kind, due_at } = ringing.clone();
            async move {
                if unit.take_alarm(&thing, &kind, due_at).await? {
                    unit.tell(telling(&thing, due_at.as_second()), "system");
                }
                Ok::<_, Trouble>(())
            }
            .boxed()
        });
        done.await.map(|_| ())
    }
}

fn ring(replica: &Replica, fails_on: &[&str]) -> (Task, Arc<Chime>) {
    let journal = replica.journal.clone();
    let fails_on = fails_on.iter().map(ToString::to_string).collect();
    let chime = Arc::new(Chime { journal: journal.clone(), fails_on, tried: Mutex::default() });
    let bell = Arc::clone(&chime);
    (Task::start(|stop| async move { ringer::run(journal, bell.as_ref(), stop).await }), chime)
}

async fn set(replica: &Replica, thing: &str, due_at: Timestamp) {
    let thing = thing.to_owned();
    let done = replica.journal.commit(thing.clone(), None, move |unit: &mut Unit| {
        let thing = thing.clone();
        async move { Ok::<_, Trouble>(unit.set_alarm(&thing, "due", due_at).await?) }.boxed()
    });
    done.await.unwrap();
}

async fn rang(replica: &Replica) -> Vec<(String, i64)> {
    replica.expected().await.into_iter().map(|effect| (effect.subject, effect.told)).collect()
}

fn after(ground: &Ground, seconds: i64) -> Timestamp {
    ground.clock.now() + SignedDuration::from_secs(seconds)
}

async fn setting_an_alarm_replaces_it(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    set(&alpha, "a", after(&ground, 10)).await;
    let later = after(&ground, 20);
    set(&alpha, "a", later).await;
    assert_eq!(alpha.journal.next_alarm().await.unwrap(), Some(later));
    let (_ringer, _) = ring(&alpha, &[]);
    ground.clock.move_to(after(&ground, 15));
    pause(100).await;
    assert_eq!(rang(&alpha).await, []);
    ground.clock.move_to(after(&ground, 5));
    eventually("it rings", || async { !rang(&alpha).await.is_empty() }).await;
    ground.clock.move_to(after(&ground, 100));
    pause(100).await;
    assert_eq!(rang(&alpha).await, [("a".to_owned(), later.as_second())]);
    assert_eq!(alpha.journal.next_alarm().await.unwrap(), None);
}

async fn two_replicas_ring_once(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    let _ringers = [ring(&one, &[]), ring(&two, &[])];
    let due = after(&ground, 10);
    futures_util::future::join_all((0..120).map(|thing| {
        let replica = if thing % 2 == 0 { &one } else { &two };
        async move { set(replica, &format!("t{thing}"), due).await }
    }))
    .await;
    ground.clock.move_to(due);
    eventually("all ring", || async { one.journal.next_alarm().await.unwrap().is_none() }).await;
    let mut things: Vec<String> = rang(&two).await.into_iter().map(|(thing, _)| thing).collect();
    things.sort_unstable();
    let count = things.len();
    things.dedup();
    assert_eq!((count, things.len()), (120, 120), "each once");
}

async fn an_earlier_alarm_rings_in_time(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    set(&one, "late", after(&ground, 1_000)).await;
    let (_ringer, _) = ring(&one, &[]);
    pause(50).await;
    // Set here, which wakes the ringer; and by another replica, which it finds by looking again.
    for replica in [&one, &two] {
        let count = rang(&one).await.len();
        set(replica, "early", after(&ground, -1)).await;
        let rings = eventually("it rings", || async { rang(&one).await.len() > count });
        tokio::time::timeout(Duration::from_secs(3), rings).await.expect("in time");
    }
    let early = after(&ground, 5);
    set(&two, "early", early).await;
    ground.clock.move_to(early);
    let rings = eventually("it rings", || async { rang(&one).await.len() == 3 });
    tokio::time::timeout(Duration::from_secs(3), rings).await.expect("in time");
}

async fn a_failing_alarm_does_not_hold_up_the_others(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    // More than are read at once, all earlier than the good one.
    let bad: Vec<String> = (0..150).map(|thing| format!("bad{thing}")).collect();
    for thing in &bad {
        set(&alpha, thing, after(&ground, -10)).await;
    }
    set(&alpha, "good", after(&ground, -5)).await;
    let bad: Vec<&str> = bad.iter().map(String::as_str).collect();
    let (_ringer, chime) = ring(&alpha, &bad);
    let rings = eventually("the good one rings", || async { !rang(&alpha).await.is_empty() });
    tokio::time::timeout(Duration::from_secs(5), rings).await.expect("soon");
    let again = || async {
        chime.tried.lock().unwrap().iter().filter(|thing| *thing == "bad0").count() >= 2
    };
    eventually("a bad one is tried again", again).await;
    pause(1_500).await;
    let tried = chime.tried.lock().unwrap().len();
    assert!(tried < 1_000, "but not without end: {tried} times");
    assert_eq!(alpha.journal.count_due_alarms().await.unwrap(), 150);
}

async fn an_alarm_that_moved_does_not_ring(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    let due = after(&ground, -1);
    set(&alpha, "a", due).await;
    let read = alpha.journal.due_alarms().await.unwrap().remove(0);
    set(&alpha, "a", after(&ground, 60)).await;
    let chime = Chime {
        journal: alpha.journal.clone(),
        fails_on: BTreeSet::new(),
        tried: Mutex::default(),
    };
    chime.ring(&read).await.unwrap();
    assert_eq!(rang(&alpha).await, []);
    assert!(alpha.journal.next_alarm().await.unwrap().is_some(), "the later one stays");
}
