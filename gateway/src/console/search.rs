//! `/search`: persons by name and date of birth. What is asked for comes in the body of a form and
//! stands in no address.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use identity::{NotAsked, Query};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::{
    dates,
    documents::{self, Names, Page, Viewer},
    form::{Ask, Control, Entries, FieldView, Problem, Problems, Setting},
    session::Session,
    shell::{Shell, page},
    wards, words,
};
use crate::Gateway;

/// Persons on a page.
const ROWS: u32 = 20;

const NAME: Ask = Ask {
    name: "name",
    ..Ask::of("PersonRegistered", "family_name_kana", Control::Line(30))
        .called("氏名またはふりがな")
        .hint("漢字でもかなでも、姓だけでもさがせます。1文字の打ち間違いまでは見つかります。")
};

const BORN: Ask = Ask::of("PersonRegistered", "birth_date", Control::Day);

const ASKS: [Ask; 2] = [NAME, BORN];

#[derive(Template)]
#[template(path = "search.html")]
pub(super) struct SearchPage {
    shell: Shell,
    fields: Vec<FieldView>,
    problems: Vec<Problem>,
    /// None before anything was asked.
    found: Option<Vec<Row>>,
    /// The same question, for the next page.
    carried: Vec<(String, String)>,
    more: Option<String>,
    is_first_page: bool,
}

struct Row {
    name: String,
    kana: Option<String>,
    born: Option<String>,
    ward: Option<String>,
    quality: &'static str,
    cases: Vec<CaseLink>,
}

struct CaseLink {
    href: String,
    track: String,
    state: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    viewer: Viewer,
    search_persons: Option<Page<Hit>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hit {
    quality: String,
    family_name_kana: Option<String>,
    given_name_kana: Option<String>,
    birth_date: Option<Date>,
    person: Person,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    #[serde(flatten)]
    names: Names,
    residence_ward: Option<String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    track: String,
    state: String,
}

/// The empty form.
pub(super) async fn begin(
    State(gateway): State<Gateway>,
    session: Session,
) -> Result<Response, Response> {
    let (entries, problems) = (Entries::default(), Problems::default());
    answered(&gateway, &session, &entries, &problems, "").await
}

/// The form with what was found.
pub(super) async fn find(
    State(gateway): State<Gateway>,
    session: Session,
    entries: Entries,
) -> Result<Response, Response> {
    let mut problems = Problems::default();
    let born = problems.date(&BORN, &entries);
    if problems.is_empty()
        && let Err(not_asked) = Query::of(entries.get(NAME.name), &born)
    {
        complain(&mut problems, not_asked);
    }
    answered(&gateway, &session, &entries, &problems, &born).await
}

async fn answered(
    gateway: &Gateway,
    session: &Session,
    entries: &Entries,
    problems: &Problems,
    born: &str,
) -> Result<Response, Response> {
    let name = entries.get(NAME.name);
    let after = Some(entries.get("after")).filter(|after| !after.is_empty());
    let variables = json!({
        "asks": problems.is_empty() && !(name.is_empty() && born.is_empty()),
        "name": name, "birthDate": born, "first": ROWS, "after": after,
    });
    let found = documents::ask(gateway, session, &documents::SEARCH_PERSONS, variables).await?;
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page(status, &SearchPage::of(found, entries, problems, gateway.is_demo())))
}

fn complain(problems: &mut Problems, not_asked: NotAsked) {
    match not_asked {
        NotAsked::Nothing => problems
            .add(NAME.name, "「氏名またはふりがな」か「生年月日」を入力してください。".to_owned()),
        NotAsked::NameTooShort => problems.add(
            NAME.name,
            "「氏名またはふりがな」は、かなでは2文字以上入力してください。".to_owned(),
        ),
        NotAsked::NameTooLong => {
            problems.add(NAME.name, "「氏名またはふりがな」が長すぎます。".to_owned());
        }
        NotAsked::NoDate(problem) => problems.add(BORN.name, problem.about(&BORN.label())),
    }
}

impl SearchPage {
    pub(super) fn of(found: Found, entries: &Entries, problems: &Problems, demo: bool) -> Self {
        let shell = Shell::of("氏名でさがす", &found.viewer, demo, "/search");
        let fields = ASKS.iter().map(|ask| Setting::DECLARED.field(ask, entries, problems));
        let more = found.search_persons.as_ref().and_then(|page| page.next().map(str::to_owned));
        let carried = entries.carried().iter().filter(|(name, _)| name != "after");
        Self {
            shell: shell.with_problems(!problems.is_empty()),
            fields: fields.collect(),
            problems: problems.in_order(&ASKS),
            carried: carried.cloned().collect(),
            more,
            is_first_page: entries.get("after").is_empty(),
            found: found.search_persons.map(|page| page.into_nodes().map(Row::of).collect()),
        }
    }
}

impl Row {
    fn of(hit: Hit) -> Self {
        let kana: Vec<_> =
            [hit.family_name_kana, hit.given_name_kana].into_iter().flatten().collect();
        let ward = hit.person.residence_ward.map(|ward| wards::name_of(&ward).to_owned());
        Self {
            name: hit.person.names.in_words(),
            kana: (!kana.is_empty()).then(|| kana.join(" ")),
            born: hit.birth_date.map(dates::both),
            ward,
            quality: quality(&hit.quality),
            cases: hit.person.cases.iter().map(CaseLink::of).collect(),
        }
    }
}

impl CaseLink {
    fn of(case: &Case) -> Self {
        Self {
            href: format!("/cases/{}", case.id),
            track: words::track(&case.track),
            state: words::case_state(&case.state),
        }
    }
}

/// How a person answers the question, by its name in GraphQL.
fn quality(quality: &str) -> &'static str {
    match quality {
        "WHOLE" => "氏名が一致",
        "SWAPPED" => "氏名が一致（姓と名が逆）",
        "GIVEN_NAME_BEGUN" => "姓が一致・名が前方一致",
        "FAMILY_NAME" => "姓が一致",
        "BIRTH_DATE" => "生年月日が一致",
        "GIVEN_NAME" => "名が一致",
        "WHOLE_BUT_MARK" => "濁点・半濁点の違い",
        "WHOLE_UNKNOWN_BIRTH_DATE" => "氏名が一致（生年月日の登録なし）",
        "WHOLE_BUT_BIRTH_DATE" => "氏名が一致・生年月日が1か所違い",
        "WHOLE_BUT_LETTER" => "氏名が1文字違い",
        "FAMILY_NAME_BEGUN" => "姓が前方一致",
        "FAMILY_NAME_BUT_LETTER" => "姓が1文字違い",
        _ => "",
    }
}
