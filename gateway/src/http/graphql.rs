//! `/graphql`: who asks, whether the request is one, and how it is answered.

use std::sync::Arc;

use access::{Door, TokenError};
use async_graphql::{Request, http::GraphiQLSource};
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{
    answer::{Refused, json},
    sse,
};
use crate::{
    Gateway,
    graphql::{
        Caller, Credential,
        codes::{BAD_REQUEST, UNAUTHENTICATED, UNAVAILABLE},
    },
};

/// Answers one request, at once or, to whoever accepts it, as a stream.
pub(super) async fn answer(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let caller = caller(&gateway, &headers).await?;
    check_content_type(&headers)?;
    let request = request(body)?;
    if accepts_events(&headers) {
        return sse::answer(&gateway, caller, request, &headers);
    }
    Ok(json(&gateway.run(caller, request).await))
}

/// The page on which a developer tries documents out. It comes from a CDN.
pub(super) async fn explore() -> impl IntoResponse {
    Html(GraphiQLSource::build().endpoint("/graphql").title("つなぎ GraphQL").finish())
}

async fn caller(gateway: &Gateway, headers: &HeaderMap) -> Result<Caller, Refused> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let verified = gateway.verifier().verify_header(value).await;
    let principal = verified.map_err(|error| match error {
        TokenError::Unavailable => Refused {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: UNAVAILABLE,
            message: "tokens cannot be checked now; try again",
        },
        // Which of the reasons it was helps an attacker more than a client.
        _ => Refused {
            status: StatusCode::UNAUTHORIZED,
            code: UNAUTHENTICATED,
            message: "a valid bearer token is required",
        },
    })?;
    let mut caller = Caller::new(principal, Door::Graphql);
    caller.credential = value
        .map(|value| Credential { verifier: gateway.verifier().clone(), header: Arc::from(value) });
    Ok(caller)
}

/// JSON and nothing else: what a page elsewhere can make a browser send as a plain form or text
/// must not run.
fn check_content_type(headers: &HeaderMap) -> Result<(), Refused> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = value.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Refused {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        code: BAD_REQUEST,
        message: "the content type must be application/json",
    })
}

fn request(body: Result<Bytes, BytesRejection>) -> Result<Request, Refused> {
    let body = body.map_err(|rejection| Refused {
        status: rejection.status(),
        code: BAD_REQUEST,
        message: "the body is too large or was cut off",
    })?;
    let refused = |message| Refused { status: StatusCode::BAD_REQUEST, code: BAD_REQUEST, message };
    let value: serde_json::Value =
        serde_json::from_slice(&body).map_err(|_| refused("the body is not JSON"))?;
    if !value.is_object() {
        return Err(refused("the body must be one request; batches are not run"));
    }
    serde_json::from_value(value).map_err(|_| refused("the body is not a GraphQL request"))
}

fn accepts_events(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = values.flat_map(|value| value.split(','));
    kinds.any(|kind| {
        let kind = kind.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("text/event-stream")
    })
}
