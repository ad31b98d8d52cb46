//! A relying party of OpenID Connect Core 1.0: the authorization code flow with PKCE (RFC 7636, S256
//! alone), `state`, `nonce`, and the issuer in the answer (RFC 9207).
//!
//! [`RelyingParty::begin`] gives the address to which the browser is sent, and what has to be kept
//! until it comes back: [`Begun`], which whoever keeps it seals, for it holds the secrets of this one
//! flow. [`RelyingParty::finish`] takes the answer and says who signed in at the provider: a
//! [`Subject`], which is nothing but an opaque word of that provider. The access token is thrown away
//! unread, so `at_hash` would prove nothing; no profile, mail address or name is asked for.
//!
//! Who is already signed in at the provider signs in there once more: on a ward, somebody else may sit
//! at the same machine. `prompt` asks for it, and `auth_time` shows that somebody has just done it.
//!
//! The provider is asked when it is first needed: a house starts without it. Its keys are asked for
//! again when they are older than some minutes, and when a token names a key that is not among them,
//! though not more often than every few seconds.
//!
//! Invariants: no code, state, nonce, token or secret is in any error, log line or `Debug`. A token's
//! algorithm is the one its key is for. What is encrypted, unsigned or signed with a shared secret is
//! never accepted.

mod begin;
mod client;
mod error;
mod id_token;
mod keys;
mod provider;
mod settings;
mod token;

pub use begin::{Answer, Begun};
pub use client::RelyingParty;
pub use error::OidcError;
pub use id_token::Subject;
pub use settings::{ClientAuthentication, OidcSettings};
