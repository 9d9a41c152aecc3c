//! Two replicas sweep one place: what was left goes, whatever becomes of either; what is named stays.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::*;

/// How many files nothing names.
const LEFT: usize = 40;

/// Names one file. Asked for the `dies_at`-th time, it never answers: the process is killed there.
struct Names {
    one: String,
    dies_at: usize,
    asked: AtomicUsize,
    dying: Notify,
}

impl Names {
    fn new(one: &Kept, dies_at: usize) -> Arc<Names> {
        let (asked, dying) = (AtomicUsize::new(0), Notify::new());
        Arc::new(Names { one: one.sha256_text(), dies_at, asked, dying })
    }
}

#[async_trait::async_trait]
impl super::Names for Names {
    async fn is_named(&self, sha256: &str) -> Result<bool, journal::Trouble> {
        if self.asked.fetch_add(1, Ordering::SeqCst) + 1 == self.dies_at {
            self.dying.notify_one();
            pending::<()>().await;
        }
        Ok(self.one == sha256)
    }
}

/// Another replica at the same place.
fn twin_of(stand: &Stand) -> Objects {
    let folder = || Files { bytes_max: Some(BYTES_MAX), ..Files::default() };
    open(stand.folder.path(), stand.bucket.as_ref().map_or_else(folder, files_in))
}

/// A place with one file that is named and many that are not, and an instant a day on.
async fn littered(stand: &Stand) -> (Kept, Timestamp) {
    for nth in 0..LEFT {
        let document = pdf(1_000 + nth);
        stand.keep(&announce("b.pdf", &document), &document).await.unwrap();
    }
    let named = pdf(300_000);
    let kept = stand.keep(&announce("a.pdf", &named), &named).await.unwrap();
    assert_eq!(stand.all().len(), LEFT + 1);
    let written_at = match &stand.bucket {
        Some(_) => bucket::WRITTEN_AT.parse().unwrap(),
        None => journal::Clock::now(&journal::SystemClock),
    };
    (kept, written_at + SignedDuration::from_hours(25))
}

#[tokio::test]
async fn two_replicas_that_sweep_at_once_clear_everything_that_was_left_and_nothing_else() {
    for stand in [Stand::folder(), Stand::bucket().await] {
        let (named, day_on) = littered(&stand).await;
        let twin = twin_of(&stand);
        for objects in [&stand.objects, &twin] {
            objects.named_by("request", Names::new(&named, usize::MAX));
        }
        let (one, two) = tokio::join!(stand.objects.sweep(day_on), twin.sweep(day_on));
        let cleared = one.unwrap() + two.unwrap();
        // A bucket does not say whether there was anything to delete.
        let each_once = stand.bucket.is_some() || cleared == LEFT;
        assert!(LEFT <= cleared && each_once, "{cleared}");
        assert_eq!(stand.all().len(), 1, "{:?}", stand.all());
        assert_eq!(stand.read(named.sha256).await.unwrap(), pdf(300_000));
        assert_eq!(twin.sweep(day_on).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn what_a_replica_killed_in_the_middle_of_its_sweep_leaves_the_other_clears_away() {
    for stand in [Stand::folder(), Stand::bucket().await] {
        let (named, day_on) = littered(&stand).await;
        let (dies, lives) = (Names::new(&named, LEFT / 2), Names::new(&named, usize::MAX));
        stand.objects.named_by("request", dies.clone());
        tokio::select! {
            swept = stand.objects.sweep(day_on) => panic!("it was to die: {swept:?}"),
            () = dies.dying.notified() => {}
        }
        let left = stand.all().len();
        assert!(1 < left && left < LEFT + 1, "in the middle: {left}");
        let twin = twin_of(&stand);
        twin.named_by("request", lives);
        assert_eq!(twin.sweep(day_on).await.unwrap(), left - 1);
        assert_eq!(stand.read(named.sha256).await.unwrap(), pdf(300_000));
    }
}
