//! A town whose console knows a provider.

use std::{
    fs::OpenOptions,
    io::Write,
    net::{SocketAddr, TcpListener},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use acceptance::binary_beside_tests;
use access::Issuer;
use serde_json::{Value, json};
use tsunagi::{Config, config::ProviderConfig, data_folder::MUNICIPALITY_ID};

use crate::{others::Others, visitor::Visitor};

pub const PROVIDER_NAME: &str = "架空市職員認証";
/// Somebody at the provider.
pub const SUBJECT: &str = "subject-of-aoi-9c1e7f";
/// Their account here.
pub const BEARER: &str = "aoi.kakuu";
const CLIENT: &str = "our-house";
const SECRET: &str = "a secret: shared & long enough for anybody";

/// How the house shows who it is.
#[derive(Clone, Copy)]
pub enum Way {
    Secret,
    PrivateKey,
}

pub struct Town {
    pub others: Others,
    town: acceptance::Town,
    /// The host is named, so that the provider is another site to a browser.
    console: String,
}

impl Town {
    pub async fn begin(way: Way) -> Self {
        let listen = free_port();
        let console = format!("http://localhost:{}", listen.port());
        let redirect_uri = format!("{console}/sign-in/oidc/callback");
        let key = Issuer::generate_key();
        let others = Others::start(&client(way, &redirect_uri, &key)).await;
        let issuer = others.issuer.clone();
        let change = |config: &mut Config, folder: &Path| {
            config.listen = listen;
            config.development = false;
            let provider = provider(way, folder, &key, issuer, redirect_uri)?;
            config.accounts.as_mut().expect("there are accounts").provider = Some(provider);
            Ok(())
        };
        let binary = binary_beside_tests().unwrap();
        let mut town = acceptance::Town::begin_with(&binary, change).await.unwrap();
        town.run(&["account", "add", BEARER, "--agency", MUNICIPALITY_ID]).unwrap();
        town.keep_logs();
        town.serve("gateway").unwrap();
        Self { others, town, console }
    }

    pub fn console(&self) -> &str {
        &self.console
    }

    pub fn link(&self, login_name: &str, subject: &str) {
        self.town.run(&["account", "link", login_name, "--subject", subject]).unwrap();
    }

    pub fn end(&self, login_name: &str) {
        self.town.run(&["account", "end", login_name]).unwrap();
    }

    pub fn visitor(&self) -> Visitor {
        Visitor::of(&self.console)
    }

    pub fn log_of_gateway(&self) -> Vec<u8> {
        self.town.log_of("gateway").unwrap()
    }

    pub fn folder(&self) -> &Path {
        self.town.folder()
    }
}

/// A port that was free just now: the provider has to know it before the gateway begins.
fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Who the house is at the provider, as the provider knows it.
fn client(way: Way, redirect_uri: &str, key: &[u8]) -> Value {
    let mut client = json!({
        "client_id": CLIENT,
        "redirect_uris": [redirect_uri],
        "id_token_signed_response_alg": "EdDSA",
    });
    match way {
        Way::Secret => client["client_secret"] = SECRET.into(),
        Way::PrivateKey => {
            client["token_endpoint_auth_method"] = "private_key_jwt".into();
            client["token_endpoint_auth_signing_alg"] = "EdDSA".into();
            client["jwks"] = public_keys(key);
        }
    }
    client
}

/// Who the house is at the provider, as its own configuration knows it.
fn provider(
    way: Way,
    folder: &Path,
    key: &[u8],
    issuer: String,
    redirect_uri: String,
) -> anyhow::Result<ProviderConfig> {
    let (secret, private) = (folder.join("provider.secret"), folder.join("provider.key"));
    write_for_owner(&secret, SECRET.as_bytes())?;
    write_for_owner(&private, key)?;
    let by_key = matches!(way, Way::PrivateKey);
    let kid = public_keys(key)["keys"][0]["kid"].as_str().map(str::to_owned);
    Ok(ProviderConfig {
        name: PROVIDER_NAME.to_owned(),
        issuer,
        client_id: CLIENT.to_owned(),
        redirect_uri,
        client_secret: (!by_key).then_some(secret),
        private_key: by_key.then_some(private),
        key_id: kid.filter(|_| by_key),
        authorities: None,
        acr: vec!["two-factors".to_owned()],
        amr: vec!["otp".to_owned()],
    })
}

fn public_keys(key: &[u8]) -> Value {
    let issuer = Issuer::new("", "", key).expect("a key");
    serde_json::from_str(&issuer.key_set_json()).expect("a key set")
}

fn write_for_owner(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?.write_all(bytes)
}
