//! `/sign-in/oidc`: signing in at an identity provider.
//!
//! What one flow has to remember goes through the browser, sealed, in a cookie of its own: any gateway
//! can end what another began, and who only begins costs no memory. Both ways, the browser is led on
//! by a page and not by a redirect: the policy of our pages lets no form lead elsewhere, and a session's
//! cookie, which is for requests from here alone, would not come along on a way that began elsewhere.

use accounts::ProviderSubject;
use askama::Template;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use relying_party::{Answer, Begun, OidcError, RelyingParty};

use super::{
    error_page,
    form::Problem,
    session::{cookie, no_account_cookie},
    shell::{Shell, page},
    sign_in::{self, SignIn},
    sign_out::{Ended, end_brought},
};
use crate::Gateway;

/// It comes along when the provider sends the browser back, so it is `Lax`; and it lives for one flow.
const FLOW_COOKIE: &str = "__Host-tsunagi-oidc";
const FLOW_SECONDS: u32 = 600;

/// Says nothing about whether there is such an account.
const REFUSED: &str = "認証サービスでのサインインを確認できませんでした。もう一度お試しください。続けてできないときは、所属機関のアカウント担当職員に連絡してください。";

/// An identity provider as a way in.
pub struct ProviderSignIn {
    party: RelyingParty,
    issuer: String,
    /// What staff call it.
    pub(super) name: String,
    sealing: RandomizedNonceKey,
}

#[derive(Template)]
#[template(path = "moving_on.html")]
struct MovingOn {
    shell: Shell,
    to: String,
}

impl ProviderSignIn {
    /// The purpose under which the vault derives the key that seals flows.
    pub const PURPOSE: &'static str = "tsunagi identity provider flows v1";

    /// By this relying party, at a provider that staff know by this name.
    ///
    /// # Panics
    /// Never: the key has the right length.
    pub fn new(party: RelyingParty, issuer: &str, name: &str, sealing: &[u8; 32]) -> Self {
        let sealing = RandomizedNonceKey::new(&AES_256_GCM, sealing).expect("a key of 32 bytes");
        Self { party, issuer: issuer.to_owned(), name: name.to_owned(), sealing }
    }

    fn seal(&self, begun: &Begun) -> String {
        let mut body = serde_json::to_vec(begun).expect("a flow is plain JSON");
        let nonce = self.sealing.seal_in_place_append_tag(Aad::empty(), &mut body);
        let nonce = nonce.expect("a short text can be sealed");
        URL_SAFE_NO_PAD.encode([nonce.as_ref().as_slice(), &body].concat())
    }

    fn open(&self, sealed: &str) -> Option<Begun> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let opened = self.sealing.open_in_place(nonce, Aad::empty(), &mut body).ok()?;
        serde_json::from_slice(opened).ok()
    }
}

/// Sends the browser to the provider. A session that it brings along ends now: its cookie will not come
/// along on the way back.
pub(super) async fn begin(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    let Some(way) = gateway.account_sign_in().and_then(|way| way.provider()) else {
        return error_page::not_found(gateway.is_demo());
    };
    let (address, begun) = match way.party.begin(gateway.now()).await {
        Ok(begun) => begun,
        Err(error) => return not_available(&gateway, &error),
    };
    if let Ended::Not = end_brought(&gateway, &headers).await {
        return error_page::unavailable(gateway.is_demo());
    }
    let kept = flow_cookie(&way.seal(&begun), FLOW_SECONDS);
    moving_on(&gateway, address.as_str(), [kept, no_account_cookie()])
}

/// Signs in whom the provider names.
pub(super) async fn finish(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Response {
    let accounts = gateway.account_sign_in();
    let Some((accounts, way)) = accounts.and_then(|way| Some((way, way.provider()?))) else {
        return error_page::not_found(gateway.is_demo());
    };
    let begun = cookie(&headers, FLOW_COOKIE).and_then(|sealed| way.open(sealed));
    let (Some(begun), Ok(Query(answer))) = (begun, answer) else { return refused(&gateway) };
    let subject = match way.party.finish(&begun, &answer, gateway.now()).await {
        Ok(subject) => subject,
        Err(error @ (OidcError::Provider(_) | OidcError::Settings(_))) => {
            return not_available(&gateway, &error);
        }
        Err(error) => {
            tracing::warn!(cause = %error, "nobody was signed in by the identity provider");
            return refused(&gateway);
        }
    };
    let named = ProviderSubject { issuer: &way.issuer, subject: &subject.0 };
    match accounts.accounts.sign_in_linked(named).await {
        Ok(admitted) => {
            match sign_in::open_session(&gateway, accounts, &headers, &admitted).await {
                Ok(Some(opened)) => moving_on(&gateway, "/", [opened, flow_cookie("", 0)]),
                Ok(None) => refused(&gateway),
                Err(response) => response,
            }
        }
        Err(accounts::SignInError::Unavailable(error)) => sign_in::unavailable(&gateway, &error),
        Err(_) => refused(&gateway),
    }
}

fn flow_cookie(value: &str, seconds: u32) -> String {
    format!("{FLOW_COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

fn moving_on<const COUNT: usize>(
    gateway: &Gateway,
    to: &str,
    cookies: [String; COUNT],
) -> Response {
    let shell = Shell::bare("サインイン", gateway.is_demo());
    let cookies = cookies.map(|cookie| (header::SET_COOKIE, cookie));
    let next = page(StatusCode::OK, &MovingOn { shell, to: to.to_owned() });
    (AppendHeaders(cookies), next).into_response()
}

fn refused(gateway: &Gateway) -> Response {
    let problem = Problem { name: None, message: REFUSED.to_owned() };
    let again = SignIn::of(gateway.ways_in(), vec![problem]);
    let cookies = AppendHeaders([(header::SET_COOKIE, flow_cookie("", 0))]);
    (cookies, page(StatusCode::UNPROCESSABLE_ENTITY, &again)).into_response()
}

fn not_available(gateway: &Gateway, error: &OidcError) -> Response {
    tracing::error!(cause = %error, "the identity provider could not be used");
    error_page::unavailable(gateway.is_demo())
}
