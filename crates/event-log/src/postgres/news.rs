//! News between processes: tells of this one's commits, and listens for those of others.
//!
//! Nothing depends on it: a notification that is lost, late or doubled changes no result, because
//! readers read by position and look by themselves now and then. Nor is anything in it believed:
//! anybody who may connect can notify, so it says *look now*, and the head is read from the log.
//!
//! A transaction that notifies holds a lock of the whole server while it commits. So telling is not
//! part of the append: a connection of its own does it right afterwards, once for however many
//! batches were committed meanwhile, and does not wait for the disk.

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{ConnectOptions, PgConnection};
use tokio::sync::watch;
use tokio::time::sleep;
use tracing::warn;

use super::{CHANNEL, PostgresStore};
use crate::error::LogError;
use crate::hub::Hub;

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// Tells at most this often: followers elsewhere look at once and find all that came.
const TELL_PAUSE: Duration = Duration::from_millis(5);

/// The two directions of news.
#[derive(Clone, Copy, Debug)]
enum Direction {
    Telling,
    Listening,
}

/// Tells and listens until the pool is closed, and begins again whenever a connection is lost.
pub(super) async fn exchange(store: &PostgresStore, hub: &Hub) {
    let telling = again_and_again(Direction::Telling, store, hub);
    let listening = again_and_again(Direction::Listening, store, hub);
    tokio::join!(telling, listening);
}

async fn again_and_again(direction: Direction, store: &PostgresStore, hub: &Hub) {
    let mut backoff = BACKOFF_FIRST;
    while !store.readers.is_closed() {
        let mut worked = false;
        let Err(error) = match direction {
            Direction::Telling => tell(store, hub, &mut worked).await,
            Direction::Listening => listen(store, hub, &mut worked).await,
        };
        if store.readers.is_closed() {
            return;
        }
        complain(direction, &error);
        backoff = if worked { BACKOFF_FIRST } else { BACKOFF_MAX.min(backoff * 2) };
        sleep(backoff).await;
    }
}

fn complain(direction: Direction, error: &LogError) {
    let cause: &(dyn Error + 'static) = error;
    warn!(error = cause, ?direction, "a connection for news was lost; readers poll meanwhile");
}

async fn tell(store: &PostgresStore, hub: &Hub, worked: &mut bool) -> Result<Infallible, LogError> {
    let mut connection: PgConnection = store.options.connect().await?;
    sqlx::raw_sql("SET synchronous_commit = off").execute(&mut connection).await?;
    let mut written: watch::Receiver<u64> = hub.subscribe_to_writer();
    loop {
        written.changed().await.map_err(|_| LogError::Closed)?;
        let head = *written.borrow_and_update();
        sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(head.to_string())
            .execute(&mut connection)
            .await?;
        *worked = true;
        sleep(TELL_PAUSE).await;
    }
}

async fn listen(
    store: &PostgresStore,
    hub: &Hub,
    worked: &mut bool,
) -> Result<Infallible, LogError> {
    let mut listener = PgListener::connect_with(&store.readers).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // First of all, what was committed while nobody listened.
        hub.publish(store.head_of_log().await?);
        // What was told of a head that is known already needs no look. None: the connection was
        // lost and replaced, and something may have been missed.
        loop {
            let told = listener.try_recv().await?;
            *worked = true;
            let head = told.and_then(|told| told.payload().parse::<u64>().ok());
            if head.is_none_or(|head| head > *hub.subscribe().borrow()) {
                break;
            }
        }
        // Whatever has arrived by now is answered by one look.
        while listener.next_buffered().is_some() {}
    }
}
