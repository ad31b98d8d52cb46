//! Keys per subject: seal, open, erase.
//!
//! The log never forgets, but a person may ask to be forgotten. So whatever is personal in an
//! event is sealed under a key of that person's own, the keys live here, in a database of their
//! own, and to erase a person is to destroy one key: every copy of the log then holds bytes that
//! nobody can open.
//!
//! - A **subject** ([`Subject`]) is whoever a key belongs to: a category and a key in it.
//! - A **subject key** ([`SubjectKey`]) is 256 random bits. It is durable before
//!   [`Vault::ensure_key`] returns it, so nothing is ever sealed under a key that a crash loses.
//! - The **master key** ([`MasterKey`]) wraps every subject key before it is stored. It is not in
//!   the database: whoever has the database alone has nothing. [`Vault::rotate`] wraps everything
//!   under another.
//! - The **root** is a random secret of the vault's own, wrapped like a subject key. What the house
//!   needs for other purposes ([`Vault::derive`]) comes from it, so that a rotation changes none.
//!
//! # What erasure reaches
//!
//! [`Vault::erase`] overwrites the wrapped key and remembers that it did. On SQLite the bytes leave
//! the file and its write-ahead log before it returns; on PostgreSQL the table is written anew, but
//! PostgreSQL's own write-ahead log keeps them for a while, wrapped. A backup of the vault holds the
//! wrapped key until the backup is destroyed, or, after [`Vault::rotate`], until the old master key
//! is: no backup from before opens then. After a restore, erase again.
//!
//! The keys in use are held in memory. Another process that has a key there goes on opening with it
//! until it calls [`Vault::erase`] itself: every process does so for each erasure it reads in the
//! log, which is why erasing twice is no error.
//!
//! Invariant: no log, no event, no clock. This is the one crate where the randomness of keys lives.

mod cache;
mod cipher;
mod context;
mod error;
mod master_key;
mod secrets;
mod store;
mod subject;
mod vault;

pub use context::SealContext;
pub use error::{MasterKeyError, OpenError, VaultError};
pub use master_key::MasterKey;
pub use subject::{Subject, SubjectKey};
pub use vault::Vault;
