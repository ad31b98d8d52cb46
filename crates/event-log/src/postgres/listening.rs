//! Listens for what other processes commit, and wakes the readers of this one.
//!
//! Nothing depends on it: a notification that is lost, late or doubled changes no result, because
//! readers read by position and look by themselves now and then.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgNotification};
use tokio::time::sleep;
use tracing::warn;

use super::CHANNEL;
use crate::store::Wakeups;

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// Listens until the pool is closed, and begins again whenever the connection is lost.
pub(super) async fn listen(pool: &PgPool, wakeups: &Wakeups) {
    let mut backoff = BACKOFF_FIRST;
    while !pool.is_closed() {
        let mut heard = false;
        let Err(error) = listen_once(pool, wakeups, &mut heard).await;
        if pool.is_closed() {
            return;
        }
        warn!(%error, "the listening connection of the log was lost; readers poll meanwhile");
        backoff = if heard { BACKOFF_FIRST } else { BACKOFF_MAX.min(backoff * 2) };
        sleep(backoff).await;
    }
}

async fn listen_once(
    pool: &PgPool,
    wakeups: &Wakeups,
    heard: &mut bool,
) -> Result<std::convert::Infallible, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let notification = listener.recv().await?;
        *heard = true;
        publish(wakeups, &notification);
    }
}

/// Anybody who may connect can notify. A number that is no head only wakes readers in vain.
fn publish(wakeups: &Wakeups, notification: &PgNotification) {
    if let Ok(head) = notification.payload().parse() {
        wakeups.publish(head);
    }
}
