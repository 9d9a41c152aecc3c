//! How a stream of a caller's messages comes in: it may take its time, but not stand still.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::timeout;

/// The longest that a stream may take, however steadily it comes: the largest file over a slow line
/// and no place that is held for ever.
const STREAM_WITHIN: Duration = Duration::from_secs(3600);

/// Tells of whatever comes of a stream.
pub(super) struct Pace {
    came: watch::Receiver<()>,
}

/// Why a stream is not waited for any longer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Late {
    /// Nothing came for too long. Of a stream that is not whole nothing becomes true.
    Stalled,
    /// It came whole; what it began takes too long.
    Unanswered,
}

impl Pace {
    /// Watches over a body.
    pub(super) fn of(body: Body) -> (Pace, Body) {
        let (comes, came) = watch::channel(());
        (Pace { came }, Body::new(Paced { body, comes: Some(comes) }))
    }

    /// Comes when nothing has come for `idle_within`, or, once nothing more is read, when the rest
    /// has taken `rest_within`.
    pub(super) async fn late(mut self, idle_within: Duration, rest_within: Duration) -> Late {
        let standstill = async {
            loop {
                match timeout(idle_within, self.came.changed()).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return false,
                    Err(_) => return true,
                }
            }
        };
        if timeout(STREAM_WITHIN, standstill).await.unwrap_or(true) {
            return Late::Stalled;
        }
        let _ = timeout(rest_within, std::future::pending::<()>()).await;
        Late::Unanswered
    }
}

/// A body that tells when something of it comes, until it is over or dropped.
struct Paced {
    body: Body,
    comes: Option<watch::Sender<()>>,
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(_))) => {
                if let Some(comes) = &self.comes {
                    comes.send_replace(());
                }
            }
            Poll::Ready(Some(Err(_)) | None) => self.comes = None,
            Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
    use std::time::Instant;

    use futures_util::stream;
    use http_body_util::BodyExt as _;

    use super::*;

    const IDLE: Duration = Duration::from_millis(500);
    const REST: Duration = Duration::from_millis(200);

    /// A body of so many pieces, one after each pause, that then ends or stands still.
    fn body(pieces: u32, pause: Duration, ends: bool) -> Body {
        let coming = stream::unfold(0, move |number| async move {
            if number < pieces {
                tokio::time::sleep(pause).await;
                return Some((Ok::<_, std::io::Error>(vec![7_u8]), number + 1));
            }
            if !ends {
                std::future::pending::<()>().await;
            }
            None
        });
        Body::from_stream(coming)
    }

    /// Reads a body whole unless it comes too late; how long that took.
    async fn read(body: Body) -> (Result<usize, Late>, Duration) {
        let began = Instant::now();
        let (pace, body) = Pace::of(body);
        let read = tokio::select! {
            whole = body.collect() => Ok(whole.unwrap().to_bytes().len()),
            late = pace.late(IDLE, REST) => Err(late),
        };
        (read, began.elapsed())
    }

    #[tokio::test]
    async fn a_slow_stream_may_take_longer_than_any_pause() {
        let (whole, took) = read(body(8, Duration::from_millis(150), true)).await;
        assert_eq!(whole, Ok(8));
        assert!(IDLE * 2 < took, "{took:?}");
    }

    #[tokio::test]
    async fn a_stream_that_stands_still_is_late() {
        for pieces in [0, 2] {
            let (whole, took) = read(body(pieces, Duration::from_millis(100), false)).await;
            assert_eq!(whole, Err(Late::Stalled));
            assert!(IDLE <= took, "{took:?}");
        }
    }

    #[tokio::test]
    async fn what_follows_a_whole_stream_is_bounded_too() {
        let (pace, body) = Pace::of(body(1, Duration::ZERO, true));
        // Whether it is let go of or not: what is over does not stand still.
        let hangs = async {
            let mut body = body;
            while body.frame().await.is_some() {}
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = hangs => {}
            late = pace.late(IDLE, REST) => assert_eq!(late, Late::Unanswered),
        }
    }
}
