//! The beginning of a flow, and what has to be kept until its end.

use aws_lc_rs::{constant_time::verify_slices_are_equal, digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{OidcError, OidcSettings, id_token::SKEW, provider::Metadata};

/// Whoever takes longer at the provider begins anew.
const FLOW_LIFE: SignedDuration = SignedDuration::from_mins(10);

const SECRET_BYTES: usize = 32;

/// The secrets of one flow. To be sealed by whoever keeps them: they go through a browser.
#[derive(Clone, Serialize, Deserialize)]
pub struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    began_at: i64,
}

/// What the browser brings back in the query of the redirect address (OpenID Connect Core 1.0,
/// section 3.1.2.5, and RFC 9207).
#[derive(Clone, Default, Deserialize)]
pub struct Answer {
    /// The code, if somebody was signed in.
    pub code: Option<String>,
    /// Ours, unchanged.
    pub state: Option<String>,
    /// Who answers.
    pub iss: Option<String>,
    /// Why nobody was signed in.
    pub error: Option<String>,
}

impl Begun {
    pub(crate) fn now(now: Timestamp) -> Self {
        let (state, nonce, verifier) = (secret(), secret(), secret());
        Self { state, nonce, verifier, began_at: now.as_second() }
    }

    pub(crate) fn nonce(&self) -> &str {
        &self.nonce
    }

    /// In seconds of Unix time.
    pub(crate) fn began_at(&self) -> i64 {
        self.began_at
    }

    pub(crate) fn verifier(&self) -> &str {
        &self.verifier
    }

    /// Where the browser is sent.
    pub(crate) fn address(
        &self,
        provider: &Metadata,
        settings: &OidcSettings,
    ) -> Result<Url, OidcError> {
        let mut address = provider.authorization_endpoint()?;
        let challenge = digest::digest(&digest::SHA256, self.verifier.as_bytes());
        let challenge = URL_SAFE_NO_PAD.encode(challenge.as_ref());
        let mut query = address.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("scope", "openid")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", &settings.redirect_uri)
            .append_pair("state", &self.state)
            .append_pair("nonce", &self.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            // Whoever sits there now shows who they are, even if somebody is still signed in there.
            .append_pair("prompt", "login")
            .append_pair("max_age", &FLOW_LIFE.as_secs().to_string());
        if !settings.acr.is_empty() {
            query.append_pair("acr_values", &settings.acr.join(" "));
        }
        drop(query);
        Ok(address)
    }

    /// The code of an answer that belongs to this flow, from this provider, in time.
    pub(crate) fn code_of<'a>(
        &self,
        answer: &'a Answer,
        provider: &Metadata,
        now: Timestamp,
    ) -> Result<&'a str, OidcError> {
        let age = now.as_second().saturating_sub(self.began_at);
        // It may have begun at a gateway whose clock is ahead.
        let in_time = (-SKEW..=FLOW_LIFE.as_secs()).contains(&age);
        let state = answer.state.as_deref().unwrap_or_default();
        let is_ours = verify_slices_are_equal(state.as_bytes(), self.state.as_bytes()).is_ok();
        if !in_time || !is_ours || !provider.is_named_by(answer.iss.as_deref()) {
            return Err(OidcError::Foreign);
        }
        match (&answer.error, &answer.code) {
            (None, Some(code)) => Ok(code),
            _ => Err(OidcError::Refused),
        }
    }
}

/// Without randomness there are no secrets, and no safe way to go on.
#[expect(clippy::disallowed_methods, reason = "state, nonce and PKCE verifier")]
pub(crate) fn secret() -> String {
    let mut bytes = [0; SECRET_BYTES];
    rand::fill(&mut bytes).expect("the system gives randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}
