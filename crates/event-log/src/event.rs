//! What an event is to the log: an envelope it can read and a body it cannot.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::hash::{Link, chain_hash};

/// Names one stream: whose history it is. The key is a random id and never says who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamKey {
    /// The kind of subject, such as `person`.
    pub category: String,
    /// Which subject of that kind.
    pub key: String,
}

impl StreamKey {
    /// Names the stream of `key` in `category`.
    pub fn new(category: impl Into<String>, key: impl Into<String>) -> Self {
        Self { category: category.into(), key: key.into() }
    }
}

impl fmt::Display for StreamKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.category, self.key)
    }
}

/// An event as the writer hands it in, before it has a place in the log.
///
/// Its `Debug` form, like that of [`StoredEvent`], names the event and leaves out who and what:
/// neither must reach a log line by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The event's own id, chosen by the writer.
    pub event_id: Uuid,
    /// The number of its type, for ever.
    pub type_no: u32,
    /// The case it belongs to, if it belongs to one.
    pub case_id: Option<Uuid>,
    /// The agency that records it.
    pub agency: String,
    /// The member of staff who records it.
    pub staff: String,
    /// For whom that member of staff acts, when it is somebody else.
    pub on_behalf_of: Option<String>,
    /// What everything that follows from one action has in common.
    pub correlation_id: Uuid,
    /// The event that led to this one.
    pub causation_id: Option<Uuid>,
    /// The day on which it happened in the world.
    pub occurred_on: Date,
    /// The clear part of the body.
    pub body: Vec<u8>,
    /// The personal part of the body, sealed under the subject's key. May be empty.
    pub sealed: Vec<u8>,
}

/// An event as it lies in the log.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the whole log, counted from 1 without a gap.
    pub position: u64,
    /// The stream it lies in.
    pub stream: StreamKey,
    /// Its place in its stream, counted from 1 without a gap.
    pub version: u64,
    /// The event's own id, chosen by the writer.
    pub event_id: Uuid,
    /// The number of its type, for ever.
    pub type_no: u32,
    /// The case it belongs to, if it belongs to one.
    pub case_id: Option<Uuid>,
    /// The agency that recorded it.
    pub agency: String,
    /// The member of staff who recorded it.
    pub staff: String,
    /// For whom that member of staff acted, when it was somebody else.
    pub on_behalf_of: Option<String>,
    /// What everything that follows from one action has in common.
    pub correlation_id: Uuid,
    /// The event that led to this one.
    pub causation_id: Option<Uuid>,
    /// The day on which it happened in the world.
    pub occurred_on: Date,
    /// When the log took it, to the microsecond; never earlier than the event before it.
    pub recorded_at: Timestamp,
    /// The clear part of the body.
    pub body: Vec<u8>,
    /// The personal part of the body, sealed under the subject's key. May be empty.
    pub sealed: Vec<u8>,
    /// SHA-256 over what the writer handed in.
    pub content_hash: [u8; 32],
    /// SHA-256 over the event before it and this one: one link of the chain.
    pub chain_hash: [u8; 32],
}

impl StoredEvent {
    /// Whether it comes right after the event with this chain hash (32 zero bytes: after none).
    /// Its own content is not looked at.
    #[must_use]
    pub fn continues(&self, before: &[u8; 32]) -> bool {
        let link = Link {
            position: self.position,
            version: self.version,
            recorded_at: self.recorded_at.as_microsecond(),
            content_hash: self.content_hash,
        };
        chain_hash(before, &link) == self.chain_hash
    }
}

impl fmt::Debug for NewEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut form = formatter.debug_struct("NewEvent");
        form.field("event_id", &self.event_id).field("type_no", &self.type_no);
        form.finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut form = formatter.debug_struct("StoredEvent");
        form.field("position", &self.position).field("version", &self.version);
        form.field("event_id", &self.event_id).field("type_no", &self.type_no);
        form.finish_non_exhaustive()
    }
}
