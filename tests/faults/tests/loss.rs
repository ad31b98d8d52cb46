//! Fault: writers in each other's way. Many write through several processes, strangers take the
//! log's lock, dawdle, write and take it back, and a reader that never pauses must not skip one.

use std::time::Duration;

use anyhow::{Result, ensure};
use event_log::EventLog;
use faults::{Content, Database, Experiment, Random, Request, scaled};
use futures::future::try_join_all;
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

const SERVER: &str = env!("CARGO_BIN_EXE_append-server");
const PROCESSES: u64 = 3;
const STRANGERS: u64 = 4;
const HOLD_MILLISECONDS_MAX: u64 = 12;
const PAUSE_MILLISECONDS_MAX: u64 = 40;
const PAGE_EVENTS: u32 = 64;
/// Far more than an append takes that nobody holds up.
const HELD_UP: Duration = Duration::from_millis(400);

/// The last event once more at the next position: who read that, read what was taken back.
const WRITE: &str = "INSERT INTO event (position, stream_no, version, type_no, event_id, \
     request_no, agency, staff, correlation_id, occurred_on, recorded_at, body, sealed, \
     content_hash, chain_hash) SELECT position + 1, stream_no, version + 1000000, type_no, \
     event_id, request_no, agency, staff, correlation_id, occurred_on, recorded_at, body, sealed, \
     content_hash, chain_hash FROM event ORDER BY position DESC LIMIT 1";

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    lose_nothing(Database::sqlite()?, "BEGIN IMMEDIATE").await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    // The number is the log's own; that it is, is asked below.
    let lock = "BEGIN; SELECT pg_advisory_xact_lock(23770846243940201)";
    lose_nothing(Database::postgres()?, lock).await
}

async fn lose_nothing(database: Database, lock: &'static str) -> Result<()> {
    let experiment = Experiment::begin("loss", database, SERVER).await?;
    a_stranger_holds_up_an_append(&experiment, lock).await?;
    let (over, is_over) = watch::channel(false);
    let strangers: Vec<_> = (0..STRANGERS)
        .map(|number| {
            let random = Random::seeded(experiment.seed() ^ (number << 32));
            tokio::spawn(intrude(experiment.database.url(), lock, random, is_over.clone()))
        })
        .collect();
    let reader = EventLog::open(&experiment.database.url()).await?;
    let reading: JoinHandle<Result<_>> = tokio::spawn(read_tightly(reader, is_over));
    let servers = experiment.start_servers(PROCESSES)?;
    let clients = experiment.clients(0);
    experiment.ledger.wait_for_more(scaled(600, 20_000)).await;
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    over.send_replace(true);
    let intrusions: Vec<Result<u64>> = try_join_all(strangers).await?;
    let intrusions = intrusions.into_iter().sum::<Result<u64>>()?;
    let read = reading.await??;
    experiment.watcher.wait_for(read.len() as u64).await;
    assert_eq!(read, experiment.watcher.seen().events, "two readers saw different logs");
    assert!(intrusions > 0, "nobody intruded");
    experiment.finish(vec![("rollbacks", intrusions)]).await?;
    Ok(())
}

/// Somebody who knows the database and not the log.
enum Stranger {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Stranger {
    async fn connect(url: &str) -> Result<Self, sqlx::Error> {
        if url.starts_with("sqlite:") {
            SqliteConnection::connect(url).await.map(Self::Sqlite)
        } else {
            PgConnection::connect(url).await.map(Self::Postgres)
        }
    }

    async fn run(&mut self, statements: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => {
                sqlx::raw_sql(statements).execute(connection).await?;
            }
            Self::Postgres(connection) => {
                sqlx::raw_sql(statements).execute(connection).await?;
            }
        }
        Ok(())
    }
}

/// Else the strangers would stand in nobody's way.
async fn a_stranger_holds_up_an_append(experiment: &Experiment, lock: &'static str) -> Result<()> {
    let log = EventLog::open(&experiment.database.url()).await?;
    let mut stranger = Stranger::connect(&experiment.database.url()).await?;
    let request = Request::new(experiment.seed(), 0, Content::Honest);
    experiment.ledger.lock().ask(&request);
    stranger.run(lock).await?;
    let append = log.append(request.append());
    let mut append = std::pin::pin!(append);
    let early = timeout(HELD_UP, &mut append).await;
    assert!(early.is_err(), "the append did not wait for the lock of the log");
    stranger.run("ROLLBACK").await?;
    let appended = append.await?;
    experiment.ledger.lock().acknowledge(&request, appended);
    Ok(())
}

/// Takes the log's lock again and again, and takes back whatever it did. Tells how often.
async fn intrude(
    url: String,
    lock: &'static str,
    mut random: Random,
    is_over: watch::Receiver<bool>,
) -> Result<u64> {
    let mut stranger = Stranger::connect(&url).await?;
    let mut count = 0;
    while !*is_over.borrow() {
        sleep(Duration::from_millis(random.below(PAUSE_MILLISECONDS_MAX))).await;
        if stranger.run(lock).await.is_err() {
            // SQLite lets nobody wait for ever; it is tried again.
            continue;
        }
        if random.one_in(2) {
            stranger.run(WRITE).await?;
        }
        sleep(Duration::from_millis(random.below(HOLD_MILLISECONDS_MAX))).await;
        stranger.run("ROLLBACK").await?;
        count += 1;
    }
    Ok(count)
}

/// Reads without a pause until all is over and everything is read.
async fn read_tightly(log: EventLog, is_over: watch::Receiver<bool>) -> Result<Vec<(u64, Uuid)>> {
    let mut read: Vec<(u64, Uuid)> = Vec::new();
    loop {
        // Asked before the page is read: what comes after the end is not left out.
        let is_last = *is_over.borrow();
        let page = log.read(read.len() as u64, PAGE_EVENTS).await?;
        if page.is_empty() && is_last {
            log.close().await;
            return Ok(read);
        }
        for event in page {
            let expected = read.len() as u64 + 1;
            ensure!(event.position == expected, "{} came instead of {expected}", event.position);
            read.push((event.position, event.event_id));
        }
    }
}
