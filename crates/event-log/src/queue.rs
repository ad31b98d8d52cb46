//! The line of requests before the writer, and how much of it makes one batch.
//!
//! There is no timer. While one batch is being written the next ones queue up, so batches grow
//! with the load by themselves and a lone request never waits for company.

use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;

use crate::append::{Appended, Prepared};
use crate::error::AppendError;

/// How many requests may wait. Beyond that callers wait to be let in, so that a database that
/// stands still does not fill the memory.
const WAITING_MAX: usize = 1024;

/// A batch holds the lock of the log; 512 events take about 20 ms.
const BATCH_EVENTS_MAX: usize = 512;

/// The same limit for large events.
const BATCH_BYTES_MAX: usize = 1 << 20;

/// How often the writer lets other tasks go first before it takes what is queued.
const YIELDS: usize = 2;

/// What becomes of a request.
pub(crate) type Verdict = Result<Appended, AppendError>;

/// A request and whoever waits for its answer, if anybody still does.
pub(crate) struct Job {
    pub(crate) request: Prepared,
    pub(crate) answer: oneshot::Sender<Verdict>,
}

pub(crate) enum Message {
    Append(Box<Job>),
    /// Take in nothing more, write what is queued, then answer.
    Close(oneshot::Sender<()>),
}

pub(crate) fn queue() -> (mpsc::Sender<Message>, Queue) {
    let (sender, messages) = mpsc::channel(WAITING_MAX);
    (sender, Queue { messages, carried: None, closing: Vec::new() })
}

/// The writer's end of the line.
pub(crate) struct Queue {
    messages: mpsc::Receiver<Message>,
    /// The request that found no room in the last batch.
    carried: Option<Box<Job>>,
    /// Whoever waits for the writer's end. Dropped with the queue at the latest.
    closing: Vec<oneshot::Sender<()>>,
}

impl Queue {
    /// Waits for a request and takes whatever else is there, or answers `None` when the log is
    /// closed and everything is written.
    pub(crate) async fn next_batch(&mut self) -> Option<Vec<Job>> {
        let first = match self.carried.take() {
            Some(job) => job,
            None => self.next_job().await?,
        };
        // Whoever was just answered is given the time to ask again. Without it, all of them come a
        // moment too late and full batches take turns with batches of one.
        for _ in 0..YIELDS {
            yield_now().await;
        }
        let mut room = Room::new();
        room.take(&first);
        let mut batch = vec![*first];
        while let Some(job) = self.waiting_job() {
            if !room.take(&job) {
                self.carried = Some(job);
                break;
            }
            batch.push(*job);
        }
        Some(batch)
    }

    async fn next_job(&mut self) -> Option<Box<Job>> {
        loop {
            match self.messages.recv().await? {
                Message::Append(job) => return Some(job),
                Message::Close(done) => self.close(done),
            }
        }
    }

    fn waiting_job(&mut self) -> Option<Box<Job>> {
        loop {
            match self.messages.try_recv().ok()? {
                Message::Append(job) => return Some(job),
                Message::Close(done) => self.close(done),
            }
        }
    }

    fn close(&mut self, done: oneshot::Sender<()>) {
        self.messages.close();
        self.closing.push(done);
    }

    /// Tells everybody who asked that the writer has ended.
    pub(crate) fn closed(self) {
        for done in self.closing {
            // Whoever stopped waiting does not need the answer.
            let _ = done.send(());
        }
    }
}

/// What still fits into a batch. The first request always fits, however large it is.
struct Room {
    events: usize,
    bytes: usize,
}

impl Room {
    fn new() -> Self {
        Self { events: BATCH_EVENTS_MAX, bytes: BATCH_BYTES_MAX }
    }

    fn take(&mut self, job: &Job) -> bool {
        let events = job.request.content_hashes.len();
        let fits = events <= self.events && job.request.bytes <= self.bytes;
        self.events = self.events.saturating_sub(events);
        self.bytes = self.bytes.saturating_sub(job.request.bytes);
        fits
    }
}
