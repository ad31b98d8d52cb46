//! What is agreed with the provider.

use zeroize::Zeroizing;

/// What is agreed with the provider.
#[derive(Clone)]
pub struct OidcSettings {
    /// The issuer, to the letter as it calls itself.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// How we show that.
    pub authentication: ClientAuthentication,
    /// Where the provider sends the browser back to.
    pub redirect_uri: String,
    /// Of these classes of authentication (`acr`) one must have been reached; none: any will do.
    pub acr: Vec<String>,
    /// All these methods (`amr`) must have been used.
    pub amr: Vec<String>,
}

/// How a client shows the provider who it is.
#[derive(Clone)]
pub enum ClientAuthentication {
    /// `client_secret_basic`: a shared secret.
    Secret(Zeroizing<String>),
    /// `private_key_jwt`: an Ed25519 or P-256 key (PKCS #8, DER), named by this `kid`.
    PrivateKey {
        /// The key.
        pkcs8: Zeroizing<Vec<u8>>,
        /// Its name in the key set that the provider knows of us.
        kid: String,
    },
}
