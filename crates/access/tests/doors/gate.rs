//! A verifier with an issuer whose keys are at hand, so that tokens can be signed well and badly.

use access::{Agencies, Issuer, Principal, TokenError, Verifier};
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use event_log::EventLog;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::world::*;

pub const ISSUER: &str = "https://issuer.kakuu.example";
pub const AUDIENCE: &str = "kakuu";

pub struct Gate {
    key: Vec<u8>,
    pub issuer: Issuer,
    pub verifier: Verifier,
}

impl Gate {
    pub fn of(world: &World) -> Self {
        Self::over(world, world.log.clone())
    }

    pub fn over(world: &World, log: EventLog) -> Self {
        let key = Issuer::generate_key();
        let issuer = Issuer::new(ISSUER, AUDIENCE, &key).unwrap();
        let policy = issuer.policy(SignedDuration::from_hours(1));
        let verifier = Verifier::new(policy, world.clock(), Agencies::of(log));
        Self { key, issuer, verifier }
    }

    pub fn token(&self, principal: &Principal) -> String {
        self.issuer.issue(principal, now(), now() + 1.hour())
    }

    /// A token with any content, signed as the issuer signs.
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        token_of(&header.to_string(), &claims.to_string(), |text| self.sign(text))
    }

    pub fn sign(&self, text: &[u8]) -> Vec<u8> {
        Ed25519KeyPair::from_pkcs8(&self.key).unwrap().sign(text).as_ref().to_vec()
    }

    pub fn header(&self) -> Value {
        json!({"alg": "EdDSA", "typ": "at+jwt", "kid": self.kid()})
    }

    pub fn kid(&self) -> String {
        self.jwk()["kid"].as_str().unwrap().to_owned()
    }

    /// The issuer's public key.
    pub fn jwk(&self) -> Value {
        let keys: Value = serde_json::from_str(&self.issuer.key_set_json()).unwrap();
        keys["keys"][0].clone()
    }

    pub async fn refusal(&self, token: &str) -> TokenError {
        self.verifier.verify(token).await.unwrap_err()
    }
}

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Header and claims as they are written, which need not be JSON.
pub fn token_of(header: &str, claims: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(sign(text.as_bytes())))
}

pub fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "s-reader", "office": "hospital",
        "agency": HOSPITAL, "iat": now().as_second(), "exp": now().as_second() + 3600,
    })
}

pub fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

pub fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name);
    object
}
