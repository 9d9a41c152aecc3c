//! What an orchestrator asks over plain HTTP: does it live, is it ready, what are its figures.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::health::Readiness;
use crate::metrics::Metrics;

const JSON: &str = "application/json";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `/livez`, `/readyz` and `/metrics`.
pub(super) fn router(readiness: Readiness, metrics: Metrics) -> Router {
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready).with_state(readiness))
        .route("/metrics", get(figures).with_state(metrics))
}

/// Whoever answers lives. A missing database is no reason to be restarted.
async fn live() -> Response {
    answer(StatusCode::OK, JSON, "{\"live\":true}\n".into())
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let report = readiness.report();
    let code = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    match serde_json::to_string(&report) {
        Ok(text) => answer(code, JSON, format!("{text}\n")),
        Err(error) => failed(&error),
    }
}

async fn figures(State(metrics): State<Metrics>) -> Response {
    match metrics.text() {
        Ok(text) => answer(StatusCode::OK, PROMETHEUS, text),
        Err(error) => failed(&error),
    }
}

fn answer(code: StatusCode, kind: &'static str, text: String) -> Response {
    (code, [(CONTENT_TYPE, kind)], text).into_response()
}

fn failed(error: &impl std::error::Error) -> Response {
    tracing::error!(%error, "a probe could not be answered");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
