//! The store in a SQLite file.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{QueryBuilder, Sqlite};

use super::{KeyStore, Rewrap, StoredKey, Wrapped, stored_key};
use crate::error::VaultError;
use crate::subject::Subject;

/// Older ones can corrupt a database in WAL mode.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// How long to wait for another process. Its writes are as short as ours.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Subjects of one statement; each binds two values, of some 32,000 that are allowed.
const SUBJECTS_AT_ONCE: usize = 1_000;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS vault_check (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        wrapped BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS vault_secret (
        name TEXT PRIMARY KEY,
        wrapped BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS vault_key (
        category TEXT NOT NULL,
        subject TEXT NOT NULL,
        wrapped BLOB,
        PRIMARY KEY (category, subject)
    ) STRICT, WITHOUT ROWID;
";

/// One connection is enough, since keys in use are cached; and with no reader of our own beside it,
/// an erasure can always empty the write-ahead log.
pub struct SqliteStore(SqlitePool);

impl SqliteStore {
    pub async fn open(address: &str) -> Result<Self, VaultError> {
        if address.contains(":memory:") || address.contains("mode=memory") {
            return Err(VaultError::Address);
        }
        let options = connect_options(address)?;
        make_private_file(options.get_filename())?;
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        check_version(&pool).await?;
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        Ok(Self(pool))
    }

    /// Moves everything into the file itself and empties the write-ahead log.
    async fn empty_write_ahead_log(&self) -> Result<(), VaultError> {
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.0).await?;
        if busy == 0 { Ok(()) } else { Err(VaultError::EraseUnfinished) }
    }
}

/// `secure_delete`: whatever is deleted is overwritten with zeros in the file.
fn connect_options(address: &str) -> Result<SqliteConnectOptions, VaultError> {
    Ok(SqliteConnectOptions::from_str(address)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("secure_delete", "ON"))
}

/// SQLite would make a file that all may read. Its side files take the file's own permissions.
fn make_private_file(path: &Path) -> Result<(), VaultError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(path).map_err(VaultError::File)?;
    Ok(())
}

async fn check_version(pool: &SqlitePool) -> Result<(), VaultError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    if is_new_enough(&found) { Ok(()) } else { Err(VaultError::OldSqlite { found }) }
}

fn is_new_enough(version: &str) -> bool {
    let numbers: Result<Vec<u32>, _> = version.split('.').map(str::parse).collect();
    numbers.is_ok_and(|numbers| numbers.as_slice() >= OLDEST_SQLITE.as_slice())
}

#[async_trait]
impl KeyStore for SqliteStore {
    async fn ensure_check(&self, check: &[u8]) -> Result<Vec<u8>, VaultError> {
        sqlx::query(
            "INSERT INTO vault_check (only_row, wrapped) VALUES (1, ?) ON CONFLICT DO NOTHING",
        )
        .bind(check)
        .execute(&self.0)
        .await?;
        Ok(sqlx::query_scalar("SELECT wrapped FROM vault_check").fetch_one(&self.0).await?)
    }

    async fn find(&self, subject: &Subject) -> Result<Option<StoredKey>, VaultError> {
        let wrapped =
            sqlx::query_scalar("SELECT wrapped FROM vault_key WHERE category = ? AND subject = ?")
                .bind(&subject.category)
                .bind(&subject.key)
                .fetch_optional(&self.0)
                .await?;
        Ok(wrapped.map(stored_key))
    }

    async fn ensure_secrets(
        &self,
        check: &[u8],
        secrets: &[(&str, Vec<u8>)],
    ) -> Result<Vec<(String, Vec<u8>)>, VaultError> {
        for (name, wrapped) in secrets {
            sqlx::query(
                "INSERT INTO vault_secret (name, wrapped) SELECT ?, ? \
                 WHERE EXISTS (SELECT 1 FROM vault_check WHERE wrapped = ?) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(name)
            .bind(wrapped)
            .bind(check)
            .execute(&self.0)
            .await?;
        }
        Ok(sqlx::query_as("SELECT name, wrapped FROM vault_secret").fetch_all(&self.0).await?)
    }

    async fn insert_if_absent(
        &self,
        check: &[u8],
        subject: &Subject,
        wrapped: &[u8],
    ) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO vault_key (category, subject, wrapped) SELECT ?, ?, ? \
             WHERE EXISTS (SELECT 1 FROM vault_check WHERE wrapped = ?) ON CONFLICT DO NOTHING",
        )
        .bind(&subject.category)
        .bind(&subject.key)
        .bind(wrapped)
        .bind(check)
        .execute(&self.0)
        .await?;
        Ok(())
    }

    async fn erase(&self, subjects: &[Subject]) -> Result<bool, VaultError> {
        let mut destroyed = 0;
        for some in subjects.chunks(SUBJECTS_AT_ONCE) {
            let insert = "INSERT INTO vault_key (category, subject, wrapped) ";
            let mut erase = QueryBuilder::<Sqlite>::new(insert);
            erase.push_values(some, |mut row, subject| {
                row.push_bind(&subject.category).push_bind(&subject.key).push("NULL");
            });
            erase.push(
                " ON CONFLICT (category, subject) DO UPDATE SET wrapped = NULL \
                 WHERE wrapped IS NOT NULL",
            );
            destroyed += erase.build().execute(&self.0).await?.rows_affected();
        }
        Ok(destroyed > 0)
    }

    async fn rewrap(&self, rewrap: Rewrap<'_>) -> Result<u64, VaultError> {
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let check: Vec<u8> = sqlx::query_scalar("SELECT wrapped FROM vault_check")
            .fetch_one(&mut *transaction)
            .await?;
        sqlx::query("UPDATE vault_check SET wrapped = ?")
            .bind(rewrap(Wrapped::Check, &check)?)
            .execute(&mut *transaction)
            .await?;
        let secrets: Vec<(String, Vec<u8>)> =
            sqlx::query_as("SELECT name, wrapped FROM vault_secret")
                .fetch_all(&mut *transaction)
                .await?;
        for (name, wrapped) in &secrets {
            sqlx::query("UPDATE vault_secret SET wrapped = ? WHERE name = ?")
                .bind(rewrap(Wrapped::Secret(name), wrapped)?)
                .bind(name)
                .execute(&mut *transaction)
                .await?;
        }
        let keys: Vec<(String, String, Vec<u8>)> = sqlx::query_as(
            "SELECT category, subject, wrapped FROM vault_key WHERE wrapped IS NOT NULL",
        )
        .fetch_all(&mut *transaction)
        .await?;
        let count = keys.len() as u64;
        for (category, key, wrapped) in keys {
            let subject = Subject { category, key };
            sqlx::query("UPDATE vault_key SET wrapped = ? WHERE category = ? AND subject = ?")
                .bind(rewrap(Wrapped::Key(&subject), &wrapped)?)
                .bind(&subject.category)
                .bind(&subject.key)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(count)
    }

    async fn sweep(&self) -> Result<(), VaultError> {
        self.empty_write_ahead_log().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_new_enough("3.51.3"));
        assert!(is_new_enough("3.100.0"));
        assert!(!is_new_enough("3.51.2"));
        assert!(!is_new_enough("3.9.9"));
        assert!(!is_new_enough("unknown"));
    }
}
