//! The log in a PostgreSQL database: one writing connection for each process, a pool that reads,
//! one connection that tells of commits and one that listens for them. None of them is waited for
//! longer than the log has patience.

mod lease;
mod news;
mod writing;

use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{ConnectOptions, Connection, PgPool, Postgres};
use tokio::time::timeout;
use uuid::Uuid;

use crate::append::KnownRequest;
use crate::error::LogError;
use crate::event::{StoredEvent, StreamKey};
use crate::follow::Filter;
use crate::hub::Hub;
use crate::patience::Patience;
use crate::rows::{self, signed};
use crate::sql::{self, select_events};
use crate::store::{Store, Stretch, WriteConnection};
use writing::{LOCK, PostgresWriter};

const SCHEMA: &str = include_str!("postgres/schema.sql");

/// On which channel a commit is told. Notifications stay within their database.
const CHANNEL: &str = "event_log";

const READERS_MAX: u32 = 8;

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
    patience: Patience,
}

impl PostgresStore {
    pub(crate) async fn open(url: &str, patience: Patience) -> Result<Self, LogError> {
        let options = PgConnectOptions::from_str(url)?;
        prepare(&options, patience).await?;
        let readers = PgPoolOptions::new()
            .max_connections(READERS_MAX)
            .acquire_timeout(patience.reading)
            .connect_with(options.clone())
            .await?;
        Ok(Self { options, readers, patience })
    }

    async fn connect(&self) -> Result<PgConnection, LogError> {
        connect(&self.options, self.patience).await
    }

    async fn all(
        &self,
        question: Query<'_, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, LogError> {
        lease::ask(&self.readers, self.patience.reading, question).await
    }

    async fn first(
        &self,
        question: Query<'_, Postgres, PgArguments>,
    ) -> Result<Option<PgRow>, LogError> {
        Ok(self.all(question).await?.into_iter().next())
    }

    async fn one(&self, question: Query<'_, Postgres, PgArguments>) -> Result<PgRow, LogError> {
        Ok(self.first(question).await?.ok_or(sqlx::Error::RowNotFound)?)
    }

    async fn head_of_log(&self) -> Result<u64, LogError> {
        rows::head(&self.one(sqlx::query(sql::HEAD)).await?)
    }
}

async fn connect(options: &PgConnectOptions, patience: Patience) -> Result<PgConnection, LogError> {
    let connected = timeout(patience.reading, options.connect()).await;
    Ok(connected.map_err(|_| LogError::TimedOut)??)
}

/// Creates the tables once. The lock keeps two processes from doing so together, and the question
/// lets a role that may only read and insert open a log that is there already.
async fn prepare(options: &PgConnectOptions, patience: Patience) -> Result<(), LogError> {
    let mut connection = connect(options, patience).await?;
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
        Ok(Box::new(PostgresWriter::init(self.connect().await?).await?))
    }

    async fn head(&self) -> Result<u64, LogError> {
        self.head_of_log().await
    }

    async fn page(&self, after: u64, limit: u32) -> Result<Vec<StoredEvent>, LogError> {
        let page = sqlx::query(sql::PAGE).bind(signed(after)).bind(i64::from(limit));
        self.all(page).await?.iter().map(rows::stored_event).collect()
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
        self.all(page).await?.iter().map(rows::stored_event).collect()
    }

    async fn stretch(&self, after: u64, window: u32) -> Result<Stretch, LogError> {
        let stretch = sqlx::query(sql::STRETCH).bind(signed(after)).bind(i64::from(window));
        rows::stretch(&self.one(stretch).await?)
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
        self.all(page).await?.iter().map(rows::stored_event).collect()
    }

    async fn known_request(
        &self,
        producer: &str,
        request_id: Uuid,
    ) -> Result<Option<KnownRequest>, LogError> {
        let known = sqlx::query(sql::KNOWN_REQUEST).bind(producer).bind(&request_id.as_bytes()[..]);
        self.first(known).await?.as_ref().map(rows::known_request).transpose()
    }

    async fn recorded_at(&self, position: u64) -> Result<Option<i64>, LogError> {
        let event = sqlx::query(sql::RECORDED_AT).bind(signed(position));
        self.first(event).await?.as_ref().map(rows::recorded_at).transpose()
    }

    /// It looks at the whole log, which may take longer than anything else.
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
