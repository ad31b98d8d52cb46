//! Where wrapped keys are kept: SQLite or PostgreSQL behind one trait.
//!
//! Every change but a rotation is one statement, so there is no transaction that a dropped caller
//! could leave open. A row is never deleted: a row without a key is the memory of an erasure.
//!
//! The check value is made anew with every rotation, so it also tells which master key whatever is
//! written must have been wrapped under: who still has the old one writes nothing.

mod postgres;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::VaultError;
use crate::subject::Subject;

/// What a store knows of a subject.
#[derive(Debug, PartialEq, Eq)]
pub enum StoredKey {
    Wrapped(Vec<u8>),
    Erased,
}

/// What lies wrapped in a store.
#[derive(Clone, Copy)]
pub enum Wrapped<'a> {
    /// Nothing, to tell one master key from another.
    Check,
    /// A secret of the vault's own, by its name.
    Secret(&'a str),
    /// The key of a subject.
    Key(&'a Subject),
}

/// How something that lies wrapped is wrapped anew.
pub type Rewrap<'a> = &'a (dyn Fn(Wrapped<'_>, &[u8]) -> Result<Vec<u8>, VaultError> + Sync);

/// Keeps wrapped keys. Whatever a method reports as written is durable.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Keeps this check value if there is none yet, and returns the one that is kept.
    async fn ensure_check(&self, check: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// Keeps these secrets, by their names, as far as there are none yet and the check value is
    /// this one, and returns all that are kept.
    async fn ensure_secrets(
        &self,
        check: &[u8],
        secrets: &[(&str, Vec<u8>)],
    ) -> Result<Vec<(String, Vec<u8>)>, VaultError>;

    /// None: the subject was never heard of.
    async fn find(&self, subject: &Subject) -> Result<Option<StoredKey>, VaultError>;

    /// Keeps this wrapped key unless the subject has one or is erased, or the check value is
    /// another.
    async fn insert_if_absent(
        &self,
        check: &[u8],
        subject: &Subject,
        wrapped: &[u8],
    ) -> Result<(), VaultError>;

    /// Destroys the wrapped keys and remembers it, also for subjects never heard of. Whether there
    /// was any to be destroyed.
    async fn erase(&self, subjects: &[Subject]) -> Result<bool, VaultError>;

    /// Wraps everything anew, or nothing.
    async fn rewrap(&self, rewrap: Rewrap<'_>) -> Result<u64, VaultError>;

    /// Has the bytes of what was destroyed or replaced leave the database's files.
    async fn sweep(&self) -> Result<(), VaultError>;
}

/// Opens the store at this address, and makes its tables if they are missing.
pub async fn open(address: &str) -> Result<Arc<dyn KeyStore>, VaultError> {
    match address.split_once(':') {
        Some(("sqlite", _)) => Ok(Arc::new(sqlite::SqliteStore::open(address).await?)),
        Some(("postgres" | "postgresql", _)) => {
            Ok(Arc::new(postgres::PostgresStore::open(address).await?))
        }
        _ => Err(VaultError::Address),
    }
}

/// The column holds nothing once the key is erased.
fn stored_key(wrapped: Option<Vec<u8>>) -> StoredKey {
    wrapped.map_or(StoredKey::Erased, StoredKey::Wrapped)
}
