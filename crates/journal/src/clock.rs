//! Where instants come from: the machine's clock, or one that a demo or test moves by hand.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

/// The only source of the present instant. Instants are whole microseconds, as stored.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// The present instant, in whole microseconds.
    fn now(&self) -> Timestamp;

    /// Returns when an instant has been reached, or earlier: the caller looks again.
    async fn reach(&self, at: Timestamp);
}

/// The longest that a waiter trusts a computed wait; the wall clock may be set in between.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now(&self) -> Timestamp {
        whole_microseconds(Timestamp::now())
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that waits for an instant")]
    async fn reach(&self, at: Timestamp) {
        let wait = at.duration_since(self.now());
        let wait = Duration::try_from(wait).unwrap_or(Duration::ZERO);
        tokio::time::sleep(wait.min(WAIT_MAX)).await;
    }
}

/// A clock that stands still until it is moved; for the demo and for tests.
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
    moved: watch::Sender<()>,
}

impl ManualClock {
    /// A clock that shows an instant.
    pub fn at(now: Timestamp) -> ManualClock {
        ManualClock { micros: AtomicI64::new(now.as_microsecond()), moved: watch::Sender::new(()) }
    }

    /// Moves the clock forward to an instant; never back.
    pub fn move_to(&self, at: Timestamp) {
        self.micros.fetch_max(at.as_microsecond(), Ordering::SeqCst);
        self.moved.send_replace(());
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.micros.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }

    async fn reach(&self, at: Timestamp) {
        let mut moved = self.moved.subscribe();
        if self.now() < at {
            // The sender lives as long as the clock: an error cannot come.
            let _ = moved.changed().await;
        }
    }
}

fn whole_microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
