//! A provider on this machine that tells what it is told to.

use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    signature::Ed25519KeyPair,
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
    kid: String,
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

pub fn stranger() -> EncodingKey {
    let pair = Ed25519KeyPair::generate().expect("a key");
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).expect("it can be written");
    EncodingKey::from_ed_der(der.as_ref())
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let told = Told {
            key: stranger(),
            kid: "key-1".into(),
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
        let settings = OidcSettings {
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            authentication: ClientAuthentication::Secret("a:b &".to_owned().into()),
            redirect_uri: "https://console.example/sign-in/oidc/callback".into(),
            acr: vec!["two".into(), "three".into()],
            amr: vec!["otp".into()],
        };
        RelyingParty::new(settings, None).expect("the settings can be used")
    }

    /// The truth.
    pub fn signed(&self, nonce: &str, now: Timestamp) -> Signed {
        let mut header = Header::new(Algorithm::EdDSA);
        let told = self.told();
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
    Ok(Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    })))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let told = provider.told();
    let mut key = Jwk::from_encoding_key(&told.key, Algorithm::EdDSA).expect("a public key");
    key.common.key_id = Some(told.kid.clone());
    Json(json!({ "keys": [{ "kty": "unheard-of" }, key] }))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(mut asked): Form<Map<String, Value>>,
) -> Json<Value> {
    let credentials = headers.get("authorization").and_then(|value| value.to_str().ok());
    asked.insert("authorization".into(), credentials.into());
    let mut told = provider.told();
    told.asked = asked;
    Json(json!({ "token_type": "Bearer", "access_token": "unread", "id_token": told.token }))
}
