//! The store on PostgreSQL.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use tokio::time::{sleep, timeout};

use super::{KeyStore, Rewrap, StoredKey, Wrapped, stored_key};
use crate::error::VaultError;
use crate::subject::Subject;

/// Keys are cached and made once for each subject: a handful of connections is plenty.
const CONNECTIONS_MAX: u32 = 4;

/// A server that is silent for longer counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait for the tables, as PostgreSQL writes it, and what it says when that was in vain.
const LOCK_PATIENCE: &str = "2s";
const LOCKED: &str = "55P03";

/// The lock keeps two processes that start at once from making the tables twice, which PostgreSQL
/// answers with an error even for IF NOT EXISTS. Sent as one message, all this is one transaction.
///
/// ANALYZE keeps samples of a column in a table of its own, where a destroyed key would survive: of
/// these columns it takes none, and what it took of a vault that is older is dropped.
const TABLES: &str = "
    SELECT pg_advisory_xact_lock(8372640517296410837);
    CREATE TABLE IF NOT EXISTS vault_check (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        wrapped BYTEA NOT NULL
    );
    CREATE TABLE IF NOT EXISTS vault_secret (
        name TEXT PRIMARY KEY,
        wrapped BYTEA NOT NULL
    );
    CREATE TABLE IF NOT EXISTS vault_key (
        category TEXT NOT NULL,
        subject TEXT NOT NULL,
        wrapped BYTEA,
        PRIMARY KEY (category, subject)
    );
    DO $$
    DECLARE kept text;
    BEGIN
        FOREACH kept IN ARRAY ARRAY['vault_check', 'vault_secret', 'vault_key'] LOOP
            IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = kept::regclass
                    AND attname = 'wrapped' AND attstattarget IS DISTINCT FROM 0) THEN
                EXECUTE format('ALTER TABLE %I ALTER wrapped SET STATISTICS 0', kept);
                EXECUTE format('ALTER TABLE %I ALTER wrapped TYPE bytea', kept);
            END IF;
        END LOOP;
    END $$;
";

/// How often it is looked whether somebody reads the past still, and the pause between.
const LOOKS_MAX: u32 = 40;
const LOOK_PAUSE: Duration = Duration::from_millis(50);

pub struct PostgresStore(PgPool);

impl PostgresStore {
    pub async fn open(address: &str) -> Result<Self, VaultError> {
        // Not left to the server's configuration: a key is durable before its first use.
        let options = PgConnectOptions::from_str(address)?.options([("synchronous_commit", "on")]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(PATIENCE)
            // Who gave up waiting left a connection of which nobody knows whether it leads anywhere.
            .after_release(|connection, _| {
                Box::pin(async {
                    let asked = timeout(PATIENCE, connection.ping()).await;
                    asked.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
                })
            })
            .connect_with(options)
            .await?;
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        Ok(Self(pool))
    }
}

impl PostgresStore {
    /// How to connect for a statement that locks whole tables: behind somebody who holds one, a backup
    /// say, it gives up, since everybody else would queue behind it.
    fn impatient(&self) -> PgConnectOptions {
        let options = PgConnectOptions::clone(&self.0.connect_options());
        options.options([("lock_timeout", LOCK_PATIENCE)])
    }

    /// Waits until nobody can read any more what the tables held before their last change; false when
    /// somebody still can after a while.
    async fn is_past(&self) -> Result<bool, VaultError> {
        for _ in 0..LOOKS_MAX {
            sqlx::raw_sql("VACUUM vault_check, vault_secret, vault_key").execute(&self.0).await?;
            let kept: i64 = sqlx::query_scalar(
                "SELECT sum(pg_stat_get_dead_tuples(of::regclass))::bigint \
                 FROM unnest(ARRAY['vault_check', 'vault_secret', 'vault_key']) AS of",
            )
            .fetch_one(&self.0)
            .await?;
            if kept == 0 {
                return Ok(true);
            }
            sleep(LOOK_PAUSE).await;
        }
        Ok(false)
    }
}

async fn in_time<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>> + Send,
) -> Result<T, VaultError> {
    Ok(timeout(PATIENCE, answer).await.map_err(|_| VaultError::TimedOut)??)
}

#[async_trait]
impl KeyStore for PostgresStore {
    async fn ensure_check(&self, check: &[u8]) -> Result<Vec<u8>, VaultError> {
        let kept = sqlx::query(
            "INSERT INTO vault_check (only_row, wrapped) VALUES (1, $1) ON CONFLICT DO NOTHING",
        );
        in_time(kept.bind(check).execute(&self.0)).await?;
        let check = sqlx::query_scalar("SELECT wrapped FROM vault_check");
        in_time(check.fetch_one(&self.0)).await
    }

    async fn find(&self, subject: &Subject) -> Result<Option<StoredKey>, VaultError> {
        let wrapped = sqlx::query_scalar(
            "SELECT wrapped FROM vault_key WHERE category = $1 AND subject = $2",
        )
        .bind(&subject.category)
        .bind(&subject.key);
        Ok(in_time(wrapped.fetch_optional(&self.0)).await?.map(stored_key))
    }

