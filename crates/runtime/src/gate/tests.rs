//! Who passes, who is turned away, and what the service behind is told.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::convert::Infallible;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use jiff::{Timestamp, ToSpan as _};
use journal::{ManualClock, SeededEntropy};
use tonic::Code;
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;

use super::*;
use crate::jwks::JwksSource;
use crate::token::{Claims, Subject, issue};

const METHOD: &str = "/whistle.request.v1.RequestService/GetTicket";
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn now() -> Timestamp {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

fn token() -> String {
    let claims = Claims::new("persons/D01-11", "zone", now() + 1.hour());
    issue(&SigningKey::from_bytes(&[1; 32]), "k1", &claims).unwrap()
}

async fn gate() -> Gate {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    let x = SigningKey::from_bytes(&[1; 32]).verifying_key();
    let x = URL_SAFE_NO_PAD.encode(x.as_bytes());
    let key = serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": x });
    std::fs::write(&path, serde_json::json!({ "keys": [key] }).to_string()).unwrap();
    let clock = Arc::new(ManualClock::at(now()));
    let verifier = Verifier::open(JwksSource::File(path), "zone", clock).await.unwrap();
    Gate::new(verifier, Arc::new(SeededEntropy::new(1)))
}

/// What a service behind the gate saw: its arrival, and the surroundings.
type Seen = (Option<Arrival>, Ambient);

async fn send(path: &str, headers: &[(&str, &str)]) -> (Option<Seen>, Response<Body>) {
    let seen = Arc::new(Mutex::new(None));
    let inside = seen.clone();
    let inner = tower::service_fn(move |request: Request<()>| {
        let arrival = request.extensions().get::<Arrival>().cloned();
        *inside.lock().unwrap() = Some((arrival, Ambient::present()));
        std::future::ready(Ok::<_, Infallible>(Response::new(Body::empty())))
    });
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(()).unwrap();
    let response = gate().await.layer(inner).oneshot(request).await.unwrap();
    let seen = seen.lock().unwrap().take();
    (seen, response)
}

async fn refused(headers: &[(&str, &str)]) -> Status {
    let (seen, response) = send(METHOD, headers).await;
    assert!(seen.is_none(), "the service was reached");
    Status::from_header_map(response.headers()).unwrap()
}

#[tokio::test]
async fn a_caller_with_a_token_passes_and_is_known() {
    let authorization = format!("Bearer {}", token());
    let headers = [
        ("authorization", authorization.as_str()),
        ("traceparent", TRACEPARENT),
        ("grpc-timeout", "5S"),
        ("accept-language", "en"),
    ];
    let (seen, _) = send(METHOD, &headers).await;
    let (arrival, ambient) = seen.unwrap();
    let arrival = arrival.unwrap();
    assert_eq!(arrival.caller.subject, Subject::Person(base::PersonId::new("D01-11").unwrap()));
    assert_eq!(arrival.method, METHOD);
    assert_eq!(trace_id(&arrival.traceparent), trace_id(TRACEPARENT));
    let left = arrival.deadline.unwrap().duration_since(Instant::now());
    assert!(Duration::from_secs(3) < left && left <= Duration::from_secs(5), "{left:?}");
    assert_eq!(ambient.trace.as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
    assert_eq!(ambient.language, Language::English);
}

#[tokio::test]
async fn without_a_token_nobody_passes() {
    let two = format!("Bearer {}", token());
    let basic = format!("Basic {}", token());
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[("authorization", "")],
        &[("authorization", "Bearer")],
        &[("authorization", "Bearer x")],
        &[("authorization", &basic)],
        &[("authorization", &two), ("authorization", &two)],
    ];
    for headers in cases {
        let status = refused(headers).await;
        let info = status.get_error_details().error_info().unwrap().clone();
        assert_eq!(status.code(), Code::Unauthenticated);
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("TOKEN_INVALID", "whistle"));
    }
}

#[tokio::test]
async fn who_is_turned_away_is_told_in_their_language() {
    let message = |status: Status| status.get_error_details().localized_message().unwrap().clone();
    assert_eq!(message(refused(&[]).await).message, "请先登录。");
    let english = message(refused(&[("accept-language", "en-US,en")]).await);
    assert_eq!(
        (english.locale.as_str(), english.message.as_str()),
        ("en", "no bearer token was sent")
    );
}

#[tokio::test]
async fn health_and_reflection_are_open_and_nothing_that_looks_like_them() {
    for path in ["/grpc.health.v1.Health/Check", "/grpc.reflection.v1.ServerReflection/X"] {
        let (seen, _) = send(path, &[]).await;
        assert!(seen.unwrap().0.is_none(), "{path}: nobody is known to call");
    }
    for path in ["/grpc.healthy.v1.X/Y", "/x/grpc.health.v1.Health/Check", "/Grpc.health.v1/X"] {
        assert!(send(path, &[]).await.0.is_none(), "{path}");
    }
}

#[tokio::test]
async fn a_call_without_a_sound_trace_gets_a_new_one() {
    let authorization = format!("bearer {}", token());
    for brought in ["", "x", "00-0-0-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"]
    {
        let headers = [("authorization", authorization.as_str()), ("traceparent", brought)];
        let (seen, _) = send(METHOD, &headers).await;
        let (arrival, ambient) = seen.unwrap();
        let made = arrival.unwrap().traceparent;
        assert!(trace_id(&made).is_some(), "{made}");
        assert_eq!(trace_id(&made), ambient.trace.as_deref());
    }
}

#[test]
fn a_deadline_is_read_as_grpc_says() {
    let left = |text: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", text.parse().unwrap());
        deadline(&headers).map(|deadline| deadline.saturating_duration_since(Instant::now()))
    };
    for (text, expected) in [
        ("1H", Duration::from_secs(3600)),
        ("2M", Duration::from_secs(120)),
        ("99999999S", Duration::from_secs(99_999_999)),
        ("60000m", Duration::from_secs(60)),
        ("60000000u", Duration::from_secs(60)),
    ] {
        let left = left(text).unwrap();
        assert!(left <= expected && expected < left + Duration::from_secs(2), "{text}: {left:?}");
    }
    assert_eq!(left("0S"), Some(Duration::ZERO));
    for text in ["", "S", "5", "5s", "-1S", "+1S", "1.5S", "123456789S", "5 S"] {
        assert_eq!(left(text), None, "{text:?}");
    }
}

/// A body that ends with a status, made when it is polled.
struct Failing;

impl HttpBody for Failing {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Poll::Ready(Some(Err(Refusal::StaleEtag.into())))
    }
}

#[tokio::test]
async fn a_stream_that_ends_with_a_status_ends_in_the_callers_language() {
    let ambient = Ambient { language: Language::English, trace: None };
    let mut body = Surrounded { body: Body::new(Failing), ambient };
    let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
    let status = frame.unwrap().unwrap_err();
    assert_eq!(status.get_error_details().localized_message().unwrap().locale, "en");
}
