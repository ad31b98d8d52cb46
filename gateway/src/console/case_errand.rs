//! What the forms about a case have in common: what they must know, how they are shown, and what
//! becomes of them when they are sent.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use contracts::{
    Office,
    office::{CommandContext, CommandReply},
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::{
    documents::{self, Agency, Names, Viewer},
    draft::Draft,
    error_page,
    form::{Ask, Entries, FieldView, Problem, Problems, Setting},
    notice,
    offices::Failure,
    session::Session,
    shell::{Shell, page},
};
use crate::Gateway;

/// A form about a case: one event.
pub(super) struct Errand {
    /// What it is called.
    pub(super) title: &'static str,
    /// What to know before filling it in.
    pub(super) intro: &'static str,
    /// Where it is sent, under the address of the case.
    pub(super) to: &'static str,
    /// What the button says.
    pub(super) button: &'static str,
    /// The event it records.
    pub(super) event: &'static str,
    /// What it asks.
    pub(super) asks: &'static [Ask],
}

#[derive(Template)]
#[template(path = "case_errand.html")]
pub(super) struct ErrandPage {
    shell: Shell,
    title: &'static str,
    intro: &'static str,
    button: &'static str,
    to: &'static str,
    case: String,
    person: String,
    draft: String,
    fields: Vec<FieldView>,
    problems: Vec<Problem>,
}

/// The case that a form is about.
#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) referral: Option<Referral>,
    pub(super) person: Person,
}

/// The referral that the case began with.
#[derive(Deserialize)]
pub(super) struct Referral {
    pub(super) id: String,
    pub(super) state: String,
    pub(super) track: String,
    pub(super) to: Agency,
}

/// Whose case it is.
#[derive(Deserialize)]
pub(super) struct Person {
    id: String,
    #[serde(flatten)]
    names: Names,
    pub(super) stays: Vec<Stay>,
}

/// A stay in hospital.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stay {
    pub(super) id: String,
    pub(super) hospital: Agency,
    pub(super) admitted_on: Date,
    pub(super) ended_on: Option<Date>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) viewer: Viewer,
    pub(super) case: Option<Case>,
}

/// A case that the reader works on, and what surrounds it.
pub(super) struct Work<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) session: Session,
    pub(super) viewer: Viewer,
    pub(super) case: Case,
}

impl<'a> Work<'a> {
    /// Looks the case up for a support center; others have no forms about cases yet.
    pub(super) async fn begin(
        gateway: &'a Gateway,
        session: Session,
        case: &str,
    ) -> Result<Self, Response> {
        if !session.is_of(Office::SupportCenter) {
            return Err(error_page::not_for_this_office(gateway.is_demo()));
        }
        let variables = json!({ "id": case });
        let document = &documents::CASE_ERRAND;
        let found: Found = documents::ask(gateway, &session, document, variables).await?;
        let case = found.case.ok_or_else(|| error_page::not_found(gateway.is_demo()))?;
        Ok(Self { gateway, session, viewer: found.viewer, case })
    }

    /// The context of a request about this case.
    pub(super) fn context(&self, draft: Draft, step: &str) -> CommandContext {
        CommandContext {
            request_id: draft.request_id(step),
            person_id: self.case.person.id.clone(),
            case_id: self.case.id.clone(),
            ..CommandContext::default()
        }
    }

    /// Back to the case.
    pub(super) fn back(&self) -> Response {
        Redirect::to(&format!("/cases/{}", self.case.id)).into_response()
    }
}

impl Errand {
    /// The form, empty or with what was entered.
    pub(super) fn show(
        &self,
        work: &Work<'_>,
        entries: &Entries,
        problems: &Problems,
        setting: &Setting<'_>,
    ) -> Response {
        let status =
            if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let demo = work.gateway.is_demo();
        page(status, &self.page(&work.viewer, &work.case, entries, problems, setting, demo))
    }

    pub(super) fn page(
        &self,
        viewer: &Viewer,
        case: &Case,
        entries: &Entries,
        problems: &Problems,
        setting: &Setting<'_>,
        demo: bool,
    ) -> ErrandPage {
        let shell = Shell::of(self.title, viewer, demo, "");
        ErrandPage {
            shell: shell.with_problems(!problems.is_empty()),
            title: self.title,
            intro: self.intro,
            button: self.button,
            to: self.to,
            case: case.id.clone(),
            person: case.person.names.in_words(),
            draft: Draft::carried(Some(entries.get("draft"))).to_string(),
            fields: self.asks.iter().map(|ask| setting.field(ask, entries, problems)).collect(),
            problems: problems.in_order(self.asks),
        }
    }

    /// On to the case when all went well; otherwise the form again, with what was entered.
    pub(super) fn after(
        &self,
        work: &Work<'_>,
        outcome: Result<CommandReply, Failure>,
        entries: &Entries,
        setting: &Setting<'_>,
    ) -> Response {
        let mut problems = Problems::default();
        match outcome {
            Ok(reply) => return self.recorded(work, &reply),
            Err(Failure::SignedOut) => return Redirect::to("/sign-in").into_response(),
            Err(failure) => problems.of_failure(self.event, failure, self.asks),
        }
        self.show(work, entries, &problems, setting)
    }

    fn recorded(&self, work: &Work<'_>, reply: &CommandReply) -> Response {
        let to = format!("/cases/{}?at={}", work.case.id, reply.position);
        let cookie = notice::handed_over(self.event, reply);
        (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&to)).into_response()
    }
}
