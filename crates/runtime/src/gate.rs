//! The gate that every gRPC call passes: who calls, until when, in which language and trace.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use futures_util::FutureExt as _;
use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use http::{HeaderMap, Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use journal::Entropy;
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::ambient::{Ambient, Language};
use crate::jwks::Verifier;
use crate::refusal::Refusal;
use crate::telemetry;
use crate::token::{Caller, TokenError};

/// The services that answer without a token: they tell nothing about the zone.
const OPEN: [&str; 2] = ["/grpc.health.", "/grpc.reflection."];

/// What the gate found out about a call; stands in the extensions of the request.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Who calls.
    pub caller: Caller,
    /// The path of the method: `/whistle.request.v1.RequestService/SubmitTicket`.
    pub method: String,
    /// When the caller stops waiting.
    pub deadline: Option<Instant>,
    /// The W3C trace context that the call belongs to.
    pub traceparent: String,
}

/// The layer that stands before all gRPC services.
#[derive(Clone)]
pub struct Gate {
    verifier: Verifier,
    entropy: Arc<dyn Entropy>,
}

impl Gate {
    /// A gate that lets in whom the verifier knows. The random source names the traces of callers
    /// who bring none.
    pub fn new(verifier: Verifier, entropy: Arc<dyn Entropy>) -> Gate {
        Gate { verifier, entropy }
    }

    /// The trace that a call brings, or a new one.
    fn trace(&self, headers: &HeaderMap) -> String {
        let brought = header(headers, "traceparent").filter(|text| trace_id(text).is_some());
        brought.map(str::to_owned).unwrap_or_else(|| {
            let mut bytes = [0; 24];
            self.entropy.fill(&mut bytes);
            let (trace, span) = bytes.split_at(16);
            format!("00-{}-{}-01", hex::encode(trace), hex::encode(span))
        })
    }
}

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated { gate: self.clone(), inner }
    }
}

/// What stands behind the gate.
#[derive(Clone)]
pub struct Gated<S> {
    gate: Gate,
    inner: S,
}

impl<S, In, Out> Service<Request<In>> for Gated<S>
where
    S: Service<Request<In>, Response = Response<Out>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    In: Send + 'static,
    Out: HttpBody<Data = Bytes> + Send + 'static,
    Out::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<In>) -> Self::Future {
        let gate = self.gate.clone();
        // The one that was found ready is used up; its clone waits for the next call.
        let ready = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, ready);
        let method = request.uri().path().to_owned();
        let brought = gate.trace(request.headers());
        let span = tracing::info_span!("call", method, trace_id = Empty);
        let span = telemetry::follow(span, Some(&brought));
        let traceparent = span.in_scope(telemetry::traceparent).unwrap_or(brought);
        let trace = trace_id(&traceparent).map(str::to_owned);
        span.record("trace_id", trace.as_deref());
        let language = header(request.headers(), ACCEPT_LANGUAGE.as_str());
        let language = language.map(Language::accepted).unwrap_or_default();
        let ambient = Ambient { language, trace };
        let passage = pass(gate, inner, request, method, traceparent, ambient.clone());
        ambient.around(passage).instrument(span).boxed()
    }
}

async fn pass<S, In, Out>(
    gate: Gate,
    mut inner: S,
    mut request: Request<In>,
    method: String,
    traceparent: String,
    ambient: Ambient,
) -> Result<Response<Body>, S::Error>
where
    S: Service<Request<In>, Response = Response<Out>>,
    Out: HttpBody<Data = Bytes> + Send + 'static,
    Out::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if !OPEN.iter().any(|open| method.starts_with(open)) {
        let caller = match bearer(request.headers()) {
            Ok(token) => gate.verifier.verify(token).await,
            Err(error) => Err(error),
        };
        let caller = match caller {
            Ok(caller) => caller,
            Err(error) => {
                tracing::debug!(method, %error, "a call was turned away");
                return Ok(Status::from(Refusal::from(error)).into_http());
            }
        };
        let deadline = deadline(request.headers());
        request.extensions_mut().insert(Arrival { caller, method, deadline, traceparent });
    }
    let response = inner.call(request).await?;
    Ok(response.map(|body| Body::new(Surrounded { body: Body::new(body), ambient })))
}

/// The token of an `authorization: Bearer …`. Two of them are as good as none.
fn bearer(headers: &HeaderMap) -> Result<&str, TokenError> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (value, more) = (given.next().ok_or(TokenError::Missing)?, given.next());
    if more.is_some() {
        return Err(TokenError::Malformed);
    }
    let text = value.to_str().map_err(|_| TokenError::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(TokenError::Malformed)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(TokenError::Missing) }
}

/// When a caller stops waiting, by `grpc-timeout`: up to eight digits and a unit.
fn deadline(headers: &HeaderMap) -> Option<Instant> {
    let text = header(headers, "grpc-timeout")?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || 8 < digits.len() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    let wait = match unit {
        "H" => Duration::from_secs(amount * 3600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    };
    Instant::now().checked_add(wait)
}

/// The trace id in a `traceparent`, if that is one: `00-{32 hex}-{16 hex}-{2 hex}`.
fn trace_id(traceparent: &str) -> Option<&str> {
    let parts: Vec<&str> = traceparent.split('-').collect();
    let [version, trace, span, flags] = parts.as_slice() else { return None };
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let some = |part: &str| part.bytes().any(|byte| byte != b'0');
    let sound = *version == "00" && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
    (sound && some(trace) && some(span)).then_some(*trace)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A body whose parts are made within the surroundings of the call: a stream can end with a
/// status, and that is said in the caller's language too.
struct Surrounded {
    body: Body,
    ambient: Ambient,
}

impl HttpBody for Surrounded {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Surrounded { body, ambient } = &mut *self;
        ambient.within(|| Pin::new(body).poll_frame(context))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
