//! The writer's steps on SQLite. Arrays travel as one JSON parameter, bytes in it as hexadecimal:
//! SQLite has no array type, and one statement is far cheaper than one for every row.

use async_trait::async_trait;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use crate::append::KnownRequest;
use crate::error::LogError;
use crate::event::StreamKey;
use crate::rows::{self, signed};
use crate::sql;
use crate::store::{
    EventRow, Move, RequestRow, Rows, StreamRow, StreamState, Tail, WriteConnection,
};

/// CROSS JOIN keeps SQLite from reading a whole table first and the short array for each row.
const STREAMS: &str = "SELECT wanted.key AS wanted_index, stream.stream_no, event.version, \
     event.position \
     FROM json_each($1) AS wanted \
     CROSS JOIN stream ON stream.category = wanted.value ->> 0 AND stream.key = wanted.value ->> 1 \
     CROSS JOIN event ON event.stream_no = stream.stream_no AND event.version = \
         (SELECT MAX(last.version) FROM event AS last WHERE last.stream_no = stream.stream_no)";

const REQUESTS: &str = "SELECT wanted.key AS wanted_index, append_request.digest, \
     append_request.first_position, append_request.last_position \
     FROM json_each($1) AS wanted \
     CROSS JOIN append_request ON append_request.producer = wanted.value ->> 0 \
         AND append_request.request_id = unhex(wanted.value ->> 1)";

const INSERT_STREAMS: &str = "INSERT INTO stream (stream_no, category, key) \
     SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)";

const INSERT_REQUESTS: &str = "INSERT INTO append_request \
     (request_no, producer, request_id, digest, first_position, last_position) \
     SELECT value ->> 0, value ->> 1, unhex(value ->> 2), unhex(value ->> 3), value ->> 4, \
     value ->> 5 FROM json_each($1)";

const INSERT_EVENTS: &str = "INSERT INTO event \
     (position, stream_no, version, type_no, event_id, request_no, case_id, agency, staff, \
     on_behalf_of, correlation_id, causation_id, occurred_on, recorded_at, body, sealed, \
     content_hash, chain_hash) \
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, unhex(value ->> 4), value ->> 5, \
     unhex(value ->> 6), value ->> 7, value ->> 8, value ->> 9, unhex(value ->> 10), \
     unhex(value ->> 11), value ->> 12, value ->> 13, unhex(value ->> 14), unhex(value ->> 15), \
     unhex(value ->> 16), unhex(value ->> 17) FROM json_each($1)";

pub(super) struct SqliteWriter {
    connection: SqliteConnection,
}

impl SqliteWriter {
    pub(super) fn new(connection: SqliteConnection) -> Self {
        Self { connection }
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), LogError> {
        sqlx::query(statement).execute(&mut self.connection).await?;
        Ok(())
    }

    async fn insert_into(
        &mut self,
        statement: &'static str,
        rows: Vec<Value>,
    ) -> Result<(), LogError> {
        let rows = Value::Array(rows).to_string();
        sqlx::query(statement).bind(rows).execute(&mut self.connection).await?;
        Ok(())
    }
}

#[async_trait]
impl WriteConnection for SqliteWriter {
    /// IMMEDIATE takes the write lock at once. A transaction that reads first and writes later
    /// would be refused, without waiting, whenever another process wrote in between.
    async fn begin(&mut self) -> Result<Tail, LogError> {
        self.run("BEGIN IMMEDIATE").await?;
        let tail = sqlx::query(sql::TAIL).fetch_optional(&mut self.connection).await?;
        tail.as_ref().map_or(Ok(Tail::GENESIS), rows::tail)
    }

    async fn streams(
        &mut self,
        wanted: &[&StreamKey],
    ) -> Result<Vec<(usize, StreamState)>, LogError> {
        let wanted: Value =
            wanted.iter().map(|stream| json!([stream.category, stream.key])).collect();
        let found = sqlx::query(STREAMS).bind(wanted.to_string());
        found.fetch_all(&mut self.connection).await?.iter().map(rows::stream_state).collect()
    }

    async fn requests(
        &mut self,
        wanted: &[(&str, Uuid)],
    ) -> Result<Vec<(usize, KnownRequest)>, LogError> {
        let wanted: Value =
            wanted.iter().map(|(producer, id)| json!([producer, hex_id(id)])).collect();
        let found = sqlx::query(REQUESTS).bind(wanted.to_string());
        found.fetch_all(&mut self.connection).await?.iter().map(rows::indexed_request).collect()
    }

    async fn moves_from(&mut self, position: u64, limit: u32) -> Result<Vec<Move>, LogError> {
        let moves = sqlx::query(sql::MOVES_FROM).bind(signed(position)).bind(limit);
        moves.fetch_all(&mut self.connection).await?.iter().map(rows::moved).collect()
    }

    async fn requests_after(
        &mut self,
        request_no: u64,
        limit: u32,
    ) -> Result<Vec<(u64, String, Uuid)>, LogError> {
        let requests = sqlx::query(sql::REQUESTS_AFTER).bind(signed(request_no)).bind(limit);
        let requests = requests.fetch_all(&mut self.connection).await?;
        requests.iter().map(rows::numbered_request).collect()
    }

    async fn insert(&mut self, rows: &Rows<'_>) -> Result<(), LogError> {
        if !rows.streams.is_empty() {
            let streams = rows.streams.iter().map(stream_as_json);
            self.insert_into(INSERT_STREAMS, streams.collect()).await?;
        }
        let requests = rows.requests.iter().map(request_as_json);
        self.insert_into(INSERT_REQUESTS, requests.collect()).await?;
        self.insert_into(INSERT_EVENTS, rows.events.iter().map(event_as_json).collect()).await
    }

    /// Here a transaction costs no round trip, so there is nothing to spare.
    async fn append_at(&mut self, _tail: &Tail, _rows: &Rows<'_>) -> Result<bool, LogError> {
        Ok(false)
    }

    async fn commit(&mut self) -> Result<(), LogError> {
        self.run("COMMIT").await
    }

    async fn rollback(&mut self) -> Result<(), LogError> {
        self.run("ROLLBACK").await
    }
}

/// In the order of `INSERT_STREAMS`.
fn stream_as_json(row: &StreamRow<'_>) -> Value {
    json!([row.stream_no, row.stream.category, row.stream.key])
}

/// In the order of `INSERT_REQUESTS`.
fn request_as_json(row: &RequestRow<'_>) -> Value {
    json!([
        row.request_no,
        row.append.producer,
        hex_id(&row.append.request_id),
        hex::encode(row.append.digest),
        row.first_position,
        row.last_position,
    ])
}

/// In the order of `INSERT_EVENTS`.
fn event_as_json(row: &EventRow<'_>) -> Value {
    let event = row.event;
    json!([
        row.position,
        row.stream_no,
        row.version,
        event.type_no,
        hex_id(&event.event_id),
        row.request_no,
        event.case_id.as_ref().map(hex_id),
        event.agency,
        event.staff,
        event.on_behalf_of,
        hex_id(&event.correlation_id),
        event.causation_id.as_ref().map(hex_id),
        event.occurred_on.to_string(),
        row.recorded_at,
        hex::encode(&event.body),
        hex::encode(&event.sealed),
        hex::encode(row.content_hash),
        hex::encode(row.chain_hash),
    ])
}

fn hex_id(id: &Uuid) -> String {
    hex::encode(id.as_bytes())
}
