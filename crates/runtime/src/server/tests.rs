//! One port for calls, probes and figures; limits that are named; an end that loses no call.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod services;
mod tls;

use std::sync::Arc;

use contract::history::ReadJournalRequest;
use contract::history::history_service_client::HistoryServiceClient;
use contract::operations::operations_service_client::OperationsServiceClient;
use contract::operations::{GetBacklogRequest, ListParkedRequest, ReplayParkedRequest};
use journal::{Clock as _, SeededEntropy, SystemClock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Code, Request as Call};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;
use tower::layer::util::Identity as NoGate;

use super::*;
use crate::gate::Gate;
use crate::jwks::{JwksSource, Verifier};
use crate::keys::Keys;
use crate::token::{Claims, issue};
use services::{Behaviour, History, Operations};

/// A server on a real port, with what a test may turn in it.
struct World {
    address: SocketAddr,
    readiness: Readiness,
    behaviour: Arc<Behaviour>,
    stop: CancellationToken,
    served: JoinHandle<Result<(), ServeError>>,
}

impl World {
    async fn new(config: Config) -> World {
        World::behind(config, NoGate::new()).await
    }

    async fn behind<G>(config: Config, gate: G) -> World
    where
        G: Layer<Route> + Clone + Send + Sync + 'static,
        G::Service: Service<Request> + Clone + Send + Sync + 'static,
        <G::Service as Service<Request>>::Response: IntoResponse + 'static,
        <G::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <G::Service as Service<Request>>::Future: Send + 'static,
    {
        let (readiness, metrics) = (Readiness::new(), Metrics::new().unwrap());
        readiness.runs();
        let behaviour = Arc::new(Behaviour::default());
        let server = Server::new(&config, &metrics, &readiness)
            .unwrap()
            .with(Operations::server(&behaviour))
            .mount("history", |routes| {
                routes.add_service(History::server());
            });
        let listener = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let served = tokio::spawn(server.serve(listener, gate, stop.clone()));
        World { address, readiness, behaviour, stop, served }
    }

    async fn channel(&self) -> Channel {
        let address = format!("http://{}", self.address);
        Channel::from_shared(address).unwrap().connect().await.unwrap()
    }

    async fn operations(&self) -> OperationsServiceClient<Channel> {
        OperationsServiceClient::new(self.channel().await)
    }

    /// An answer over HTTP/1: the whole of it.
    async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: w\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    async fn ends(self) -> Result<(), ServeError> {
        self.stop.cancel();
        self.served.await.unwrap()
    }
}

fn config() -> Config {
    Config { drain_within: 10, ..Config::default() }
}

