//! Whose signatures count: a JSON Web Key Set (RFC 7517) that may change while the house runs.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};

use crate::Watched;

/// Why a key set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// The file could not be read.
    #[error("the key set {path} could not be read")]
    File {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// It is no JSON Web Key Set.
    #[error("the key set is not valid")]
    Malformed(#[from] serde_json::Error),
    /// Two keys have the same `kid`: it would not be clear which one was withdrawn.
    #[error("the key set has two keys named {0}")]
    Twice(String),
    /// It holds no key that tokens may be signed with.
    #[error("the key set holds no Ed25519 or P-256 key with a kid")]
    Empty,
}

/// The public keys of the issuer. Clones share them.
#[derive(Clone)]
pub struct KeySet(Source);

#[derive(Clone)]
enum Source {
    Fixed(Arc<Keys>),
    File(Arc<Watched<Keys>>),
}

/// The keys of one moment, by `kid`.
pub(crate) struct Keys(BTreeMap<String, (DecodingKey, Algorithm)>);

impl KeySet {
    /// The key set that this JSON is, for ever.
    pub fn from_json(text: &str) -> Result<Self, KeySetError> {
        let keys = Keys::parse(text)?;
        keys.vouch_for_somebody()?;
        Ok(Self(Source::Fixed(Arc::new(keys))))
    }

    /// The key set in this file, which is read again whenever it has changed. To rotate, put the new
    /// key beside the old one, let the issuer sign with it, then take the old one out. A list that is
    /// emptied later withdraws all keys; one that holds nothing but what cannot be used is a mistake.
    pub fn in_file(path: &Path) -> Result<Self, KeySetError> {
        let file = path.to_owned();
        let watched = Watched::open(vec![path.to_owned()], move || Keys::read(&file))?;
        watched.current().vouch_for_somebody()?;
        Ok(Self(Source::File(Arc::new(watched))))
    }

    /// The keys as they are now.
    pub(crate) fn current(&self) -> Arc<Keys> {
        match &self.0 {
            Source::Fixed(keys) => keys.clone(),
            Source::File(watched) => watched.current(),
        }
    }
}

impl Keys {
    fn read(path: &Path) -> Result<Self, KeySetError> {
        let text = fs::read_to_string(path);
        let text = text.map_err(|source| KeySetError::File { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// Keys of other kinds are left out: identity providers publish theirs in the same set.
    fn parse(text: &str) -> Result<Self, KeySetError> {
        let (mut keys, all) = (BTreeMap::new(), serde_json::from_str::<JwkSet>(text)?.keys);
        let is_emptied = all.is_empty();
        for jwk in all {
            let (Some(kid), Some(key)) = (jwk.common.key_id.clone(), usable(&jwk)) else {
                continue;
            };
            if keys.insert(kid.clone(), key).is_some() {
                return Err(KeySetError::Twice(kid));
            }
        }
        if keys.is_empty() && !is_emptied { Err(KeySetError::Empty) } else { Ok(Self(keys)) }
    }

    /// A house that would let nobody in does not begin.
    fn vouch_for_somebody(&self) -> Result<(), KeySetError> {
        if self.0.is_empty() { Err(KeySetError::Empty) } else { Ok(()) }
    }

    /// The key of this name, and the one algorithm that it is for: never what a token says.
    pub(crate) fn get(&self, kid: &str) -> Option<&(DecodingKey, Algorithm)> {
        self.0.get(kid)
    }
}

fn usable(jwk: &Jwk) -> Option<(DecodingKey, Algorithm)> {
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            Algorithm::EdDSA
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        _ => return None,
    };
    Some((DecodingKey::from_jwk(jwk).ok()?, algorithm))
}
