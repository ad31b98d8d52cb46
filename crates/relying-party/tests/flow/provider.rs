//! A provider on this machine that tells what it is told to.

use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    error::Unspecified,
    rsa::{self, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use relying_party::{ClientAuthentication, OidcSettings, RelyingParty};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

pub const CLIENT: &str = "our-house";
pub const SUBJECT: &str = "subject-1";

#[derive(Clone)]
pub struct Provider {
    issuer: String,
    told: Arc<Mutex<Told>>,
}

struct Told {
    key: EncodingKey,
    algorithm: Algorithm,
    /// For which the key set says that the key is.
    declared: Algorithm,
    kid: String,
    /// What it says of itself beside the truth, or in its place.
    lies: Value,
    /// With which error it answers whoever brings a code.
    refusal: Option<(StatusCode, &'static str)>,
    is_silent: bool,
    /// How often it was asked who it is.
    described: usize,
    token: String,
    asked: Map<String, Value>,
}

/// A token before it is signed.
pub struct Signed {
    pub header: Header,
    pub claims: Value,
    pub key: EncodingKey,
    /// What happens to it afterwards.
    pub alter: Option<fn(&str) -> String>,
}

impl Signed {
    pub fn token(self) -> String {
        let key = match self.header.alg {
            Algorithm::HS256 => EncodingKey::from_secret(b"a:b &"),
            _ => self.key,
        };
        let token = jsonwebtoken::encode(&self.header, &self.claims, &key).expect("it is signed");
        self.alter.map_or_else(|| token.clone(), |alter| alter(&token))
    }
}

/// A key of nobody in particular.
pub fn stranger() -> EncodingKey {
    key_for(Algorithm::EdDSA)
}

fn key_for(algorithm: Algorithm) -> EncodingKey {
    match algorithm {
        Algorithm::EdDSA => EncodingKey::from_ed_der(&pkcs8(&Ed25519KeyPair::generate())),
        Algorithm::ES256 => EncodingKey::from_ec_der(&p256()),
        // A key of 2048 bits as PKCS #1 wants it follows a header of 26 bytes (RFC 5958).
        _ => EncodingKey::from_rsa_der(&pkcs8(&rsa::KeyPair::generate(KeySize::Rsa2048))[26..]),
    }
}

/// A P-256 key (PKCS #8, DER).
pub fn p256() -> Vec<u8> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    key.to_pkcs8v1().expect("it can be written").as_ref().to_vec()
}

fn pkcs8<K>(key: &Result<K, Unspecified>) -> Vec<u8>
where
    K: AsDer<Pkcs8V1Der<'static>>,
{
    let key = key.as_ref().expect("a key");
    key.as_der().expect("it can be written").as_ref().to_vec()
}

impl Provider {
    pub async fn start() -> Self {
        Self::signing_with(Algorithm::EdDSA, Algorithm::EdDSA).await
    }

    /// One that signs so, under a key that its key set has for `declared`.
    pub async fn signing_with(algorithm: Algorithm, declared: Algorithm) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let told = Told {
            key: key_for(algorithm),
            algorithm,
            declared,
            kid: "key-1".into(),
            lies: json!({}),
            refusal: None,
            is_silent: false,
            described: 0,
            token: String::new(),
            asked: Map::new(),
        };
        let provider = Self { issuer, told: Arc::new(Mutex::new(told)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub fn party(&self) -> RelyingParty {
        self.party_with(ClientAuthentication::Secret("a:b &".to_owned().into()))
    }

    pub fn party_with(&self, authentication: ClientAuthentication) -> RelyingParty {
        let settings = OidcSettings {
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            authentication,
            redirect_uri: "https://console.example/sign-in/oidc/callback".into(),
            acr: vec!["two".into(), "three".into()],
            amr: vec!["otp".into()],
        };
        RelyingParty::new(settings, None).expect("the settings can be used")
    }

    /// The truth.
    pub fn signed(&self, nonce: &str, now: Timestamp) -> Signed {
        let told = self.told();
        let mut header = Header::new(told.algorithm);
        header.kid = Some(told.kid.clone());
        let claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": SUBJECT, "nonce": nonce,
            "iat": now.as_second(), "exp": now.as_second() + 60, "auth_time": now.as_second(),
            "acr": "two", "amr": ["pwd", "otp"],
        });
        Signed { header, claims, key: told.key.clone(), alter: None }
    }

    pub fn will_tell(&self, token: String) {
        self.told().token = token;
    }

    /// From now on another key signs, under another name.
    pub fn change_key(&self, kid: &str) {
        let mut told = self.told();
        (told.key, told.kid) = (stranger(), kid.to_owned());
    }

    /// From now on it says this of itself.
    pub fn will_say_of_itself(&self, lies: Value) {
        self.told().lies = lies;
    }

    /// From now on it takes no code.
    pub fn will_refuse(&self, status: StatusCode, error: &'static str) {
        self.told().refusal = Some((status, error));
    }

    pub fn fall_silent(&self, is_silent: bool) {
        self.told().is_silent = is_silent;
    }

    pub fn times_described(&self) -> usize {
        self.told().described
    }

    /// The form and the credentials that were last sent for a token.
    pub fn asked(&self) -> Map<String, Value> {
        self.told().asked.clone()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().expect("it holds")
    }
}

async fn describe(State(provider): State<Provider>) -> Result<Json<Value>, StatusCode> {
    let mut told = provider.told();
    told.described += 1;
    if told.is_silent {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let issuer = &provider.issuer;
    let mut said = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    });
    for (name, lie) in told.lies.as_object().expect("an object") {
        said[name] = lie.clone();
    }
    Ok(Json(said))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let told = provider.told();
    let mut key = Jwk::from_encoding_key(&told.key, told.declared).expect("a public key");
    key.common.key_id = Some(told.kid.clone());
    Json(json!({ "keys": [{ "kty": "unheard-of" }, key] }))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(mut asked): Form<Map<String, Value>>,
) -> (StatusCode, Json<Value>) {
    let credentials = headers.get("authorization").and_then(|value| value.to_str().ok());
    asked.insert("authorization".into(), credentials.into());
    let mut told = provider.told();
    told.asked = asked;
    match told.refusal {
        Some((status, error)) => (status, Json(json!({ "error": error }))),
        None => {
            let given = json!({
                "token_type": "Bearer", "access_token": "unread", "id_token": told.token,
            });
            (StatusCode::OK, Json(given))
        }
    }
}
