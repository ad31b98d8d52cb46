//! Answers in the form that GraphQL clients expect, also where no document was run.

use async_graphql::{Response as GraphqlResponse, ServerError};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::graphql::codes::{INTERNAL, with_code};

/// A refusal before any document was run.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: &'static str,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let error = with_code(ServerError::new(self.message, None), self.code);
        let body = GraphqlResponse::from_errors(vec![error]);
        let mut response = (self.status, json(&body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = header::HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

/// A response as JSON.
pub(super) fn json(response: &GraphqlResponse) -> Response {
    match serde_json::to_string(response) {
        Ok(body) => {
            ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            let (status, message) = (StatusCode::INTERNAL_SERVER_ERROR, INTERNAL);
            (status, message).into_response()
        }
    }
}
