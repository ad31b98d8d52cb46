//! `/referrals/new`: 紹介・情報提供. A hospital's social worker enters who is to come home, the
//! stay, the consent and the referral; checks it; and sends it.
//!
//! Entries travel in the body of the form and never in an address. The draft's id travels with
//! them from the first page on, so that however often the button is pressed, there is one
//! referral.

mod agencies;
mod entered;
mod questions;
mod sending;

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use contracts::Office;
use serde_json::json;

use agencies::Agencies;
pub(super) use agencies::Found;
use entered::Entered;
use questions::{SECTIONS, Section, all};

use super::{
    documents::{self, Viewer},
    draft::Draft,
    error_page,
    form::{Answer, Entries, FieldView, Problem, Problems, Setting},
    offices::Failure,
    session::Session,
    shell::{Shell, page},
};
use crate::Gateway;

const TITLE: &str = "紹介・情報提供";
const HERE: &str = "/referrals/new";

#[derive(Template)]
#[template(path = "referral.html")]
pub(super) struct ReferralPage {
    shell: Shell,
    hospital: String,
    sections: Vec<SectionView>,
    problems: Vec<Problem>,
    draft: String,
    drafted_on: String,
}

struct SectionView {
    section: &'static Section,
    fields: Vec<FieldView>,
}

#[derive(Template)]
#[template(path = "referral_check.html")]
pub(super) struct CheckPage {
    shell: Shell,
    hospital: String,
    sections: Vec<CheckedSection>,
    /// Everything that was entered, on its way to be sent.
    carried: Vec<(String, String)>,
}

struct CheckedSection {
    section: &'static Section,
    answers: Vec<Answer>,
}

/// The empty form.
pub(super) async fn begin(
    State(gateway): State<Gateway>,
    session: Session,
) -> Result<Response, Response> {
    let desk = Desk::at(&gateway, session).await?;
    Ok(desk.form(&Entries::default(), &Problems::default()))
}

/// The form again, to change what was entered.
pub(super) async fn change(
    State(gateway): State<Gateway>,
    session: Session,
    entries: Entries,
) -> Result<Response, Response> {
    let desk = Desk::at(&gateway, session).await?;
    Ok(desk.form(&entries, &Problems::default()))
}

/// What was entered, to be checked before it is sent; or the form again with what is wrong.
pub(super) async fn check(
    State(gateway): State<Gateway>,
    session: Session,
    entries: Entries,
) -> Result<Response, Response> {
    let desk = Desk::at(&gateway, session).await?;
    // What is checked is what will be recorded.
    let entries = entered::with_readings_in_hiragana(entries);
    Ok(match desk.entered(&entries) {
        Ok(_) => page(StatusCode::OK, &desk.check_page(&entries)),
        Err(problems) => desk.form(&entries, &problems),
    })
}

/// Sends everything, and leads on to the receipt.
pub(super) async fn send(
    State(gateway): State<Gateway>,
    session: Session,
    entries: Entries,
) -> Result<Response, Response> {
    let desk = Desk::at(&gateway, session).await?;
    let entered = match desk.entered(&entries) {
        Ok(entered) => entered,
        Err(problems) => return Ok(desk.form(&entries, &problems)),
    };
    let draft = Draft::carried(Some(entries.get("draft")));
    let sent = sending::send(gateway.offices(), &desk.session, draft, entered).await;
    Ok(match sent {
        Ok(reply) => {
            let to = format!("/referrals/{}/receipt?at={}", reply.case_id, reply.position);
            Redirect::to(&to).into_response()
        }
        Err(setback) if setback.failure == Failure::SignedOut => {
            Redirect::to("/sign-in").into_response()
        }
        Err(setback) => {
            let mut problems = Problems::default();
            problems.of_failure(setback.event, setback.failure, &all());
            desk.form(&entries, &problems)
        }
    })
}

/// A hospital's desk: who sits there, and whom they can refer to.
struct Desk<'a> {
    gateway: &'a Gateway,
    session: Session,
    viewer: Viewer,
    agencies: Agencies,
}

impl<'a> Desk<'a> {
    async fn at(gateway: &'a Gateway, session: Session) -> Result<Self, Response> {
        if !session.is_of(Office::Hospital) {
            return Err(error_page::not_for_this_office(gateway.is_demo()));
        }
        let document = &documents::REFERRAL_FORM;
        let found: Found = documents::ask(gateway, &session, document, json!({})).await?;
        let (viewer, agencies) = found.read();
        Ok(Self { gateway, session, viewer, agencies })
    }

    fn entered(&self, entries: &Entries) -> Result<Entered, Problems> {
        Entered::read(entries, &self.viewer.agency.id, self.gateway.today())
    }

    fn form(&self, entries: &Entries, problems: &Problems) -> Response {
        let status =
            if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let today = self.gateway.today().to_string();
        let demo = self.gateway.is_demo();
        page(
            status,
            &ReferralPage::of(&self.viewer, &self.agencies, entries, problems, &today, demo),
        )
    }

    fn check_page(&self, entries: &Entries) -> CheckPage {
        CheckPage::of(&self.viewer, &self.agencies, entries, self.gateway.is_demo())
    }
}

impl ReferralPage {
    pub(super) fn of(
        viewer: &Viewer,
        agencies: &Agencies,
        entries: &Entries,
        problems: &Problems,
        today: &str,
        demo: bool,
    ) -> Self {
        let choices = |ask: &_| agencies.choices(ask);
        let setting = Setting { choices: &choices };
        let sections = SECTIONS.iter().map(|section| SectionView {
            section,
            fields: section.asks.iter().map(|ask| setting.field(ask, entries, problems)).collect(),
        });
        let drafted_on = entries.get("drafted_on");
        Self {
            shell: Shell::of(TITLE, viewer, demo, HERE).with_problems(!problems.is_empty()),
            hospital: viewer.agency.name.clone(),
            sections: sections.collect(),
            problems: problems.in_order(&all()),
            draft: Draft::carried(Some(entries.get("draft"))).to_string(),
            drafted_on: if drafted_on.is_empty() { today } else { drafted_on }.to_owned(),
        }
    }
}

impl CheckPage {
    pub(super) fn of(viewer: &Viewer, agencies: &Agencies, entries: &Entries, demo: bool) -> Self {
        let choices = |ask: &_| agencies.choices(ask);
        let setting = Setting { choices: &choices };
        let sections = SECTIONS.iter().map(|section| CheckedSection {
            section,
            answers: section.asks.iter().map(|ask| setting.answer(ask, entries)).collect(),
        });
        Self {
            shell: Shell::of("紹介・情報提供の確認", viewer, demo, HERE),
            hospital: viewer.agency.name.clone(),
            sections: sections.collect(),
            carried: entries.carried().to_vec(),
        }
    }
}
