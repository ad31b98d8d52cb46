//! `/sign-in`: with an account, or as one of the demonstration's personas.

use accounts::{Admitted, Credentials, SignInError};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use jiff::SignedDuration;

use super::{
    account_sign_in::AccountSignIn,
    error_page,
    form::{Entries, Problem},
    session::{self, account_cookie, demo_cookie, no_account_cookie},
    shell::{Shell, page},
    sign_out::{Ended, end_brought},
    source::Source,
    ways_in::{DemoPersona, DemoSignIn, WaysIn},
    words,
};
use crate::Gateway;

/// Says nothing about which of them it is, nor about whether there is such an account.
const REFUSED: &str = "ログイン名、パスワード、確認コードの組み合わせが正しくありません。確認コードは一度しか使えません。次のコードが表示されてから、もう一度お試しください。";
const TOO_SOON: &str = "サインインに続けて失敗したため、いまは受け付けられません。しばらく待ってから、もう一度お試しください。";

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignIn {
    shell: Shell,
    personas: Vec<Persona>,
    accounts: bool,
    provider: Option<String>,
    problems: Vec<Problem>,
}

struct Persona {
    key: String,
    name: String,
    office: String,
}

impl SignIn {
    pub(super) fn of(ways_in: &WaysIn, problems: Vec<Problem>) -> Self {
        let accounts = ways_in.accounts();
        let provider = accounts.and_then(AccountSignIn::provider);
        let page = Self::with(ways_in.demo(), accounts.is_some(), problems);
        Self { provider: provider.map(|provider| provider.name.clone()), ..page }
    }

    pub(super) fn with(demo: Option<&DemoSignIn>, accounts: bool, problems: Vec<Problem>) -> Self {
        let personas = demo.map(|way_in| way_in.personas.as_slice()).unwrap_or_default();
        Self {
            shell: Shell::bare("サインイン", demo.is_some()).with_problems(!problems.is_empty()),
            personas: personas.iter().map(Persona::of).collect(),
            accounts,
            provider: None,
            problems,
        }
    }

    /// What is wrong with the choice of a persona.
    fn of_persona(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.name == Some("persona"))
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

/// The ways in.
pub(super) async fn show(State(gateway): State<Gateway>) -> Response {
    page(StatusCode::OK, &SignIn::of(gateway.ways_in(), Vec::new()))
}

/// Signs somebody in.
pub(super) async fn enter(
    State(gateway): State<Gateway>,
    source: Source,
    headers: HeaderMap,
    entries: Entries,
) -> Response {
    match gateway.account_sign_in() {
        Some(way) if entries.get("way") == "account" => {
            match way.accounts.sign_in(credentials(&entries), &source.0).await {
                Ok(admitted) => begin(&gateway, way, &headers, &admitted).await,
                Err(error) => refused(&gateway, &error, |problem| {
                    SignIn::of(gateway.ways_in(), vec![problem])
                }),
            }
        }
        _ => enter_demonstration(&gateway, &entries),
    }
}

/// What was typed, to the letter: a password may begin with a space.
fn credentials(entries: &Entries) -> Credentials {
    Credentials {
        login_name: entries.get("login_name").to_owned(),
        password: entries.exact("password").to_owned().into(),
        code: entries.get("code").to_owned(),
    }
}

/// Begins a session for somebody who was admitted.
pub(super) async fn begin(
    gateway: &Gateway,
    way: &AccountSignIn,
    headers: &HeaderMap,
    admitted: &Admitted,
) -> Response {
    match open_session(gateway, way, headers, admitted).await {
        Ok(Some(opened)) => with_cookies("/", [opened]),
        Ok(None) => Redirect::to("/sign-in").into_response(),
        Err(response) => response,
    }
}

/// The cookie of a session for somebody who was admitted, with an id of its own: one that the browser
/// has brought along ends. None when their account has changed meanwhile.
pub(super) async fn open_session(
    gateway: &Gateway,
    way: &AccountSignIn,
    headers: &HeaderMap,
    admitted: &Admitted,
) -> Result<Option<String>, Response> {
    let unusable = |error| unavailable(gateway, &error);
    if let Ended::Not = end_brought(gateway, headers).await {
        return Err(error_page::unavailable(gateway.is_demo()));
    }
    // From the log as it is now: a token must know of every end of this access before it.
    let register = gateway.desk().agencies.fresh().await;
    let register = register.map_err(|_| error_page::unavailable(gateway.is_demo()))?;
    let principal = admitted.principal().map_err(unusable)?;
    let ends_known = register.staff.times_ended(&principal.agency, &principal.staff);
    let new = way.accounts.begin_session(admitted, ends_known).await.map_err(unusable)?;
    Ok(new.map(|new| account_cookie(&new.id)))
}

/// The page again, with why nobody was signed in.
pub(super) fn refused<P: Template>(
    gateway: &Gateway,
    error: &SignInError,
    again: impl Fn(Problem) -> P,
) -> Response {
    let general = |message: &str| again(Problem { name: None, message: message.to_owned() });
    match error {
        SignInError::Refused => page(StatusCode::UNPROCESSABLE_ENTITY, &general(REFUSED)),
        SignInError::TooSoon(wait) => {
            let mut response = page(StatusCode::TOO_MANY_REQUESTS, &general(TOO_SOON));
            response.headers_mut().insert(header::RETRY_AFTER, whole_seconds(*wait));
            response
        }
        SignInError::Unavailable(error) => unavailable(gateway, error),
    }
}

pub(super) fn unavailable(gateway: &Gateway, error: &accounts::AccountsError) -> Response {
    session::report(error);
    error_page::unavailable(gateway.is_demo())
}

fn whole_seconds(wait: SignedDuration) -> HeaderValue {
    HeaderValue::from(wait.as_millis().unsigned_abs().div_ceil(1_000) as u64)
}

fn enter_demonstration(gateway: &Gateway, entries: &Entries) -> Response {
    let chosen = gateway.demo_sign_in().and_then(|way_in| {
        let persona = way_in.persona(entries.get("persona"))?;
        Some((way_in.issue)(&persona.principal))
    });
    match chosen {
        // A session with an account would come before the persona that was just chosen.
        Some(token) => with_cookies("/", [demo_cookie(&token), no_account_cookie()]),
        None => {
            let message = "「デモの利用者」を選択してください。".to_owned();
            let problems = vec![Problem { name: Some("persona"), message }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &SignIn::of(gateway.ways_in(), problems))
        }
    }
}

fn with_cookies<const COUNT: usize>(to: &str, cookies: [String; COUNT]) -> Response {
    let cookies = cookies.map(|cookie| (header::SET_COOKIE, cookie));
    (AppendHeaders(cookies), Redirect::to(to)).into_response()
}
