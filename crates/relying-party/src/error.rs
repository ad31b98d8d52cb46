//! What can go wrong. No message repeats anything that came from outside.

use thiserror::Error;

/// Nobody was signed in.
#[derive(Debug, Error)]
pub enum OidcError {
    /// The settings cannot be used.
    #[error("the settings of the identity provider are not valid: {0}")]
    Settings(&'static str),
    /// The provider is out of reach, or its answer cannot be read.
    #[error("the identity provider did not answer as it should: {0}")]
    Provider(&'static str),
    /// The provider, or the user there, refused.
    #[error("the identity provider signed nobody in")]
    Refused,
    /// What came back does not belong to what was begun here, or came too late.
    #[error("the answer does not belong to a sign-in that was begun here")]
    Foreign,
    /// The ID token does not hold.
    #[error("the ID token is not valid: {0}")]
    IdToken(&'static str),
    /// Signed in, but not as strongly as agreed, or not just now.
    #[error("the sign-in was not as strong as agreed, or of an earlier hour")]
    TooWeak,
}
