//! `/cases/{case}`: a case and its timeline, now or as of a day.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use contracts::Office;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::{
    dates,
    documents::{self, Agency, Names, Page, Viewer},
    error_page,
    notice::{self, Notice},
    session::Session,
    shell::{Shell, page},
    timeline::{Entry, Shown},
    wards, words,
};
use crate::Gateway;

/// Entries on a page.
const ENTRIES: u32 = 20;

#[derive(Template)]
#[template(path = "case.html")]
pub(super) struct CasePage {
    shell: Shell,
    id: String,
    person: String,
    ward: Option<String>,
    track: String,
    state: &'static str,
    agencies: Vec<String>,
    /// What the reader can do about it.
    errands: Errands,
    /// As of which day, in words; and as the date control wants it.
    as_of: Option<String>,
    as_of_iso: String,
    notice: Option<Notice>,
    /// Whether the reader sees the person through break-glass access.
    is_through_glass: bool,
    entries: Vec<Shown>,
    more: Option<String>,
    /// This page with what stood before corrections.
    with_before: String,
    is_first_page: bool,
}

/// What a reader can do about a case.
#[derive(Default)]
struct Errands {
    /// A referral waits for the reader's agency.
    answer: bool,
    /// The reader's office records visits to the ward.
    visit: bool,
    /// The reader's agency leads the case, and can tell the person who saw them.
    accesses: bool,
}

/// Which part of the timeline.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Which {
    as_of: Option<String>,
    after: Option<String>,
    /// Whether what stood before corrections is asked for: another read on record.
    before: Option<String>,
    /// A position from a reply: the page must know it, and points it out.
    at: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    viewer: Viewer,
    case: Option<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    id: String,
    track: String,
    state: String,
    agencies: Vec<Agency>,
    lead: Option<Agency>,
    referral: Option<Referral>,
    person: Person,
    timeline: Page<Entry>,
}

#[derive(Deserialize)]
struct Referral {
    state: String,
    to: Agency,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    #[serde(flatten)]
    names: Names,
    residence_ward: Option<String>,
    through_break_glass: bool,
}

/// The case and one page of its timeline.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Session,
    Path(case): Path<String>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    // An empty date control means today.
    let as_of: Option<Date> = which.as_of.as_deref().and_then(|text| text.parse().ok());
    let variables = json!({
        "id": case, "asOf": as_of.map(|day| day.to_string()), "minPosition": which.at,
        "first": ENTRIES, "after": which.after, "before": which.before.is_some(),
    });
    let found = documents::ask(&gateway, &session, &documents::CASE_TIMELINE, variables).await?;
    let notice = which.at.as_ref().and_then(|_| Notice::brought(&headers));
    let is_told = notice.is_some();
    let shown = CasePage::of(found, &which, as_of, notice, gateway.is_demo());
    let Some(shown) = shown else { return Err(error_page::not_found(gateway.is_demo())) };
    let mut response = page(StatusCode::OK, &shown);
    if is_told {
        let (name, value) = notice::ended();
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

impl CasePage {
    /// None when there is no such case, or nothing of it that the reader may see.
    pub(super) fn of(
        found: Found,
        which: &Which,
        as_of: Option<Date>,
        notice: Option<Notice>,
        demo: bool,
    ) -> Option<Self> {
        let (viewer, case) = (found.viewer, found.case?);
        let errands = Errands::of(&viewer, &case, as_of.is_some());
        let more = case.timeline.next().map(|after| {
            let day = as_of.map(|day| format!("asOf={day}&")).unwrap_or_default();
            format!("/cases/{}?{day}after={after}", case.id)
        });
        let day = as_of.map(|day| format!("&asOf={day}")).unwrap_or_default();
        let after = which.after.iter().map(|after| format!("&after={after}"));
        let with_before = format!("/cases/{}?before=1{day}{}", case.id, after.collect::<String>());
        let entries = case.timeline.into_nodes();
        Some(Self {
            shell: Shell::of("ケースの記録", &viewer, demo, ""),
            person: case.person.names.in_words(),
            ward: case.person.residence_ward.map(|ward| wards::name_of(&ward).to_owned()),
            track: words::track(&case.track),
            state: words::case_state(&case.state),
            agencies: case.agencies.into_iter().map(|agency| agency.name).collect(),
            errands,
            as_of: as_of.map(dates::both),
            as_of_iso: as_of.map(|day| day.to_string()).unwrap_or_default(),
            notice,
            is_through_glass: case.person.through_break_glass,
            entries: entries.map(|entry| entry.shown(which.at.as_deref())).collect(),
            more,
            with_before,
            is_first_page: which.after.is_none(),
            id: case.id,
        })
    }
}

impl Errands {
    /// In the past nothing can be done.
    fn of(viewer: &Viewer, case: &Case, in_the_past: bool) -> Self {
        let leads = case.lead.as_ref().is_some_and(|lead| lead.id == viewer.agency.id);
        let accesses = leads && !in_the_past;
        if in_the_past || viewer.office() != Office::SupportCenter {
            return Self { accesses, ..Self::default() };
        }
        let waits =
            |referral: &Referral| referral.state == "WAITING" && referral.to.id == viewer.agency.id;
        Self { answer: case.referral.as_ref().is_some_and(waits), visit: true, accesses }
    }
}
