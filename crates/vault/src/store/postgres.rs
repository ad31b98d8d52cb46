//! The store on PostgreSQL.

use std::str::FromStr;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::{KeyStore, StoredKey, stored_key};
use crate::error::VaultError;
use crate::subject::Subject;

/// Keys are cached and made once for each subject: a handful of connections is plenty.
const CONNECTIONS_MAX: u32 = 4;

/// The lock keeps two processes that start at once from making the tables twice, which PostgreSQL
/// answers with an error even for IF NOT EXISTS. Sent as one message, all this is one transaction.
const TABLES: &str = "
    SELECT pg_advisory_xact_lock(8372640517296410837);
    CREATE TABLE IF NOT EXISTS vault_check (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        wrapped BYTEA NOT NULL
    );
    CREATE TABLE IF NOT EXISTS vault_key (
        category TEXT NOT NULL,
        subject TEXT NOT NULL,
        wrapped BYTEA,
        PRIMARY KEY (category, subject)
    );
";

pub struct PostgresStore(PgPool);

impl PostgresStore {
    pub async fn open(address: &str) -> Result<Self, VaultError> {
        // Not left to the server's configuration: a key is durable before its first use.
        let options = PgConnectOptions::from_str(address)?.options([("synchronous_commit", "on")]);
        let pool =
            PgPoolOptions::new().max_connections(CONNECTIONS_MAX).connect_with(options).await?;
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        Ok(Self(pool))
    }
}

#[async_trait]
impl KeyStore for PostgresStore {
    async fn ensure_check(&self, check: &[u8]) -> Result<Vec<u8>, VaultError> {
        sqlx::query(
            "INSERT INTO vault_check (only_row, wrapped) VALUES (1, $1) ON CONFLICT DO NOTHING",
        )
        .bind(check)
        .execute(&self.0)
        .await?;
        Ok(sqlx::query_scalar("SELECT wrapped FROM vault_check").fetch_one(&self.0).await?)
    }

    async fn find(&self, subject: &Subject) -> Result<Option<StoredKey>, VaultError> {
        let wrapped = sqlx::query_scalar(
            "SELECT wrapped FROM vault_key WHERE category = $1 AND subject = $2",
        )
        .bind(&subject.category)
        .bind(&subject.key)
        .fetch_optional(&self.0)
        .await?;
        Ok(wrapped.map(stored_key))
    }

    async fn insert_if_absent(&self, subject: &Subject, wrapped: &[u8]) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO vault_key (category, subject, wrapped) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&subject.category)
        .bind(&subject.key)
        .bind(wrapped)
        .execute(&self.0)
        .await?;
        Ok(())
    }

    async fn erase(&self, subject: &Subject) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO vault_key (category, subject, wrapped) VALUES ($1, $2, NULL) \
             ON CONFLICT (category, subject) DO UPDATE SET wrapped = NULL",
        )
        .bind(&subject.category)
        .bind(&subject.key)
        .execute(&self.0)
        .await?;
        Ok(())
    }
}
