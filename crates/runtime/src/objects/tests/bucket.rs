//! A stand-in for an S3-compatible store: one bucket, the calls that files need, signed requests
//! alone.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode};
use tokio::net::TcpListener;

use crate::tasks::{Kind, Tasks};

/// A bucket on a port of its own; it ends with the test.
pub(super) struct Bucket {
    address: SocketAddr,
    shelf: Shelf,
    tasks: Tasks,
}

type Shelf = Arc<Mutex<Inside>>;

#[derive(Default)]
struct Inside {
    whole: BTreeMap<String, Vec<u8>>,
    /// By upload and number.
    parts: BTreeMap<(String, String), Vec<u8>>,
    uploads: usize,
}

impl Bucket {
    pub(super) async fn start() -> Bucket {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shelf, tasks) =
            (listener.local_addr().unwrap(), Shelf::default(), Tasks::new());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shelf));
        tasks.spawn("bucket", Kind::Once, async move { axum::serve(listener, router).await });
        Bucket { address, shelf, tasks }
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}/evidence", self.address)
    }

    /// Lays something there as a whole.
    pub(super) fn lay(&self, key: &str) {
        self.shelf.lock().unwrap().whole.insert(key.to_owned(), vec![7; 100]);
    }

    /// What is there as a whole; unfinished uploads are not.
    pub(super) fn all(&self) -> BTreeMap<String, usize> {
        let inside = self.shelf.lock().unwrap();
        inside.whole.iter().map(|(key, bytes)| (key.clone(), bytes.len())).collect()
    }
}

/// When everything in the bucket was last written.
pub(super) const WRITTEN_AT: &str = "2026-03-04T01:00:00Z";

impl Drop for Bucket {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

async fn answer(State(shelf): State<Shelf>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    let signed = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
    if !signed.is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=key/")) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if parts.uri.path().trim_end_matches('/') == "/evidence" && parts.method == Method::GET {
        return listed(&shelf.lock().unwrap());
    }
    let Some(key) = parts.uri.path().strip_prefix("/evidence/").map(str::to_owned) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let query = parts.uri.query().unwrap_or_default();
    let asked = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(given, _)| *given == name).map(|(_, value)| value.to_owned())
    };
    let mut inside = shelf.lock().unwrap();
    match (parts.method, asked("uploadId"), asked("partNumber")) {
        (Method::POST, None, None) => {
            inside.uploads += 1;
            xml(&format!("<R><UploadId>u{}</UploadId></R>", inside.uploads))
        }
        (Method::PUT, Some(upload), Some(number)) => {
            inside.parts.insert((upload, format!("{number:0>5}")), body);
            tagged(Vec::new())
        }
        (Method::POST, Some(upload), None) => {
            let of_upload = inside.parts.iter().filter(|((of, _), _)| *of == upload);
            let whole = of_upload.flat_map(|(_, bytes)| bytes.clone()).collect();
            inside.whole.insert(key, whole);
            xml("<R><ETag>\"e\"</ETag></R>")
        }
        (Method::DELETE, Some(_), None) => StatusCode::NO_CONTENT.into_response(),
        (Method::DELETE, None, None) => {
            inside.whole.remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        (Method::PUT, None, None) => copy(&mut inside, key, &parts.headers),
        (Method::GET | Method::HEAD, None, None) => match inside.whole.get(&key) {
            Some(bytes) => tagged(bytes.clone()),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn listed(inside: &Inside) -> Response {
    let contents = inside.whole.iter().map(|(key, bytes)| {
        let (bytes, written) = (bytes.len(), WRITTEN_AT);
        format!(
            "<Contents><Key>{key}</Key><LastModified>{written}</LastModified>\
             <ETag>\"e\"</ETag><Size>{bytes}</Size></Contents>"
        )
    });
    let contents: String = contents.collect();
    xml(&format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"))
}

fn copy(inside: &mut Inside, key: String, headers: &HeaderMap) -> Response {
    let source = headers.get("x-amz-copy-source").and_then(|value| value.to_str().ok());
    let source = source.and_then(|source| source.strip_prefix("evidence/"));
    let Some(bytes) = source.and_then(|source| inside.whole.get(source)).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    inside.whole.insert(key, bytes);
    xml("<R><ETag>\"e\"</ETag></R>")
}

fn tagged(bytes: Vec<u8>) -> Response {
    let headers = [("etag", "\"e\""), ("last-modified", "Wed, 04 Mar 2026 01:00:00 GMT")];
    (headers, bytes).into_response()
}

fn xml(text: &str) -> Response {
    ([("content-type", "application/xml")], text.to_owned()).into_response()
}
