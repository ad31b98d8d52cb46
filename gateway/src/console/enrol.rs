//! `/enrol`: who was invited sets a password, then a second factor, and is signed in.

use accounts::{
    ENROLMENT_HOURS, EnrolError, Invited, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PasswordProblem,
    SecondFactor, SignInError,
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use qrcode::{QrCode, render::svg};

use super::{
    account_sign_in::AccountSignIn,
    error_page,
    form::{Entries, Problem},
    shell::{Shell, page},
    sign_in,
    source::Source,
};
use crate::Gateway;

/// The side of the picture, at least, in pixels.
const PICTURE_PIXELS: u32 = 240;

const NOT_REPEATED: &str = "2回入力したパスワードが一致しません。";
const NOT_INVITED: &str =
    "ログイン名と登録コードの組み合わせが正しくないか、登録コードの期限が切れています。";
const WRONG_CODE: &str =
    "確認コードが正しくありません。アプリに表示されている6桁の数字を入力してください。";

#[derive(Template)]
#[template(path = "enrol.html")]
pub(super) struct EnrolPage {
    shell: Shell,
    hours: i64,
    shortest: usize,
    problems: Vec<Problem>,
}

#[derive(Template)]
#[template(path = "enrol_confirm.html")]
pub(super) struct ConfirmPage {
    shell: Shell,
    invited: Invited,
    secret: String,
    address: String,
    /// An inline picture, made here.
    picture: String,
    problems: Vec<Problem>,
}

impl EnrolPage {
    pub(super) fn of(demo: bool, problems: Vec<Problem>) -> Self {
        Self {
            shell: Shell::bare("アカウントの登録", demo).with_problems(!problems.is_empty()),
            hours: ENROLMENT_HOURS,
            shortest: PASSWORD_CHARS_MIN,
            problems,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.problems.iter().any(|problem| problem.name == Some(name))
    }
}

impl ConfirmPage {
    pub(super) fn of(
        demo: bool,
        invited: Invited,
        factor: SecondFactor,
        problems: Vec<Problem>,
    ) -> Self {
        let shell = Shell::bare("確認コードの設定", demo).with_problems(!problems.is_empty());
        let picture = picture(&factor.address);
        let SecondFactor { secret, address } = factor;
        Self { shell, invited, secret: in_groups(&secret), address, picture, problems }
    }
}

/// The first step.
pub(super) async fn show(State(gateway): State<Gateway>) -> Response {
    match gateway.account_sign_in() {
        Some(_) => page(StatusCode::OK, &EnrolPage::of(gateway.is_demo(), Vec::new())),
        None => error_page::not_found(gateway.is_demo()),
    }
}

/// Takes the password and shows the second factor.
pub(super) async fn begin(
    State(gateway): State<Gateway>,
    source: Source,
    entries: Entries,
) -> Response {
    let Some(way) = gateway.account_sign_in() else {
        return error_page::not_found(gateway.is_demo());
    };
    if entries.exact("password") != entries.exact("password_again") {
        return again(&gateway, "password_again", NOT_REPEATED.to_owned());
    }
    let invited = invited(&entries);
    let password = entries.exact("password");
    match way.accounts.begin_enrolment(&invited, password, &source.0).await {
        Ok(factor) => confirm(&gateway, invited, factor, Vec::new()),
        Err(error) => failed(&gateway, &error),
    }
}

/// Takes a code of the second factor, and signs in.
pub(super) async fn finish(
    State(gateway): State<Gateway>,
    source: Source,
    headers: HeaderMap,
    entries: Entries,
) -> Response {
    let Some(way) = gateway.account_sign_in() else {
        return error_page::not_found(gateway.is_demo());
    };
    let invited = invited(&entries);
    match way.accounts.finish_enrolment(&invited, entries.get("code"), &source.0).await {
        Ok(admitted) => sign_in::begin(&gateway, way, &headers, &admitted).await,
        Err(EnrolError::SecondFactor) => show_again(&gateway, way, invited, &source).await,
        Err(error) => failed(&gateway, &error),
    }
}

async fn show_again(
    gateway: &Gateway,
    way: &AccountSignIn,
    invited: Invited,
    source: &Source,
) -> Response {
    match way.accounts.pending_second_factor(&invited, &source.0).await {
        Ok(factor) => {
            let problem = Problem { name: Some("code"), message: WRONG_CODE.to_owned() };
            confirm(gateway, invited, factor, vec![problem])
        }
        Err(error) => failed(gateway, &error),
    }
}

fn confirm(
    gateway: &Gateway,
    invited: Invited,
    factor: SecondFactor,
    problems: Vec<Problem>,
) -> Response {
    let is_well = problems.is_empty();
    let status = if is_well { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &ConfirmPage::of(gateway.is_demo(), invited, factor, problems))
}

fn failed(gateway: &Gateway, error: &EnrolError) -> Response {
    match error {
        EnrolError::Password(problem) => again(gateway, "password", in_words(*problem)),
        EnrolError::SecondFactor => again(gateway, "code", WRONG_CODE.to_owned()),
        EnrolError::SignIn(SignInError::Refused) => {
            let problem = Problem { name: None, message: NOT_INVITED.to_owned() };
            let again = EnrolPage::of(gateway.is_demo(), vec![problem]);
            page(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        EnrolError::SignIn(error) => sign_in::refused(gateway, error, |problem| {
            EnrolPage::of(gateway.is_demo(), vec![problem])
        }),
    }
}

fn again(gateway: &Gateway, name: &'static str, message: String) -> Response {
    let problem = Problem { name: Some(name), message };
    let again = EnrolPage::of(gateway.is_demo(), vec![problem]);
    page(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

fn invited(entries: &Entries) -> Invited {
    let of = |name| entries.get(name).to_owned();
    Invited { login_name: of("login_name"), code: of("enrolment_code") }
}

fn in_words(problem: PasswordProblem) -> String {
    match problem {
        PasswordProblem::TooShort => {
            format!("「パスワード」は{PASSWORD_CHARS_MIN}文字以上で入力してください。")
        }
        PasswordProblem::TooLong => {
            format!("「パスワード」は{PASSWORD_CHARS_MAX}文字以内で入力してください。")
        }
        PasswordProblem::HoldsLoginName => {
            "「パスワード」にログイン名を含めることはできません。".to_owned()
        }
        PasswordProblem::Common => {
            "この「パスワード」は推測されやすいため使えません。自分だけの長い言葉の組み合わせにしてください。".to_owned()
        }
    }
}

/// In groups of four, as it is easier to type.
fn in_groups(secret: &str) -> String {
    let groups = secret.as_bytes().chunks(4).map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(" ")
}

/// The picture for inside a page; the page works without it.
fn picture(address: &str) -> String {
    let Ok(code) = QrCode::new(address) else { return String::new() };
    let size = PICTURE_PIXELS;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(size, size).build();
    drawn.find("<svg").map_or_else(String::new, |begin| drawn[begin..].to_owned())
}
