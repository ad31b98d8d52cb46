//! What a provider says of itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;
use url::{Host, Url};

use crate::OidcError;

/// What a provider says of itself, as far as it matters here.
#[derive(Clone, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Where the provider with this issuer describes itself.
    pub(crate) fn address(issuer: &str) -> Result<Url, OidcError> {
        let plain = issuer.trim_end_matches('/');
        let address = Url::parse(&format!("{plain}/.well-known/openid-configuration"));
        let address = address.map_err(|_| OidcError::Settings("the issuer is no address"))?;
        if address.query().is_some() || address.fragment().is_some() {
            return Err(OidcError::Settings("the issuer has a query or a fragment"));
        }
        if is_safe(&address) { Ok(address) } else { Err(OidcError::Settings("https is needed")) }
    }

    /// Who answers must be who was asked, to the letter; and nothing may go in the clear.
    pub(crate) fn checked(self, issuer: &str) -> Result<Self, OidcError> {
        if self.issuer != issuer {
            return Err(OidcError::Provider("it names another issuer"));
        }
        self.authorization_endpoint()?;
        self.token_endpoint()?;
        self.jwks_uri()?;
        Ok(self)
    }

    pub(crate) fn authorization_endpoint(&self) -> Result<Url, OidcError> {
        endpoint(&self.authorization_endpoint)
    }

    pub(crate) fn token_endpoint(&self) -> Result<Url, OidcError> {
        endpoint(&self.token_endpoint)
    }

    pub(crate) fn jwks_uri(&self) -> Result<Url, OidcError> {
        endpoint(&self.jwks_uri)
    }

    /// Whether an answer that names this issuer, or none, can be this provider's (RFC 9207).
    pub(crate) fn is_named_by(&self, issuer: Option<&str>) -> bool {
        match issuer {
            Some(issuer) => issuer == self.issuer,
            None => !self.authorization_response_iss_parameter_supported,
        }
    }
}

/// The address to which the browser brings the code.
pub(crate) fn redirect_uri(text: &str) -> Result<Url, OidcError> {
    let address = Url::parse(text).ok().filter(is_safe);
    address.ok_or(OidcError::Settings("the redirect address is no https address"))
}

fn endpoint(text: &str) -> Result<Url, OidcError> {
    let address = Url::parse(text).ok().filter(is_safe);
    address.ok_or(OidcError::Provider("an endpoint is no https address"))
}

/// Codes and tokens go over TLS, or do not leave the machine.
fn is_safe(address: &Url) -> bool {
    let is_local = match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    address.scheme() == "https" || (address.scheme() == "http" && is_local)
}
