//! The vault: makes, finds and erases keys, and wraps them anew.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::cache::{KeyCache, Moment};
use crate::cipher::{Cipher, KEY_LENGTH, random_key};
use crate::context::canonical;
use crate::error::VaultError;
use crate::master_key::MasterKey;
use crate::secrets::{Secrets, secret_context};
use crate::store::{self, KeyStore, StoredKey, Wrapped};
use crate::subject::{Subject, SubjectKey};

/// A city's open cases, many times over, in some 10 MB.
const CACHED_KEYS_MAX: usize = 10_000;

/// Keys per subject. Clones share one connection pool and one cache.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    store: Arc<dyn KeyStore>,
    wrapping: Cipher,
    /// The check value under which this process opened the vault: another one means that the master
    /// key was rotated since.
    check: Vec<u8>,
    secrets: Secrets,
    cache: KeyCache,
    /// Whether bytes of destroyed keys may still lie in the database's files.
    owes_sweep: AtomicBool,
}

impl Vault {
    /// Opens the vault at `sqlite:/path` or `postgres://…`, and makes its tables if they are
    /// missing. Fails if the database was made with another master key.
    pub async fn open(address: &str, master: MasterKey) -> Result<Self, VaultError> {
        let (store, wrapping) = (store::open(address).await?, master.wrapping());
        let check = checked(&*store, &wrapping).await?;
        let secrets = Secrets::open(&*store, &master, &wrapping, &check).await?;
        let cache = KeyCache::new(CACHED_KEYS_MAX);
        let owes_sweep = AtomicBool::new(false);
        Ok(Self(Arc::new(Inner { store, wrapping, check, secrets, cache, owes_sweep })))
    }

    /// The subject's key, made now if there is none. It is durable before this returns, and all
    /// who ask at once get the same. An erased subject never gets another.
    pub async fn ensure_key(&self, subject: &Subject) -> Result<SubjectKey, VaultError> {
        if let Some(key) = self.0.cache.get(subject) {
            return Ok(key);
        }
        let read_since = self.0.cache.moment();
        let wrapped = self.0.find_or_make(subject).await?;
        self.0.unwrap_and_keep(read_since, subject, &wrapped).await
    }

    /// The subject's key; none if it was never made or is erased.
    pub async fn key(&self, subject: &Subject) -> Result<Option<SubjectKey>, VaultError> {
        if let Some(key) = self.0.cache.get(subject) {
            return Ok(Some(key));
        }
        let read_since = self.0.cache.moment();
        match self.0.store.find(subject).await? {
            Some(StoredKey::Wrapped(wrapped)) => {
                self.0.unwrap_and_keep(read_since, subject, &wrapped).await.map(Some)
            }
            Some(StoredKey::Erased) | None => Ok(None),
        }
    }

    /// Destroys the subject's key and remembers that it is erased. Doing it again does no harm: it
    /// is done again at every start, after every restore, and by every process for itself.
    pub async fn erase(&self, subject: &Subject) -> Result<(), VaultError> {
        self.erase_all(std::slice::from_ref(subject)).await.map(|_| ())
    }

    /// The same for several subjects at once. Whether their bytes have left the database's files by
    /// now; where another process has destroyed them, it may still be about that.
    pub async fn erase_all(&self, subjects: &[Subject]) -> Result<bool, VaultError> {
        let (inner, subjects) = (self.0.clone(), subjects.to_vec());
        // In a task of its own, so that a caller who goes away does not leave it half done: the
        // key destroyed in the database, and still at hand in memory.
        finished(tokio::spawn(async move { inner.erase(&subjects).await })).await
    }

    /// Has the bytes of what was destroyed leave the database's files, also where the process that
    /// destroyed it died before they did.
    pub async fn sweep(&self) -> Result<(), VaultError> {
        self.0.sweep().await
    }

    /// Wraps every key and secret under another master key, in one transaction: until it is
    /// committed the old one opens the vault, from then on only the new one. How many keys there
    /// were. Every process that has the vault open must be started again: it makes no new keys, and
    /// finds none that it has not at hand. Then [`Vault::sweep`].
    pub async fn rotate(self, to: &MasterKey) -> Result<u64, VaultError> {
        let (inner, wrapping) = (self.0, to.wrapping());
        finished(tokio::spawn(async move {
            inner.store.rewrap(&|what, wrapped| inner.rewrapped(what, wrapped, &wrapping)).await
        }))
        .await
    }

    /// A secret of this vault for one purpose, always the same: the key of request digests, of
    /// opaque positions. Different purposes give unrelated secrets.
    pub fn derive(&self, purpose: &str) -> [u8; KEY_LENGTH] {
        self.0.secrets.derive(purpose)
    }
}

