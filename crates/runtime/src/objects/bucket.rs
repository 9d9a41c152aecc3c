//! A bucket of an S3-compatible store, over plain HTTP: the client that gRPC stands on anyway.
//!
//! The crate's own HTTP client would bring a second TLS provider besides ring; encryption on the way
//! is a proxy's task.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::TokioExecutor;
use object_store::aws::AmazonS3Builder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody,
    HttpResponse, HttpResponseBody, HttpService,
};
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use crate::config::Files;

/// How long a connection may take to come about.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long an answer may take to begin.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// How long a request is tried again that may succeed later: less than a call may take.
const TRY_WITHIN: Duration = Duration::from_secs(10);
const TRIES_MAX: usize = 3;

/// The bucket at `http://host:port/bucket`. Nobody is connected to yet.
pub(super) fn connect(
    address: &str,
    files: &Files,
) -> Result<Arc<dyn ObjectStore>, object_store::Error> {
    let (endpoint, bucket) =
        address.trim_end_matches('/').rsplit_once('/').unwrap_or((address, ""));
    let key = files.secret_access_key.as_ref().map(|key| key.expose()).unwrap_or_default();
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: TRIES_MAX,
        retry_timeout: TRY_WITHIN,
    };
    let store = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_bucket_name(bucket)
        .with_region(&files.region)
        .with_access_key_id(files.access_key_id.as_deref().unwrap_or_default())
        .with_secret_access_key(key)
        .with_allow_http(true)
        .with_virtual_hosted_style_request(false)
        // Not every store has the bulk form.
        .with_disable_bulk_delete(true)
        .with_retry(retry)
        .with_http_connector(Plain)
        .build()?;
    Ok(Arc::new(store))
}

/// Makes clients that speak plain HTTP.
#[derive(Debug)]
struct Plain;

impl HttpConnector for Plain {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let mut connector = TcpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_WITHIN));
        connector.set_nodelay(true);
        Ok(HttpClient::new(PlainClient(Client::builder(TokioExecutor::new()).build(connector))))
    }
}

#[derive(Debug)]
struct PlainClient(Client<TcpConnector, HttpRequestBody>);

#[async_trait]
impl HttpService for PlainClient {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = tokio::time::timeout(ANSWER_WITHIN, self.0.request(request)).await;
        let answer = answer.map_err(|late| HttpError::new(HttpErrorKind::Timeout, late))?;
        let answer = answer.map_err(|error| {
            let kind =
                if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Request };
            HttpError::new(kind, error)
        })?;
        Ok(answer.map(|body| {
            let body = body.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error));
            HttpResponseBody::new(body)
        }))
    }
}
