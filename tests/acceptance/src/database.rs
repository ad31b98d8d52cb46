//! PostgreSQL databases of a test's own, on the server that `cargo xtask test` starts.

use anyhow::Context;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tsunagi::Config;

/// Three fresh databases: log, reads, vault.
pub struct PostgresDatabases {
    server: String,
    prefix: String,
}

impl PostgresDatabases {
    /// Makes them.
    pub async fn create() -> anyhow::Result<Self> {
        let server = std::env::var("TSUNAGI_TEST_POSTGRES")
            .context("set TSUNAGI_TEST_POSTGRES or run `cargo xtask test`")?;
        Self::create_on(&server).await
    }

    /// The same on the server with this superuser's address.
    pub async fn create_on(server: &str) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(server).await?;
        let prefix = format!("acceptance_{:x}", std::process::id()) + &unique();
        for purpose in ["log", "reads", "vault"] {
            // The name is made here, of letters and digits.
            let create = AssertSqlSafe(format!("CREATE DATABASE {prefix}_{purpose}"));
            connection.execute(create).await?;
        }
        Ok(Self { server: server.to_owned(), prefix })
    }

    /// The address of one of them.
    pub fn url(&self, purpose: &str) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap_or((&self.server, ""));
        format!("{server}/{}_{purpose}", self.prefix)
    }
}

impl PostgresDatabases {
    /// A house on them.
    pub fn of(&self, mut config: Config) -> Config {
        config.log.url = self.url("log");
        config.reads.url = self.url("reads");
        config.vault.url = self.url("vault");
        config
    }
}

fn unique() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