impl Debug for Vault {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("Vault(secret)")
    }
}

/// The check value is nothing, wrapped: it opens under the master key that made it only.
async fn checked(store: &dyn KeyStore, wrapping: &Cipher) -> Result<Vec<u8>, VaultError> {
    let context = context_of(Wrapped::Check);
    let kept = store.ensure_check(&wrapping.seal(&context, b"")).await?;
    wrapping.open(&context, &kept).map_err(|_| VaultError::WrongMasterKey)?;
    Ok(kept)
}

async fn finished<T>(task: JoinHandle<Result<T, VaultError>>) -> Result<T, VaultError> {
    task.await.unwrap_or_else(|failure| std::panic::resume_unwind(failure.into_panic()))
}

impl Inner {
    async fn find_or_make(&self, subject: &Subject) -> Result<Vec<u8>, VaultError> {
        if self.store.find(subject).await?.is_none() {
            let context = context_of(Wrapped::Key(subject));
            let wrapped = self.wrapping.seal(&context, random_key().as_slice());
            self.store.insert_if_absent(&self.check, subject, &wrapped).await?;
        }
        // What is stored counts, not what we made: somebody may have been faster.
        match self.store.find(subject).await? {
            Some(StoredKey::Wrapped(wrapped)) => Ok(wrapped),
            Some(StoredKey::Erased) => Err(VaultError::Erased),
            // Nothing was written, since the master key is another by now.
            None => Err(self.damaged_or_rotated().await),
        }
    }

    /// What does not open was changed by somebody, or wrapped anew under another master key.
    async fn damaged_or_rotated(&self) -> VaultError {
        match self.store.ensure_check(&self.check).await {
            Ok(check) if check == self.check => VaultError::Damaged,
            Ok(_) => VaultError::Rotated,
            Err(error) => error,
        }
    }

    async fn unwrap_and_keep(
        &self,
        read_since: Moment,
        subject: &Subject,
        wrapped: &[u8],
    ) -> Result<SubjectKey, VaultError> {
        let Ok(bytes) = self.unwrap(subject, wrapped) else {
            return Err(self.damaged_or_rotated().await);
        };
        let key = SubjectKey::new(&bytes);
        self.cache.put(read_since, subject.clone(), key.clone());
        Ok(key)
    }

    fn unwrap(
        &self,
        subject: &Subject,
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; KEY_LENGTH]>, VaultError> {
        let opened = self.wrapping.open(&context_of(Wrapped::Key(subject)), wrapped);
        let bytes = Zeroizing::new(opened.map_err(|_| VaultError::Damaged)?);
        let key = <[u8; KEY_LENGTH]>::try_from(bytes.as_slice());
        key.map(Zeroizing::new).map_err(|_| VaultError::Damaged)
    }

    async fn erase(&self, subjects: &[Subject]) -> Result<bool, VaultError> {
        let outcome = self.store.erase(subjects).await;
        // Also when the store failed: the key may be gone there, and reading again costs little.
        subjects.iter().for_each(|subject| self.cache.forget(subject));
        // A failure leaves open what was done.
        if outcome.as_ref().map_or(true, |destroyed| *destroyed) {
            self.owes_sweep.store(true, Ordering::Relaxed);
        }
        outcome?;
        if !self.owes_sweep.load(Ordering::Relaxed) {
            return Ok(false);
        }
        self.sweep().await?;
        Ok(true)
    }

    async fn sweep(&self) -> Result<(), VaultError> {
        self.store.sweep().await?;
        self.owes_sweep.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn rewrapped(
        &self,
        what: Wrapped<'_>,
        wrapped: &[u8],
        to: &Cipher,
    ) -> Result<Vec<u8>, VaultError> {
        let (context, is_check) = (context_of(what), matches!(what, Wrapped::Check));
        // Somebody else was faster with another master key.
        let foreign = if is_check { VaultError::Rotated } else { VaultError::Damaged };
        let plain = self.wrapping.open(&context, wrapped).map_err(|_| foreign)?;
        Ok(to.seal(&context, &Zeroizing::new(plain)))
    }
}

/// Binds what is wrapped to what it is, so that two rows cannot be exchanged.
fn context_of(what: Wrapped<'_>) -> Vec<u8> {
    match what {
        Wrapped::Check => canonical(&[b"tsunagi check v1"]),
        Wrapped::Secret(name) => secret_context(name),
        Wrapped::Key(Subject { category, key }) => {
            canonical(&[b"tsunagi key v1", category.as_bytes(), key.as_bytes()])
        }
    }
}

#[cfg(test)]
mod tests;