fn reason(status: &tonic::Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn readiness_is_told_over_http_and_grpc() {
    let world = World::new(config()).await;
    let database = world.readiness.condition_of("operations", "database");
    let mut health = HealthClient::new(world.channel().await);
    let mut check = async |service: &str| {
        let request = HealthCheckRequest { service: service.into() };
        health.check(request).await.map(|answer| answer.into_inner().status())
    };
    let operations = "whistle.operations.v1.OperationsService";
    let history = "whistle.history.v1.HistoryService";
    assert_eq!(check(operations).await.unwrap(), ServingStatus::NotServing);
    assert_eq!(check(history).await.unwrap(), ServingStatus::Serving);
    assert_eq!(check("").await.unwrap(), ServingStatus::NotServing);
    let unknown = check("whistle.request.v1.RequestService").await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let said = world.get("/readyz").await;
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
    assert!(said.contains(r#"{"name":"operations/database","ok":false,"reason":"starting"}"#));
    database.met();
    assert_eq!(check(operations).await.unwrap(), ServingStatus::Serving);
    assert_eq!(check("").await.unwrap(), ServingStatus::Serving);
    assert!(world.get("/readyz").await.starts_with("HTTP/1.1 200"));
    database.unmet("cannot be reached");
    assert!(world.get("/livez").await.starts_with("HTTP/1.1 200"), "it lives all the same");
    world.ends().await.unwrap();
}

#[tokio::test]
async fn calls_are_counted_by_method_and_code() {
    let world = World::new(config()).await;
    let mut client = world.operations().await;
    client.get_backlog(GetBacklogRequest::default()).await.unwrap();
    let refused = client.get_backlog(GetBacklogRequest { journal: "subsidy".into() }).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    let mut history = HistoryServiceClient::new(world.channel().await);
    drop(history.read_journal(ReadJournalRequest::default()).await.unwrap());
    world.get("/invented/by/a/caller").await;
    let backlog = "whistle.operations.v1.OperationsService/GetBacklog";
    let journal = "whistle.history.v1.HistoryService/ReadJournal";
    let expected = [
        format!(r#"whistle_calls_total{{code="OK",method="{backlog}"}} 1"#),
        format!(r#"whistle_calls_total{{code="NOT_FOUND",method="{backlog}"}} 1"#),
        format!(r#"whistle_calls_total{{code="CANCELLED",method="{journal}"}} 1"#),
        r#"whistle_calls_total{code="UNIMPLEMENTED",method="unknown"} 1"#.to_owned(),
        format!(r#"whistle_call_seconds_count{{method="{backlog}"}} 2"#),
        "whistle_calls_running 0".to_owned(),
    ];
    let said = tokio::time::timeout(Duration::from_secs(5), async {
        loop {
            // The server learns a moment later that a client went away.
            let said = world.get("/metrics").await;
            if expected.iter().all(|line| said.contains(line)) {
                break said;
            }
        }
    });
    let Ok(said) = said.await else { panic!("{}", world.get("/metrics").await) };
    assert!(!said.contains("invented"));
    world.ends().await.unwrap();
}

#[tokio::test]
async fn an_oversized_message_is_refused() {
    let world = World::new(config()).await;
    let mut client = world.operations().await;
    let request = |bytes| ListParkedRequest { page_token: "x".repeat(bytes), ..Default::default() };
    let refused = client.list_parked(request(4 << 20)).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
    world.behaviour.go_on.notify_one();
    client.list_parked(request((4 << 20) - 64)).await.unwrap();
    world.ends().await.unwrap();
}

#[tokio::test]
async fn more_calls_than_there_is_room_for_are_refused_and_health_is_told() {
    let world = World::new(Config { calls_at_once: 1, ..config() }).await;
    let (mut first, mut second) = (world.operations().await, world.operations().await);
    let running =
        tokio::spawn(async move { first.list_parked(ListParkedRequest::default()).await });
    world.behaviour.begun.notified().await;
    let refused = second.get_backlog(GetBacklogRequest::default()).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::ResourceExhausted, "OVERLOADED")
    );
    let mut health = HealthClient::new(world.channel().await);
    health.check(HealthCheckRequest::default()).await.unwrap();
    world.behaviour.go_on.notify_one();
    running.await.unwrap().unwrap();
    second.get_backlog(GetBacklogRequest::default()).await.unwrap();
    world.ends().await.unwrap();
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_ended() {
    let world = World::new(Config { call_within: 1, ..config() }).await;
    let mut client = world.operations().await;
    let late = client.replay_parked(ReplayParkedRequest::default()).await.unwrap_err();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::DeadlineExceeded, "DEADLINE_PASSED"));
    world.ends().await.unwrap();
}

#[tokio::test]
async fn a_running_call_ends_and_a_new_one_is_refused_while_draining() {
    let world = World::new(config()).await;
    let mut client = world.operations().await;
    let running =
        tokio::spawn(async move { client.list_parked(ListParkedRequest::default()).await });
    world.behaviour.begun.notified().await;
    // One who connects and says nothing does not hold up the end.
    let _silent = TcpStream::connect(world.address).await.unwrap();
    let mut watch = HealthClient::new(world.channel().await);
    let mut watched = watch.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert!(watched.message().await.unwrap().is_some());
    world.stop.cancel();
    while TcpStream::connect(world.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!world.readiness.is_ready());
    assert!(!running.is_finished());
    let ended = loop {
        match watched.message().await {
            Ok(Some(_)) => {}
            end => break end.unwrap_err(),
        }
    };
    assert_eq!((ended.code(), reason(&ended).as_str()), (Code::Unavailable, "UNAVAILABLE"));
    world.behaviour.go_on.notify_one();
    running.await.unwrap().unwrap();
    world.ends().await.unwrap();
}

#[tokio::test]
async fn a_call_that_does_not_end_is_cut_off_and_told_so() {
    let world = World::new(Config { drain_within: 1, ..config() }).await;
    let mut client = world.operations().await;
    let running =
        tokio::spawn(async move { client.replay_parked(ReplayParkedRequest::default()).await });
    world.behaviour.begun.notified().await;
    let mut history = HistoryServiceClient::new(world.channel().await);
    let journal = history.read_journal(ReadJournalRequest::default()).await.unwrap();
    let mut journal = journal.into_inner();
    let ended = world.ends().await;
    assert!(matches!(ended, Err(ServeError::CutOff { .. })), "{ended:?}");
    for cut in [running.await.unwrap().unwrap_err(), journal.message().await.unwrap_err()] {
        assert_eq!((cut.code(), reason(&cut).as_str()), (Code::Unavailable, "UNAVAILABLE"));
    }
}

/// A gate that is opened by the own keys of a data directory, and a token for it.
async fn gate(config: &Config) -> (Gate, String) {
    let entropy = Arc::new(SeededEntropy::new(1));
    let keys = Keys::open(config, &*entropy).unwrap();
    let clock = Arc::new(SystemClock);
    let until = clock.now() + jiff::SignedDuration::from_hours(1);
    let source = JwksSource::new(keys.jwks());
    let verifier = Verifier::open(source, config.audience(), clock).await.unwrap();
    let claims = Claims::new("persons/D01-11", config.audience(), until);
    let own = keys.token().unwrap();
    let token = issue(&own.key, &own.id, &claims).unwrap();
    (Gate::new(verifier, entropy), format!("Bearer {token}"))
}

#[tokio::test]
async fn the_own_keys_open_the_gate() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data_dir: folder.path().into(), ..config() };
    let (gate, token) = gate(&config).await;
    let world = World::behind(config, gate).await;
    let mut client = world.operations().await;
    let stranger = client.get_backlog(GetBacklogRequest::default()).await.unwrap_err();
    assert_eq!(
        (stranger.code(), reason(&stranger).as_str()),
        (Code::Unauthenticated, "TOKEN_INVALID")
    );
    let mut call = Call::new(GetBacklogRequest::default());
    call.metadata_mut().insert("authorization", token.parse().unwrap());
    client.get_backlog(call).await.unwrap();
    let mut health = HealthClient::new(world.channel().await);
    health.check(HealthCheckRequest::default()).await.unwrap();
    let said = world.get("/metrics").await;
    assert!(said.contains(r#"whistle_calls_total{code="UNAUTHENTICATED""#), "{said}");
    world.ends().await.unwrap();
}

#[tokio::test]
async fn a_caller_is_told_before_it_stops_waiting_in_its_own_language() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data_dir: folder.path().into(), ..config() };
    let (gate, token) = gate(&config).await;
    let server = Server::new(&config, &Metrics::new().unwrap(), &Readiness::new()).unwrap();
    let server = server.with(Operations::server(&Arc::default()));
    let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
    let routes = server.routes(gate, &stop, &cut).unwrap().into_axum_router();
    // Without a transport: its client would stop waiting by a clock of its own.
    let request = http::Request::post("/whistle.operations.v1.OperationsService/ReplayParked")
        .header("content-type", "application/grpc")
        .header("authorization", token)
        .header("accept-language", "en")
        .header("grpc-timeout", "300m")
        .body(axum::body::Body::from(vec![0; 5]))
        .unwrap();
    let began = std::time::Instant::now();
    let response = routes.oneshot(request).await.unwrap();
    assert!(began.elapsed() < config.call_within());
    let late = tonic::Status::from_header_map(response.headers()).unwrap();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::DeadlineExceeded, "DEADLINE_PASSED"));
    assert_eq!(late.get_details_localized_message().unwrap().locale, "en");
}

