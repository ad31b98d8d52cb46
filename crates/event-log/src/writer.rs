//! The one task of this process that writes: takes a batch, locks, judges, inserts, commits.
//!
//! It owns its connection, so no caller can cancel a transaction half-way: a caller that goes away
//! merely misses its answer. After an error nobody knows how much the database did, so the
//! connection is dropped, every request of the batch is told so, and the next batch starts anew.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tracing::warn;
use uuid::Uuid;

use crate::append::{Append, KnownRequest};
use crate::error::{AppendError, LogError};
use crate::event::StreamKey;
use crate::hub::Hub;
use crate::judge::{Ledger, request_key};
use crate::memory::{Memory, Requests};
use crate::queue::{Job, Queue, Verdict};
use crate::store::{Rows, Store, Tail, WriteConnection};

/// A batch waits at most 10 s for the lock and seldom takes 1 s under it. What is not done after
/// this time hangs on a connection that is dead without having said so.
const BATCH_SECONDS_MAX: u64 = 60;

pub(crate) struct Writer {
    store: Arc<dyn Store>,
    hub: Arc<Hub>,
    memory: Memory,
    connection: Option<Box<dyn WriteConnection>>,
}

impl Writer {
    /// Connects at once, so that a log that cannot be written is noticed when it is opened.
    pub(crate) async fn init(
        store: Arc<dyn Store>,
        hub: Arc<Hub>,
        requests: Arc<Requests>,
    ) -> Result<Self, LogError> {
        let connection = Some(store.connect_writer().await?);
        Ok(Self { store, hub, memory: Memory::new(requests), connection })
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
        let deadline = Duration::from_secs(BATCH_SECONDS_MAX);
        match timeout(deadline, self.write(&batch)).await {
            Ok(Ok(verdicts)) => answer(batch, verdicts),
            Ok(Err(error)) => fail(batch, &error),
            Err(_) => fail(batch, &LogError::TimedOut),
        }
    }

    /// Writes one batch and tells the hub. An error on the way drops the connection; what the
    /// memory knows stays true, and the next batch reads whatever was committed after all.
    async fn write(&mut self, batch: &[Job]) -> Result<Vec<Verdict>, LogError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.store.connect_writer().await?,
        };
        self.memory.prepare(&mut *connection).await?;
        let tail = connection.begin().await?;
        self.memory.catch_up(&mut *connection, &tail).await?;
        let mut ledger = look_up(&mut *connection, &mut self.memory, tail, batch).await?;
        let verdicts = batch.iter().map(|job| ledger.judge(&job.request)).collect();
        finish(&mut *connection, ledger.rows()).await?;
        self.connection = Some(connection);
        // In this order: who has an answer finds that everybody has heard of it.
        self.take_in(&ledger);
        Ok(verdicts)
    }

    /// The batch is committed.
    fn take_in(&mut self, ledger: &Ledger<'_>) {
        let Rows { requests, events, .. } = ledger.rows();
        let requests = requests.iter().map(|row| request_key(row.append));
        self.memory.moved(ledger.tail(), ledger.streams(), requests);
        self.hub.publish_events(events.iter().map(|row| (row.category, row.position)));
        self.hub.publish_written(ledger.tail().position);
    }
}

/// What the batch needs to know: from memory, and the rest from the database, one query per table.
async fn look_up<'a>(
    connection: &mut dyn WriteConnection,
    memory: &mut Memory,
    tail: Tail,
    batch: &'a [Job],
) -> Result<Ledger<'a>, LogError> {
    let streams = distinct(appends(batch).flat_map(streams_of));
    let (mut known, mut unsure) = (HashMap::with_capacity(streams.len()), Vec::new());
    for stream in streams {
        match memory.stream(stream) {
            Some(state) => _ = known.insert(stream, state),
            None => unsure.push(stream),
        }
    }
    if !unsure.is_empty() {
        let found = connection.streams(&unsure).await?;
        known.extend(found.into_iter().map(|(index, state)| (unsure[index], state)));
    }
    let requests = look_up_requests(connection, memory, batch).await?;
    Ok(Ledger::new(tail, known, requests))
}

async fn look_up_requests<'a>(
    connection: &mut dyn WriteConnection,
    memory: &Memory,
    batch: &'a [Job],
) -> Result<HashMap<(&'a str, Uuid), KnownRequest>, LogError> {
    let asked = appends(batch).map(request_key);
    let unsure = distinct(asked.filter(|(producer, id)| !memory.is_surely_new(producer, *id)));
    if unsure.is_empty() {
        return Ok(HashMap::new());
    }
    let found = connection.requests(&unsure).await?;
    Ok(found.into_iter().map(|(index, known)| (unsure[index], known)).collect())
}

async fn finish(connection: &mut dyn WriteConnection, rows: &Rows<'_>) -> Result<(), LogError> {
    if rows.events.is_empty() {
        return connection.rollback().await;
    }
    connection.insert(rows).await?;
    connection.commit().await
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
