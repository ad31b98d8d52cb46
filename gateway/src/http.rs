//! The gateway's doors over HTTP.

mod answer;
mod graphql;
mod operations;
mod sse;

use std::{any::Any, time::Duration};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

use crate::{Gateway, console};

/// A document with its variables; nothing is uploaded here.
const BODY_BYTES_MAX: usize = 64 << 10;

/// For a request to come in and be answered. A stream has begun by then and may go on. Whatever waits
/// for something else has a shorter time, so that it can still say so.
const ANSWER: Duration = Duration::from_secs(15);

/// Everything the gateway serves.
pub fn router(gateway: Gateway) -> Router {
    Router::new()
        .merge(graphql_door(&gateway))
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz))
        .route("/metrics", get(operations::metrics))
        .with_state(gateway.clone())
        .merge(console::router(gateway))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER))
        .layer(CatchPanicLayer::custom(apologise))
}

/// A fault of ours: what was being worked on stands in no answer.
fn apologise(_: Box<dyn Any + Send>) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response()
}

fn graphql_door(gateway: &Gateway) -> Router<Gateway> {
    let mut methods = post(graphql::answer);
    if gateway.is_development() {
        // It shows a page; what stands in the address is never run.
        methods = methods.get(graphql::explore);
    }
    Router::new()
        .route("/graphql", methods)
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .layer(with_header(header::CACHE_CONTROL, "no-store"))
        .layer(with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(with_header(header::REFERRER_POLICY, "no-referrer"))
}

fn with_header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
