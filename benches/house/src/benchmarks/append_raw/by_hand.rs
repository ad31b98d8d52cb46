//! The peer's side: one `INSERT` for each event, on a connection of its own for each task.

use anyhow::Result;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Postgres};

use super::{EVENTS_BEFORE, STREAMS, TASKS, a_body};
use crate::chance::Chance;
use crate::closed_loop::{Client, Load, Window, closed_loop};
use crate::server::Server;

/// The columns of the log's own table; numbers by sequence, and no index but the key's.
pub const TABLE: &str = "CREATE TABLE event_by_hand (
    position BIGSERIAL NOT NULL PRIMARY KEY, stream_no BIGINT NOT NULL, version BIGINT NOT NULL,
    type_no BIGINT NOT NULL, event_id BYTEA NOT NULL, request_no BIGINT NOT NULL, case_id BYTEA,
    agency TEXT NOT NULL, staff TEXT NOT NULL, on_behalf_of TEXT, correlation_id BYTEA NOT NULL,
    causation_id BYTEA, occurred_on TEXT NOT NULL, recorded_at BIGINT NOT NULL,
    body BYTEA NOT NULL, sealed BYTEA NOT NULL, content_hash BYTEA NOT NULL,
    chain_hash BYTEA NOT NULL)";

/// Prepared once for each connection, as sqlx does by itself.
const INSERT: &str = "INSERT INTO event_by_hand (stream_no, version, type_no, event_id, request_no,
    case_id, agency, staff, on_behalf_of, correlation_id, causation_id, occurred_on, recorded_at,
    body, sealed, content_hash, chain_hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

/// One round on a database of its own.
pub async fn measure(server: &Server, window: Window) -> Result<Load> {
    let database = server.fresh_database().await?;
    database.run(TABLE).await?;
    let pool = PgPoolOptions::new().max_connections(TASKS as u32).connect(&database.url).await?;
    fill(&pool).await?;
    server.settle(&database).await?;
    let load = closed_loop(writers(&pool).await?, window).await?;
    pool.close().await;
    database.ensure_at_least("event_by_hand", load.done()).await?;
    server.discard(database).await?;
    Ok(load)
}

async fn fill(pool: &PgPool) -> Result<()> {
    let mut transaction = pool.begin().await?;
    let mut chance = Chance::seeded(0);
    for _ in 0..STREAMS * EVENTS_BEFORE {
        insert(&mut chance).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// Each keeps its connection: a pool asks a connection whether it lives each time it hands it out.
async fn writers(pool: &PgPool) -> Result<Vec<Writer>> {
    let mut writers = Vec::with_capacity(TASKS);
    for task in 0..TASKS {
        let connection = pool.acquire().await?;
        writers.push(Writer { connection, chance: Chance::seeded(1 + task as u64) });
    }
    Ok(writers)
}

struct Writer {
    connection: PoolConnection<Postgres>,
    chance: Chance,
}

impl Client for Writer {
    async fn act(&mut self) -> Result<()> {
        insert(&mut self.chance).execute(&mut *self.connection).await?;
        Ok(())
    }
}

fn insert(
    chance: &mut Chance,
) -> sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments> {
    let (body, sealed) = a_body(chance);
    sqlx::query(INSERT)
        .bind(chance.below(STREAMS) as i64)
        .bind(6_i64)
        .bind(7_i64)
        .bind(chance.bytes(16))
        .bind(1_i64)
        .bind(chance.bytes(16))
        .bind("support-center-kakuu")
        .bind("staff-1")
        .bind(None::<String>)
        .bind(chance.bytes(16))
        .bind(None::<Vec<u8>>)
        .bind("2026-04-01")
        .bind(1_775_000_000_000_000_i64)
        .bind(body)
        .bind(sealed)
        .bind(chance.bytes(32))
        .bind(chance.bytes(32))
}
