//! What is carried outside comes at least once and in order, whoever dies or is away.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use journal::Carrier;
use journal::courier::{self, Uncarried};
use journal::reader::Entry;
use journal::statement::find;

use crate::on_both_sizes;
use crate::stand::{Ground, Replica, Size, Task, eventually};

on_both_sizes!(
    everything_from_now_on_is_carried_in_order,
    who_was_away_gets_everything_since,
    two_couriers_are_harmless,
    a_killed_courier_goes_on_where_it_was,
    one_that_is_away_holds_nobody_up,
    entries_for_nobody_are_passed_over,
);

/// Somebody outside who writes down what is carried.
#[derive(Default)]
struct Outsider {
    name: &'static str,
    /// Takes only entries of this subject; empty: all.
    wants: &'static str,
    taken: Mutex<Vec<i64>>,
    is_away: AtomicBool,
    failures: AtomicU32,
}

impl Outsider {
    fn new(name: &'static str) -> Arc<Outsider> {
        Arc::new(Outsider { name, ..Outsider::default() })
    }

    fn taken(&self) -> Vec<i64> {
        self.taken.lock().unwrap().clone()
    }

    /// Everything up to a position was taken, nothing out of order but what came again.
    fn is_whole(&self, from: i64, to: i64) -> bool {
        let mut once = self.taken();
        once.sort_unstable();
        once.dedup();
        once == (from..=to).collect::<Vec<_>>()
    }
}

#[async_trait]
impl Carrier for Outsider {
    fn name(&self) -> &str {
        self.name
    }

    async fn carry(&self, entry: &Entry) -> Result<bool, Uncarried> {
        let subject = entry.heard()?.subject;
        if !self.wants.is_empty() && self.wants != subject {
            return Ok(false);
        }
        if self.is_away.load(Ordering::SeqCst) {
            return Err(Uncarried::NotTaken("away".to_owned()));
        }
        self.taken.lock().unwrap().push(entry.position);
        Ok(true)
    }

    fn note_failures(&self, failures: u32) {
        self.failures.store(failures, Ordering::SeqCst);
    }
}

/// Starts a courier and waits until somebody outside has a cursor.
async fn carry(replica: &Replica, outsider: &Arc<Outsider>) -> Task {
    let (journal, carrier) = (replica.journal.clone(), Arc::clone(outsider));
    let task = Task::start(|stop| async move { courier::run(journal, carrier, stop).await });
    eventually("the courier has begun", || async {
        let sql = "SELECT 1 FROM progress WHERE name = $1";
        let cursor = format!("carried {}", outsider.name);
        find(replica.read(), sql, [cursor.into()]).await.unwrap().is_some()
    })
    .await;
    task
}

/// Waits until the cursor of somebody outside is at the head.
async fn is_told(replica: &Replica, name: &str) {
    eventually("all is carried", || async {
        replica.journal.carried(name).await.unwrap() == replica.journal.head().await.unwrap()
    })
    .await;
}

async fn everything_from_now_on_is_carried_in_order(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    alpha.tell_many(5).await;
    let oa = Outsider::new("oa");
    let courier = carry(&alpha, &oa).await;
    is_told(&alpha, "oa").await;
    assert_eq!(oa.taken(), [0; 0], "what was before it was known is not its");
    for count in [1, 2, 300] {
        alpha.tell_many(count).await;
    }
    is_told(&alpha, "oa").await;
    assert_eq!(oa.taken(), (6..=308).collect::<Vec<_>>(), "once, as nobody died");
    courier.end().await;
}

async fn who_was_away_gets_everything_since(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    let oa = Outsider::new("oa");
    let courier = carry(&alpha, &oa).await;
    alpha.tell("a", 1).await.unwrap();
    eventually("the first is taken", || async { oa.taken() == [1] }).await;
    oa.is_away.store(true, Ordering::SeqCst);
    alpha.tell_many(5).await;
    eventually("it was tried twice", || async { 2 <= oa.failures.load(Ordering::SeqCst) }).await;
    assert_eq!(oa.taken(), [1]);
    oa.is_away.store(false, Ordering::SeqCst);
    is_told(&alpha, "oa").await;
    assert_eq!(oa.taken(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(oa.failures.load(Ordering::SeqCst), 0);
    courier.end().await;
}

async fn two_couriers_are_harmless(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    let oa = Outsider::new("oa");
    let couriers = [carry(&one, &oa).await, carry(&two, &oa).await];
    is_told(&one, "oa").await;
    one.tell("a", 0).await.unwrap();
    is_told(&one, "oa").await;
    one.tell_many(40).await;
    two.tell_many(40).await;
    is_told(&one, "oa").await;
    let first = oa.taken().first().copied().unwrap();
    assert!(first == 1 && oa.is_whole(1, 81), "{:?}", oa.taken());
    for courier in couriers {
        courier.end().await;
    }
}

async fn a_killed_courier_goes_on_where_it_was(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    let oa = Outsider::new("oa");
    let mut courier = carry(&alpha, &oa).await;
    alpha.tell("a", 0).await.unwrap();
    eventually("it has begun", || async { !oa.taken().is_empty() }).await;
    for _ in 0..2 {
        let before = oa.taken().len();
        alpha.tell_many(20).await;
        eventually("some are taken", || async { before < oa.taken().len() }).await;
        courier.kill().await;
        courier = carry(&alpha, &oa).await;
    }
    is_told(&alpha, "oa").await;
    assert!(oa.is_whole(1, 41), "{:?}", oa.taken());
    courier.end().await;
}

async fn one_that_is_away_holds_nobody_up(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    let (oa, gone) = (Outsider::new("oa"), Outsider::new("gone"));
    gone.is_away.store(true, Ordering::SeqCst);
    let couriers = [carry(&alpha, &oa).await, carry(&alpha, &gone).await];
    for _ in 0..3 {
        alpha.tell_many(3).await;
        is_told(&alpha, "oa").await;
    }
    assert_eq!(oa.taken().len(), 9);
    assert_eq!((gone.taken().len(), alpha.journal.carried("gone").await.unwrap()), (0, 0));
    for courier in couriers {
        courier.end().await;
    }
}

async fn entries_for_nobody_are_passed_over(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    let few = Arc::new(Outsider { name: "few", wants: "b", ..Outsider::default() });
    let courier = carry(&alpha, &few).await;
    is_told(&alpha, "few").await;
    alpha.tell_many(9).await;
    is_told(&alpha, "few").await;
    assert_eq!(few.taken().len(), 3, "{:?}", few.taken());
    courier.end().await;
}
