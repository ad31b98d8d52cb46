//! The documents that pages run, and what their answers hold.
//!
//! The documents lie in `operations/`, one a file, each under the name of its file. They are the
//! whole of what the console ever asks.

use async_graphql::{Request, Variables};
use axum::response::{IntoResponse, Redirect, Response};
use contracts::{Office, office_from_name};
use serde::{Deserialize, de::DeserializeOwned};

use super::{error_page, session::Session};
use crate::{
    Gateway,
    graphql::codes::{BAD_USER_INPUT, FORBIDDEN, NOT_FOUND, UNAUTHENTICATED, UNAVAILABLE},
};

/// A named document.
pub(super) struct Document {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

macro_rules! documents {
    ($($constant:ident => $name:literal;)*) => {
        $(pub(super) const $constant: Document = Document {
            name: $name,
            text: include_str!(concat!("../../operations/", $name, ".graphql")),
        };)*
        /// Every document.
        #[cfg(test)]
        pub(super) const ALL: &[&Document] = &[$(&$constant,)*];
    };
}

documents! {
    WORK_LIST => "WorkList";
    CASE_TIMELINE => "CaseTimeline";
    CASE_ERRAND => "CaseErrand";
    CASE_ACCESSES => "CaseAccesses";
    CASE_NEWS => "CaseNews";
    REFERRAL_FORM => "ReferralForm";
    REFERRAL_RECEIPT => "ReferralReceipt";
    OUTCOMES => "Outcomes";
    SEARCH_PERSONS => "SearchPersons";
    MERGE_CANDIDATES => "MergeCandidates";
}

/// The one who reads.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct Viewer {
    /// In GraphQL's words.
    office: String,
    pub(super) agency: Agency,
    pub(super) staff: String,
    pub(super) is_identity_officer: bool,
}

impl Viewer {
    /// The office whose door they came through.
    pub(super) fn office(&self) -> Office {
        let name = self.office.to_lowercase().replace('_', "-");
        office_from_name(&name).unwrap_or_default()
    }
}

/// An agency.
#[derive(Deserialize, Clone)]
pub(super) struct Agency {
    pub(super) id: String,
    pub(super) name: String,
}

/// A person's names.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct Names {
    name_status: String,
    family_name: Option<String>,
    given_name: Option<String>,
}

impl Names {
    /// What the person is called; said plainly where it cannot be read.
    pub(super) fn in_words(&self) -> String {
        match (&self.family_name, &self.given_name, self.name_status.as_str()) {
            (Some(family), Some(given), _) => format!("{family} {given} さん"),
            (_, _, "ERASED") => "（氏名は消去されています）".to_owned(),
            _ => "（氏名は見られる記録にありません）".to_owned(),
        }
    }
}

/// A page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    edges: Vec<Edge<T>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Edge<T> {
    node: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Where the next page begins, if there is one.
    pub(super) fn next(&self) -> Option<&str> {
        self.page_info.end_cursor.as_deref().filter(|_| self.page_info.has_next_page)
    }

    /// What is on the page.
    pub(super) fn into_nodes(self) -> impl Iterator<Item = T> {
        self.edges.into_iter().map(|edge| edge.node)
    }
}

/// The request that runs a document.
pub(super) fn request(document: &Document, variables: serde_json::Value) -> Request {
    Request::new(document.text)
        .operation_name(document.name)
        .variables(Variables::from_json(variables))
}

/// What a document answers; otherwise the page that says why there is no answer.
pub(super) async fn ask<T: DeserializeOwned>(
    gateway: &Gateway,
    session: &Session,
    document: &Document,
    variables: serde_json::Value,
) -> Result<T, Response> {
    let response = gateway.execute(session.principal.clone(), request(document, variables)).await;
    if let Some(code) = code(&response) {
        return Err(unanswered(document, code, gateway.is_demo()));
    }
    async_graphql::from_value(response.data).map_err(|_| {
        // Not the error itself: its words quote the value that did not fit, which may be a name.
        tracing::error!(document = document.name, "an answer has another form");
        error_page::fault(gateway.is_demo())
    })
}

/// The code of the first error that has one; none when there is no error.
pub(super) fn code(response: &async_graphql::Response) -> Option<&str> {
    let code =
        response.errors.iter().find_map(|error| match error.extensions.as_ref()?.get("code")? {
            async_graphql::Value::String(code) => Some(code.as_str()),
            _ => None,
        });
    (!response.errors.is_empty()).then(|| code.unwrap_or_default())
}

fn unanswered(document: &Document, code: &str, demo: bool) -> Response {
    match code {
        UNAVAILABLE => error_page::unavailable(demo),
        FORBIDDEN => error_page::not_for_this_office(demo),
        UNAUTHENTICATED => Redirect::to("/sign-in").into_response(),
        // An address that was tampered with, or a cursor of yesterday.
        NOT_FOUND | BAD_USER_INPUT => error_page::not_found(demo),
        code => {
            tracing::error!(document = document.name, code, "a document was not answered");
            error_page::fault(demo)
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn no_answer_has_a_page_of_its_own() {
        let status = |code| unanswered(&WORK_LIST, code, true).status();
        assert_eq!(status(UNAVAILABLE), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(FORBIDDEN), StatusCode::FORBIDDEN);
        assert_eq!(status(UNAUTHENTICATED), StatusCode::SEE_OTHER);
        assert_eq!(status(NOT_FOUND), StatusCode::NOT_FOUND);
        assert_eq!(status(BAD_USER_INPUT), StatusCode::NOT_FOUND);
        assert_eq!(status("anything else"), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
