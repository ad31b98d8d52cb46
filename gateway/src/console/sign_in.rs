//! `/sign-in`: choosing one of the demonstration's personas.

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};

use super::{
    form::{Entries, Problem},
    session::{DemoPersona, DemoSignIn, signed_in, signed_out},
    shell::{Shell, page},
    words,
};
use crate::Gateway;

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignIn {
    shell: Shell,
    personas: Vec<Persona>,
    problems: Vec<Problem>,
}

struct Persona {
    key: String,
    name: String,
    office: String,
}

impl SignIn {
    pub(super) fn of(way_in: Option<&DemoSignIn>, problems: Vec<Problem>) -> Self {
        let personas = way_in.map(|way_in| way_in.personas.as_slice()).unwrap_or_default();
        Self {
            shell: Shell::bare("サインイン", way_in.is_some()).with_problems(!problems.is_empty()),
            personas: personas.iter().map(Persona::of).collect(),
            problems,
        }
    }
}

impl Persona {
    fn of(persona: &DemoPersona) -> Self {
        Self {
            key: persona.key.clone(),
            name: persona.name.clone(),
            office: words::office(persona.principal.office),
        }
    }
}

/// The personas to choose from.
pub(super) async fn show(State(gateway): State<Gateway>) -> Response {
    page(StatusCode::OK, &SignIn::of(gateway.demo_sign_in(), Vec::new()))
}

/// Signs the chosen persona in.
pub(super) async fn enter(State(gateway): State<Gateway>, entries: Entries) -> Response {
    let chosen = gateway.demo_sign_in().and_then(|way_in| {
        let persona = way_in.persona(entries.get("persona"))?;
        Some((way_in.issue)(&persona.principal))
    });
    match chosen {
        Some(token) => with_cookie("/", signed_in(&token)),
        None => {
            let message = "「デモの利用者」を選択してください。".to_owned();
            let problems = vec![Problem { name: Some("persona"), message }];
            let page_again = SignIn::of(gateway.demo_sign_in(), problems);
            page(StatusCode::UNPROCESSABLE_ENTITY, &page_again)
        }
    }
}

/// Signs out.
pub(super) async fn leave() -> Response {
    with_cookie("/sign-in", signed_out())
}

fn with_cookie(to: &str, cookie: String) -> Response {
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(to)).into_response()
}
