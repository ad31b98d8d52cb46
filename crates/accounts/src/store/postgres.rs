//! The store on PostgreSQL.

use std::{str::FromStr, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Connection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};
use tokio::time::timeout;

use super::{
    AccountRow, AccountStore, BegunSession, Ended, SessionRow,
    statements::{self, AccountColumns, SessionColumns, account_store},
};
use crate::{
    AccountsError,
    account::AccountState,
    attempts::{Attempts, FAILURE},
};

/// Every page that is shown asks for its session, briefly.
const CONNECTIONS_MAX: u32 = 8;

/// A server that is silent for longer counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(10);

/// The lock keeps two processes that start at once from making the tables twice, which PostgreSQL
/// answers with an error even for IF NOT EXISTS. Sent as one message, all this is one transaction.
/// Accounts of before know no identity provider. ALTER TABLE locks everybody out before it looks what is
/// there, and waits for whoever reads; so it comes only where something is to be altered.
const TABLES: &str = "
    SELECT pg_advisory_xact_lock(2745190836610275938);
    CREATE TABLE IF NOT EXISTS account (
        account_id TEXT PRIMARY KEY,
        login_name TEXT NOT NULL UNIQUE,
        office BIGINT NOT NULL,
        agency TEXT NOT NULL,
        staff TEXT NOT NULL,
        roles TEXT NOT NULL,
        state BIGINT NOT NULL,
        version BIGINT NOT NULL,
        password_hash TEXT,
        second_factor BYTEA,
        used_step BIGINT NOT NULL DEFAULT 0,
        code_hash BYTEA,
        code_until BIGINT,
        UNIQUE (agency, staff)
    );
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'account'::regclass
            AND attname = 'subject_hash' AND NOT attisdropped) THEN
            ALTER TABLE account ADD COLUMN subject_hash BYTEA;
            CREATE UNIQUE INDEX account_subject ON account (subject_hash);
        END IF;
    END $$;
    CREATE TABLE IF NOT EXISTS session (
        session_hash BYTEA PRIMARY KEY,
        account_id TEXT NOT NULL,
        version BIGINT NOT NULL,
        token_session TEXT NOT NULL,
        ends_known BIGINT NOT NULL,
        began_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS attempt (
        attempt_key BYTEA PRIMARY KEY,
        failures BIGINT NOT NULL,
        last_at BIGINT NOT NULL
    );
";

pub(crate) struct PostgresStore(PgPool);

impl PostgresStore {
    pub(crate) async fn open(address: &str) -> Result<Self, AccountsError> {
        // Not left to the server's configuration: a time step that was used must stay used.
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

account_store!(PostgresStore);
