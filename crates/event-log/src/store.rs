//! What the two databases do differently, and nothing else.
//!
//! A [`Store`] is shared and reads; a [`WriteConnection`] belongs to the writer task alone. Their
//! steps are primitive on purpose: order, versions, hashing and refusals are decided once, above.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use crate::append::{Append, KnownRequest};
use crate::error::LogError;
use crate::event::{NewEvent, StoredEvent, StreamKey};
use crate::follow::Filter;
use crate::hash::GENESIS;
use crate::hub::Hub;

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
    /// How much of the log lies after a position, looking no further than `window` positions.
    async fn stretch(&self, after: u64, window: u32) -> Result<Stretch, LogError>;
    /// Events between two positions that pass the filter, in order of position.
    async fn page_of(
        &self,
        filter: &Filter,
        after: u64,
        up_to: u64,
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
    /// Tells other processes of this one's commits, and this one of theirs, until the store is
    /// closed. A store that cannot leaves it to the poll of the followers.
    async fn exchange_news(&self, hub: Arc<Hub>);
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
    /// The events from a position on, that one included, without their content.
    async fn moves_from(&mut self, position: u64, limit: u32) -> Result<Vec<Move>, LogError>;
    /// Requests after a number, in order: number, producer, request id.
    async fn requests_after(
        &mut self,
        request_no: u64,
        limit: u32,
    ) -> Result<Vec<(u64, String, Uuid)>, LogError>;
    /// Inserts what was accepted.
    async fn insert(&mut self, rows: &Rows<'_>) -> Result<(), LogError>;
    /// Appends behind a tail that was seen earlier, in a transaction of its own and without reading
    /// anything first; true: it is durable. False: nothing was written, because somebody holds the
    /// lock or the tail is another by now, or because this store has no way to do it.
    async fn append_at(&mut self, tail: &Tail, rows: &Rows<'_>) -> Result<bool, LogError>;
    /// Makes the batch durable.
    async fn commit(&mut self) -> Result<(), LogError>;
    /// Gives the lock back without having written.
    async fn rollback(&mut self) -> Result<(), LogError>;
}

/// A part of the log as one look found it.
pub(crate) struct Stretch {
    /// How many events it holds.
    pub(crate) count: u64,
    /// The position of the last one; where it began, when it holds none.
    pub(crate) last: u64,
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

impl Tail {
    /// Whether nothing was written between the two.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.position == other.position && self.chain_hash == other.chain_hash
    }
}

/// An event, as far as it moves its stream.
pub(crate) struct Move {
    pub(crate) stream: StreamKey,
    pub(crate) state: StreamState,
    pub(crate) chain_hash: [u8; 32],
}

/// Where a stream stands.
#[derive(Clone, Copy)]
pub(crate) struct StreamState {
    pub(crate) stream_no: u64,
    pub(crate) version: u64,
    /// The position of its last event.
    pub(crate) position: u64,
}

/// What a batch adds to each table.
#[derive(Default)]
pub(crate) struct Rows<'a> {
    pub(crate) streams: Vec<StreamRow<'a>>,
    pub(crate) requests: Vec<RequestRow<'a>>,
    pub(crate) events: Vec<EventRow<'a>>,
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
    /// The stream's, for whoever waits for news of it.
    pub(crate) category: &'a str,
    pub(crate) recorded_at: i64,
    pub(crate) event: &'a NewEvent,
    pub(crate) content_hash: [u8; 32],
    pub(crate) chain_hash: [u8; 32],
}
