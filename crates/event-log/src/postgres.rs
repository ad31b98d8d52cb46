//! The log in a PostgreSQL database: one writing connection for each process, a pool that reads,
//! one connection that tells of commits and one that listens for them.

mod news;
mod writing;

use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};
use uuid::Uuid;

use crate::append::KnownRequest;
use crate::error::LogError;
use crate::event::{StoredEvent, StreamKey};
use crate::follow::Filter;
use crate::hub::Hub;
use crate::rows::{self, signed};
use crate::sql::{self, select_events};
use crate::store::{Store, Stretch, WriteConnection};
use writing::{LOCK, PostgresWriter};

const SCHEMA: &str = include_str!("postgres/schema.sql");

/// On which channel a commit is told. Notifications stay within their database.
const CHANNEL: &str = "event_log";

/// Eight that read and one that listens.
const READERS_MAX: u32 = 9;

/// An empty array lets everything pass.
const PAGE_OF: &str = select_events!(
    "WHERE event.position > $1 AND event.position <= $2 \
     AND (cardinality($3::text[]) = 0 OR stream.category = ANY($3)) \
     AND (cardinality($4::bigint[]) = 0 OR event.type_no = ANY($4)) \
     ORDER BY event.position"
);

pub(crate) struct PostgresStore {
    options: PgConnectOptions,
    readers: PgPool,
}

impl PostgresStore {
    pub(crate) async fn open(url: &str) -> Result<Self, LogError> {
        let options = PgConnectOptions::from_str(url)?;
        prepare(&options).await?;
        let readers =
            PgPoolOptions::new().max_connections(READERS_MAX).connect_with(options.clone()).await?;
        Ok(Self { options, readers })
    }
}

impl PostgresStore {
    async fn head_of_log(&self) -> Result<u64, LogError> {
        rows::head(&sqlx::query(sql::HEAD).fetch_one(&self.readers).await?)
    }
}

/// Creates the tables once. The lock keeps two processes from doing so together, and the question
/// lets a role that may only read and insert open a log that is there already.
async fn prepare(options: &PgConnectOptions) -> Result<(), LogError> {
    let mut connection = options.connect().await?;
    sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
    sqlx::raw_sql(LOCK).execute(&mut connection).await?;
    let missing: bool = sqlx::query_scalar("SELECT to_regclass('append_request') IS NULL")
        .fetch_one(&mut connection)
        .await?;
    if missing {
        sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
    }
    sqlx::raw_sql("COMMIT").execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

#[async_trait]
impl Store for PostgresStore {
    /// A connection of its own rather than one of a pool: what an error leaves open in it ends
    /// with it, and can never reach somebody else.
    async fn connect_writer(&self) -> Result<Box<dyn WriteConnection>, LogError> {
        Ok(Box::new(PostgresWriter::init(self.options.connect().await?).await?))
    }

    async fn head(&self) -> Result<u64, LogError> {
        self.head_of_log().await
    }

    async fn page(&self, after: u64, limit: u32) -> Result<Vec<StoredEvent>, LogError> {
        let page = sqlx::query(sql::PAGE).bind(signed(after)).bind(i64::from(limit));
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
            .bind(i64::from(limit));
        page.fetch_all(&self.readers).await?.iter().map(rows::stored_event).collect()
    }

    async fn stretch(&self, after: u64, window: u32) -> Result<Stretch, LogError> {
        let stretch = sqlx::query(sql::STRETCH).bind(signed(after)).bind(i64::from(window));
        rows::stretch(&stretch.fetch_one(&self.readers).await?)
    }

    async fn page_of(
        &self,
        filter: &Filter,
        after: u64,
        up_to: u64,
    ) -> Result<Vec<StoredEvent>, LogError> {
        let types: Vec<i64> = filter.types.iter().copied().map(i64::from).collect();
        let page = sqlx::query(PAGE_OF)
            .bind(signed(after))
            .bind(signed(up_to))
            .bind(&filter.categories)
            .bind(types);
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

    async fn exchange_news(&self, hub: Arc<Hub>) {
        news::exchange(self, &hub).await;
    }

    async fn close(&self) {
        self.readers.close().await;
    }
}
