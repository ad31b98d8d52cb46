//! Listens for what other processes commit, and wakes the readers of this one.
//!
//! Nothing depends on it: a notification that is lost, late or doubled changes no result, because
//! readers read by position and look by themselves now and then. Nor is anything in it believed:
//! anybody who may connect can notify, so it says *look now*, and the head is read from the log.

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::time::sleep;
use tracing::warn;

use super::{CHANNEL, PostgresStore};
use crate::error::LogError;
use crate::store::{Store, Wakeups};

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// Listens until the pool is closed, and begins again whenever the connection is lost.
pub(super) async fn listen(store: &PostgresStore, wakeups: &Wakeups) {
    let mut backoff = BACKOFF_FIRST;
    while !store.readers.is_closed() {
        let mut heard = false;
        let Err(error) = listen_once(store, wakeups, &mut heard).await;
        if store.readers.is_closed() {
            return;
        }
        complain(&error);
        backoff = if heard { BACKOFF_FIRST } else { BACKOFF_MAX.min(backoff * 2) };
        sleep(backoff).await;
    }
}

fn complain(error: &LogError) {
    let cause: &(dyn Error + 'static) = error;
    warn!(error = cause, "the listening connection of the log was lost; readers poll meanwhile");
}

async fn listen_once(
    store: &PostgresStore,
    wakeups: &Wakeups,
    heard: &mut bool,
) -> Result<Infallible, LogError> {
    let mut listener = PgListener::connect_with(&store.readers).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // First of all, what was committed while nobody listened.
        wakeups.publish(store.head().await?);
        // None: the connection was lost and replaced, and something may have been missed.
        listener.try_recv().await?;
        *heard = true;
        // Whatever has arrived by now is answered by one look.
        while listener.next_buffered().is_some() {}
    }
}
