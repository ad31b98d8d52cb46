//! The relying party: what it asks the provider, and what it remembers of the answers.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use jsonwebtoken::{DecodingKey, Header};
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, redirect::Policy};
use serde::de::DeserializeOwned;
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use crate::{
    Answer, Begun, ClientAuthentication, OidcError, OidcSettings, Subject,
    id_token::{self, Expected},
    keys::{KeySet, Keys},
    provider::{self, Metadata},
    token::{self, Tokens},
};

/// A provider that is silent for longer signs nobody in.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a provider says of itself holds so long: a key that it has withdrawn signs nothing after.
const KNOWN_FOR: Duration = Duration::from_mins(5);
/// A name of a key that is not known makes us ask again, so often at most. It came from the provider
/// itself, so nobody else can make us.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// Whoever waited while a provider was found silent is told so, and does not wait for it again.
const SILENT_FOR: Duration = Duration::from_secs(1);
/// No answer of a provider is longer.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Signs people in by one provider. Clones share everything.
#[derive(Clone)]
pub struct RelyingParty {
    settings: Arc<OidcSettings>,
    http: Client,
    known: Arc<Mutex<Last>>,
}

/// What became of asking a provider.
#[derive(Default)]
struct Last {
    known: Option<Known>,
    silent_at: Option<Instant>,
}

/// What a provider last said of itself.
#[derive(Clone)]
struct Known {
    metadata: Arc<Metadata>,
    keys: Arc<Keys>,
    at: Instant,
}

impl RelyingParty {
    /// With these settings. Where `authorities` (PEM) are given, only they are trusted to sign the
    /// provider's certificate, in place of those the machine trusts.
    ///
    /// # Errors
    /// When the settings cannot be used. The provider is not asked yet.
    pub fn new(settings: OidcSettings, authorities: Option<&[u8]>) -> Result<Self, OidcError> {
        Metadata::address(&settings.issuer)?;
        provider::redirect_uri(&settings.redirect_uri)?;
        if let ClientAuthentication::PrivateKey { pkcs8, .. } = &settings.authentication {
            token::signing_key(pkcs8)?;
        }
        // A redirect would carry a code to somewhere that nobody agreed on.
        let mut http = Client::builder().redirect(Policy::none()).timeout(PATIENCE);
        if let Some(pem) = authorities {
            http = http.tls_certs_only(certificates(pem)?);
        }
        let http = http.build().map_err(|_| OidcError::Settings("TLS cannot be used"))?;
        Ok(Self { settings: Arc::new(settings), http, known: Arc::default() })
    }

    /// Begins a flow: where the browser is sent, and what is kept until it comes back.
    pub async fn begin(&self, now: Timestamp) -> Result<(Url, Begun), OidcError> {
        let known = self.known(KNOWN_FOR).await?;
        let begun = Begun::now(now);
        let address = begun.address(&known.metadata, &self.settings)?;
        Ok((address, begun))
    }

    /// Ends a flow: who signed in at the provider.
    pub async fn finish(
        &self,
        begun: &Begun,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<Subject, OidcError> {
        let known = self.known(KNOWN_FOR).await?;
        let code = begun.code_of(answer, &known.metadata, now)?;
        let to = self.http.post(known.metadata.token_endpoint()?);
        let request = token::request(to, &self.settings, code, begun.verifier(), now)?;
        let tokens: Tokens = ask(request).await?.read(token::refusal)?;
        let header = id_token::header(&tokens.id_token)?;
        let key = self.key(&header, &known).await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: begun.nonce(),
            acr: &self.settings.acr,
            amr: &self.settings.amr,
            began_at: begun.began_at(),
            now,
        };
        id_token::subject(&tokens.id_token, &key, header.alg, &expected)
    }

    /// The key that a token asks for: it may be one that the provider has only just begun to use.
    async fn key(&self, header: &Header, known: &Known) -> Result<DecodingKey, OidcError> {
        let find = |known: &Known| known.keys.find(header.kid.as_deref(), header.alg);
        if let Some(key) = find(known) {
            return Ok(key);
        }
        let fresh = self.known(ASKED_AGAIN_AFTER).await?;
        find(&fresh).ok_or(OidcError::IdToken("its key is not one of the provider's"))
    }

    /// What the provider said of itself, not longer ago than this. Many ask once, together.
    async fn known(&self, age_max: Duration) -> Result<Known, OidcError> {
        let mut last = self.known.lock().await;
        if let Some(known) = last.known.as_ref().filter(|known| known.at.elapsed() < age_max) {
            return Ok(known.clone());
        }
        if last.silent_at.is_some_and(|at| at.elapsed() < SILENT_FOR) {
            return Err(silent());
        }
        let fresh = self.ask_provider().await;
        last.silent_at = fresh.is_err().then(Instant::now);
        let fresh = fresh?;
        last.known = Some(fresh.clone());
        Ok(fresh)
    }

    async fn ask_provider(&self) -> Result<Known, OidcError> {
        let at = Instant::now();
        let address = Metadata::address(&self.settings.issuer)?;
        let metadata: Metadata = ask(self.http.get(address)).await?.read(|_| silent())?;
        let metadata = metadata.checked(&self.settings.issuer)?;
        let keys = self.http.get(metadata.jwks_uri()?);
        let keys: KeySet = ask(keys).await?.read(|_| silent())?;
        Ok(Known { metadata: Arc::new(metadata), keys: Arc::new(Keys::of(keys)), at })
    }
}

/// A file without any would trust nobody, and be noticed when somebody wants to sign in.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, OidcError> {
    let read = Certificate::from_pem_bundle(pem).ok().filter(|read| !read.is_empty());
    read.ok_or(OidcError::Settings("the authorities are no certificates"))
}

fn silent() -> OidcError {
    OidcError::Provider("what it says of itself cannot be had")
}

/// What a provider answered to one request.
struct Answered {
    status: StatusCode,
    body: Vec<u8>,
}

async fn ask(request: RequestBuilder) -> Result<Answered, OidcError> {
    let unreachable = |_| OidcError::Provider("it is out of reach");
    let mut response = request.send().await.map_err(unreachable)?;
    let (status, mut body) = (response.status(), Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(OidcError::Provider("its answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answered { status, body })
}

impl Answered {
    /// The answer itself, or what a client's error means.
    fn read<T: DeserializeOwned>(self, refusal: fn(&[u8]) -> OidcError) -> Result<T, OidcError> {
        if self.status.is_client_error() {
            return Err(refusal(&self.body));
        }
        if !self.status.is_success() {
            return Err(OidcError::Provider("it answers with an error"));
        }
        let read = serde_json::from_slice(&self.body);
        read.map_err(|_| OidcError::Provider("its answer cannot be read"))
    }
}
