//! The token endpoint: a code is exchanged for an ID token.

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize};
use url::form_urlencoded::byte_serialize;

use crate::{ClientAuthentication, OidcError, OidcSettings, begin};

/// How long an assertion is good for: it is shown at once.
const ASSERTION_LIFE: SignedDuration = SignedDuration::from_mins(1);

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What is read of the answer.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) id_token: String,
}

/// Why there are none (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct TokenError {
    error: String,
}

/// What a provider means that gives none. Only a code that is not good is the user's affair.
pub(crate) fn refusal(answer: &[u8]) -> OidcError {
    match serde_json::from_slice::<TokenError>(answer) {
        Ok(told) if told.error == "invalid_grant" => OidcError::Refused,
        _ => OidcError::Provider("it takes no code from this client"),
    }
}

/// What shows the provider who we are (RFC 7523, section 3).
#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    exp: i64,
}

/// The request for tokens, ready to be sent.
pub(crate) fn request(
    to: RequestBuilder,
    settings: &OidcSettings,
    code: &str,
    verifier: &str,
    now: Timestamp,
) -> Result<RequestBuilder, OidcError> {
    let mut form = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", settings.redirect_uri.clone()),
        ("code_verifier", verifier.to_owned()),
    ];
    match &settings.authentication {
        ClientAuthentication::Secret(secret) => {
            let basic = basic(&settings.client_id, secret);
            Ok(to.header("authorization", basic).form(&form))
        }
        ClientAuthentication::PrivateKey { pkcs8, kid } => {
            form.push(("client_id", settings.client_id.clone()));
            form.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
            form.push(("client_assertion", assertion(settings, pkcs8, kid, now)?));
            Ok(to.form(&form))
        }
    }
}

/// Both parts are written as in a form before they are joined (RFC 6749, section 2.3.1).
fn basic(client_id: &str, secret: &str) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret))))
}

/// For the issuer alone: an assertion for an endpoint could be shown to another (RFC 7523bis).
fn assertion(
    settings: &OidcSettings,
    pkcs8: &[u8],
    kid: &str,
    now: Timestamp,
) -> Result<String, OidcError> {
    let (algorithm, key) = signing_key(pkcs8)?;
    let mut header = Header::new(algorithm);
    header.kid = Some(kid.to_owned());
    let claims = Assertion {
        iss: &settings.client_id,
        sub: &settings.client_id,
        aud: &settings.issuer,
        jti: begin::secret(),
        iat: now.as_second(),
        exp: (now + ASSERTION_LIFE).as_second(),
    };
    let signed = jsonwebtoken::encode(&header, &claims, &key);
    signed.map_err(|_| OidcError::Settings("the private key signs nothing"))
}

/// The kind of a key is found by reading it.
pub(crate) fn signing_key(pkcs8: &[u8]) -> Result<(Algorithm, EncodingKey), OidcError> {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
    if Ed25519KeyPair::from_pkcs8(pkcs8).is_ok() {
        return Ok((Algorithm::EdDSA, EncodingKey::from_ed_der(pkcs8)));
    }
    if EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).is_ok() {
        return Ok((Algorithm::ES256, EncodingKey::from_ec_der(pkcs8)));
    }
    Err(OidcError::Settings("the private key is no Ed25519 or P-256 key"))
}
