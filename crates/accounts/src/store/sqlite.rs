//! The store in a SQLite file.

use std::{
    fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path, str::FromStr, time::Duration,
};

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::{
    AccountRow, AccountStore, BegunSession, Ended, SessionRow,
    statements::{self, AccountColumns, SessionColumns, account_store},
};
use crate::{
    AccountsError,
    account::AccountState,
    attempts::{Attempts, FAILURE},
};

/// Older ones can corrupt a database in WAL mode.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// How long to wait for another process. Its writes are as short as ours.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const CONNECTIONS_MAX: u32 = 4;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS account (
        account_id TEXT PRIMARY KEY,
        login_name TEXT NOT NULL UNIQUE,
        office INTEGER NOT NULL,
        agency TEXT NOT NULL,
        staff TEXT NOT NULL,
        roles TEXT NOT NULL,
        state INTEGER NOT NULL,
        version INTEGER NOT NULL,
        password_hash TEXT,
        second_factor BLOB,
        used_step INTEGER NOT NULL DEFAULT 0,
        code_hash BLOB,
        code_until INTEGER,
        UNIQUE (agency, staff)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS session (
        session_hash BLOB PRIMARY KEY,
        account_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        token_session TEXT NOT NULL,
        ends_known INTEGER NOT NULL,
        began_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS attempt (
        attempt_key BLOB PRIMARY KEY,
        failures INTEGER NOT NULL,
        last_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

pub(crate) struct SqliteStore(SqlitePool);

impl SqliteStore {
    pub(crate) async fn open(address: &str) -> Result<Self, AccountsError> {
        if address.contains(":memory:") || address.contains("mode=memory") {
            return Err(AccountsError::Address);
        }
        let options = connect_options(address)?;
        make_private_file(options.get_filename())?;
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS_MAX);
        let pool = pool.connect_with(options).await?;
        check_version(&pool).await?;
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        add_subjects(&pool).await?;
        Ok(Self(pool))
    }
}

/// `secure_delete`: whatever is deleted or replaced is overwritten with zeros in the file.
fn connect_options(address: &str) -> Result<SqliteConnectOptions, AccountsError> {
    Ok(SqliteConnectOptions::from_str(address)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("secure_delete", "ON"))
}

/// SQLite would make a file that all may read. Its side files take the file's own permissions.
fn make_private_file(path: &Path) -> Result<(), AccountsError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(path).map_err(AccountsError::File)?;
    Ok(())
}

/// Files of before know no identity provider. SQLite adds a column once only; of two processes that
/// start at once the other is told that it is there.
async fn add_subjects(pool: &SqlitePool) -> Result<(), AccountsError> {
    const HAS: &str =
        "SELECT COUNT(*) > 0 FROM pragma_table_info('account') WHERE name = 'subject_hash'";
    let has = || sqlx::query_scalar::<_, bool>(HAS).fetch_one(pool);
    if !has().await? {
        let added = sqlx::raw_sql("ALTER TABLE account ADD COLUMN subject_hash BLOB");
        if let Err(error) = added.execute(pool).await
            && !has().await?
        {
            return Err(error.into());
        }
    }
    let index = "CREATE UNIQUE INDEX IF NOT EXISTS account_subject ON account (subject_hash)";
    sqlx::raw_sql(index).execute(pool).await?;
    Ok(())
}

async fn check_version(pool: &SqlitePool) -> Result<(), AccountsError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    let numbers: Result<Vec<u32>, _> = found.split('.').map(str::parse).collect();
    let is_new_enough = numbers.is_ok_and(|numbers| numbers.as_slice() >= OLDEST_SQLITE.as_slice());
    if is_new_enough { Ok(()) } else { Err(AccountsError::OldSqlite { found }) }
}

account_store!(SqliteStore);
