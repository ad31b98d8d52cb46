//! The PostgreSQL server that all sides share, and databases on it.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// A server, and how many databases were made on it so far.
pub struct Server {
    url: String,
    made: AtomicU32,
}

impl Server {
    /// The server at the address of a superuser. One that does not wait for the disk gives no
    /// figures worth comparing, so it is said loudly.
    pub async fn at(url: &str) -> Result<Self> {
        let mut connection = PgConnection::connect(url).await.context("no PostgreSQL there")?;
        let fsync: String = sqlx::query_scalar("SHOW fsync").fetch_one(&mut connection).await?;
        if fsync != "on" {
            eprintln!("this server has fsync = {fsync}: the figures mean nothing");
        }
        connection.close().await?;
        Ok(Self { url: url.to_owned(), made: AtomicU32::new(0) })
    }

    /// An empty database. Give it back with [`Server::discard`].
    pub async fn fresh_database(&self) -> Result<Database> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("bench_{}_{number}", std::process::id());
        self.run(&format!("CREATE DATABASE {name}")).await?;
        let (server, _) = self.url.rsplit_once('/').context("the address names no database")?;
        Ok(Database { url: format!("{server}/{name}"), name })
    }

    /// Deletes a database, so that what is left of it does not weigh on the next round.
    pub async fn discard(&self, database: Database) -> Result<()> {
        self.run(&format!("DROP DATABASE {} WITH (FORCE)", database.name)).await
    }

    /// The same starting point for every round: what earlier ones wrote is on the disk.
    pub async fn settle(&self, database: &Database) -> Result<()> {
        self.settle_at(&database.url).await
    }

    /// The same for a database that somebody else made.
    pub async fn settle_at(&self, url: &str) -> Result<()> {
        run(url, "VACUUM ANALYZE").await?;
        self.run("CHECKPOINT").await
    }

    async fn run(&self, statement: &str) -> Result<()> {
        run(&self.url, statement).await
    }
}

/// One database on it.
pub struct Database {
    /// Its address.
    pub url: String,
    name: String,
}

impl Database {
    /// Runs statements that were written in this package.
    pub async fn run(&self, statements: &str) -> Result<()> {
        run(&self.url, statements).await
    }

    /// How many rows a table holds.
    pub async fn count(&self, table: &str) -> Result<u64> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let count = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(count.unsigned_abs())
    }

    /// Fails when a side counted more than is there: what was not stored was not done.
    pub async fn ensure_at_least(&self, table: &str, done: u64) -> Result<()> {
        let stored = self.count(table).await?;
        ensure!(stored >= done, "{done} were answered, but {table} holds {stored}");
        Ok(())
    }
}

async fn run(url: &str, statements: &str) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    // Names and statements are made in this package, of letters and digits.
    connection.execute(sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))).await?;
    connection.close().await?;
    Ok(())
}
