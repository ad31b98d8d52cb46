//! Who is signed in. So far there is the demonstration's way in: a persona is chosen, and a cookie
//! holds a token of the development issuer.

use std::sync::Arc;

use access::{Principal, TokenError};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use contracts::Office;

use super::error_page;
use crate::Gateway;

/// The cookie that holds the token. Plain HTTP on one's own machine, so not `__Host-`.
const COOKIE: &str = "tsunagi_demo";

/// The demonstration's way in. Only a gateway in development has one.
#[derive(Clone)]
pub struct DemoSignIn {
    /// Who can be chosen.
    pub personas: Vec<DemoPersona>,
    /// Issues a token for the one who was chosen.
    pub issue: Arc<dyn Fn(&Principal) -> String + Send + Sync>,
}

/// An invented member of staff.
#[derive(Debug, Clone)]
pub struct DemoPersona {
    /// A short name for forms: `hospital-2`.
    pub key: String,
    /// The name shown, as a rule that of the agency.
    pub name: String,
    /// Whom the token will name.
    pub principal: Principal,
}

impl DemoSignIn {
    /// The persona with this key.
    pub(super) fn persona(&self, key: &str) -> Option<&DemoPersona> {
        self.personas.iter().find(|persona| persona.key == key)
    }
}

/// A reader who is signed in.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) principal: Principal,
    /// What is shown to the offices on their behalf.
    pub(super) token: String,
}

impl Session {
    /// Whether they came through this office's door.
    pub(super) fn is_of(&self, office: Office) -> bool {
        self.principal.office == office
    }
}

impl FromRequestParts<Gateway> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let to_sign_in = || Redirect::to("/sign-in").into_response();
        // Where the demonstration has no way in, its cookie opens nothing.
        let token = cookie(&parts.headers, COOKIE).filter(|_| gateway.is_demo());
        let token = token.ok_or_else(to_sign_in)?.to_owned();
        match gateway.verifier().verify(&token).await {
            Ok(principal) => Ok(Self { principal, token }),
            Err(TokenError::Unavailable) => Err(error_page::unavailable(gateway.is_demo())),
            Err(_) => Err(to_sign_in()),
        }
    }
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The header that signs in with this token.
pub(super) fn signed_in(token: &str) -> String {
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict")
}

/// The header that signs out.
pub(super) fn signed_out() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=1; tsunagi_demo=x.y=z; b=2".parse().expect("a header"));
        assert_eq!(cookie(&headers, COOKIE), Some("x.y=z"));
        assert_eq!(cookie(&headers, "tsunagi"), None);
    }
}
