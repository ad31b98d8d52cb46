//! The vault: makes, finds and erases keys.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::cache::{KeyCache, Moment};
use crate::cipher::{Cipher, KEY_LENGTH, random_key};
use crate::context::canonical;
use crate::error::VaultError;
use crate::master_key::MasterKey;
use crate::store::{self, KeyStore, StoredKey};
use crate::subject::{Subject, SubjectKey};

/// A city's open cases, many times over, in some 10 MB.
const CACHED_KEYS_MAX: usize = 10_000;

/// Keys per subject. Clones share one connection pool and one cache.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    store: Arc<dyn KeyStore>,
    master: MasterKey,
    wrapping: Cipher,
    cache: KeyCache,
}

impl Vault {
    /// Opens the vault at `sqlite:/path` or `postgres://…`, and makes its tables if they are
    /// missing. Fails if the database was made with another master key.
    pub async fn open(address: &str, master: MasterKey) -> Result<Self, VaultError> {
        let inner = Inner {
            store: store::open(address).await?,
            wrapping: master.wrapping(),
            master,
            cache: KeyCache::new(CACHED_KEYS_MAX),
        };
        inner.check_master_key().await?;
        Ok(Self(Arc::new(inner)))
    }

    /// The subject's key, made now if there is none. It is durable before this returns, and all
    /// who ask at once get the same. An erased subject never gets another.
    pub async fn ensure_key(&self, subject: &Subject) -> Result<SubjectKey, VaultError> {
        if let Some(key) = self.0.cache.get(subject) {
            return Ok(key);
        }
        let read_since = self.0.cache.moment();
        let wrapped = self.0.find_or_make(subject).await?;
        self.0.unwrap_and_keep(read_since, subject, &wrapped)
    }

    /// The subject's key; none if it was never made or is erased.
    pub async fn key(&self, subject: &Subject) -> Result<Option<SubjectKey>, VaultError> {
        if let Some(key) = self.0.cache.get(subject) {
            return Ok(Some(key));
        }
        let read_since = self.0.cache.moment();
        match self.0.store.find(subject).await? {
            Some(StoredKey::Wrapped(wrapped)) => {
                self.0.unwrap_and_keep(read_since, subject, &wrapped).map(Some)
            }
            Some(StoredKey::Erased) | None => Ok(None),
        }
    }

    /// Destroys the subject's key and remembers that it is erased. Doing it again does no harm: it
    /// is done again at every start, after every restore, and by every process for itself.
    pub async fn erase(&self, subject: &Subject) -> Result<(), VaultError> {
        let (inner, subject) = (self.0.clone(), subject.clone());
        // In a task of its own, so that a caller who goes away does not leave it half done: the
        // key destroyed in the database, and still at hand in memory.
        let task = tokio::spawn(async move { inner.erase(&subject).await });
        task.await.unwrap_or_else(|failure| std::panic::resume_unwind(failure.into_panic()))
    }

    /// A secret of this vault for one purpose, always the same: the key of request digests, of
    /// opaque positions. Different purposes give unrelated secrets.
    pub fn derive(&self, purpose: &str) -> [u8; KEY_LENGTH] {
        self.0.master.derive(purpose)
    }
}

impl Debug for Vault {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("Vault(secret)")
    }
}

impl Inner {
    /// The check value is nothing, wrapped: it opens under the master key that made it only.
    async fn check_master_key(&self) -> Result<(), VaultError> {
        let associated = canonical(&[b"tsunagi check v1"]);
        let fresh = self.wrapping.seal(&associated, b"");
        let kept = self.store.ensure_check(&fresh).await?;
        self.wrapping.open(&associated, &kept).map_err(|_| VaultError::WrongMasterKey)?;
        Ok(())
    }

    async fn find_or_make(&self, subject: &Subject) -> Result<Vec<u8>, VaultError> {
        if self.store.find(subject).await?.is_none() {
            let wrapped = self.wrapping.seal(&wrap_context(subject), random_key().as_slice());
            self.store.insert_if_absent(subject, &wrapped).await?;
        }
        // What is stored counts, not what we made: somebody may have been faster.
        match self.store.find(subject).await? {
            Some(StoredKey::Wrapped(wrapped)) => Ok(wrapped),
            Some(StoredKey::Erased) => Err(VaultError::Erased),
            None => Err(VaultError::Damaged),
        }
    }

    fn unwrap_and_keep(
        &self,
        read_since: Moment,
        subject: &Subject,
        wrapped: &[u8],
    ) -> Result<SubjectKey, VaultError> {
        let key = SubjectKey::new(&*self.unwrap(subject, wrapped)?);
        self.cache.put(read_since, subject.clone(), key.clone());
        Ok(key)
    }

    fn unwrap(
        &self,
        subject: &Subject,
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; KEY_LENGTH]>, VaultError> {
        let opened = self.wrapping.open(&wrap_context(subject), wrapped);
        let bytes = Zeroizing::new(opened.map_err(|_| VaultError::Damaged)?);
        let key = <[u8; KEY_LENGTH]>::try_from(bytes.as_slice());
        key.map(Zeroizing::new).map_err(|_| VaultError::Damaged)
    }

    async fn erase(&self, subject: &Subject) -> Result<(), VaultError> {
        let outcome = self.store.erase(subject).await;
        // Also when the store failed: the key may be gone there, and reading again costs little.
        self.cache.forget(subject);
        outcome
    }
}

/// Binds a wrapped key to its subject, so that two rows cannot be exchanged.
fn wrap_context(subject: &Subject) -> Vec<u8> {
    canonical(&[b"tsunagi key v1", subject.category.as_bytes(), subject.key.as_bytes()])
}

#[cfg(test)]
mod tests;
