//! The writer's steps on PostgreSQL. Arrays travel as arrays, one for each column.

use async_trait::async_trait;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Arguments, AssertSqlSafe, Encode, Postgres, Row as _, Type};
use uuid::Uuid;

use crate::append::KnownRequest;
use crate::error::LogError;
use crate::event::{NewEvent, StreamKey};
use crate::rows::{self, signed};
use crate::sql;
use crate::store::{Move, Rows, StreamState, Tail, WriteConnection};

/// The lock of the whole log; the number reads "Tsunagi" in ASCII.
macro_rules! lock_number {
    () => {
        "23770846243940201"
    };
}

/// Waits for the lock until the end of the transaction.
pub(super) const LOCK: &str = concat!("SELECT pg_advisory_xact_lock(", lock_number!(), ")");

/// Said once for each connection. The time limits end a replica that stalls while it holds the
/// lock; plans that fit any array spare the planning of each batch.
const PREPARE: &str = "SET lock_timeout = '10s'; \
     SET statement_timeout = '20s'; \
     SET idle_in_transaction_session_timeout = '20s'; \
     SET plan_cache_mode = force_generic_plan; \
     PREPARE tail AS ";

/// One message to the server, but each statement for itself: at READ COMMITTED, what comes after
/// the lock sees whatever was committed before the lock was given.
const BEGIN: &str = concat!(
    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(",
    lock_number!(),
    "); EXECUTE tail"
);

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

/// All three tables in one statement and so in one round trip. Streams are few, often none. Arrays
/// are unrolled in the select list: in FROM, PostgreSQL would first store every row away.
macro_rules! insert {
    ([$($with:tt)+], $from:literal) => {
        concat!(
            $($with)+,
            "streams AS (INSERT INTO stream (stream_no, category, key) SELECT \
                unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[])",
            $from,
            "), requests AS (INSERT INTO append_request \
                (request_no, producer, request_id, digest, first_position, last_position) SELECT \
                unnest($4::bigint[]), unnest($5::text[]), unnest($6::bytea[]), \
                unnest($7::bytea[]), unnest($8::bigint[]), unnest($9::bigint[])",
            $from,
            ") INSERT INTO event \
                (position, stream_no, version, type_no, event_id, request_no, case_id, agency, \
                staff, on_behalf_of, correlation_id, causation_id, occurred_on, recorded_at, \
                body, sealed, content_hash, chain_hash) SELECT \
                unnest($10::bigint[]), unnest($11::bigint[]), unnest($12::bigint[]), \
                unnest($13::bigint[]), unnest($14::bytea[]), unnest($15::bigint[]), \
                unnest($16::bytea[]), unnest($17::text[]), unnest($18::text[]), \
                unnest($19::text[]), unnest($20::bytea[]), unnest($21::bytea[]), \
                unnest($22::text[]), unnest($23::bigint[]), unnest($24::bytea[]), \
                unnest($25::bytea[]), unnest($26::bytea[]), unnest($27::bytea[])",
            $from
        )
    };
}

/// Under the lock, behind a tail that was read there.
const INSERT: &str = insert!(["WITH "], "");

/// Without having read anything: takes the lock if nobody has it, and inserts if the event that was
/// last when it was looked at is there still. Should another have followed it in between, the
/// positions are taken, which the primary key says, and the statement changes nothing.
const INSERT_AT: &str = insert!(
    [
        "WITH gate AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(",
        lock_number!(),
        ") AS is_open \
         WHERE EXISTS (SELECT FROM event WHERE position = $28 AND chain_hash = $29)), "
    ],
    " FROM gate WHERE gate.is_open"
);

/// What PostgreSQL answers when a key is taken.
const UNIQUE_VIOLATION: &str = "23505";

type Insert = Query<'static, Postgres, PgArguments>;

pub(super) struct PostgresWriter {
    connection: PgConnection,
}

impl PostgresWriter {
    pub(super) async fn init(connection: PgConnection) -> Result<Self, LogError> {
        let mut writer = Self { connection };
        let prepare = AssertSqlSafe(format!("{PREPARE}{}", sql::TAIL));
        sqlx::raw_sql(prepare).execute(&mut writer.connection).await?;
        Ok(writer)
    }

    async fn run(&mut self, statements: &'static str) -> Result<(), LogError> {
        sqlx::raw_sql(statements).execute(&mut self.connection).await?;
        Ok(())
    }
}

#[async_trait]
impl WriteConnection for PostgresWriter {
    async fn begin(&mut self) -> Result<Tail, LogError> {
        let rows = sqlx::raw_sql(BEGIN).fetch_all(&mut self.connection).await?;
        // The lock's own row comes first, and the tail, if there is one, behind it.
        rows.get(1).map_or(Ok(Tail::GENESIS), tail_as_text)
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

    async fn moves_from(&mut self, position: u64, limit: u32) -> Result<Vec<Move>, LogError> {
        let moves = sqlx::query(sql::MOVES_FROM).bind(signed(position)).bind(i64::from(limit));
        moves.fetch_all(&mut self.connection).await?.iter().map(rows::moved).collect()
    }

    async fn requests_after(
        &mut self,
        request_no: u64,
        limit: u32,
    ) -> Result<Vec<(u64, String, Uuid)>, LogError> {
        let requests = sqlx::query(sql::REQUESTS_AFTER)
            .bind(signed(request_no))
            .bind(i64::from(limit))
            .fetch_all(&mut self.connection)
            .await?;
        requests.iter().map(rows::numbered_request).collect()
    }

    async fn insert(&mut self, rows: &Rows<'_>) -> Result<(), LogError> {
        bind(INSERT, rows)?.execute(&mut self.connection).await?;
        Ok(())
    }

    async fn append_at(&mut self, tail: &Tail, rows: &Rows<'_>) -> Result<bool, LogError> {
        let insert = bind(INSERT_AT, rows)?.bind(signed(tail.position)).bind(&tail.chain_hash[..]);
        match insert.execute(&mut self.connection).await {
            Ok(done) => Ok(done.rows_affected() > 0),
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some(UNIQUE_VIOLATION) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn commit(&mut self) -> Result<(), LogError> {
        self.run(COMMIT).await
    }

    async fn rollback(&mut self) -> Result<(), LogError> {
        self.run("ROLLBACK").await
    }
}

/// The parameters of `insert!`, in their order.
fn bind(statement: &'static str, rows: &Rows<'_>) -> Result<Insert, LogError> {
    let Rows { streams, requests, events } = rows;
    let contents = column(events, |row| row.event);
    let mut arguments = PgArguments::default();
    add(&mut arguments, column(streams, |row| signed(row.stream_no)))?;
    add(&mut arguments, column(streams, |row| row.stream.category.as_str()))?;
    add(&mut arguments, column(streams, |row| row.stream.key.as_str()))?;
    add(&mut arguments, column(requests, |row| signed(row.request_no)))?;
    add(&mut arguments, column(requests, |row| row.append.producer.as_str()))?;
    add(&mut arguments, column(requests, |row| bytes(&row.append.request_id)))?;
    add(&mut arguments, column(requests, |row| &row.append.digest[..]))?;
    add(&mut arguments, column(requests, |row| signed(row.first_position)))?;
    add(&mut arguments, column(requests, |row| signed(row.last_position)))?;
    add(&mut arguments, column(events, |row| signed(row.position)))?;
    add(&mut arguments, column(events, |row| signed(row.stream_no)))?;
    add(&mut arguments, column(events, |row| signed(row.version)))?;
    add(&mut arguments, column(&contents, |event| i64::from(event.type_no)))?;
    add(&mut arguments, column(&contents, |event| bytes(&event.event_id)))?;
    add(&mut arguments, column(events, |row| signed(row.request_no)))?;
    add(&mut arguments, column(&contents, |event| event.case_id.as_ref().map(bytes)))?;
    add(&mut arguments, column(&contents, |event| event.agency.as_str()))?;
    add(&mut arguments, column(&contents, |event| event.staff.as_str()))?;
    add(&mut arguments, column(&contents, |event| event.on_behalf_of.as_deref()))?;
    add(&mut arguments, column(&contents, |event| bytes(&event.correlation_id)))?;
    add(&mut arguments, column(&contents, |event| event.causation_id.as_ref().map(bytes)))?;
    add(&mut arguments, column(&contents, occurred_on))?;
    add(&mut arguments, column(events, |row| row.recorded_at))?;
    add(&mut arguments, column(&contents, |event| event.body.as_slice()))?;
    add(&mut arguments, column(&contents, |event| event.sealed.as_slice()))?;
    add(&mut arguments, column(events, |row| &row.content_hash[..]))?;
    add(&mut arguments, column(events, |row| &row.chain_hash[..]))?;
    Ok(sqlx::query_with(statement, arguments))
}

/// Several statements in one message are answered in text: the database's own spelling of bytes.
fn tail_as_text(row: &PgRow) -> Result<Tail, LogError> {
    let number = |index| {
        let number: Result<i64, _> = row.try_get(index);
        number.ok().and_then(|number| u64::try_from(number).ok())
    };
    let hash = || row.try_get::<Vec<u8>, _>(1).ok().and_then(|bytes| bytes.try_into().ok());
    let tail = || {
        Some(Tail {
            position: number(0)?,
            chain_hash: hash()?,
            recorded_at: row.try_get(2).ok()?,
            request_no: number(3)?,
            stream_no: number(4)?,
        })
    };
    let position = number(0).unwrap_or_default();
    tail().ok_or(LogError::Malformed { position, column: "the tail" })
}

fn add<'q, T: Encode<'q, Postgres> + Type<Postgres> + 'q>(
    arguments: &mut PgArguments,
    value: T,
) -> Result<(), LogError> {
    arguments.add(value).map_err(|error| sqlx::Error::Encode(error).into())
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