    async fn ensure_secrets(
        &self,
        check: &[u8],
        secrets: &[(&str, Vec<u8>)],
    ) -> Result<Vec<(String, Vec<u8>)>, VaultError> {
        let (names, wrapped): (Vec<_>, Vec<_>) =
            secrets.iter().map(|(name, wrapped)| (*name, wrapped.as_slice())).unzip();
        sqlx::query(
            "INSERT INTO vault_secret (name, wrapped) \
             SELECT * FROM UNNEST($1::text[], $2::bytea[]) \
             WHERE EXISTS (SELECT 1 FROM vault_check WHERE wrapped = $3) ON CONFLICT DO NOTHING",
        )
        .bind(names)
        .bind(wrapped)
        .bind(check)
        .execute(&self.0)
        .await?;
        Ok(sqlx::query_as("SELECT name, wrapped FROM vault_secret").fetch_all(&self.0).await?)
    }

    async fn insert_if_absent(
        &self,
        check: &[u8],
        subject: &Subject,
        wrapped: &[u8],
    ) -> Result<(), VaultError> {
        let kept = sqlx::query(
            "INSERT INTO vault_key (category, subject, wrapped) SELECT $1, $2, $3 \
             WHERE EXISTS (SELECT 1 FROM vault_check WHERE wrapped = $4) ON CONFLICT DO NOTHING",
        )
        .bind(&subject.category)
        .bind(&subject.key)
        .bind(wrapped)
        .bind(check);
        in_time(kept.execute(&self.0)).await?;
        Ok(())
    }

    async fn erase(&self, subjects: &[Subject]) -> Result<bool, VaultError> {
        let (categories, keys): (Vec<_>, Vec<_>) = subjects
            .iter()
            .map(|subject| (subject.category.as_str(), subject.key.as_str()))
            .unzip();
        // Each once: one statement cannot change a row twice.
        let erased = sqlx::query(
            "INSERT INTO vault_key (category, subject, wrapped) \
             SELECT DISTINCT category, subject, NULL::bytea \
             FROM UNNEST($1::text[], $2::text[]) AS wanted (category, subject) \
             ON CONFLICT (category, subject) DO UPDATE SET wrapped = NULL \
             WHERE vault_key.wrapped IS NOT NULL",
        )
        .bind(categories)
        .bind(keys);
        Ok(in_time(erased.execute(&self.0)).await?.rows_affected() > 0)
    }

    async fn rewrap(&self, rewrap: Rewrap<'_>) -> Result<u64, VaultError> {
        let mut transaction = self.0.begin().await?;
        // Nobody writes meanwhile: a key that came in between would stay wrapped as it was, and one
        // that was erased would come back. Who waits here sees the new check value then.
        sqlx::raw_sql("LOCK TABLE vault_check, vault_secret, vault_key IN EXCLUSIVE MODE")
            .execute(&mut *transaction)
            .await?;
        let check: Vec<u8> = sqlx::query_scalar("SELECT wrapped FROM vault_check")
            .fetch_one(&mut *transaction)
            .await?;
        sqlx::query("UPDATE vault_check SET wrapped = $1")
            .bind(rewrap(Wrapped::Check, &check)?)
            .execute(&mut *transaction)
            .await?;
        let secrets: Vec<(String, Vec<u8>)> =
            sqlx::query_as("SELECT name, wrapped FROM vault_secret")
                .fetch_all(&mut *transaction)
                .await?;
        for (name, wrapped) in &secrets {
            sqlx::query("UPDATE vault_secret SET wrapped = $1 WHERE name = $2")
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
        let mut anew = (Vec::new(), Vec::new(), Vec::new());
        for (category, key, wrapped) in keys {
            let subject = Subject { category, key };
            anew.2.push(rewrap(Wrapped::Key(&subject), &wrapped)?);
            anew.0.push(subject.category);
            anew.1.push(subject.key);
        }
        sqlx::query(
            "UPDATE vault_key SET wrapped = anew.wrapped \
             FROM UNNEST($1::text[], $2::text[], $3::bytea[]) AS anew (category, subject, wrapped) \
             WHERE vault_key.category = anew.category AND vault_key.subject = anew.subject",
        )
        .bind(anew.0)
        .bind(anew.1)
        .bind(anew.2)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(count)
    }

    /// A plain VACUUM would leave the bytes in their pages until others come to lie there; the full
    /// one writes the tables anew and gives the old files back. It takes along what somebody with an
    /// old snapshot may still read, a backup say; so it comes when there is nobody like that.
    async fn sweep(&self) -> Result<(), VaultError> {
        if !self.is_past().await? {
            return Err(VaultError::EraseUnfinished);
        }
        let mut connection = PgConnection::connect_with(&self.impatient()).await?;
        let full = sqlx::raw_sql("VACUUM (FULL) vault_check, vault_secret, vault_key");
        let swept = full.execute(&mut connection).await;
        connection.close().await?;
        match swept {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(LOCKED) => {
                Err(VaultError::EraseUnfinished)
            }
            swept => Ok(swept.map(drop)?),
        }
    }
}
