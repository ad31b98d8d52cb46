//! Follows the log as it grows.
//!
//! Catching up and being live are one and the same path: read what is after the last position,
//! and when nothing is, wait for a hint or for the poll. Where those are two paths, events get
//! lost between them.

use std::sync::{Arc, Weak};

use tokio::sync::watch;
use tokio::time::timeout;

use crate::error::LogError;
use crate::event::StoredEvent;
use crate::store::{Store, Wakeups};

/// How many events one step brings at most; at 300 bytes each about 150 KiB.
const PAGE_EVENTS: u32 = 512;

/// Reads the whole log in order and then waits for more.
pub struct Follower {
    store: Arc<dyn Store>,
    wakeups: watch::Receiver<u64>,
    // Weak: a follower does not keep the log open.
    hub: Weak<Wakeups>,
    position: u64,
}

impl Follower {
    pub(crate) fn new(store: Arc<dyn Store>, hub: &Arc<Wakeups>, after: u64) -> Self {
        Self { store, wakeups: hub.subscribe(), hub: Arc::downgrade(hub), position: after }
    }

    /// The last position it has handed out.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Goes back to the first event.
    pub fn restart(&mut self) {
        self.position = 0;
    }

    /// The next events, never none: waits until there are some. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the log cannot be read. The follower stays where it is and may be asked again; only
    /// [`LogError::Hole`] and [`LogError::Closed`] will not mend themselves.
    pub async fn next(&mut self) -> Result<Vec<StoredEvent>, LogError> {
        loop {
            // What is published from here on is news even if the read below already sees it.
            self.wakeups.mark_unchanged();
            let events = read(&*self.store, self.position, PAGE_EVENTS).await?;
            if let Some(last) = events.last() {
                self.position = last.position;
                if let Some(hub) = self.hub.upgrade() {
                    hub.publish(last.position);
                }
                return Ok(events);
            }
            self.wait().await?;
        }
    }

    async fn wait(&mut self) -> Result<(), LogError> {
        match timeout(self.store.poll_interval(), self.wakeups.changed()).await {
            // The hub is gone, and with it every handle of the log.
            Ok(Err(_)) => Err(LogError::Closed),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}

/// The one way to read the whole log: in order, and loud about a hole.
pub(crate) async fn read(
    store: &dyn Store,
    after: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, LogError> {
    let events = store.page(after, limit).await?;
    for (expected, event) in (after.saturating_add(1)..).zip(&events) {
        if event.position != expected {
            return Err(LogError::Hole { expected, found: event.position });
        }
    }
    Ok(events)
}
