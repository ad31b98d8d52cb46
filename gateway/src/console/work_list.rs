//! `/`: what waits for the reader's agency, the oldest first.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use casework::days_between;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::{
    dates,
    documents::{self, Names, Page, Viewer},
    session::Session,
    shell::{Shell, page},
    words,
};
use crate::Gateway;

/// Rows on a page.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "work_list.html")]
pub(super) struct WorkList {
    shell: Shell,
    agency: String,
    rows: Vec<Row>,
    more: Option<String>,
    is_first_page: bool,
}

struct Row {
    href: Option<String>,
    label: String,
    reason: String,
    person: String,
    track: Option<String>,
    since: String,
    ago: String,
}

/// Which page of the list.
#[derive(Deserialize, Default)]
pub(super) struct Which {
    after: Option<String>,
    /// A position from a reply: the list must know it.
    at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    viewer: Viewer,
    work_list: Page<Work>,
}

#[derive(Deserialize)]
struct Work {
    label: String,
    reason: String,
    since: Date,
    case: Option<Case>,
    person: Names,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    track: String,
}

/// One page of the list.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Session,
    Query(which): Query<Which>,
) -> Result<Response, Response> {
    let variables = json!({ "first": ROWS, "after": which.after, "minPosition": which.at });
    let found = documents::ask(&gateway, &session, &documents::WORK_LIST, variables).await?;
    let list = WorkList::of(found, which.after.is_none(), gateway.today(), gateway.is_demo());
    Ok(page(StatusCode::OK, &list))
}

impl WorkList {
    pub(super) fn of(found: Found, is_first_page: bool, today: Date, demo: bool) -> Self {
        // A cursor is an opaque word of letters that need no escaping in a URL, save `=`.
        let more =
            found.work_list.next().map(|after| format!("/?after={}", after.replace('=', "%3D")));
        Self {
            shell: Shell::of("仕事の一覧", &found.viewer, demo, "/"),
            agency: found.viewer.agency.name,
            rows: found.work_list.into_nodes().map(|work| Row::of(work, today)).collect(),
            more,
            is_first_page,
        }
    }
}

impl Row {
    fn of(work: Work, today: Date) -> Self {
        let known = |case: &&Case| case.track != "UNKNOWN";
        Self {
            href: work.case.as_ref().map(|case| format!("/cases/{}", case.id)),
            track: work.case.as_ref().filter(known).map(|case| words::track(&case.track)),
            label: work.label,
            reason: work.reason,
            person: work.person.in_words(),
            since: dates::both(work.since),
            ago: dates::ago(days_between(work.since, today)),
        }
    }
}
