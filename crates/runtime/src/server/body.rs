//! Bodies of answers: one that ends when the process does, one that tells how it ended.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::{Code, Status};

use crate::metrics::Metrics;

/// A body that ends with a status when a token is cancelled.
pub(super) struct Interrupted {
    body: Body,
    until: Pin<Box<WaitForCancellationFutureOwned>>,
    farewell: fn() -> Status,
    has_begun: bool,
    is_over: bool,
}

impl Interrupted {
    pub(super) fn new(
        body: Body,
        until: CancellationToken,
        farewell: fn() -> Status,
    ) -> Interrupted {
        let until = Box::pin(until.cancelled_owned());
        Interrupted { body, until, farewell, has_begun: false, is_over: false }
    }
}

impl HttpBody for Interrupted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        // One message and its trailers leave in any case: the answer of a call that ended in
        // time. A stream that always has more to say is stopped after its next message.
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let is_more = matches!(&frame, Poll::Ready(Some(Ok(frame))) if frame.is_data());
        let may_stop = frame.is_pending() || (is_more && self.has_begun);
        self.has_begun |= is_more;
        if !may_stop || self.until.as_mut().poll(context).is_pending() {
            return frame;
        }
        self.is_over = true;
        let mut trailers = HeaderMap::new();
        let said = (self.farewell)().add_header(&mut trailers);
        Poll::Ready(Some(said.map(|()| Frame::trailers(trailers)).map_err(axum::Error::new)))
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What is counted of one call when it ends, however it ends.
pub(super) struct Measurement {
    metrics: Metrics,
    method: &'static str,
    started: Instant,
    code: Option<Code>,
}

impl Measurement {
    pub(super) fn new(metrics: Metrics, method: &'static str) -> Measurement {
        metrics.calls_running().inc();
        Measurement { metrics, method, started: Instant::now(), code: None }
    }

    /// A refusal comes without a body: its code stands in the head.
    pub(super) fn head(&mut self, response: &Response) {
        self.code = code(response.headers());
    }
}

impl Drop for Measurement {
    fn drop(&mut self) {
        // No code has come: the caller went away before the end.
        let code = self.code.unwrap_or(Code::Cancelled);
        self.metrics.call(self.method, code, self.started.elapsed());
        self.metrics.calls_running().dec();
    }
}

/// A body that hands what it sees of the end to a measurement.
pub(super) struct Measured {
    body: Body,
    measurement: Measurement,
}

impl Measured {
    pub(super) fn new(body: Body, measurement: Measurement) -> Measured {
        Measured { body, measurement }
    }
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    self.measurement.code = code(trailers);
                }
            }
            Poll::Ready(Some(Err(_)) | None) => {
                self.measurement.code.get_or_insert(Code::Unknown);
            }
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

fn code(headers: &HeaderMap) -> Option<Code> {
    headers.get("grpc-status").map(|value| Code::from_bytes(value.as_bytes()))
}
