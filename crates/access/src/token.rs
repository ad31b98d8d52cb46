//! Bearer tokens: JSON Web Tokens signed with Ed25519 by one issuer for one municipality.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::{
    digest,
    signature::{Ed25519KeyPair, KeyPair},
};
use casework::{AgencyId, Issued};
use contracts::{office_from_name, office_name};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::{Agencies, Clock, Principal, RandomIds, TokenSession, bearer::Bearer};

/// The media type that an access token names in its header (RFC 9068).
const TOKEN_TYPE: &str = "at+jwt";

/// Verified tokens that are remembered; beyond it all are forgotten and verified again.
const REMEMBERED_MAX: usize = 10_000;

/// The longest code of a member of staff or an agency.
const CODE_CHARS_MAX: usize = 64;

/// What the house reads of a token. Issuers put more into theirs (RFC 9068), which is ignored.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    office: String,
    agency: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    /// The session it belongs to (OpenID Connect's name for it).
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// How many ends of its bearer's access its issuer knew of; only the house's own tokens say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<u32>,
}

/// Why a token opens nothing. The caller is told the same for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No `authorization: Bearer …`.
    #[error("a bearer token is required")]
    Missing,
    /// Not a token of this issuer for this municipality, or altered, or of another type; or it
    /// names its bearer or agency by something that is no code and so must not get into the log.
    #[error("the token is not valid here")]
    Invalid,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its agency is unknown or retired, or of another kind than it says.
    #[error("the token's agency is not registered")]
    UnknownAgency,
    /// Its bearer's access or its session was ended.
    #[error("the token was ended")]
    Ended,
    /// The register of agencies could not be read.
    #[error("the register of agencies is not available")]
    Unavailable,
}

/// Signs tokens: the development issuer.
pub struct Issuer {
    name: String,
    audience: String,
    key: EncodingKey,
    public_key: Vec<u8>,
}

impl Issuer {
    /// An issuer with this Ed25519 key (PKCS #8); none when the bytes are no such key.
    pub fn new(name: &str, audience: &str, pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        Some(Self {
            name: name.to_owned(),
            audience: audience.to_owned(),
            key: EncodingKey::from_ed_der(pkcs8),
            public_key: pair.public_key().as_ref().to_vec(),
        })
    }

    /// A new Ed25519 key (PKCS #8).
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn generate_key() -> Vec<u8> {
        let pair = Ed25519KeyPair::generate().expect("the system gives randomness");
        let document =
            aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair)
                .expect("a fresh key can be written down");
        document.as_ref().to_vec()
    }

    /// The raw public key, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// A token for this principal until that moment.
    ///
    /// # Panics
    /// Never: the claims are plain text and the key was checked.
    pub fn issue(&self, principal: &Principal, now: Timestamp, until: Timestamp) -> String {
        self.sign(principal, None, now, until)
    }

    /// A token that ends with this session, if not before.
    ///
    /// # Panics
    /// Never: the claims are plain text and the key was checked.
    pub fn issue_in_session(
        &self,
        principal: &Principal,
        session: &TokenSession,
        now: Timestamp,
        until: Timestamp,
    ) -> String {
        self.sign(principal, Some(session), now, until)
    }

    fn sign(
        &self,
        principal: &Principal,
        session: Option<&TokenSession>,
        now: Timestamp,
        until: Timestamp,
    ) -> String {
        let claims = Claims {
            iss: self.name.clone(),
            aud: self.audience.clone(),
            sub: principal.staff.clone(),
            iat: now.as_second(),
            exp: until.as_second(),
            office: office_name(principal.office).to_owned(),
            agency: principal.agency.to_string(),
            roles: principal.roles.clone(),
            jti: Some(RandomIds::random().to_string()),
            sid: session.map(|session| session.id.clone()),
            ends: session.map(|session| session.ends_known),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        jsonwebtoken::encode(&header, &claims, &self.key).expect("plain claims can be signed")
    }
}

/// Checks tokens: algorithm, type, issuer, audience, expiry, and that agency and office exist in
/// the log and agree.
#[derive(Clone)]
pub struct Verifier {
    validation: Validation,
    key: DecodingKey,
    clock: Arc<dyn Clock>,
    agencies: Agencies,
    // By SHA-256 of the token, so that no token lies in memory longer than its request.
    verified: Arc<Mutex<HashMap<[u8; 32], Bearer>>>,
}

impl Verifier {
    /// A verifier for one issuer, one audience and one Ed25519 public key (32 bytes).
    pub fn new(
        issuer: &str,
        audience: &str,
        public_key: &[u8],
        clock: Arc<dyn Clock>,
        agencies: Agencies,
    ) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Expiry is judged below by the clock we were given; `Claims` already insists on a number.
        validation.validate_exp = false;
        let key = DecodingKey::from_ed_der(public_key);
        Self { validation, key, clock, agencies, verified: Arc::default() }
    }

    /// The principal behind the value of an `authorization` header.
    pub async fn verify_header(&self, header: Option<&str>) -> Result<Principal, TokenError> {
        let credentials = header.and_then(|value| value.split_once(' '));
        let bearer = credentials.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = bearer.ok_or(TokenError::Missing)?;
        self.verify(token).await
    }

    /// The principal behind a token.
    pub async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
        let bearer = self.bearer_of(token)?;
        bearer.check_times(self.clock.now())?;
        let register = self.agencies.current().await.map_err(|error| {
            let cause: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(error = cause, "the register of agencies could not be read");
            TokenError::Unavailable
        })?;
        bearer.check_register(&register)?;
        Ok(bearer.principal)
    }

    fn bearer_of(&self, token: &str) -> Result<Bearer, TokenError> {
        let hash = hash_of(token);
        if let Some(known) = self.verified().get(&hash) {
            return Ok(known.clone());
        }
        // Not under the lock: somebody with many bad tokens must not keep the others waiting.
        let fresh = self.check_signature(token)?;
        let mut verified = self.verified();
        if verified.len() >= REMEMBERED_MAX {
            verified.clear();
        }
        verified.insert(hash, fresh.clone());
        Ok(fresh)
    }

    fn verified(&self) -> MutexGuard<'_, HashMap<[u8; 32], Bearer>> {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_signature(&self, token: &str) -> Result<Bearer, TokenError> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation)
            .map_err(|_| TokenError::Invalid)?;
        if data.header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(TokenError::Invalid);
        }
        let claims = data.claims;
        if !is_code(&claims.sub) || !is_code(&claims.agency) {
            return Err(TokenError::Invalid);
        }
        let principal = Principal {
            office: office_from_name(&claims.office).ok_or(TokenError::Invalid)?,
            agency: AgencyId::from(claims.agency),
            staff: claims.sub,
            roles: claims.roles,
        };
        let (session, ends_known) = (claims.sid, claims.ends);
        let issued = Issued { at_second: claims.iat, session, ends_known };
        Ok(Bearer { principal, expires: claims.exp, issued })
    }
}

/// Both stand in the clear in the log for ever: an e-mail address or a name must not.
fn is_code(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=CODE_CHARS_MAX).contains(&text.len()) && text.bytes().all(fits)
}

fn hash_of(token: &str) -> [u8; 32] {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    hash.as_ref().try_into().expect("SHA-256 has 32 bytes")
}
