//! The vault's own secrets, from which the house derives what it needs for other purposes than
//! sealing. They lie wrapped beside the subject keys, and stay what they are when the master key is
//! rotated.

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::cipher::{Cipher, KEY_LENGTH, random_key};
use crate::context::canonical;
use crate::error::VaultError;
use crate::master_key::{MasterKey, for_purpose};
use crate::store::KeyStore;

/// The name of the secret from which all others come.
const ROOT: &str = "root";

/// What was derived from the master key itself before there was a root. Request digests in logs of
/// that time were made with it, so these purposes keep what they had; no others come to this list.
const BEFORE_THE_ROOT: [&str; 2] = ["tsunagi request digests v1", "tsunagi opaque positions v1"];

type Secret = Zeroizing<[u8; KEY_LENGTH]>;

/// All secrets, opened.
pub struct Secrets {
    root: Secret,
    by_purpose: HashMap<String, Secret>,
}

impl Secrets {
    /// Reads the secrets, and makes those that are missing. Whoever does so at the same time makes
    /// the same, but for the root, of which the first one stays.
    pub async fn open(
        store: &dyn KeyStore,
        master: &MasterKey,
        wrapping: &Cipher,
        check: &[u8],
    ) -> Result<Self, VaultError> {
        let fresh = |name: &'static str, secret: &[u8; KEY_LENGTH]| {
            (name, wrapping.seal(&secret_context(name), secret))
        };
        let before = BEFORE_THE_ROOT.map(|purpose| fresh(purpose, &master.derive(purpose)));
        let made: Vec<_> = [fresh(ROOT, &random_key())].into_iter().chain(before).collect();
        let mut by_purpose = HashMap::new();
        for (name, wrapped) in store.ensure_secrets(check, &made).await? {
            let opened = wrapping.open(&secret_context(&name), &wrapped);
            let bytes = Zeroizing::new(opened.map_err(|_| VaultError::Damaged)?);
            let secret = <[u8; KEY_LENGTH]>::try_from(bytes.as_slice());
            by_purpose.insert(name, Zeroizing::new(secret.map_err(|_| VaultError::Damaged)?));
        }
        let root = by_purpose.remove(ROOT).ok_or(VaultError::Damaged)?;
        Ok(Self { root, by_purpose })
    }

    /// The secret for one purpose.
    pub fn derive(&self, purpose: &str) -> [u8; KEY_LENGTH] {
        match self.by_purpose.get(purpose) {
            Some(secret) => **secret,
            None => *for_purpose(&self.root, purpose),
        }
    }
}

/// Binds a wrapped secret to its name.
pub fn secret_context(name: &str) -> Vec<u8> {
    canonical(&[b"tsunagi secret v1", name.as_bytes()])
}
