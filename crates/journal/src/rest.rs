//! Waiting between attempts.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Waits, or less if told to stop.
#[allow(clippy::disallowed_methods, reason = "the one place that waits between attempts")]
pub(crate) async fn rest(wait: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = stop.cancelled() => {}
    }
}
