//! The one connection that writes the file, and the steps in which it does.
//!
//! First the events: a batch and the checkpoint behind it are one transaction. Then the work items
//! of the persons whose history has grown, in another: timelines need not wait for them. Far
//! behind the head, batches are large, and work items are computed once, when the head is reached.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use access::Clock;
use casework::today;
use event_log::StoredEvent;
use jiff::civil::Date;
use sqlx::{Connection, sqlite::SqliteConnection};

use crate::{
    ReadError,
    batch::Batch,
    feed::Page,
    fold::Apply,
    store::{self, Checkpoint},
    work::{self, Refreshed},
};

/// Bytes of memory for the events of one transaction, as long as more come without waiting: some
/// 150,000 events.
const BATCH_BYTES: usize = 48 * 1024 * 1024;

/// Persons whose work items are computed in one transaction. Near the head somebody may wait for
/// events that come meanwhile, so it should take a few milliseconds; far behind it, all cores fold.
/// Their histories are in memory together: 128 of 500 events each take some 16 MB.
const PERSONS_AT_ONCE: usize = 8;
const PERSONS_AT_ONCE_BEHIND: usize = 128;

/// How long each stage took. Stages overlap, so together they take longer than the whole.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stages {
    /// Reading pages of the log.
    pub read: Duration,
    /// Packing events into the pieces of their persons.
    pub pack: Duration,
    /// Writing pieces, indexes and checkpoints, commits included.
    pub write: Duration,
    /// Reading histories back to fold them.
    pub load: Duration,
    /// Decoding the events of histories, summed over the cores.
    pub decode: Duration,
    /// Folding them and computing work items, summed over the cores.
    pub fold: Duration,
    /// Writing work items, commits included.
    pub work_items: Duration,
}

/// Writes what the feed brings.
pub(crate) struct Writer {
    connection: SqliteConnection,
    clock: Arc<dyn Clock>,
    apply: Apply,
    batch: Batch,
    /// The last event that was written.
    written: Checkpoint,
    /// Persons of the last batches whose work items have not been looked at since.
    touched: usize,
    pub(crate) stages: Stages,
}

impl Writer {
    pub(crate) async fn new(
        mut connection: SqliteConnection,
        clock: Arc<dyn Clock>,
        apply: Apply,
    ) -> Result<Self, ReadError> {
        let written = store::checkpoint(&mut connection).await?;
        let (batch, stages) = (Batch::default(), Stages::default());
        Ok(Self { connection, clock, apply, batch, written, touched: 0, stages })
    }

    /// The last position that was written.
    pub(crate) fn position(&self) -> u64 {
        self.written.position
    }

    /// The day of the clock.
    pub(crate) fn today(&self) -> Date {
        today(self.clock.now())
    }

    /// Whether an event continues the hash chain of what was taken in before it.
    pub(crate) fn is_continued_by(&self, event: &StoredEvent) -> bool {
        event.continues(&self.batch.last().unwrap_or(self.written).chain_hash)
    }

    /// Takes a page in, and says whether the batch should be written now.
    pub(crate) fn take_in(&mut self, page: &Page) -> bool {
        let started = Instant::now();
        page.events.iter().for_each(|event| self.batch.take_in(event));
        self.stages.pack += started.elapsed();
        !page.is_behind || self.batch.bytes >= BATCH_BYTES
    }

    /// Writes the batch and hands it out. After an error it is still here, and can be written again.
    pub(crate) async fn commit(&mut self) -> Result<Batch, ReadError> {
        let Some(last) = self.batch.last() else { return Ok(Batch::default()) };
        let started = Instant::now();
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        self.batch.write(&mut transaction).await?;
        transaction.commit().await?;
        self.written = last;
        self.touched = self.touched.saturating_add(self.batch.persons());
        self.stages.write += started.elapsed();
        Ok(std::mem::take(&mut self.batch))
    }

    /// Computes the work items of those persons whose history has grown, and of some more if they
    /// are of another day.
    pub(crate) async fn refresh(&mut self) -> Result<Refreshed, ReadError> {
        let is_behind = self.touched >= PERSONS_AT_ONCE_BEHIND;
        let persons = if is_behind { PERSONS_AT_ONCE_BEHIND } else { PERSONS_AT_ONCE };
        let today = self.today();
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        let refreshed = work::refresh_some(&mut transaction, today, persons, self.apply).await?;
        let started = Instant::now();
        transaction.commit().await?;
        let took = refreshed.took;
        self.stages.load += took.load;
        self.stages.decode += took.decode;
        self.stages.fold += took.fold;
        self.stages.work_items += took.write + started.elapsed();
        self.touched = if refreshed.is_done { 0 } else { self.touched.saturating_sub(persons) };
        Ok(refreshed)
    }

    /// How many persons are parked.
    pub(crate) async fn parked(&mut self) -> Result<u64, ReadError> {
        let count = "SELECT count(*) FROM person WHERE parked_at IS NOT NULL";
        let parked: i64 = sqlx::query_scalar(count).fetch_one(&mut self.connection).await?;
        Ok(parked.cast_unsigned())
    }

    /// Empties the file, to begin anew.
    pub(crate) async fn clear(&mut self) -> Result<(), ReadError> {
        self.batch = Batch::default();
        store::clear(&mut self.connection).await?;
        self.written = Checkpoint::GENESIS;
        Ok(())
    }

    /// The file, to be closed.
    pub(crate) fn into_connection(self) -> SqliteConnection {
        self.connection
    }
}

/// One alarm for each event that parks a person.
pub(crate) fn alarm(refreshed: &Refreshed) {
    for position in &refreshed.parked_at {
        tracing::error!(
            position,
            "a person is parked: the event at {position} cannot be taken in by this version"
        );
    }
}
