//! Who is signed in. With an account, a cookie holds the id of a session; in the demonstration it
//! holds a token of the development issuer.

use access::{Principal, TokenError};
use accounts::AccountsError;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use contracts::Office;
use tokio::time::Instant;

use super::{error_page, offices};
use crate::Gateway;

/// The cookie of a session. A browser takes a name that begins so over TLS only, for this host alone.
pub(super) const ACCOUNT_COOKIE: &str = "__Host-tsunagi";

/// The cookie of the demonstration. Plain HTTP on one's own machine, so not `__Host-`.
const DEMO_COOKIE: &str = "tsunagi_demo";

/// A reader who is signed in.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) principal: Principal,
    /// What is shown to the offices on their behalf.
    pub(super) token: String,
    /// How long offices are waited for.
    pub(super) offices_until: Instant,
}

/// The same, for a request that a page makes by itself: no sign that somebody sits before it.
pub(super) struct Listening(pub(super) Session);

impl Session {
    /// Of a request that came just now.
    pub(super) fn new(principal: Principal, token: String) -> Self {
        Self { principal, token, offices_until: Instant::now() + offices::PATIENCE }
    }

    /// Whether they came through this office's door.
    pub(super) fn is_of(&self, office: Office) -> bool {
        self.principal.office == office
    }
}

impl FromRequestParts<Gateway> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        signed_in(&parts.headers, gateway, true).await
    }
}

impl FromRequestParts<Gateway> for Listening {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        signed_in(&parts.headers, gateway, false).await.map(Self)
    }
}

async fn signed_in(
    headers: &HeaderMap,
    gateway: &Gateway,
    is_there: bool,
) -> Result<Session, Response> {
    let to_sign_in = || Redirect::to("/sign-in").into_response();
    let by_account = by_account(headers, gateway, is_there).await.map_err(|error| {
        report(&error);
        error_page::unavailable(gateway.is_demo())
    })?;
    let token = by_account.or_else(|| by_demonstration(headers, gateway)).ok_or_else(to_sign_in)?;
    // As an office would: whose access has ended does not read on here either.
    match gateway.verifier().verify(&token).await {
        Ok(principal) => Ok(Session::new(principal, token)),
        Err(TokenError::Unavailable) => Err(error_page::unavailable(gateway.is_demo())),
        Err(_) => Err(to_sign_in()),
    }
}

async fn by_account(
    headers: &HeaderMap,
    gateway: &Gateway,
    is_there: bool,
) -> Result<Option<String>, AccountsError> {
    let Some(way) = gateway.account_sign_in() else { return Ok(None) };
    let Some(id) = cookie(headers, ACCOUNT_COOKIE) else { return Ok(None) };
    let session = way.session(id, is_there).await?;
    Ok(session.map(|session| way.token(&session, gateway.now())))
}

/// Where the demonstration has no way in, its cookie opens nothing.
fn by_demonstration(headers: &HeaderMap, gateway: &Gateway) -> Option<String> {
    cookie(headers, DEMO_COOKIE).filter(|_| gateway.is_demo()).map(str::to_owned)
}

/// Says why nobody can be signed in, with every cause. None of them names anybody.
pub(super) fn report(error: &AccountsError) {
    let cause: &(dyn std::error::Error + 'static) = error;
    tracing::error!(error = cause, "the accounts could not be used");
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The header that opens this session.
pub(super) fn account_cookie(id: &str) -> String {
    format!("{ACCOUNT_COOKIE}={id}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// The header that signs in to the demonstration with this token.
pub(super) fn demo_cookie(token: &str) -> String {
    format!("{DEMO_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict")
}

/// The header that takes the cookie of a session away.
pub(super) fn no_account_cookie() -> String {
    format!("{}; Max-Age=0", account_cookie(""))
}

/// The headers that sign out.
pub(super) fn signed_out() -> [(header::HeaderName, String); 2] {
    let no_demo_cookie = format!("{}; Max-Age=0", demo_cookie(""));
    [no_account_cookie(), no_demo_cookie].map(|cookie| (header::SET_COOKIE, cookie))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=1; tsunagi_demo=x.y=z; b=2".parse().expect("a header"));
        assert_eq!(cookie(&headers, DEMO_COOKIE), Some("x.y=z"));
        assert_eq!(cookie(&headers, "tsunagi"), None);
    }
}
