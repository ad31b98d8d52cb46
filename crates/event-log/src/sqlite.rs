//! The log in one SQLite file: one writing connection, and a pool that only reads.

mod writing;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlitePool};
use uuid::Uuid;

use crate::append::KnownRequest;
use crate::error::LogError;
use crate::event::{StoredEvent, StreamKey};
use crate::follow::Filter;
use crate::hub::Hub;
use crate::rows::{self, signed};
use crate::sql::{self, select_events};
use crate::store::{Store, Stretch, WriteConnection};
use writing::SqliteWriter;

const SCHEMA: &str = include_str!("sqlite/schema.sql");

/// Older ones can corrupt a database in WAL mode when one connection checkpoints while another
/// commits, and this crate always has several.
const VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

/// Another process may hold the write lock for as long as it writes one batch.
const BUSY_SECONDS: u64 = 10;

const READERS_MAX: u32 = 8;

/// An empty array lets everything pass.
const PAGE_OF: &str = select_events!(
    "WHERE event.position > $1 AND event.position <= $2 \
     AND ($3 = '[]' OR stream.category IN (SELECT value FROM json_each($3))) \
     AND ($4 = '[]' OR event.type_no IN (SELECT value FROM json_each($4))) \
     ORDER BY event.position"
);

pub(crate) struct SqliteStore {
    writing: SqliteConnectOptions,
    readers: SqlitePool,
}

impl SqliteStore {
    pub(crate) async fn open(url: &str) -> Result<Self, LogError> {
        if is_in_memory(url) {
            return Err(LogError::Address);
        }
        let options = SqliteConnectOptions::from_str(url)?
            .busy_timeout(Duration::from_secs(BUSY_SECONDS))
            .pragma("mmap_size", "0");
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        make_for_owner(writing.get_filename())?;
        prepare(&writing).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self { writing, readers })
    }
}

/// A new log can be read by its owner alone; SQLite gives its side files the same mode.
fn make_for_owner(path: &Path) -> Result<(), LogError> {
    let made = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
    made.map(|_| ()).map_err(|error| LogError::from(sqlx::Error::Io(error)))
}

/// Every connection of an in-memory database would see a log of its own.
fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

async fn prepare(options: &SqliteConnectOptions) -> Result<(), LogError> {
    let mut connection = options.connect().await?;
    check_version(&mut connection).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

async fn check_version(connection: &mut SqliteConnection) -> Result<(), LogError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await?;
    match version(&found) {
        Some(version) if version >= VERSION_MIN => Ok(()),
        _ => Err(LogError::SqliteTooOld { found }),
    }
}

fn version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[async_trait]
impl Store for SqliteStore {
    async fn connect_writer(&self) -> Result<Box<dyn WriteConnection>, LogError> {
        Ok(Box::new(SqliteWriter::new(self.writing.connect().await?)))
    }

    async fn head(&self) -> Result<u64, LogError> {
        rows::head(&sqlx::query(sql::HEAD).fetch_one(&self.readers).await?)
    }

    async fn page(&self, after: u64, limit: u32) -> Result<Vec<StoredEvent>, LogError> {
        let page = sqlx::query(sql::PAGE).bind(signed(after)).bind(limit);
        page.fetch_all(&self.readers).await?.iter().map(rows::stored_event).collect()
    }

    async fn page_of_stream(
        &self,
        stream: &StreamKey,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, LogError> {
        let page = sqlx::query(sql::PAGE_OF_STREAM)
            .bind(&stream.category)
            .bind(&stream.key)
            .bind(signed(after_version))
            .bind(limit);
        page.fetch_all(&self.readers).await?.iter().map(rows::stored_event).collect()
    }

    async fn stretch(&self, after: u64, window: u32) -> Result<Stretch, LogError> {
        let stretch = sqlx::query(sql::STRETCH).bind(signed(after)).bind(window);
        rows::stretch(&stretch.fetch_one(&self.readers).await?)
    }

    async fn page_of(
        &self,
        filter: &Filter,
        after: u64,
        up_to: u64,
    ) -> Result<Vec<StoredEvent>, LogError> {
        let page = sqlx::query(PAGE_OF)
            .bind(signed(after))
            .bind(signed(up_to))
            .bind(json!(filter.categories).to_string())
            .bind(json!(filter.types).to_string());
        page.fetch_all(&self.readers).await?.iter().map(rows::stored_event).collect()
    }

    async fn known_request(
        &self,
        producer: &str,
        request_id: Uuid,
    ) -> Result<Option<KnownRequest>, LogError> {
        let known = sqlx::query(sql::KNOWN_REQUEST).bind(producer).bind(&request_id.as_bytes()[..]);
        known.fetch_optional(&self.readers).await?.as_ref().map(rows::known_request).transpose()
    }

    async fn recorded_at(&self, position: u64) -> Result<Option<i64>, LogError> {
        let event = sqlx::query(sql::RECORDED_AT).bind(signed(position));
        event.fetch_optional(&self.readers).await?.as_ref().map(rows::recorded_at).transpose()
    }

    async fn requests_misfit(&self) -> Result<Option<u64>, LogError> {
        let misfit = sqlx::query(sql::REQUESTS_MISFIT).fetch_optional(&self.readers).await?;
        misfit.as_ref().map(rows::misfit).transpose()
    }

    /// SQLite notifies nobody.
    async fn exchange_news(&self, _hub: Arc<Hub>) {}

    async fn close(&self) {
        self.readers.close().await;
    }
}
