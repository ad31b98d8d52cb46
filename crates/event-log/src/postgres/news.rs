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

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{Executor, PgConnection};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tracing::warn;

use super::{CHANNEL, PostgresStore};
use crate::error::LogError;
use crate::hub::Hub;

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// Tells at most this often: followers elsewhere look at once and find all that came.
const TELL_PAUSE: Duration = Duration::from_millis(5);

/// After so long without news the connection is asked whether it still leads anywhere.
const QUIET_MAX: Duration = Duration::from_secs(10);

/// PostgreSQL refuses notifications of 8,000 bytes and more.
const MESSAGE_BYTES_MAX: usize = 7_000;

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
    let patience = store.patience.reading;
    let mut connection: PgConnection = store.connect().await?;
    sqlx::raw_sql("SET synchronous_commit = off").execute(&mut connection).await?;
    let mut written: watch::Receiver<u64> = hub.subscribe_to_writer();
    let mut told = *written.borrow();
    loop {
        written.changed().await.map_err(|_| LogError::Closed)?;
        let head = *written.borrow_and_update();
        let telling = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(message(head, &hub.heard_since(told)))
            .execute(&mut connection);
        timeout(patience, telling).await.map_err(|_| LogError::TimedOut)??;
        told = head;
        *worked = true;
        sleep(TELL_PAUSE).await;
    }
}

async fn listen(
    store: &PostgresStore,
    hub: &Hub,
    worked: &mut bool,
) -> Result<Infallible, LogError> {
    let patience = store.patience.reading;
    // A pool of its own: a listener that leads nowhere takes no place from those who read.
    let own = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let own = own.acquire_timeout(patience).connect_lazy_with(store.options.clone());
    let mut listener = PgListener::connect_with(&own).await?;
    timeout(patience, listener.listen(CHANNEL)).await.map_err(|_| LogError::TimedOut)??;
    let mut told = Vec::new();
    loop {
        // First of all, what was committed while nobody listened. What was told of categories is
        // believed as far as the log itself goes.
        let head = store.head_of_log().await?;
        let categories = told.iter().flat_map(|payload: &String| categories(payload));
        hub.publish_events(categories.map(|(category, position)| (category, position.min(head))));
        hub.publish(head);
        told.clear();
        while told.is_empty() {
            let Ok(first) = timeout(QUIET_MAX, listener.try_recv()).await else {
                let asked = timeout(patience, (&mut listener).execute("SELECT 1")).await;
                asked.map_err(|_| LogError::TimedOut)??;
                continue;
            };
            // None: the connection was lost and replaced, and something may have been missed.
            let first = first?;
            *worked = true;
            told.push(first.map(|first| first.payload().to_owned()).unwrap_or_default());
            // Whatever has arrived by now is answered by one look.
            while let Some(more) = listener.next_buffered() {
                told.push(more.payload().to_owned());
            }
            // Above all, what this process told itself needs none.
            told.retain(|message| is_news(hub, message));
        }
    }
}

/// Whether somebody says more than is known here.
fn is_news(hub: &Hub, message: &str) -> bool {
    let head = message.split(' ').next().and_then(|head| head.parse::<u64>().ok());
    head.is_none_or(|head| head > hub.head())
        || categories(message).any(|(category, position)| position > hub.heard_of(category))
}

/// `12 agency:11 person:12`: how far the log goes, and each category of which something came.
fn message(head: u64, categories: &[(String, u64)]) -> String {
    let mut message = head.to_string();
    for (category, position) in categories {
        // More than fits into a notification is not told: the head alone makes readers look.
        if message.len() + category.len() > MESSAGE_BYTES_MAX {
            break;
        }
        message.push_str(&format!(" {category}:{position}"));
    }
    message
}

fn categories(message: &str) -> impl Iterator<Item = (&str, u64)> {
    let words = message.split(' ').skip(1);
    words.filter_map(|word| {
        let (category, position) = word.rsplit_once(':')?;
        Some((category, position.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_of_categories() {
        let told = [("agency".to_owned(), 11), ("person".to_owned(), 12)];
        assert_eq!(message(12, &told), "12 agency:11 person:12");
        assert!(categories(&message(12, &told)).eq([("agency", 11), ("person", 12)]));
        assert_eq!(categories("12").count(), 0);
        assert_eq!(categories("nothing of:the kind:").count(), 0);
        let many: Vec<_> = (0..1_000).map(|number| (format!("category-{number}"), 9)).collect();
        assert!(message(9, &many).len() < 8_000, "as much as PostgreSQL takes");
    }
}
