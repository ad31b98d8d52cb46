//! The log, read ahead of the projector: while one page is taken in, the next is on its way.
//!
//! Far behind the head, pages are large and follow one another without a pause; near it, they hold
//! whatever has just come. One task does both, so nothing is lost between them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use event_log::{EventLog, Follower, LogError, StoredEvent};
use tokio::{sync::mpsc, task::AbortHandle, time::sleep};

/// Events of one page far behind the head: some 2 MiB in memory.
const PAGE_EVENTS: u32 = 2048;

/// From so many in one step of the follower on, large pages are faster.
const MANY: usize = 512;

/// Pages that wait to be taken in.
const PAGES_WAITING: usize = 2;

/// After a failure: long enough not to flood the log of errors, short enough to go unnoticed.
pub(crate) const RETRY: Duration = Duration::from_secs(1);

/// Some events, in order and without a gap.
pub(crate) struct Page {
    pub(crate) events: Vec<StoredEvent>,
    /// Whether the next page needs no waiting for.
    pub(crate) is_behind: bool,
}

/// Pages of the log from a position on. Dropping it stops the reading.
pub(crate) struct Feed {
    pages: mpsc::Receiver<Result<Page, LogError>>,
    reading: AbortHandle,
    read: Arc<AtomicU64>,
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Feed {
    /// Everything after a position, and then whatever comes.
    pub(crate) fn follow(log: EventLog, after: u64) -> Self {
        Self::start(log, after, true)
    }

    /// Everything after a position that is in the log when it gets there.
    pub(crate) fn to_head(log: EventLog, after: u64) -> Self {
        Self::start(log, after, false)
    }

    fn start(log: EventLog, after: u64, follows: bool) -> Self {
        let (sender, pages) = mpsc::channel(PAGES_WAITING);
        let read = Arc::new(AtomicU64::new(0));
        let reading = Reading { log, position: after, pages: sender, read: read.clone() };
        let reading = tokio::spawn(reading.run(follows)).abort_handle();
        Self { pages, reading, read }
    }

    /// The next page; none at the head, or for a follower when the log was closed. Dropping the future loses
    /// nothing. After a hole there are no more.
    pub(crate) async fn next(&mut self) -> Option<Result<Page, LogError>> {
        self.pages.recv().await
    }

    /// How long reading has taken in all.
    pub(crate) fn read(&self) -> Duration {
        Duration::from_nanos(self.read.load(Ordering::Relaxed))
    }
}

struct Reading {
    log: EventLog,
    position: u64,
    pages: mpsc::Sender<Result<Page, LogError>>,
    read: Arc<AtomicU64>,
}

impl Reading {
    async fn run(mut self, follows: bool) {
        let mut follower = None;
        loop {
            match self.step(&mut follower, follows).await {
                Ok(Some(page)) => {
                    if self.pages.send(Ok(page)).await.is_err() {
                        return;
                    }
                }
                Ok(None) if follows => {}
                Ok(None) => return,
                Err(LogError::Closed) if follows => return,
                Err(error @ LogError::Hole { .. }) => {
                    let _ = self.pages.send(Err(error)).await;
                    return;
                }
                Err(error) if follows => {
                    tracing::error!(%error, "the projector cannot read the log; it tries again");
                    sleep(RETRY).await;
                }
                Err(error) => {
                    let _ = self.pages.send(Err(error)).await;
                    return;
                }
            }
        }
    }

    /// The next page. Without a follower it is a large one; none where the log ends.
    async fn step(
        &mut self,
        follower: &mut Option<Follower>,
        follows: bool,
    ) -> Result<Option<Page>, LogError> {
        let (events, is_behind) = match follower {
            Some(near) => {
                let events = near.next().await?;
                let is_behind = events.len() >= MANY;
                (events, is_behind)
            }
            None => {
                let started = Instant::now();
                let events = self.log.read(self.position, PAGE_EVENTS).await?;
                let took = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
                self.read.fetch_add(took, Ordering::Relaxed);
                let is_behind = events.len() >= PAGE_EVENTS as usize;
                (events, is_behind)
            }
        };
        self.position = events.last().map_or(self.position, |last| last.position);
        if is_behind {
            *follower = None;
        } else if follows && follower.is_none() {
            *follower = Some(self.log.follow(self.position));
        }
        Ok((!events.is_empty()).then_some(Page { events, is_behind }))
    }
}
