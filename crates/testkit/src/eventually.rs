//! Waiting in an async test for what other processes and tasks bring about.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Looks until `look` gives a value. What it gave instead, last of all, is told if it never does.
pub async fn eventually<T, E: Debug, F: Future<Output = Result<T, E>>>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> F,
) -> Result<T> {
    let start = Instant::now();
    loop {
        // A look that hangs, because whoever is asked was just killed, is given up.
        let left = within.saturating_sub(start.elapsed()).max(LOOK_EVERY);
        let failure = match tokio::time::timeout(left, look()).await {
            Ok(Ok(found)) => return Ok(found),
            Ok(Err(failure)) => format!("{failure:?}"),
            Err(_) => "no answer".to_owned(),
        };
        if within < start.elapsed() {
            bail!("{what}: not within {} s: {failure}", within.as_secs());
        }
        pause().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "another process tells nobody how far it is")]
async fn pause() {
    tokio::time::sleep(LOOK_EVERY).await;
}
