//! What can go wrong. No message names a subject, a key or an address.

use std::io;

use thiserror::Error;

/// The vault could not do what it was asked.
#[derive(Debug, Error)]
pub enum VaultError {
    /// Neither a file nor a server. Keys held in memory only would be lost with the process.
    #[error("the vault's address must be sqlite:/path/of/a/file or postgres://…")]
    Address,
    /// The bundled SQLite is one that can corrupt a database in WAL mode.
    #[error("SQLite {found} is too old: 3.51.3 or newer is needed")]
    OldSqlite {
        /// What SQLite calls itself.
        found: String,
    },
    /// The database file could not be made.
    #[error("could not make the vault's file")]
    File(#[source] io::Error),
    /// The database did not answer, or not as it should.
    #[error("could not reach the vault's database")]
    Store(#[from] sqlx::Error),
    /// The database did not answer in time.
    #[error("the vault's database did not answer in time")]
    TimedOut,
    /// This database was made with another master key.
    #[error("this is not the master key that the vault was made with")]
    WrongMasterKey,
    /// The master key was rotated since this process opened the vault.
    #[error("the master key was rotated: start this process again with the new one")]
    Rotated,
    /// The subject was erased: it has no key, and never gets one again.
    #[error("the subject's key is erased")]
    Erased,
    /// A stored key was changed by someone else: it does not open under the right master key.
    #[error("a stored key is damaged")]
    Damaged,
    /// Nobody can use the key any more, but somebody who reads the past, a backup say, still holds
    /// pages with its wrapped bytes.
    #[error("the key is erased, but its bytes are still in the vault's files: erase again")]
    EraseUnfinished,
}

/// Sealed bytes did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Too short, or of a version that this program does not know.
    #[error("the sealed bytes have an unknown form")]
    Form,
    /// Another key, another context, or changed bytes: which of them cannot be told.
    #[error("the sealed bytes do not belong here")]
    NotAuthentic,
}

/// The master key's file is not as it should be.
#[derive(Debug, Error)]
pub enum MasterKeyError {
    /// The file could not be read or written.
    #[error("could not use the master key's file")]
    File(#[source] io::Error),
    /// Others than its owner may use the file.
    #[error("the master key's file has mode {mode:04o}: only its owner may use it (0600)")]
    Mode {
        /// The file's permission bits.
        mode: u32,
    },
    /// The file is no key.
    #[error("the master key's file has {found} bytes: a key has 32")]
    Length {
        /// How many bytes the file has.
        found: usize,
    },
}
