//! The provider as a process, and a browser that signs in there.

use std::{collections::BTreeMap, process::Stdio};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    signature::Ed25519KeyPair,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use relying_party::{Answer, ClientAuthentication, OidcSettings, RelyingParty};
use reqwest::{RequestBuilder, Response, header, redirect::Policy};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};
use url::Url;

const CLIENT: &str = "our-house";
const SECRET: &str = "a secret: shared & long enough for anybody";
const REDIRECT: &str = "https://console.example/sign-in/oidc/callback";

/// How we show who we are.
#[derive(Clone, Copy)]
pub enum Way {
    Secret,
    PrivateKey,
}

pub struct Others {
    issuer: String,
    authentication: ClientAuthentication,
    _process: Child,
    // What it says later must go somewhere.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Others {
    pub async fn start(way: Way) -> Self {
        let (ours, theirs) = (Key::new("ours"), Key::new("theirs"));
        let mut client = json!({
            "client_id": CLIENT, "redirect_uris": [REDIRECT], "id_token_signed_response_alg": "EdDSA",
        });
        let authentication = match way {
            Way::Secret => {
                client["client_secret"] = SECRET.into();
                ClientAuthentication::Secret(SECRET.to_owned().into())
            }
            Way::PrivateKey => {
                client["token_endpoint_auth_method"] = "private_key_jwt".into();
                client["token_endpoint_auth_signing_alg"] = "EdDSA".into();
                client["jwks"] = json!({ "keys": [ours.public] });
                ClientAuthentication::PrivateKey { pkcs8: ours.pkcs8.into(), kid: "ours".into() }
            }
        };
        let script = std::env::var_os("TSUNAGI_TEST_OIDC");
        let script = script.expect("set TSUNAGI_TEST_OIDC or run `cargo xtask test`");
        let mut process = Command::new("node")
            .arg(script)
            .arg(json!({ "client": client }).to_string())
            .arg(json!({ "keys": [theirs.private] }).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node is there");
        let output = process.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines();
        let issuer = lines.next_line().await.expect("it is read").expect("it says who it is");
        Self { issuer, authentication, _process: process, _output: lines }
    }

    pub fn party(&self) -> RelyingParty {
        let settings = OidcSettings {
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            authentication: self.authentication.clone(),
            redirect_uri: REDIRECT.into(),
            acr: vec!["two-factors".into()],
            amr: vec!["otp".into()],
        };
        RelyingParty::new(settings, None).expect("the settings can be used")
    }
}

struct Key {
    pkcs8: Vec<u8>,
    public: Value,
    private: Value,
}

impl Key {
    fn new(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().expect("a key");
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).expect("it can be written");
        let pkcs8 = der.as_ref().to_vec();
        let jwk = Jwk::from_encoding_key(&EncodingKey::from_ed_der(&pkcs8), Algorithm::EdDSA);
        let mut public = serde_json::to_value(jwk.expect("a public key")).expect("it is JSON");
        public["kid"] = kid.into();
        public["use"] = "sig".into();
        let mut private = public.clone();
        // The 32 bytes follow a header of 16 (RFC 8410).
        private["d"] = URL_SAFE_NO_PAD.encode(&pkcs8[16..48]).into();
        Self { pkcs8, public, private }
    }
}

/// A browser, as far as cookies and redirects go.
#[derive(Default)]
pub struct Client(BTreeMap<String, String>);

impl Client {
    /// Signs in as this subject by these methods; what the browser brings back.
    pub async fn sign_in(&mut self, address: Url, subject: &str, amr: &str) -> Answer {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        let who = self.led_on(&address, http.get(address.clone())).await;
        let entered = [("sub", subject), ("amr", amr)];
        let mut next = self.led_on(&who, http.post(who.clone()).form(&entered)).await;
        while !next.as_str().starts_with(REDIRECT) {
            next = self.led_on(&next, http.get(next.clone())).await;
        }
        let query: BTreeMap<_, _> = next.query_pairs().into_owned().collect();
        serde_json::from_value(json!(query)).expect("an answer")
    }

    async fn led_on(&mut self, from: &Url, request: RequestBuilder) -> Url {
        let cookies: Vec<_> =
            self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(header::COOKIE, cookies.join("; ")).send().await;
        let response = response.expect("it answers");
        self.keep_cookies(&response);
        let status = response.status();
        let to = response.headers().get(header::LOCATION).cloned();
        let text = response.text().await.unwrap_or_default();
        let to = to.unwrap_or_else(|| panic!("{from} leads nowhere: {status} {text}"));
        from.join(to.to_str().expect("an address")).expect("an address")
    }

    fn keep_cookies(&mut self, response: &Response) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text").split(';').next().expect("a pair");
            let (name, value) = cookie.split_once('=').expect("a pair");
            self.0.insert(name.to_owned(), value.to_owned());
        }
    }
}
