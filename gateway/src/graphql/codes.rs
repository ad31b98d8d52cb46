//! Errors as clients see them: a sentence for developers and a code to act on. Never the text of a
//! database, never what was asked for.

use std::collections::HashSet;

use access::DisclosureError;
use async_graphql::{Error, ErrorExtensionValues, Response, ServerError};
use event_log::LogError;
use read_models::ReadError;

use super::HouseSchema;
use crate::directory::NotReady;

pub(crate) const BAD_REQUEST: &str = "BAD_REQUEST";
pub(crate) const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
pub(crate) const FORBIDDEN: &str = "FORBIDDEN";
pub(crate) const INTERNAL: &str = "INTERNAL";
pub(crate) const LIMIT_EXCEEDED: &str = "LIMIT_EXCEEDED";
pub(crate) const NOT_FOUND: &str = "NOT_FOUND";
pub(crate) const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
pub(crate) const UNAVAILABLE: &str = "UNAVAILABLE";

/// What the library says when one of its own limits is passed.
const LIMITS: [&str; 3] =
    ["Query is too complex.", "Query is nested too deep.", "The number of directives"];

/// An error of a resolver.
pub(crate) fn error(code: &'static str, message: &str) -> Error {
    let mut error = Error::new(message);
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
    error
}

/// An error outside resolvers.
pub(crate) fn with_code(mut error: ServerError, code: &'static str) -> ServerError {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
    error
}

/// The library's own errors: they get a code as well, and lose what they quote of the request. It
/// can be a value that somebody wrote into the document; where it stands is told by the location.
pub(crate) struct Completion {
    /// Every name of the schema: these may be quoted.
    known: HashSet<String>,
}

impl Completion {
    pub(crate) fn of(schema: &HouseSchema) -> Self {
        Self { known: schema.names().into_iter().collect() }
    }

    pub(crate) fn complete(&self, mut response: Response) -> Response {
        response.errors = response.errors.into_iter().map(|error| self.coded(error)).collect();
        response
    }

    fn coded(&self, mut error: ServerError) -> ServerError {
        if error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some()) {
            return error;
        }
        error.message = self.unquoted(&error.message);
        coded(error)
    }

    fn unquoted(&self, message: &str) -> String {
        // Quotes within quotes, or a picture of the line: it is not clear what is quoted.
        if message.contains("\\\"")
            || message.matches('"').count() % 2 == 1
            || message.contains('\n')
        {
            return "the document is not valid".to_owned();
        }
        let parts = message.split('"').enumerate().map(|(at, part)| {
            let is_quoted = at % 2 == 1;
            if is_quoted && !self.known.contains(part) { "…" } else { part }
        });
        parts.collect::<Vec<_>>().join("\"")
    }
}

fn coded(error: ServerError) -> ServerError {
    let is_limit = LIMITS.iter().any(|limit| error.message.starts_with(limit));
    with_code(error, if is_limit { LIMIT_EXCEEDED } else { BAD_REQUEST })
}

/// The read model did not answer.
pub(crate) fn of_read(failure: ReadError) -> Error {
    match failure {
        ReadError::Behind => error(UNAVAILABLE, "the read model is behind the log; try again"),
        ReadError::Log(failure) => of_log(&failure),
        failure => {
            tracing::error!(error = %failure, "the read model did not answer");
            error(UNAVAILABLE, "the read model is not available")
        }
    }
}

/// The log did not answer.
pub(crate) fn of_log(failure: &LogError) -> Error {
    tracing::error!(error = %failure, "the log did not answer");
    error(UNAVAILABLE, "the log is not available")
}

/// Names cannot be looked up now.
pub(crate) fn of_directory(failure: &NotReady) -> Error {
    error(UNAVAILABLE, &failure.to_string())
}

/// The read could not be recorded, or what it shows could not be opened: nothing was shown.
pub(crate) fn of_disclosure(failure: &DisclosureError) -> Error {
    tracing::error!(error = %failure, "nothing was disclosed");
    match failure {
        DisclosureError::Broken(_) => error(INTERNAL, "a sealed part cannot be opened"),
        _ => error(UNAVAILABLE, "the read could not be recorded, so nothing is shown"),
    }
}
