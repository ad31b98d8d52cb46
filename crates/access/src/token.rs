//! Bearer tokens: JSON Web Tokens (RFC 9068) signed by one issuer for one municipality, with EdDSA
//! or ES256 and a key of the issuer's key set.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_lc_rs::{digest, signature::Ed25519KeyPair};
use casework::{AgencyId, Issued};
use contracts::{is_code, office_from_name, office_name};
use event_log::LogError;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, Validation,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::{
    Agencies, Clock, KeySet, Principal, RandomIds, TokenSession, bearer::Bearer, keys::Keys,
};

/// The media type that an access token names in its header (RFC 9068).
const TOKEN_TYPE: &str = "at+jwt";

/// Verified tokens that are remembered; beyond it all are forgotten and verified again.
const REMEMBERED_MAX: usize = 10_000;

/// How long a token waits for the register of agencies. Where the log cannot be asked, none opens
/// anything.
const REGISTER_PATIENCE: Duration = Duration::from_secs(2);

/// A longer text is no token: the claims that the house reads fit many times over.
const TOKEN_BYTES_MAX: usize = 4096;

/// What the house reads of a token. Issuers put more into theirs (RFC 9068), which is ignored.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
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
    public_key: Jwk,
}

impl Issuer {
    /// An issuer with this Ed25519 key (PKCS #8); none when the bytes are no such key.
    pub fn new(name: &str, audience: &str, pkcs8: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        let key = EncodingKey::from_ed_der(pkcs8);
        let mut public_key = Jwk::from_encoding_key(&key, Algorithm::EdDSA).ok()?;
        // The thumbprint (RFC 7638): a name that nobody has to think of, and no two keys share.
        public_key.common.key_id = Some(public_key.thumbprint(ThumbprintHash::SHA256).ok()?);
        public_key.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(Self { name: name.to_owned(), audience: audience.to_owned(), key, public_key })
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

    /// The public key as a JSON Web Key Set.
    ///
    /// # Panics
    /// Never: a key set of one key can be written as JSON.
    pub fn key_set_json(&self) -> String {
        let keys = JwkSet { keys: vec![self.public_key.clone()] };
        serde_json::to_string_pretty(&keys).expect("a key set is plain JSON")
    }

    /// The public key as a key set to verify by.
    ///
    /// # Panics
    /// Never: the key was checked when the issuer was made.
    pub fn key_set(&self) -> KeySet {
        KeySet::from_json(&self.key_set_json()).expect("the issuer's key is a usable one")
    }

    /// What accepts this issuer's tokens, and no others.
    pub fn policy(&self, life_max: SignedDuration) -> TokenPolicy {
        let (issuer, audience) = (self.name.clone(), self.audience.clone());
        TokenPolicy { issuer, audience, keys: self.key_set(), life_max }
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
            nbf: None,
            office: office_name(principal.office).to_owned(),
            agency: principal.agency.to_string(),
            roles: principal.roles.clone(),
            jti: Some(RandomIds::random().to_string()),
            sid: session.map(|session| session.id.clone()),
            ends: session.map(|session| session.ends_known),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid.clone_from(&self.public_key.common.key_id);
        jsonwebtoken::encode(&header, &claims, &self.key).expect("plain claims can be signed")
    }
}

/// Which tokens are accepted.
#[derive(Clone)]
pub struct TokenPolicy {
    /// The issuer, as tokens name it.
    pub issuer: String,
    /// The audience, one per municipality.
    pub audience: String,
    /// The issuer's public keys.
    pub keys: KeySet,
    /// The longest time from a token's issue to its expiry.
    pub life_max: SignedDuration,
}

/// Checks tokens: key, algorithm, type, issuer, audience, times, and that agency and office exist in
/// the log and agree.
#[derive(Clone)]
pub struct Verifier {
    policy: TokenPolicy,
    clock: Arc<dyn Clock>,
    agencies: Agencies,
    // By SHA-256 of the token, so that no token lies in memory longer than its request.
    verified: Arc<Mutex<HashMap<[u8; 32], Bearer>>>,
}

impl Verifier {
    /// A verifier by this policy, this clock and this register of agencies.
    pub fn new(policy: TokenPolicy, clock: Arc<dyn Clock>, agencies: Agencies) -> Self {
        Self { policy, clock, agencies, verified: Arc::default() }
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
        let register = timeout(REGISTER_PATIENCE, self.agencies.current()).await;
        let register = register.unwrap_or(Err(LogError::TimedOut)).map_err(|error| {
            let cause: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(error = cause, "the register of agencies could not be read");
            TokenError::Unavailable
        })?;
        bearer.check_register(&register)?;
        Ok(bearer.principal)
    }

    fn bearer_of(&self, token: &str) -> Result<Bearer, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Invalid);
        }
        let (keys, hash) = (self.policy.keys.current(), hash_of(token));
        if let Some(known) = self.verified().get(&hash)
            && Arc::ptr_eq(&known.keys, &keys)
        {
            return Ok(known.clone());
        }
        // Not under the lock: somebody with many bad tokens must not keep the others waiting.
        let fresh = self.check(token, keys)?;
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

    fn check(&self, token: &str, keys: Arc<Keys>) -> Result<Bearer, TokenError> {
        let claims = self.signed_claims(token, &keys)?;
        let life = claims.exp.saturating_sub(claims.iat);
        if !(1..=self.policy.life_max.as_secs()).contains(&life) {
            return Err(TokenError::Invalid);
        }
        // Both stand in the clear in the log for ever.
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
        let not_before = claims.nbf.unwrap_or(claims.iat);
        Ok(Bearer { principal, expires: claims.exp, not_before, issued, keys })
    }

    fn signed_claims(&self, token: &str, keys: &Keys) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        // What is marked critical must be understood (RFC 7515), and nothing of it is.
        if header.typ.as_deref() != Some(TOKEN_TYPE) || header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        let key = header.kid.and_then(|kid| keys.get(&kid));
        let (key, algorithm) = key.ok_or(TokenError::Invalid)?;
        let decoded = jsonwebtoken::decode(token, key, &self.validation(*algorithm));
        decoded.map(|data| data.claims).map_err(|_| TokenError::Invalid)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.policy.issuer]);
        validation.set_audience(&[&self.policy.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Times are judged by the clock we were given; `Claims` already insists on numbers.
        validation.validate_exp = false;
        validation
    }
}

fn hash_of(token: &str) -> [u8; 32] {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    hash.as_ref().try_into().expect("SHA-256 has 32 bytes")
}
