//! Fault: callers that go away. Thousands of calls are dropped at random moments; afterwards the
//! pools serve, no session is left in a transaction, and every request is in as a whole or not.

use std::time::Duration;

use anyhow::Result;
use event_log::EventLog;
use faults::{
    Answer, Content, Database, Door, Experiment, PRODUCER, Random, Reply, Request, SharedLedger,
    scaled,
};
use futures::future::{poll_immediate, try_join_all};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

const SERVER: &str = env!("CARGO_BIN_EXE_append-server");
const CALLERS: u64 = 32;
/// From 1 µs to 33 ms, each doubling as likely as the next: a look-up takes the tenth of a
/// millisecond, a commit some milliseconds.
const PATIENCE_DOUBLINGS_MAX: u64 = 16;
const YIELDS_MAX: u64 = 50;
const SERVE_SECONDS_MAX: u64 = 30;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    cancel_calls(Database::sqlite()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    cancel_calls(Database::postgres()?).await
}

async fn cancel_calls(database: Database) -> Result<()> {
    let experiment = Experiment::begin("cancelled calls", database, SERVER).await?;
    let url = experiment.database.url();
    let logs = [EventLog::open(&url).await?, EventLog::open(&url).await?];
    let calls = scaled(2000, 10_000);
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let numbers = (caller..calls).step_by(CALLERS as usize).collect();
        let log = logs[usize::from(caller % 2 == 1)].clone();
        callers.spawn(call_and_leave(experiment.seed(), log, experiment.ledger.clone(), numbers));
    }
    let outcomes = callers.join_all().await;
    let cancelled: u64 = outcomes.iter().map(|(cancelled, _)| cancelled).sum();
    let unknown: Vec<Request> = outcomes.into_iter().flat_map(|(_, unknown)| unknown).collect();
    // Of one half nothing more is asked: the checker tells whether one of them is there in part.
    settle(&experiment, &logs, &unknown[unknown.len() / 2..]).await;
    for log in &logs {
        timeout(Duration::from_secs(SERVE_SECONDS_MAX), serves(log)).await??;
    }
    assert_nobody_is_in_a_transaction(&experiment.database).await?;
    for log in logs {
        log.close().await;
    }
    assert!(cancelled > calls / 4, "most calls were to be cancelled: {cancelled} of {calls}");
    let done = vec![("calls", calls), ("cancelled", cancelled), ("unknown", unknown.len() as u64)];
    experiment.finish(done).await?;
    Ok(())
}

/// Makes these calls, leaves most of them, and tells how many it left and which appends it knows
/// nothing of.
async fn call_and_leave(
    run: u64,
    log: EventLog,
    ledger: SharedLedger,
    numbers: Vec<u64>,
) -> (u64, Vec<Request>) {
    let mut random = Random::seeded(run ^ numbers[0]);
    let (mut cancelled, mut unknown) = (0, Vec::new());
    for number in numbers {
        let request = Request::new(run, number, Content::Honest);
        if random.one_in(2) {
            cancelled += u64::from(!read_and_leave(&log, &request, &mut random).await);
            continue;
        }
        ledger.lock().ask(&request);
        let door = Door::Handle(log.clone());
        let append = async move { door.append(&request, Reply::Sent).await };
        match leave(append, &mut random).await {
            Some(Answer::Appended(appended)) => ledger.lock().acknowledge(&request, appended),
            Some(other) => panic!("an append was answered: {other:?}"),
            None => {
                cancelled += 1;
                unknown.push(request);
            }
        }
    }
    (cancelled, unknown)
}

/// One of the reading calls; whether it came to its end.
async fn read_and_leave(log: &EventLog, request: &Request, random: &mut Random) -> bool {
    let (log, request) = (log.clone(), *request);
    let stream = request.append().writes[0].stream.clone();
    let after = random.below(200);
    let call = random.below(4);
    let read = async move {
        match call {
            0 => log.read(after, 100).await.map(|_| ()),
            1 => log.read_stream(&stream, 0, 100).await.map(|_| ()),
            2 => log.known_request(PRODUCER, request.request_id()).await.map(|_| ()),
            _ => log.head().await.map(|_| ()),
        }
    };
    let outcome = leave(read, random).await;
    outcome.map(|read| read.expect("a read that is waited for succeeds")).is_some()
}

/// Waits for a call in one of the ways in which callers go away, or until it has its answer.
async fn leave<T: Send + 'static>(
    call: impl Future<Output = T> + Send + 'static,
    random: &mut Random,
) -> Option<T> {
    match random.below(3) {
        // A deadline passes.
        0 => {
            let microseconds = 1 << random.below(PATIENCE_DOUBLINGS_MAX);
            let patience = Duration::from_micros(random.below(microseconds));
            timeout(patience, call).await.ok()
        }
        // The task is ended.
        1 => {
            let task = tokio::spawn(call);
            for _ in 0..random.below(YIELDS_MAX) {
                yield_now().await;
            }
            task.abort();
            task.await.ok()
        }
        // It is looked at once.
        _ => {
            let outcome = poll_immediate(Box::pin(call)).await;
            yield_now().await;
            outcome
        }
    }
}

/// Asks again until it is known where they lie.
async fn settle(experiment: &Experiment, logs: &[EventLog], requests: &[Request]) {
    for (request, log) in requests.iter().zip(logs.iter().cycle()) {
        experiment.ledger.lock().ask_again();
        match Door::Handle(log.clone()).append(request, Reply::Sent).await {
            Answer::Appended(appended) => experiment.ledger.lock().acknowledge(request, appended),
            other => panic!("a retry was answered: {other:?}"),
        }
    }
}

/// More calls at once than a pool has connections.
async fn serves(log: &EventLog) -> Result<()> {
    try_join_all((0..100).map(|after| log.read(after, 1))).await?;
    try_join_all((0..100).map(|_| log.head())).await?;
    Ok(())
}

async fn assert_nobody_is_in_a_transaction(database: &Database) -> Result<()> {
    match database {
        Database::Postgres(cluster) => {
            let mut connection = PgConnection::connect(cluster.url()).await?;
            let sessions = "SELECT count(*) FROM pg_stat_activity \
                 WHERE state LIKE 'idle in transaction%'";
            let sessions: i64 = sqlx::query_scalar(sessions).fetch_one(&mut connection).await?;
            assert_eq!(sessions, 0, "sessions were left in a transaction");
        }
        Database::Sqlite(_) => {
            let mut connection = SqliteConnection::connect(&database.url()).await?;
            // It succeeds only when nobody writes and nobody reads.
            let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
            let busy: i64 = checkpoint.fetch_one(&mut connection).await?.get(0);
            assert_eq!(busy, 0, "somebody was left in a transaction");
        }
    }
    Ok(())
}
