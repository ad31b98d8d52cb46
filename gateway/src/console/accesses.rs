//! `/cases/{case}/accesses`: who saw the person, in words for the person. It is made to be printed.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{
    dates,
    documents::{self, Agency, Names, Page, Viewer},
    error_page,
    session::Session,
    shell::{Shell, page},
};
use crate::Gateway;

/// Accesses on a page.
const ACCESSES: u32 = 100;

#[derive(Template)]
#[template(path = "accesses.html")]
pub(super) struct AccessesPage {
    shell: Shell,
    case: String,
    person: String,
    printed_on: String,
    printed_by: String,
    accesses: Vec<Shown>,
    more: Option<String>,
    is_first_page: bool,
}

/// One access in words.
struct Shown {
    at: String,
    agency: String,
    staff: String,
    how: &'static str,
    why: &'static str,
    what: String,
}

/// Which part of the list.
#[derive(Deserialize, Default)]
pub(super) struct Which {
    after: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    viewer: Viewer,
    case: Option<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    person: Person,
}

#[derive(Deserialize)]
struct Person {
    #[serde(flatten)]
    names: Names,
    accesses: Option<Page<Access>>,
}

#[derive(Deserialize)]
struct Access {
    at: Timestamp,
    agency: Agency,
    staff: String,
    door: String,
    purpose: String,
    shown: u32,
    kinds: Vec<String>,
}

/// One page of the accesses to the person of a case.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Session,
    Path(case): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Response> {
    let variables = json!({ "id": case, "first": ACCESSES, "after": which.after });
    let found = documents::ask(&gateway, &session, &documents::CASE_ACCESSES, variables).await?;
    let today = dates::both(gateway.today());
    let shown = AccessesPage::of(found, &which, today, gateway.is_demo());
    Ok(page(StatusCode::OK, &shown.ok_or_else(|| error_page::not_found(gateway.is_demo()))?))
}

impl AccessesPage {
    /// None when there is no such case, or the reader's agency does not answer for the person.
    pub(super) fn of(found: Found, which: &Which, today: String, demo: bool) -> Option<Self> {
        let (viewer, case) = (found.viewer, found.case?);
        let accesses = case.person.accesses?;
        let more =
            accesses.next().map(|after| format!("/cases/{}/accesses?after={after}", case.id));
        Some(Self {
            shell: Shell::of("閲覧の記録", &viewer, demo, ""),
            person: case.person.names.in_words(),
            printed_on: today,
            printed_by: viewer.agency.name,
            accesses: accesses.into_nodes().map(Access::shown).collect(),
            more,
            is_first_page: which.after.is_none(),
            case: case.id,
        })
    }
}

impl Access {
    fn shown(self) -> Shown {
        let what = match (self.kinds.is_empty(), self.shown) {
            (false, shown) => format!("{}（{shown}件）", self.kinds.join("、")),
            (true, 0) => "記録があることや状況".to_owned(),
            (true, shown) => format!("{shown}件"),
        };
        Shown {
            at: dates::moment(self.at),
            agency: self.agency.name,
            staff: self.staff,
            how: how(&self.door),
            why: why(&self.purpose),
            what,
        }
    }
}

fn how(door: &str) -> &'static str {
    match door {
        "GRAPHQL" => "機関のシステムから",
        "SUBSCRIPTION" => "新しい記録の通知で",
        "CONSOLE" => "画面で",
        "COMMAND" => "記録を登録したときの回答で",
        "EXPORT" => "記録の写しの受取りで",
        "SEARCH" => "氏名の検索で",
        "INDEX" => "システムによる氏名索引の作成で",
        _ => "その他",
    }
}

fn why(purpose: &str) -> &'static str {
    match purpose {
        "CASE" => "支援のため（ケースの記録を開いた）",
        "PERSON" => "支援のため（ご本人の記録を開いた）",
        "LIST" => "仕事の一覧に載っていたため",
        "EXPORT" => "記録の写しを受け取るため",
        "COMMAND" => "記録の登録にあたって確認したため",
        "ACCESSES" => "この「閲覧の記録」を見るため",
        "BREAK_GLASS" => "緊急のため（緊急時アクセス）",
        "SEARCH" => "氏名で探したため",
        "INDEX" => "氏名で探せるようにするため",
        "IDENTITY" => "同じ方の記録が二つないか確かめるため",
        _ => "記録されていません",
    }
}
