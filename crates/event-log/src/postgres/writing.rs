//! The writer's steps on PostgreSQL. Arrays travel as arrays, one for each column.

use async_trait::async_trait;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::CHANNEL;
use crate::append::KnownRequest;
use crate::error::LogError;
use crate::event::{NewEvent, StreamKey};
use crate::rows::{self, signed};
use crate::sql;
use crate::store::{EventRow, RequestRow, StreamRow, StreamState, Tail, WriteConnection};

/// Takes the lock of the whole log (the number reads "Tsunagi" in ASCII) in a statement of its
/// own: at READ COMMITTED every later statement then sees whatever was committed before the lock
/// was given. The time limits end a replica that stalls while it holds the lock.
pub(super) const BEGIN_AND_LOCK: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
     SET LOCAL lock_timeout = '10s'; \
     SET LOCAL statement_timeout = '20s'; \
     SET LOCAL idle_in_transaction_session_timeout = '20s'; \
     SELECT pg_advisory_xact_lock(23770846243940201)";

/// A commit may be waiting for a standby. Cancelled there, it would be visible but not
/// replicated; so the time limit ends before it.
const COMMIT: &str = "SET LOCAL statement_timeout = 0; COMMIT";

const STREAMS: &str = "SELECT wanted.ordinality - 1 AS wanted_index, stream.stream_no, \
     last.version, last.position \
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (category, key, ordinality) \
     JOIN stream ON stream.category = wanted.category AND stream.key = wanted.key \
     CROSS JOIN LATERAL (SELECT event.version, event.position FROM event \
         WHERE event.stream_no = stream.stream_no ORDER BY event.version DESC LIMIT 1) AS last";

const REQUESTS: &str = "SELECT wanted.ordinality - 1 AS wanted_index, append_request.digest, \
     append_request.first_position, append_request.last_position \
     FROM unnest($1::text[], $2::bytea[]) \
         WITH ORDINALITY AS wanted (producer, request_id, ordinality) \
     JOIN append_request ON append_request.producer = wanted.producer \
         AND append_request.request_id = wanted.request_id";

const INSERT_STREAMS: &str = "INSERT INTO stream (stream_no, category, key) \
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])";

const INSERT_REQUESTS: &str = "INSERT INTO append_request \
     (request_no, producer, request_id, digest, first_position, last_position) \
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[], $5::bigint[], \
     $6::bigint[])";

const INSERT_EVENTS: &str = "INSERT INTO event \
     (position, stream_no, version, type_no, event_id, request_no, case_id, agency, staff, \
     on_behalf_of, correlation_id, causation_id, occurred_on, recorded_at, body, sealed, \
     content_hash, chain_hash) \
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], \
     $6::bigint[], $7::bytea[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::bytea[], \
     $13::text[], $14::bigint[], $15::bytea[], $16::bytea[], $17::bytea[], $18::bytea[])";

pub(super) struct PostgresWriter {
    connection: PgConnection,
}

impl PostgresWriter {
    pub(super) fn new(connection: PgConnection) -> Self {
        Self { connection }
    }

    async fn run(&mut self, statements: &'static str) -> Result<(), LogError> {
        sqlx::raw_sql(statements).execute(&mut self.connection).await?;
        Ok(())
    }
}

#[async_trait]
impl WriteConnection for PostgresWriter {
    async fn begin(&mut self) -> Result<Tail, LogError> {
        self.run(BEGIN_AND_LOCK).await?;
        let tail = sqlx::query(sql::TAIL).fetch_optional(&mut self.connection).await?;
        tail.as_ref().map_or(Ok(Tail::GENESIS), rows::tail)
    }

    async fn streams(
        &mut self,
        wanted: &[&StreamKey],
    ) -> Result<Vec<(usize, StreamState)>, LogError> {
        let found = sqlx::query(STREAMS)
            .bind(column(wanted, |stream| stream.category.as_str()))
            .bind(column(wanted, |stream| stream.key.as_str()));
        found.fetch_all(&mut self.connection).await?.iter().map(rows::stream_state).collect()
    }

    async fn requests(
        &mut self,
        wanted: &[(&str, Uuid)],
    ) -> Result<Vec<(usize, KnownRequest)>, LogError> {
        let found = sqlx::query(REQUESTS)
            .bind(column(wanted, |(producer, _)| *producer))
            .bind(column(wanted, |(_, id)| bytes(id)));
        found.fetch_all(&mut self.connection).await?.iter().map(rows::indexed_request).collect()
    }

    async fn insert_streams(&mut self, rows: &[StreamRow<'_>]) -> Result<(), LogError> {
        sqlx::query(INSERT_STREAMS)
            .bind(column(rows, |row| signed(row.stream_no)))
            .bind(column(rows, |row| row.stream.category.as_str()))
            .bind(column(rows, |row| row.stream.key.as_str()))
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    async fn insert_requests(&mut self, rows: &[RequestRow<'_>]) -> Result<(), LogError> {
        sqlx::query(INSERT_REQUESTS)
            .bind(column(rows, |row| signed(row.request_no)))
            .bind(column(rows, |row| row.append.producer.as_str()))
            .bind(column(rows, |row| bytes(&row.append.request_id)))
            .bind(column(rows, |row| &row.append.digest[..]))
            .bind(column(rows, |row| signed(row.first_position)))
            .bind(column(rows, |row| signed(row.last_position)))
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    async fn insert_events(&mut self, rows: &[EventRow<'_>]) -> Result<(), LogError> {
        let events = column(rows, |row| row.event);
        sqlx::query(INSERT_EVENTS)
            .bind(column(rows, |row| signed(row.position)))
            .bind(column(rows, |row| signed(row.stream_no)))
            .bind(column(rows, |row| signed(row.version)))
            .bind(column(&events, |event| i64::from(event.type_no)))
            .bind(column(&events, |event| bytes(&event.event_id)))
            .bind(column(rows, |row| signed(row.request_no)))
            .bind(column(&events, |event| event.case_id.as_ref().map(bytes)))
            .bind(column(&events, |event| event.agency.as_str()))
            .bind(column(&events, |event| event.staff.as_str()))
            .bind(column(&events, |event| event.on_behalf_of.as_deref()))
            .bind(column(&events, |event| bytes(&event.correlation_id)))
            .bind(column(&events, |event| event.causation_id.as_ref().map(bytes)))
            .bind(column(&events, occurred_on))
            .bind(column(rows, |row| row.recorded_at))
            .bind(column(&events, |event| event.body.as_slice()))
            .bind(column(&events, |event| event.sealed.as_slice()))
            .bind(column(rows, |row| &row.content_hash[..]))
            .bind(column(rows, |row| &row.chain_hash[..]))
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    /// One notification for the whole batch: while it commits, a transaction that notifies holds
    /// up every other one that does.
    async fn commit(&mut self, head: u64) -> Result<(), LogError> {
        sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(head.to_string())
            .execute(&mut self.connection)
            .await?;
        self.run(COMMIT).await
    }

    async fn rollback(&mut self) -> Result<(), LogError> {
        self.run("ROLLBACK").await
    }
}

fn column<'a, Row, Cell>(rows: &'a [Row], cell: impl Fn(&'a Row) -> Cell) -> Vec<Cell> {
    rows.iter().map(cell).collect()
}

fn bytes(id: &Uuid) -> &[u8] {
    id.as_bytes()
}

fn occurred_on(event: &&NewEvent) -> String {
    event.occurred_on.to_string()
}
