//! Fault: a follower's database goes away while it follows. It stays where it is, may be asked
//! again, and goes on without loss on the handle that it has.

use std::time::Duration;

use anyhow::Result;
use event_log::{AppendError, EventLog, Follower, LogError, StoredEvent};
use faults::{Content, Database, Request, scaled};
use tokio::time::{sleep, timeout};

/// One request each, so that a batch has few events and the follower must come back often.
const REQUESTS: u64 = 40;
/// A pool gives up on a server that is down after half a minute.
const NEXT_SECONDS_MAX: u64 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    let mut database = Database::postgres()?;
    let log = EventLog::open(&database.url()).await?;
    let mut follower = log.follow(0);
    let restarts = scaled(3, 30);
    let (mut events, mut errors, mut asked) = (0, 0, 0);
    for _ in 0..restarts {
        append(&log, &mut asked).await;
        // Half of them it has not read when the server goes away.
        events += follower.next().await?.len() as u64;
        database.cluster().kill()?;
        let stood_at = follower.position();
        // The server is down: nothing can come, and whatever is said meanwhile costs no event.
        let waited = timeout(Duration::from_millis(300), follower.next()).await;
        errors += u64::from(matches!(waited, Ok(Err(LogError::Store(_) | LogError::TimedOut))));
        assert!(!matches!(waited, Ok(Ok(_))), "nothing can be read");
        assert_eq!(follower.position(), stood_at);
        database.cluster().start_again()?;
        append(&log, &mut asked).await;
        events += catch_up(&mut follower, log.head().await?, &mut errors).await?;
    }
    let head = log.head().await?;
    println!(
        "following on postgres: restarts {restarts}, requests {asked}, errors {errors}, \
         events {head}, seen {events}; missing {}, skipped {}",
        asked - recorded(&log, asked).await?,
        head - events
    );
    assert_eq!(events, head);
    assert_eq!(recorded(&log, asked).await?, asked);
    assert_eq!(log.verify(|_, _| {}).await?.head, head);
    Ok(())
}

/// SQLite has no server that could go away: the table is taken away for a while.
#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    let database = Database::sqlite()?;
    let log = EventLog::open(&database.url()).await?;
    let elsewhere = EventLog::open(&database.url()).await?;
    let mut follower = elsewhere.follow(0);
    let rounds = scaled(3, 30);
    let (mut events, mut errors, mut asked) = (0, 0, 0);
    for _ in 0..rounds {
        append(&log, &mut asked).await;
        events += follower.next().await?.len() as u64;
        let rename = "ALTER TABLE event RENAME TO away";
        execute(&database, rename).await?;
        let stood_at = follower.position();
        let failed = follower.next().await;
        assert!(matches!(failed, Err(LogError::Store(_))), "there is no table to read");
        errors += 1;
        assert_eq!(follower.position(), stood_at);
        execute(&database, "ALTER TABLE away RENAME TO event").await?;
        append(&log, &mut asked).await;
        events += catch_up(&mut follower, log.head().await?, &mut errors).await?;
    }
    let head = log.head().await?;
    println!(
        "following on sqlite: rounds {rounds}, requests {asked}, errors {errors}, events {head}, \
         seen {events}; missing {}, skipped {}",
        asked - recorded(&log, asked).await?,
        head - events
    );
    assert_eq!(events, head);
    assert_eq!(recorded(&log, asked).await?, asked);
    Ok(())
}

async fn execute(database: &Database, statement: &'static str) -> Result<()> {
    use sqlx::Connection;
    let mut connection = sqlx::SqliteConnection::connect(&database.url()).await?;
    sqlx::raw_sql(statement).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

async fn append(log: &EventLog, asked: &mut u64) {
    for _ in 0..REQUESTS {
        *asked += 1;
        let request = Request::new(1, *asked, Content::Honest);
        while let Err(error) = log.append(request.append()).await {
            assert!(matches!(error, AppendError::Store(_)), "{error}");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// How many events it takes to get there; every position is the one after the last.
async fn catch_up(follower: &mut Follower, head: u64, errors: &mut u64) -> Result<u64> {
    let mut count = 0;
    while follower.position() < head {
        let before = follower.position();
        let next = timeout(Duration::from_secs(NEXT_SECONDS_MAX), follower.next()).await?;
        let Ok(events) = next else {
            *errors += 1;
            sleep(Duration::from_millis(5)).await;
            continue;
        };
        assert_dense(before, &events);
        count += events.len() as u64;
    }
    Ok(count)
}

fn assert_dense(before: u64, events: &[StoredEvent]) {
    for (expected, event) in (before + 1..).zip(events) {
        assert_eq!(event.position, expected);
    }
}

/// How many of the first `asked` requests the log remembers.
async fn recorded(log: &EventLog, asked: u64) -> Result<u64> {
    let mut recorded = 0;
    for number in 1..=asked {
        let request = Request::new(1, number, Content::Honest);
        let known = log.known_request(faults::PRODUCER, request.request_id()).await?;
        recorded += u64::from(known.is_some());
    }
    Ok(recorded)
}
