//! No answer from a read model that may be behind.
//!
//! A consent withdrawn in one office must hide what it covered in every other, so a reader first
//! confirms where the log's head is and then waits until the read model has reached it.

use std::{sync::Arc, time::Duration};

use access::Clock;
use casework::today;
use event_log::{EventLog, LogError};
use jiff::civil::Date;
use tokio::{
    sync::{Mutex, Notify, watch},
    time::{Instant, timeout},
};

use crate::{Judged, Progress, ReadError};

/// Reads within this time share one look at the log's head. Nothing is served that was hidden
/// longer ago than this.
pub(crate) const SHARED: Duration = Duration::from_millis(500);

/// How long a reader waits for the read model to catch up.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) struct Freshness {
    log: EventLog,
    clock: Arc<dyn Clock>,
    progress: watch::Receiver<Progress>,
    new_day: Arc<Notify>,
    confirmed: Mutex<Option<(Instant, u64)>>,
}

impl Freshness {
    pub(crate) fn new(
        log: EventLog,
        clock: Arc<dyn Clock>,
        progress: watch::Receiver<Progress>,
        new_day: Arc<Notify>,
    ) -> Self {
        Self { log, clock, progress, new_day, confirmed: Mutex::default() }
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Waits until the read model stands at the log's head, and at `min_position` at least.
    /// Answers with the position that it waited for, and since when that is known.
    pub(crate) async fn confirm(&self, min_position: Option<u64>) -> Result<Judged, ReadError> {
        let reached = async {
            loop {
                let (at, head) = self.head().await?;
                let position = head.max(min_position.unwrap_or_default());
                self.wait(|progress| progress.position >= position).await?;
                let judged = Judged { at, position };
                // What took too long to come or to be taken in is too old by now.
                if judged.is_fresh() {
                    return Ok(judged);
                }
            }
        };
        timeout(PATIENCE, reached).await.unwrap_or(Err(ReadError::Behind))
    }

    /// Waits until the work items are those of this day and of all events up to this position, and
    /// answers with the day.
    pub(crate) async fn confirm_work(&self, position: u64) -> Result<Date, ReadError> {
        let today = today(self.clock.now());
        if self.progress.borrow().worked_on != Some(today) {
            self.new_day.notify_one();
        }
        // A day later than ours is right as well: midnight has just passed.
        let reached = self.wait(|progress| {
            progress.worked_on >= Some(today) && progress.worked_until >= position
        });
        timeout(PATIENCE, reached).await.unwrap_or(Err(ReadError::Behind))?;
        Ok(today)
    }

    async fn wait(&self, mut reached: impl FnMut(&Progress) -> bool) -> Result<(), ReadError> {
        let mut progress = self.progress.clone();
        let waited = progress.wait_for(|progress| progress.has_stopped || reached(progress)).await;
        let waited = waited.map_err(|_| ReadError::Behind)?;
        if waited.has_stopped { Err(ReadError::Behind) } else { Ok(()) }
    }

    async fn head(&self) -> Result<(Instant, u64), LogError> {
        // Whoever comes while the head is being read waits here and then shares the answer.
        let mut confirmed = self.confirmed.lock().await;
        let known = confirmed.filter(|(at, _)| at.elapsed() < SHARED);
        let (asked_at, head) = match known {
            Some(known) => known,
            None => {
                let asked_at = Instant::now();
                let head = self.log.head().await?;
                *confirmed = Some((asked_at, head));
                (asked_at, head)
            }
        };
        // What this process has heard of since costs nothing to know.
        Ok((asked_at, head.max(*self.log.wakeups().borrow())))
    }
}
