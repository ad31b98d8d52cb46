//! A whole read model from the log, at one go.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use access::Clock;
use event_log::EventLog;

use crate::{
    ReadError, Stages,
    feed::Feed,
    fold::RULES,
    store,
    writer::{Writer, alarm},
};

/// What a replay came to.
#[derive(Debug, Clone, Copy)]
pub struct Replayed {
    /// How many events were taken in, of persons and of others.
    pub events: u64,
    /// How many persons have an event that this version cannot read or take in.
    pub parked: u64,
    /// How long it took in all.
    pub took: Duration,
    /// How long its stages took.
    pub stages: Stages,
}

/// How far a replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaying {
    /// The last position that was taken in.
    pub position: u64,
    /// The log's head when the replay began.
    pub head: u64,
}

/// Makes a read model of everything in the log: the histories, and then the work items of this day.
///
/// A file at this path is removed first, so nobody may be using it; for one that is being used
/// there are [`crate::ReadModel::rebuild`] and [`rebuild`]. Afterwards the file is closed and can be
/// opened with [`crate::ReadModel::open`]. This is what both of them run, so a benchmark of it
/// measures the real thing.
///
/// # Errors
/// When the log cannot be read or has a hole, or the file cannot be written.
pub async fn replay(
    path: &Path,
    log: &EventLog,
    clock: Arc<dyn Clock>,
    mut on_progress: impl FnMut(Replaying),
) -> Result<Replayed, ReadError> {
    let started = Instant::now();
    let head = log.head().await?;
    let mut writer = Writer::new(store::begin_building(path).await?, clock, RULES).await?;
    let mut read = Duration::ZERO;
    // What came while the work items were computed is taken in as well.
    loop {
        let before = writer.position();
        let mut feed = Feed::to_head(log.clone(), before);
        while let Some(page) = feed.next().await {
            let page = page?;
            if let Some(first) = page.events.first().filter(|first| !writer.is_continued_by(first))
            {
                let position = first.position;
                tracing::error!(position, "the log's hash chain is broken");
            }
            if writer.take_in(&page) {
                writer.commit().await?;
            }
            if let Some(last) = page.events.last() {
                on_progress(Replaying { position: last.position, head });
            }
        }
        writer.commit().await?;
        read += feed.read();
        if writer.position() == before {
            break;
        }
        work_through(&mut writer).await?;
    }
    let (events, parked) = (writer.position(), writer.parked().await?);
    let stages = Stages { read, ..writer.stages };
    store::close_built(writer.into_connection(), path).await?;
    Ok(Replayed { events, parked, took: started.elapsed(), stages })
}

async fn work_through(writer: &mut Writer) -> Result<(), ReadError> {
    loop {
        let refreshed = writer.refresh().await?;
        alarm(&refreshed);
        if refreshed.is_done {
            return Ok(());
        }
    }
}

/// Builds a read model beside the file at this path and puts it in its place, durably. For a file
/// that no gateway is using: a running one is told with [`crate::ReadModel::rebuild`].
///
/// # Errors
/// As [`replay`]; and [`ReadError::InUse`] when the file is open elsewhere. The file is as it was
/// then.
pub async fn rebuild(
    path: &Path,
    log: &EventLog,
    clock: Arc<dyn Clock>,
    on_progress: impl FnMut(Replaying),
) -> Result<Replayed, ReadError> {
    let next = store::beside(path);
    let replayed = replay(&next, log, clock, on_progress).await?;
    if let Err(error) = store::replace(path).await {
        store::remove(&next)?;
        return Err(error);
    }
    Ok(replayed)
}
