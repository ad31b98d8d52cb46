//! The ID token: who signed in (OpenID Connect Core 1.0, section 3.1.3.7).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::Deserialize;

use crate::OidcError;

/// How far clocks may be apart, in seconds.
pub(crate) const SKEW: i64 = 60;
/// A token that was issued longer ago, in seconds, is not of this sign-in.
const AGE_MAX: i64 = 600;
/// Between showing who one is and the token, in seconds, there is time for no second person.
const SHOWN_BEFORE_MAX: i64 = 120;
/// A subject is longer in no provider (OpenID Connect Core 1.0, section 2).
const SUBJECT_BYTES_MAX: usize = 255;
const TOKEN_BYTES_MAX: usize = 16_384;

/// Who signed in: an opaque word that means somebody at this provider alone. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject(pub String);

/// What a token has to say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) acr: &'a [String],
    pub(crate) amr: &'a [String],
    pub(crate) began_at: i64,
    pub(crate) now: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    auth_time: Option<i64>,
    nonce: Option<String>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The header of a token that may be looked at: which key and which algorithm it asks for.
pub(crate) fn header(token: &str) -> Result<Header, OidcError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(OidcError::IdToken("it is too long"));
    }
    let header = jsonwebtoken::decode_header(token);
    let header = header.map_err(|_| OidcError::IdToken("it is no signed token"))?;
    // What is marked critical must be understood (RFC 7515), and nothing of it is.
    if header.crit.is_some() {
        return Err(OidcError::IdToken("it asks for what is not understood"));
    }
    match header.alg {
        Algorithm::EdDSA | Algorithm::ES256 | Algorithm::RS256 | Algorithm::PS256 => Ok(header),
        _ => Err(OidcError::IdToken("its algorithm is not accepted")),
    }
}

/// Who a token names, when it was signed by this key and says what is expected.
pub(crate) fn subject(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
    expected: &Expected<'_>,
) -> Result<Subject, OidcError> {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // Times are judged by the clock we were given; `Claims` already insists on numbers.
    validation.validate_exp = false;
    let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation);
    let claims = decoded.map_err(|_| OidcError::IdToken("it is not the provider's for us"))?.claims;
    claims.check(expected)?;
    claims.is_strong_enough(expected)?;
    Ok(Subject(claims.sub))
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), OidcError> {
        let now = expected.now.as_second();
        let nonce = self.nonce.as_deref().unwrap_or_default();
        let refused = if self.iss != expected.issuer || !self.is_for(expected.client_id) {
            "it is for others as well"
        } else if now >= self.exp.saturating_add(SKEW) {
            "it has expired"
        } else if !(-SKEW..=AGE_MAX).contains(&now.saturating_sub(self.iat)) {
            "it was not issued just now"
        } else if verify_slices_are_equal(nonce.as_bytes(), expected.nonce.as_bytes()).is_err() {
            "it is of another sign-in"
        } else if !(1..=SUBJECT_BYTES_MAX).contains(&self.sub.len()) {
            "it names nobody"
        } else {
            return Ok(());
        };
        Err(OidcError::IdToken(refused))
    }

    /// A token that others may use as well could come from them.
    fn is_for(&self, client_id: &str) -> bool {
        let alone = match &self.aud {
            Audience::One(one) => one == client_id,
            Audience::Many(many) => matches!(many.as_slice(), [one] if one == client_id),
        };
        alone && self.azp.as_deref().is_none_or(|azp| azp == client_id)
    }

    /// Somebody who signed in there before may have left, and another may sit in their place.
    fn is_strong_enough(&self, expected: &Expected<'_>) -> Result<(), OidcError> {
        let reached = |acr: &String| expected.acr.contains(acr);
        let class = expected.acr.is_empty() || self.acr.as_ref().is_some_and(reached);
        let methods = expected.amr.iter().all(|method| self.amr.contains(method));
        let earliest = (expected.began_at - SKEW).max(self.iat - SHOWN_BEFORE_MAX);
        let is_of_now = self.auth_time.is_some_and(|shown_at| shown_at >= earliest);
        if class && methods && is_of_now { Ok(()) } else { Err(OidcError::TooWeak) }
    }
}
