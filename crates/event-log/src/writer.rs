//! The one task of this process that writes: takes a batch, locks, judges, inserts, commits.
//!
//! It owns its connection, so no caller can cancel a transaction half-way: a caller that goes away
//! merely misses its answer. After an error nobody knows how much the database did, so the
//! connection is dropped, every request of the batch is told so, and the next batch starts anew.

use std::collections::HashSet;
use std::error::Error;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tracing::warn;

use crate::append::Append;
use crate::error::{AppendError, LogError};
use crate::event::StreamKey;
use crate::judge::{Ledger, Rows, request_key};
use crate::queue::{Job, Queue, Verdict};
use crate::store::{Store, Tail, Wakeups, WriteConnection};

/// A batch waits at most 10 s for the lock and seldom takes 1 s under it. What is not done after
/// this time hangs on a connection that is dead without having said so.
const BATCH_SECONDS_MAX: u64 = 60;

pub(crate) struct Writer {
    store: Arc<dyn Store>,
    wakeups: Arc<Wakeups>,
    connection: Option<Box<dyn WriteConnection>>,
}

impl Writer {
    /// Connects at once, so that a log that cannot be written is noticed when it is opened.
    pub(crate) async fn init(
        store: Arc<dyn Store>,
        wakeups: Arc<Wakeups>,
    ) -> Result<Self, LogError> {
        let connection = Some(store.connect_writer().await?);
        Ok(Self { store, wakeups, connection })
    }

    /// Writes until the queue is closed and empty.
    pub(crate) async fn run(mut self, mut queue: Queue) {
        while let Some(batch) = queue.next_batch().await {
            self.settle(batch).await;
        }
        drop(self.connection);
        queue.closed();
    }

    /// Writes one batch and answers everybody in it.
    async fn settle(&mut self, batch: Vec<Job>) {
        // Taken, and put back only after a commit: an error on the way drops the connection.
        let connection = self.connection.take();
        let deadline = Duration::from_secs(BATCH_SECONDS_MAX);
        match timeout(deadline, write(&*self.store, connection, &batch)).await {
            Ok(Ok(written)) => {
                self.connection = Some(written.connection);
                // In this order: who has an answer finds that everybody has heard of it.
                self.wakeups.publish(written.head);
                answer(batch, written.verdicts);
            }
            Ok(Err(error)) => fail(batch, &error),
            Err(_) => fail(batch, &LogError::TimedOut),
        }
    }
}

struct Written {
    connection: Box<dyn WriteConnection>,
    verdicts: Vec<Verdict>,
    head: u64,
}

async fn write(
    store: &dyn Store,
    connection: Option<Box<dyn WriteConnection>>,
    batch: &[Job],
) -> Result<Written, LogError> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => store.connect_writer().await?,
    };
    let tail = connection.begin().await?;
    let mut ledger = look_up(&mut *connection, tail, batch).await?;
    let verdicts = batch.iter().map(|job| ledger.judge(&job.request)).collect();
    finish(&mut *connection, &ledger).await?;
    Ok(Written { verdicts, head: ledger.head(), connection })
}

/// Asks the database where the batch's streams and requests stand, one query per table.
///
/// Here is the place for caches: whatever a cache proves (its tail is this tail, so nobody else
/// wrote) need not be asked for. The ledger does not care where its knowledge comes from.
async fn look_up<'a>(
    connection: &mut dyn WriteConnection,
    tail: Tail,
    batch: &'a [Job],
) -> Result<Ledger<'a>, LogError> {
    let streams = distinct(appends(batch).flat_map(streams_of));
    let requests = distinct(appends(batch).map(request_key));
    let known_streams = connection.streams(&streams).await?;
    let known_requests = connection.requests(&requests).await?;
    Ok(Ledger::new(
        tail,
        known_streams.into_iter().map(|(index, state)| (streams[index], state)).collect(),
        known_requests.into_iter().map(|(index, known)| (requests[index], known)).collect(),
    ))
}

async fn finish(connection: &mut dyn WriteConnection, ledger: &Ledger<'_>) -> Result<(), LogError> {
    let Rows { streams, requests, events } = ledger.rows();
    if events.is_empty() {
        return connection.rollback().await;
    }
    if !streams.is_empty() {
        connection.insert_streams(streams).await?;
    }
    connection.insert_requests(requests).await?;
    connection.insert_events(events).await?;
    connection.commit(ledger.head()).await
}

fn answer(batch: Vec<Job>, verdicts: Vec<Verdict>) {
    for (job, verdict) in batch.into_iter().zip(verdicts) {
        // A caller that went away reads its answer by asking again with the same request id.
        let _ = job.answer.send(verdict);
    }
}

fn fail(batch: Vec<Job>, error: &LogError) {
    let cause: &(dyn Error + 'static) = error;
    warn!(requests = batch.len(), error = cause, "a batch of {} appends failed", batch.len());
    for job in batch {
        let _ = job.answer.send(Err(AppendError::Store(error.clone())));
    }
}

fn appends(batch: &[Job]) -> impl Iterator<Item = &Append> {
    batch.iter().map(|job| &job.request.append)
}

fn streams_of(append: &Append) -> impl Iterator<Item = &StreamKey> {
    let watched = append.unless_changed.iter().flat_map(|condition| &condition.streams);
    append.writes.iter().map(|write| &write.stream).chain(watched)
}

fn distinct<T: Copy + Eq + Hash>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.filter(|&one| seen.insert(one)).collect()
}
