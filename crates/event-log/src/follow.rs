//! Follows the log as it grows.
//!
//! Catching up and being live are one and the same path: read what is after the last position,
//! and when nothing is, wait for a hint or for the poll. Where those are two paths, events get
//! lost between them. A follower holds nothing while it waits or while its caller works: a slow
//! one costs nobody anything.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::error::LogError;
use crate::event::StoredEvent;
use crate::hub::Hub;
use crate::store::Store;

/// How many events one step brings at most; at 300 bytes each about 150 KiB.
const PAGE_EVENTS: u32 = 512;

/// How much of the log one step of a filtering follower looks through: some milliseconds.
const WINDOW_EVENTS: u32 = 4096;

/// The poll is for hints that got lost. Right after something came more is likely; when nothing
/// comes, looking less often costs less. One look is one index search, some 50 µs.
const POLL_FIRST: Duration = Duration::from_millis(20);
const POLL_MAX: Duration = Duration::from_millis(500);

/// Which events a reader wants. What it leaves out is left out by the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The categories of streams; empty: all.
    pub categories: Vec<String>,
    /// The numbers of types; empty: all.
    pub types: Vec<u32>,
}

impl Filter {
    /// Lets everything pass.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Lets the events of streams of one category pass.
    #[must_use]
    pub fn category(category: &str) -> Self {
        Self { categories: vec![category.to_owned()], types: Vec::new() }
    }

    fn is_all(&self) -> bool {
        self.categories.is_empty() && self.types.is_empty()
    }
}

/// What one step of a follower brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The events that pass the filter; often none, when the filter leaves out much.
    pub events: Vec<StoredEvent>,
    /// Everything up to here was looked at: the place to go on from after a restart.
    pub position: u64,
}

/// Reads the log in order and then waits for more.
pub struct Follower {
    store: Arc<dyn Store>,
    filter: Filter,
    wakeups: watch::Receiver<u64>,
    // Weak: a follower does not keep the log open.
    hub: Weak<Hub>,
    position: u64,
    poll: Duration,
}

impl Follower {
    pub(crate) fn new(store: Arc<dyn Store>, hub: &Arc<Hub>, filter: Filter, after: u64) -> Self {
        let (wakeups, hub) = (hub.subscribe(), Arc::downgrade(hub));
        Self { store, filter, wakeups, hub, position: after, poll: POLL_FIRST }
    }

    /// The last position it has looked at.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Goes back to the first event.
    pub fn restart(&mut self) {
        self.position = 0;
    }

    /// The next events that pass the filter, never none: waits until there are some. Dropping the
    /// future loses nothing.
    ///
    /// # Errors
    /// When the log cannot be read: its database is being restarted, say. The follower stays where
    /// it is and may be asked again; only [`LogError::Hole`] and [`LogError::Closed`] will not mend
    /// themselves.
    pub async fn next(&mut self) -> Result<Vec<StoredEvent>, LogError> {
        loop {
            let step = self.step().await?;
            if !step.events.is_empty() {
                return Ok(step.events);
            }
        }
    }

    /// Waits until the log goes on, and says how far it was looked through, also where no event
    /// passes the filter. Dropping the future loses nothing.
    ///
    /// # Errors
    /// As [`Follower::next`].
    pub async fn step(&mut self) -> Result<Step, LogError> {
        loop {
            // What is published from here on is news even if the read below already sees it.
            self.wakeups.mark_unchanged();
            let step = self.look().await?;
            if step.position > self.position {
                self.take_in(&step);
                return Ok(step);
            }
            self.wait().await?;
        }
    }

    async fn look(&self) -> Result<Step, LogError> {
        if self.filter.is_all() {
            let events = read(&*self.store, self.position, PAGE_EVENTS).await?;
            let position = events.last().map_or(self.position, |last| last.position);
            return Ok(Step { events, position });
        }
        read_filtered(&*self.store, &self.filter, self.position).await
    }

    fn take_in(&mut self, step: &Step) {
        self.position = step.position;
        self.poll = POLL_FIRST;
        if let Some(hub) = self.hub.upgrade() {
            let events = step.events.iter();
            hub.publish_events(
                events.map(|event| (event.stream.category.as_str(), event.position)),
            );
            hub.publish(step.position);
        }
    }

    async fn wait(&mut self) -> Result<(), LogError> {
        match timeout(self.poll, self.wakeups.changed()).await {
            Ok(Ok(())) => {}
            // The hub is gone, and with it every handle of the log.
            Ok(Err(_)) => return Err(LogError::Closed),
            Err(_) => self.poll = POLL_MAX.min(self.poll * 2),
        }
        Ok(())
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

/// The same through a filter. How many events lie in the stretch is counted without them, so that
/// a hole is noticed also where nothing passes.
pub(crate) async fn read_filtered(
    store: &dyn Store,
    filter: &Filter,
    after: u64,
) -> Result<Step, LogError> {
    let stretch = store.stretch(after, WINDOW_EVENTS).await?;
    if stretch.count == 0 {
        return Ok(Step { events: Vec::new(), position: after });
    }
    if stretch.count != stretch.last - after {
        return Err(first_hole(store, after).await);
    }
    let events = store.page_of(filter, after, stretch.last).await?;
    Ok(Step { events, position: stretch.last })
}

/// Names the hole that was counted.
async fn first_hole(store: &dyn Store, mut after: u64) -> LogError {
    loop {
        match read(store, after, PAGE_EVENTS).await {
            Ok(events) => match events.last() {
                Some(last) => after = last.position,
                // Filled in between, which nothing in this crate can do.
                None => return LogError::Hole { expected: after + 1, found: after + 1 },
            },
            Err(error) => return error,
        }
    }
}