#[tokio::test]
async fn before_anything_is_mounted_probes_are_answered_and_calls_put_off() {
    let (readiness, metrics) = (Readiness::new(), Metrics::new().unwrap());
    let server = Server::new(&config(), &metrics, &readiness).unwrap();
    let listener = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let served = tokio::spawn(server.serve(listener, NoGate::new(), stop.clone()));
    let behaviour = Arc::default();
    let world = World { address, readiness, behaviour, stop, served };
    assert!(world.get("/readyz").await.starts_with("HTTP/1.1 503"));
    let put_off = world.operations().await.get_backlog(GetBacklogRequest::default()).await;
    let put_off = put_off.unwrap_err();
    assert_eq!((put_off.code(), reason(&put_off).as_str()), (Code::Unavailable, "UNAVAILABLE"));
    world.readiness.runs();
    let readiness = world.readiness.clone();
    world.ends().await.unwrap();
    assert!(readiness.is_ready(), "its end is not the end of the process");
}

#[tokio::test]
async fn contracts_are_told_where_the_settings_allow_it() {
    use tonic_reflection::pb::v1::ServerReflectionRequest;
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

    let ask = async |world: &World, question: MessageRequest| {
        let question = Some(question);
        let asked = ServerReflectionRequest { message_request: question, ..Default::default() };
        let mut client = ServerReflectionClient::new(world.channel().await);
        let answers = client.server_reflection_info(tokio_stream::once(asked)).await?;
        answers.into_inner().message().await
    };
    let services = || MessageRequest::ListServices(String::new());
    let told = World::new(config()).await;
    let answer = ask(&told, services()).await.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::ListServicesResponse(list) = answer else { panic!("{answer:?}") };
    let names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
    assert!(names.contains(&"whistle.history.v1.HistoryService".to_owned()), "{names:?}");
    assert!(!names.contains(&"whistle.request.v1.RequestService".to_owned()), "{names:?}");
    // What a refusal carries can be read by whoever asks for its form.
    for detail in ["ErrorInfo", "LocalizedMessage", "BadRequest", "PreconditionFailure"] {
        let symbol = MessageRequest::FileContainingSymbol(format!("google.rpc.{detail}"));
        let answer = ask(&told, symbol).await.unwrap().unwrap().message_response.unwrap();
        assert!(matches!(answer, MessageResponse::FileDescriptorResponse(_)), "{detail}");
    }
    told.ends().await.unwrap();
    let kept = World::new(Config { reflection: Some(false), ..config() }).await;
    assert_eq!(ask(&kept, services()).await.unwrap_err().code(), Code::Unimplemented);
    kept.ends().await.unwrap();
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = taken.local_addr().unwrap();
    let refused = Server::bind(address).await.unwrap_err();
    assert!(matches!(refused, ServeError::Bind { .. }));
    assert!(refused.to_string().contains(&address.to_string()));
}
