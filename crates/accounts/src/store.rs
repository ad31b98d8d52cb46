//! Where accounts are kept: SQLite or PostgreSQL behind one trait.
//!
//! Every change is one statement that says by itself under which conditions it holds, and whether it
//! did. So nothing is left half done by a caller who goes away, and nothing is done twice.

mod postgres;
mod sqlite;
mod statements;

use std::sync::Arc;

use async_trait::async_trait;

use crate::{AccountsError, attempts::Attempts};

/// An account as it is stored.
#[derive(Clone)]
pub(crate) struct AccountRow {
    pub(crate) account_id: String,
    pub(crate) login_name: String,
    pub(crate) office: i64,
    pub(crate) agency: String,
    pub(crate) staff: String,
    pub(crate) roles: String,
    pub(crate) state: i64,
    /// Counts up whenever what its bearer may do changes; sessions live for one version.
    pub(crate) version: i64,
    pub(crate) password_hash: Option<String>,
    pub(crate) second_factor: Option<Vec<u8>>,
    pub(crate) code_hash: Option<Vec<u8>>,
    pub(crate) code_until: Option<i64>,
}

/// A session that begins.
#[derive(Clone)]
pub(crate) struct BegunSession {
    pub(crate) token_session: String,
    pub(crate) ends_known: i64,
    pub(crate) began_at: i64,
}

/// A session as it is stored, with what its account says.
#[derive(Clone)]
pub(crate) struct SessionRow {
    pub(crate) token_session: String,
    pub(crate) ends_known: i64,
    pub(crate) began_at: i64,
    pub(crate) seen_at: i64,
    pub(crate) office: i64,
    pub(crate) agency: String,
    pub(crate) staff: String,
    pub(crate) roles: String,
}

/// The moments before which a session that began, or was last seen, has ended.
#[derive(Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) began_before: i64,
    pub(crate) seen_before: i64,
}

/// Keeps accounts, sessions and attempts. Whatever a method reports as written is written; those
/// that answer yes or no changed something, or nothing.
#[async_trait]
pub(crate) trait AccountStore: Send + Sync {
    /// Keeps a new account; not when its login name or its staff code is taken.
    async fn add(&self, account: &AccountRow) -> Result<bool, AccountsError>;
    async fn find(&self, login_name: &str) -> Result<Option<AccountRow>, AccountsError>;
    async fn find_subject(&self, subject: &[u8]) -> Result<Option<AccountRow>, AccountsError>;
    async fn all(&self) -> Result<Vec<AccountRow>, AccountsError>;

    /// Each of these four ends the sessions of the account by its new version.
    async fn set_roles(&self, login_name: &str, roles: &str) -> Result<bool, AccountsError>;
    async fn invite(
        &self,
        login_name: &str,
        code: &[u8],
        until: i64,
    ) -> Result<bool, AccountsError>;
    async fn end(&self, login_name: &str) -> Result<bool, AccountsError>;
    /// Leaves a subject of an identity provider as the only way in; not when it is another account's.
    async fn link(&self, login_name: &str, subject: &[u8]) -> Result<bool, AccountsError>;

    /// Keeps password and second factor of somebody invited, as long as their code is good.
    async fn prepare(
        &self,
        account: &AccountRow,
        now: i64,
        password_hash: &str,
        second_factor: &[u8],
    ) -> Result<bool, AccountsError>;
    /// Makes the account one to sign in with, if nothing of it has changed; its code is used up,
    /// and so is this time step.
    async fn activate(
        &self,
        account: &AccountRow,
        now: i64,
        step: i64,
    ) -> Result<bool, AccountsError>;
    /// Uses up a time step, and with it all before; only once, and only in this version.
    async fn use_step(&self, account: &AccountRow, step: i64) -> Result<bool, AccountsError>;

    /// Keeps a session of an account that is still as it was.
    async fn begin_session(
        &self,
        account: &AccountRow,
        hash: &[u8],
        session: &BegunSession,
    ) -> Result<bool, AccountsError>;
    /// A session that has not ended, of an account that is still as it was.
    async fn session(&self, hash: &[u8], ended: Ended)
    -> Result<Option<SessionRow>, AccountsError>;
    async fn see_session(&self, hash: &[u8], now: i64) -> Result<(), AccountsError>;
    async fn end_session(&self, hash: &[u8]) -> Result<(), AccountsError>;
    async fn forget_sessions(&self, ended: Ended) -> Result<(), AccountsError>;

    async fn attempts(&self, key: &[u8]) -> Result<Option<Attempts>, AccountsError>;
    /// Counts an attempt, unless somebody else has counted one meanwhile.
    async fn count(
        &self,
        key: &[u8],
        before: Option<Attempts>,
        after: Attempts,
    ) -> Result<bool, AccountsError>;
    async fn take_back_attempt(&self, key: &[u8]) -> Result<(), AccountsError>;
    async fn forget_attempts_before(&self, at: i64) -> Result<(), AccountsError>;
}

/// Opens the store at this address, and makes its tables if they are missing.
pub(crate) async fn open(address: &str) -> Result<Arc<dyn AccountStore>, AccountsError> {
    match address.split_once(':') {
        Some(("sqlite", _)) => Ok(Arc::new(sqlite::SqliteStore::open(address).await?)),
        Some(("postgres" | "postgresql", _)) => {
            Ok(Arc::new(postgres::PostgresStore::open(address).await?))
        }
        _ => Err(AccountsError::Address),
    }
}
