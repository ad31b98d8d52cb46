//! The handle of the log: what every other crate calls.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::append::{Append, Appended, KnownRequest, Prepared};
use crate::error::{AppendError, LogError, VerifyError};
use crate::event::{StoredEvent, StreamKey};
use crate::follow::{Filter, Follower, Step, read, read_filtered};
use crate::heads::Head;
use crate::hub::Hub;
use crate::memory::Requests;
use crate::patience::Patience;
use crate::postgres::PostgresStore;
use crate::queue::{Job, Message, queue};
use crate::sqlite::SqliteStore;
use crate::store::Store;
use crate::verify::{Verified, verify};
use crate::writer::Writer;

/// A handle of the log. Cloning it is cheap; all clones share one writer and one read pool.
#[derive(Clone)]
pub struct EventLog {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    queue: mpsc::Sender<Message>,
    hub: Arc<Hub>,
    requests: Arc<Requests>,
    /// The tasks that end with the log.
    beside: [AbortHandle; 2],
}

impl Inner {
    fn stop(&self) {
        self.beside.iter().for_each(AbortHandle::abort);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

impl EventLog {
    /// Opens the log at `sqlite:/path/log.sqlite` or `postgres://…`, and creates its tables when
    /// they are missing. Must be called inside a Tokio runtime, which then runs the writer.
    ///
    /// # Errors
    /// When the address means nothing to this crate, or the database cannot be used.
    pub async fn open(url: &str) -> Result<Self, LogError> {
        Self::open_with(url, Patience::USUAL).await
    }

    /// The same, with other time limits towards a database server.
    ///
    /// # Errors
    /// As [`EventLog::open`].
    pub async fn open_with(url: &str, patience: Patience) -> Result<Self, LogError> {
        let store = open_store(url, patience).await?;
        let hub = Arc::new(Hub::new(store.head().await?));
        let requests = Arc::new(Requests::new());
        let writer = Writer::init(store.clone(), hub.clone(), requests.clone(), patience.writing);
        let writer = writer.await?;
        let (sender, queue) = queue();
        tokio::spawn(writer.run(queue));
        let news = tokio::spawn({
            let (store, hub) = (store.clone(), hub.clone());
            async move { store.exchange_news(hub).await }
        });
        let learning = tokio::spawn({
            let (store, requests) = (store.clone(), requests.clone());
            async move { requests.learn(&*store).await }
        });
        let beside = [news.abort_handle(), learning.abort_handle()];
        Ok(Self { inner: Arc::new(Inner { store, queue: sender, hub, requests, beside }) })
    }

    /// Appends the whole request or nothing of it. A known request answers with its old positions.
    ///
    /// Once the request is queued it will be judged even if the returned future is dropped; the
    /// caller can then learn its fate by asking again with the same request id.
    ///
    /// # Errors
    /// See [`AppendError`]; only after `Store` is it unknown whether the request was recorded.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let request = Prepared::try_new(append)?;
        let (answer, verdict) = oneshot::channel();
        let message = Message::Append(Box::new(Job { request, answer }));
        self.inner.queue.send(message).await.map_err(|_| LogError::Closed)?;
        verdict.await.map_err(|_| LogError::Closed)?
    }

    /// What the log remembers of a request, so that a repeated one need not be decided again.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn known_request(
        &self,
        producer: &str,
        request_id: Uuid,
    ) -> Result<Option<KnownRequest>, LogError> {
        self.inner.store.known_request(producer, request_id).await
    }

    /// Whether it is worth while to ask for this request. False: it is none of those that this
    /// process knows of, and those are nearly all; one that another process recorded just now is
    /// found by [`EventLog::append`] at the latest, which answers as for any known request.
    #[must_use]
    pub fn may_know_request(&self, producer: &str, request_id: Uuid) -> bool {
        self.inner.requests.may_hold(producer, request_id)
    }

