//! Where wrapped keys are kept: SQLite or PostgreSQL behind one trait.
//!
//! Every change is one statement, so there is no transaction that a dropped caller could leave
//! open. A row is never deleted: a row without a key is the memory of an erasure.

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

/// Keeps wrapped keys. Whatever a method reports as written is durable.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Keeps this check value if there is none yet, and returns the one that is kept.
    async fn ensure_check(&self, check: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// None: the subject was never heard of.
    async fn find(&self, subject: &Subject) -> Result<Option<StoredKey>, VaultError>;

    /// Keeps this wrapped key unless the subject has one or is erased.
    async fn insert_if_absent(&self, subject: &Subject, wrapped: &[u8]) -> Result<(), VaultError>;

    /// Destroys the wrapped key and remembers it, also for a subject never heard of.
    async fn erase(&self, subject: &Subject) -> Result<(), VaultError>;
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
