//! What the two databases do differently, and nothing else.
//!
//! A [`Store`] is shared and reads; a [`WriteConnection`] belongs to the writer task alone. Their
//! steps are primitive on purpose: order, versions, hashing and refusals are decided once, above.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use uuid::Uuid;

use crate::append::{Append, KnownRequest};
use crate::error::LogError;
use crate::event::{NewEvent, StoredEvent, StreamKey};
use crate::hash::GENESIS;

/// Reading, and everything around it.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// A connection for the writer, in its default state.
    async fn connect_writer(&self) -> Result<Box<dyn WriteConnection>, LogError>;
    /// The last position, 0 when the log is empty.
    async fn head(&self) -> Result<u64, LogError>;
    /// Events after a position, in order of position.
    async fn page(&self, after: u64, limit: u32) -> Result<Vec<StoredEvent>, LogError>;
    /// Events of one stream after a version, in order of version.
    async fn page_of_stream(
        &self,
        stream: &StreamKey,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, LogError>;
    /// Events of one category after a position, in order of position.
    async fn page_of_category(
        &self,
        category: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, LogError>;
    /// What is remembered of one request.
    async fn known_request(
        &self,
        producer: &str,
        request_id: Uuid,
    ) -> Result<Option<KnownRequest>, LogError>;
    /// When the event at this position was recorded, in microseconds since 1970.
    async fn recorded_at(&self, position: u64) -> Result<Option<i64>, LogError>;
    /// The first position that the record of requests does not fit; none when all do.
    async fn requests_misfit(&self) -> Result<Option<u64>, LogError>;
    /// How long a follower waits for a wake-up before it looks by itself.
    fn poll_interval(&self) -> Duration;
    /// Passes on wake-ups from other processes until the store is closed.
    async fn listen(&self, wakeups: Arc<Wakeups>);
    /// Closes all reading connections.
    async fn close(&self);
}

/// The steps of one batch. After any error the connection is thrown away, and with it whatever
/// its transaction had begun.
#[async_trait]
pub(crate) trait WriteConnection: Send {
    /// Begins a transaction, takes the lock of the whole log, and only then reads its tail.
    async fn begin(&mut self) -> Result<Tail, LogError>;
    /// Where the wanted streams stand; those that do not exist are left out. The number is the
    /// index into `wanted`.
    async fn streams(
        &mut self,
        wanted: &[&StreamKey],
    ) -> Result<Vec<(usize, StreamState)>, LogError>;
    /// What is known of the wanted requests; unknown ones are left out.
    async fn requests(
        &mut self,
        wanted: &[(&str, Uuid)],
    ) -> Result<Vec<(usize, KnownRequest)>, LogError>;
    /// Inserts new streams.
    async fn insert_streams(&mut self, rows: &[StreamRow<'_>]) -> Result<(), LogError>;
    /// Inserts accepted requests.
    async fn insert_requests(&mut self, rows: &[RequestRow<'_>]) -> Result<(), LogError>;
    /// Inserts events.
    async fn insert_events(&mut self, rows: &[EventRow<'_>]) -> Result<(), LogError>;
    /// Makes the batch durable and wakes other processes.
    async fn commit(&mut self, head: u64) -> Result<(), LogError>;
    /// Gives the lock back without having written.
    async fn rollback(&mut self) -> Result<(), LogError>;
}

/// The end of the log: what the next rows follow.
#[derive(Clone, Copy)]
pub(crate) struct Tail {
    pub(crate) position: u64,
    pub(crate) chain_hash: [u8; 32],
    pub(crate) recorded_at: i64,
    pub(crate) request_no: u64,
    pub(crate) stream_no: u64,
}

impl Tail {
    /// The end of a log that has no event yet.
    pub(crate) const GENESIS: Self = Self {
        position: 0,
        chain_hash: GENESIS,
        recorded_at: i64::MIN,
        request_no: 0,
        stream_no: 0,
    };
}

/// Where a stream stands.
#[derive(Clone, Copy)]
pub(crate) struct StreamState {
    pub(crate) stream_no: u64,
    pub(crate) version: u64,
    /// The position of its last event.
    pub(crate) position: u64,
}

pub(crate) struct StreamRow<'a> {
    pub(crate) stream_no: u64,
    pub(crate) stream: &'a StreamKey,
}

pub(crate) struct RequestRow<'a> {
    pub(crate) request_no: u64,
    pub(crate) append: &'a Append,
    pub(crate) first_position: u64,
    pub(crate) last_position: u64,
}

pub(crate) struct EventRow<'a> {
    pub(crate) position: u64,
    pub(crate) stream_no: u64,
    pub(crate) version: u64,
    pub(crate) request_no: u64,
    pub(crate) recorded_at: i64,
    pub(crate) event: &'a NewEvent,
    pub(crate) content_hash: [u8; 32],
    pub(crate) chain_hash: [u8; 32],
}

/// The hub of this process: the last position anybody here has written or read in the log. Only
/// ever a hint, and only ever published by who has seen the log itself.
pub(crate) struct Wakeups(watch::Sender<u64>);

impl Wakeups {
    pub(crate) fn new(head: u64) -> Self {
        Self(watch::Sender::new(head))
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }

    /// News may arrive late and out of order; the hub never goes back.
    pub(crate) fn publish(&self, head: u64) {
        self.0.send_if_modified(|known| {
            let is_news = head > *known;
            *known = head.max(*known);
            is_news
        });
    }
}
