//! The provider's keys, which change while the house runs.

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;

/// Shorter RSA keys sign nothing (NIST SP 800-131A).
const RSA_MODULUS_BYTES_MIN: usize = 256;

/// A key set as it comes. Keys of kinds that are not known here stand in it beside the others.
#[derive(Deserialize)]
pub(crate) struct KeySet {
    keys: Vec<serde_json::Value>,
}

/// The keys of one moment.
pub(crate) struct Keys(Vec<Jwk>);

impl Keys {
    /// Those of a set with which a token may be signed.
    pub(crate) fn of(set: KeySet) -> Self {
        let is_to_sign =
            |jwk: &Jwk| matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
        let known = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Self(known.filter(is_to_sign).collect())
    }

    /// The key with this name, if it is one for this algorithm; a token without a name means the only
    /// such key.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
        let is_named = |jwk: &Jwk| kid.is_none() || jwk.common.key_id.as_deref() == kid;
        let mut fitting = self.0.iter().filter(|jwk| is_named(jwk) && is_for(jwk, algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(jwk), None) => DecodingKey::from_jwk(jwk).ok(),
            _ => None,
        }
    }
}

fn is_for(jwk: &Jwk, algorithm: Algorithm) -> bool {
    // A key that names its algorithm is for no other.
    let declared = jwk.common.key_algorithm.is_none_or(|named| {
        matches!(
            (named, algorithm),
            (KeyAlgorithm::EdDSA, Algorithm::EdDSA)
                | (KeyAlgorithm::ES256, Algorithm::ES256)
                | (KeyAlgorithm::RS256, Algorithm::RS256)
                | (KeyAlgorithm::PS256, Algorithm::PS256)
        )
    });
    declared
        && match (&jwk.algorithm, algorithm) {
            (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => {
                key.curve == EllipticCurve::Ed25519
            }
            (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => {
                key.curve == EllipticCurve::P256
            }
            (AlgorithmParameters::RSA(key), Algorithm::RS256 | Algorithm::PS256) => {
                // Base64 has four characters for three bytes.
                key.n.len() * 3 / 4 >= RSA_MODULUS_BYTES_MIN
            }
            _ => false,
        }
}
