//! A request to append, and everything about it that can be settled before the lock.

use jiff::Timestamp;
use uuid::Uuid;

use crate::error::AppendError;
use crate::event::{NewEvent, StreamKey};
use crate::hash::content_hash;

/// The largest request, counting bodies, texts and an allowance per event. A log is no place for
/// documents, and one request must not hold the lock for long.
pub const REQUEST_BYTES_MAX: usize = 16 << 20;

/// The longest text of an envelope. PostgreSQL refuses index rows beyond 2704 bytes, and two of
/// these texts share one.
pub const TEXT_BYTES_MAX: usize = 1024;

/// What an event weighs beside its bodies and texts: ids, hashes and numbers.
const ENVELOPE_BYTES: usize = 256;

/// What a stream must look like for a write to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedVersion {
    /// Whatever it looks like.
    Any,
    /// It must not exist.
    NoStream,
    /// Its last event must have this version; 0 means that it must not exist.
    Exact(u64),
}

impl ExpectedVersion {
    /// Whether a stream at `version` (0: there is none) is as expected.
    pub(crate) fn holds(self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::NoStream => version == 0,
            Self::Exact(expected) => version == expected,
        }
    }
}

/// Events for one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamWrite {
    /// Where they go.
    pub stream: StreamKey,
    /// What the stream must look like. When one append writes a stream twice, the second write
    /// is judged as if the first were recorded.
    pub expected: ExpectedVersion,
    /// The events, in order.
    pub events: Vec<NewEvent>,
}

/// A condition on streams, whether or not the append writes to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlessChanged {
    /// The streams that must be as they were.
    pub streams: Vec<StreamKey>,
    /// As they were at this position.
    pub after: u64,
}

/// One request: recorded as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Whose request ids these are; two producers may use the same id.
    pub producer: String,
    /// The request's id. The same one is recorded once only.
    pub request_id: Uuid,
    /// What the request asked for. It tells a repeated request from a reused id.
    pub digest: [u8; 32],
    /// Now. The log stamps this or the time of its last event, whichever is later.
    pub recorded_at: Timestamp,
    /// The events, in the order in which they take their positions.
    pub writes: Vec<StreamWrite>,
    /// Refuse the request when one of these streams has changed.
    pub unless_changed: Option<UnlessChanged>,
}

/// Where an append lies in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The position of its first event.
    pub first_position: u64,
    /// The position of its last event.
    pub last_position: u64,
    /// Whether the request was known already: these are its positions from back then.
    pub replayed: bool,
}

/// What the log remembers of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRequest {
    /// What it asked for.
    pub digest: [u8; 32],
    /// The position of its first event.
    pub first_position: u64,
    /// The position of its last event.
    pub last_position: u64,
}

/// A request that is fit to be judged: checked, weighed and hashed outside the lock.
pub(crate) struct Prepared {
    pub(crate) append: Append,
    /// One hash for each event, in the order of the writes.
    pub(crate) content_hashes: Vec<[u8; 32]>,
    pub(crate) bytes: usize,
}

impl Prepared {
    pub(crate) fn try_new(append: Append) -> Result<Self, AppendError> {
        check_not_empty(&append)?;
        check_texts(&append)?;
        let bytes = append.writes.iter().map(weight).sum();
        if bytes > REQUEST_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes });
        }
        let content_hashes =
            events(&append).map(|(stream, event)| content_hash(stream, event)).collect();
        Ok(Self { append, content_hashes, bytes })
    }
}

fn events(append: &Append) -> impl Iterator<Item = (&StreamKey, &NewEvent)> {
    append
        .writes
        .iter()
        .flat_map(|write| write.events.iter().map(move |event| (&write.stream, event)))
}

fn weight(write: &StreamWrite) -> usize {
    let texts = |event: &NewEvent| event.agency.len() + event.staff.len();
    let bodies = |event: &NewEvent| event.body.len() + event.sealed.len();
    write.events.iter().map(|event| ENVELOPE_BYTES + texts(event) + bodies(event)).sum()
}

fn check_not_empty(append: &Append) -> Result<(), AppendError> {
    let nothing = append.writes.iter().any(|write| write.events.is_empty());
    if append.writes.is_empty() || nothing { Err(AppendError::Empty) } else { Ok(()) }
}

/// What only the database would refuse has to be refused here: there it would fail the batch, and
/// with it everybody else's request.
fn check_texts(append: &Append) -> Result<(), AppendError> {
    check_text("producer", &append.producer)?;
    let watched = append.unless_changed.iter().flat_map(|condition| &condition.streams);
    let written = append.writes.iter().map(|write| &write.stream);
    for stream in written.chain(watched) {
        check_text("category", &stream.category)?;
        check_text("key", &stream.key)?;
    }
    for (_, event) in events(append) {
        check_text("agency", &event.agency)?;
        check_text("staff", &event.staff)?;
        check_text("on_behalf_of", event.on_behalf_of.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

fn check_text(field: &'static str, text: &str) -> Result<(), AppendError> {
    if text.len() > TEXT_BYTES_MAX || text.contains('\0') {
        return Err(AppendError::UnfitText { field });
    }
    Ok(())
}
