//! The one task of this process that writes: takes a batch, locks, judges, inserts, commits.
//!
//! It owns its connection, so no caller can cancel a transaction half-way: a caller that goes away
//! merely misses its answer. After an error nobody knows how much the database did, so the
//! connection is dropped, every request of the batch is told so, and the next batch starts anew.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tracing::warn;

use crate::error::{AppendError, LogError};
use crate::hub::Hub;
use crate::judge::{Ledger, request_key};
use crate::memory::{Memory, Recalled, Requests};
use crate::queue::{Job, Queue, Verdict};
use crate::store::{Rows, Store, Tail, WriteConnection};

pub(crate) struct Writer {
    store: Arc<dyn Store>,
    hub: Arc<Hub>,
    memory: Memory,
    connection: Option<Box<dyn WriteConnection>>,
    /// What is not done after this time hangs on a connection that is dead without having said so.
    patience: Duration,
}

impl Writer {
    /// Connects at once, so that a log that cannot be written is noticed when it is opened.
    pub(crate) async fn init(
        store: Arc<dyn Store>,
        hub: Arc<Hub>,
        requests: Arc<Requests>,
        patience: Duration,
    ) -> Result<Self, LogError> {
        let connection = Some(store.connect_writer().await?);
        Ok(Self { store, hub, memory: Memory::new(requests), connection, patience })
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
        match timeout(self.patience, self.write(&batch)).await {
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
        let written = match self.append_from_memory(&mut *connection, batch).await? {
            Some(written) => written,
            None => self.append_under_lock(&mut *connection, batch).await?,
        };
        self.connection = Some(connection);
        // In this order: who has an answer finds that everybody has heard of it.
        self.take_in(&written.ledger);
        Ok(written.verdicts)
    }

    /// One round trip, when memory knows all about the batch and would accept the whole of it: the
    /// database takes it only if the log is still as memory has it, which proves every verdict.
    async fn append_from_memory<'b>(
        &mut self,
        connection: &mut dyn WriteConnection,
        batch: &'b [Job],
    ) -> Result<Option<Written<'b>>, LogError> {
        let Some(ledger) = self.memory.ledger(batch) else { return Ok(None) };
        let written = Written::judged(ledger, batch);
        let all_are_new = written.verdicts.iter().flatten().filter(|it| !it.replayed).count();
        if all_are_new < batch.len() {
            return Ok(None);
        }
        let is_durable = connection.append_at(self.memory.tail(), written.ledger.rows()).await?;
        Ok(is_durable.then_some(written))
    }

    async fn append_under_lock<'b>(
        &mut self,
        connection: &mut dyn WriteConnection,
        batch: &'b [Job],
    ) -> Result<Written<'b>, LogError> {
        let tail = connection.begin().await?;
        self.memory.catch_up(connection, &tail).await?;
        let ledger = look_up(connection, &mut self.memory, tail, batch).await?;
        let written = Written::judged(ledger, batch);
        finish(connection, written.ledger.rows()).await?;
        Ok(written)
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

/// A batch that was judged, and, once it is returned, committed.
struct Written<'b> {
    ledger: Ledger<'b>,
    verdicts: Vec<Verdict>,
}

impl<'b> Written<'b> {
    fn judged(mut ledger: Ledger<'b>, batch: &'b [Job]) -> Self {
        let verdicts = batch.iter().map(|job| ledger.judge(&job.request)).collect();
        Self { ledger, verdicts }
    }
}

/// What the batch needs to know: from memory, and the rest from the database, one query per table.
async fn look_up<'b>(
    connection: &mut dyn WriteConnection,
    memory: &mut Memory,
    tail: Tail,
    batch: &'b [Job],
) -> Result<Ledger<'b>, LogError> {
    let Recalled { mut streams, unsure_streams, unsure_requests } = memory.recall(batch);
    if !unsure_streams.is_empty() {
        let found = connection.streams(&unsure_streams).await?;
        streams.extend(found.into_iter().map(|(index, state)| (unsure_streams[index], state)));
    }
    let mut requests = HashMap::new();
    if !unsure_requests.is_empty() {
        let found = connection.requests(&unsure_requests).await?;
        requests.extend(found.into_iter().map(|(index, known)| (unsure_requests[index], known)));
    }
    Ok(Ledger::new(tail, streams, requests))
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
