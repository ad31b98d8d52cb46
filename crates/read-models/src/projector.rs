//! Follows the log and keeps the file at its head.
//!
//! Every page must continue the hash chain of what was taken in before it. Where it does not, the
//! log has lost its end and gone on another way, and the file is built anew. Whether the chain holds
//! within the log is not asked here: that is what `EventLog::verify` is for.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use event_log::EventLog;
use jiff::civil::Date;
use tokio::{
    select,
    sync::{Notify, oneshot, watch},
    time::sleep,
};

use crate::{
    ReadError,
    batch::Batch,
    changes::Changes,
    feed::{Feed, Page, RETRY},
    writer::{Writer, alarm},
};

/// How often somebody looks whether a new day has begun, when no reader asks.
const DAY_CHECK: Duration = Duration::from_secs(30);

/// How long work items may wait while pages come without end.
const WORK_WAITS: Duration = Duration::from_millis(50);

/// How far the read model has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last position of the log that was taken in.
    pub position: u64,
    /// The day for which all work items were computed.
    pub worked_on: Option<Date>,
    /// They follow from all events up to here.
    pub worked_until: u64,
    /// How many persons have an event that this version cannot read or take in.
    pub parked: u64,
    /// Whether the log has a hole, so that nothing is taken in any more.
    pub has_stopped: bool,
}

/// Those who are told what the file has come to.
pub(crate) struct Telling {
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) changes: Arc<Changes>,
}

pub(crate) struct Projector {
    writer: Writer,
    progress: watch::Sender<Progress>,
    changes: Arc<Changes>,
    /// A reader saw that a new day has begun.
    new_day: Arc<Notify>,
    /// While the file is built anew: the position where the log had parted from it.
    parted_at: Option<u64>,
    /// When work items were computed last.
    worked_at: Instant,
}

/// What the projector does next.
enum Next {
    Take(Page),
    Work,
    Stop,
}

impl Projector {
    pub(crate) async fn start(
        mut writer: Writer,
        Telling { progress, changes }: Telling,
        new_day: Arc<Notify>,
    ) -> Result<Self, ReadError> {
        let (position, parked) = (writer.position(), writer.parked().await?);
        progress.send_replace(Progress { position, parked, ..Progress::default() });
        changes.wake_all();
        let (parted_at, worked_at) = (None, Instant::now());
        Ok(Self { writer, progress, changes, new_day, parted_at, worked_at })
    }

    /// Runs until it is told to stop, the log is closed, or it cannot be trusted any more. Then it
    /// hands the file back.
    pub(crate) async fn run(mut self, log: EventLog, mut stop: oneshot::Receiver<()>) -> Writer {
        let mut feed = Feed::follow(log.clone(), self.writer.position());
        let mut is_behind = false;
        loop {
            match self.next(&mut feed, is_behind, &mut stop).await {
                Next::Stop => return self.writer,
                Next::Work => self.work().await,
                Next::Take(page) if self.has_parted(&page) => {
                    self.start_anew().await;
                    feed = Feed::follow(log.clone(), 0);
                }
                Next::Take(page) => {
                    is_behind = page.is_behind;
                    self.take(&page).await;
                }
            }
        }
    }

    /// Far behind the head there is nothing but pages. Near it, work items are computed while no
    /// page waits.
    async fn next(
        &self,
        feed: &mut Feed,
        is_behind: bool,
        stop: &mut oneshot::Receiver<()>,
    ) -> Next {
        let page = select! {
            biased;
            // An error means that nobody is left who could say so; then nobody reads either.
            _ = &mut *stop => return Next::Stop,
            page = feed.next() => page,
            () = self.wait_for_work(), if !is_behind => return Next::Work,
        };
        match page {
            Some(Ok(page)) => return Next::Take(page),
            Some(Err(error)) => tracing::error!(%error, "the projector stops"),
            None => {}
        }
        self.progress.send_modify(|progress| progress.has_stopped = true);
        // Readers are refused from here on, as the log is further or cannot be asked.
        let _ = stop.await;
        Next::Stop
    }

    /// Whether the log has become another than the one that the file was made from.
    fn has_parted(&mut self, page: &Page) -> bool {
        let parts = page.events.first().filter(|event| !self.writer.is_continued_by(event));
        let Some(position) = parts.map(|event| event.position) else { return false };
        if self.parted_at.is_some() {
            // It comes from the log alone by now, so the break is the log's own. To begin again
            // would not mend it and might never end.
            tracing::error!(position, "the log's hash chain is broken");
            return false;
        }
        tracing::error!(position, "the log has become another; the file is built anew");
        self.parted_at = Some(position);
        true
    }

    async fn start_anew(&mut self) {
        // Told first: nobody may take the empty file for an answer.
        self.progress.send_replace(Progress::default());
        while let Err(error) = self.writer.clear().await {
            tracing::error!(%error, "the read model's file could not be emptied; trying again");
            sleep(RETRY).await;
        }
    }

    async fn take(&mut self, page: &Page) {
        if !self.writer.take_in(page) {
            return;
        }
        let written = self.written().await;
        let position = self.writer.position();
        self.parted_at = self.parted_at.filter(|at| *at > position);
        self.progress.send_modify(|progress| progress.position = position);
        self.changes.note(written.changed());
        if !page.is_behind && self.worked_at.elapsed() >= WORK_WAITS {
            // Pages that come without end must not put it off without end.
            self.work().await;
        }
    }

    async fn written(&mut self) -> Batch {
        loop {
            match self.writer.commit().await {
                Ok(written) => return written,
                Err(error) => {
                    tracing::error!(%error, "the read model could not be written; trying again");
                    sleep(RETRY).await;
                }
            }
        }
    }

    async fn work(&mut self) {
        if let Err(error) = self.refresh().await {
            tracing::error!(%error, "work items could not be brought to the present day");
            sleep(RETRY).await;
        }
    }

    async fn refresh(&mut self) -> Result<(), ReadError> {
        let today = self.writer.today();
        let refreshed = self.writer.refresh().await?;
        alarm(&refreshed);
        let parked = self.writer.parked().await?;
        let position = self.writer.position();
        self.progress.send_if_modified(|progress| {
            let before = *progress;
            progress.parked = parked;
            if refreshed.is_done {
                (progress.worked_on, progress.worked_until) = (Some(today), position);
            }
            *progress != before
        });
        self.worked_at = Instant::now();
        Ok(())
    }

    /// Returns at once while some items are of another day or of fewer events, and otherwise when
    /// that may have come.
    async fn wait_for_work(&self) {
        let progress = *self.progress.borrow();
        let is_of_today = progress.worked_on == Some(self.writer.today());
        if is_of_today && progress.worked_until == progress.position {
            select! {
                () = self.new_day.notified() => {}
                () = sleep(DAY_CHECK) => {}
            }
        }
    }
}