    /// The last position; 0 when the log is empty. Whoever waits in this process hears of it.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn head(&self) -> Result<u64, LogError> {
        let head = self.inner.store.head().await?;
        self.inner.hub.publish(head);
        Ok(head)
    }

    /// The events after a position, in order and without a gap.
    ///
    /// # Errors
    /// [`LogError::Hole`] when a position is missing; others when the log cannot be read.
    pub async fn read(&self, after: u64, limit: u32) -> Result<Vec<StoredEvent>, LogError> {
        read(&*self.inner.store, after, limit).await
    }

    /// The events of one stream after a version, in order.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn read_stream(
        &self,
        stream: &StreamKey,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, LogError> {
        self.inner.store.page_of_stream(stream, after_version, limit).await
    }

    /// Looks through the log after a position for what passes a filter, in order; a step brings
    /// some thousand positions nearer to the head, and is told also where nothing passes.
    ///
    /// # Errors
    /// [`LogError::Hole`] when a position is missing; others when the log cannot be read.
    pub async fn read_filtered(&self, filter: &Filter, after: u64) -> Result<Step, LogError> {
        read_filtered(&*self.inner.store, filter, after).await
    }

    /// The last position that was recorded at this time or before; 0 when there is none.
    ///
    /// Since times never decrease along the log, halving finds it: twenty look-ups for a million
    /// events, and no index to be kept.
    ///
    /// # Errors
    /// When the log cannot be read, or has a hole.
    pub async fn position_at(&self, recorded_at: Timestamp) -> Result<u64, LogError> {
        let wanted = recorded_at.as_microsecond();
        let (mut not_after, mut unknown) = (0, self.head().await?);
        while not_after < unknown {
            let middle = not_after + (unknown - not_after).div_ceil(2);
            match self.inner.store.recorded_at(middle).await? {
                Some(at) if at <= wanted => not_after = middle,
                Some(_) => unknown = middle - 1,
                None => return Err(LogError::Hole { expected: middle, found: middle + 1 }),
            }
        }
        Ok(not_after)
    }

    /// The last position this process has written or read. A hint to read, never a promise: what
    /// another process wrote may come late or, on SQLite with nobody following, not at all.
    #[must_use]
    pub fn wakeups(&self) -> watch::Receiver<u64> {
        self.inner.hub.subscribe()
    }

    /// The last position of a category that this process has written or read by following; 0 when
    /// there was none. The same kind of hint.
    #[must_use]
    pub fn heard_of(&self, category: &str) -> u64 {
        self.inner.hub.heard_of(category)
    }

    /// Follows the whole log from after a position. The follower does not keep the log open.
    #[must_use]
    pub fn follow(&self, after: u64) -> Follower {
        self.follow_filtered(Filter::all(), after)
    }

    /// Follows what passes the filter.
    #[must_use]
    pub fn follow_filtered(&self, filter: Filter, after: u64) -> Follower {
        Follower::new(self.inner.store.clone(), &self.inner.hub, filter, after)
    }

    /// How far the log has come, to be signed and kept elsewhere; none while it is empty.
    ///
    /// # Errors
    /// [`LogError::Hole`] when its first or last event is missing; others when it cannot be read.
    pub async fn head_to_sign(&self) -> Result<Option<Head>, LogError> {
        let head = self.head().await?;
        let ends = (self.read(0, 1).await?, self.read(head.saturating_sub(1), 1).await?);
        let (first, last) = (ends.0.first(), ends.1.first());
        Ok(first.zip(last).map(|(first, last)| Head::new(first, last)))
    }

    /// Whether the log still is what this head says of it. It looks at two events and not at what
    /// lies between: for that there is [`verify_against`](Self::verify_against).
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn agrees_with(&self, head: &Head) -> Result<bool, LogError> {
        let first = self.read(0, 1).await?;
        let there = self.read(head.position.saturating_sub(1), 1).await?;
        Ok(first.first().zip(there.first()).is_some_and(|ends| Head::new(ends.0, ends.1) == *head))
    }

    /// Recomputes the hash chain from the first event to the present head, telling how far it got
    /// (checked, head) after every page.
    ///
    /// # Errors
    /// The first position that was altered, or that the log cannot be read.
    pub async fn verify(&self, on_progress: impl FnMut(u64, u64)) -> Result<Verified, VerifyError> {
        self.verify_against(&[], on_progress).await
    }

    /// The same, and the log must be what these heads say of it. Who signed them was checked when
    /// they were read.
    ///
    /// # Errors
    /// The first position that was altered, cut off or exchanged, or that the log cannot be read.
    pub async fn verify_against(
        &self,
        signed: &[Head],
        on_progress: impl FnMut(u64, u64),
    ) -> Result<Verified, VerifyError> {
        verify(&self.inner.store, signed, on_progress).await
    }

    /// Writes what is queued, then closes the log for this handle and all its clones.
    pub async fn close(self) {
        let (done, closed) = oneshot::channel();
        if self.inner.queue.send(Message::Close(done)).await.is_ok() {
            // An error means that the writer is gone already, which is what is asked for.
            let _ = closed.await;
        }
        self.inner.stop();
        self.inner.store.close().await;
    }
}

async fn open_store(url: &str, patience: Patience) -> Result<Arc<dyn Store>, LogError> {
    match url.split_once(':') {
        Some(("sqlite", _)) => Ok(Arc::new(SqliteStore::open(url).await?)),
        Some(("postgres" | "postgresql", _)) => {
            Ok(Arc::new(PostgresStore::open(url, patience).await?))
        }
        _ => Err(LogError::Address),
    }
}
