//! The two hashes of an event. Both forms are published formats: they can never change, because
//! every event ever written is checked against them.
//!
//! **Content.** SHA-256 over the fields below, in this order. A field that is there is written as
//! the byte 1, its length in bytes as a 64-bit big-endian integer, and its bytes; a field that is
//! absent as the byte 0. So no two different events have the same form, however their texts fall.
//!
//! category, key, type_no (32-bit big-endian), event_id (16 bytes), case_id, agency, staff,
//! on_behalf_of, correlation_id, causation_id, occurred_on (text, `2026-04-01`), body, sealed.
//!
//! **Chain.** SHA-256 over: the chain hash of the event before it (32 zero bytes for the first),
//! position, version, recorded_at in microseconds since 1970 (three 64-bit big-endian integers,
//! the last one signed), content hash.
//!
//! The content is hashed before the lock is taken, and only the short chain under it.

use aws_lc_rs::digest::{Context, Digest, SHA256, digest};
use jiff::civil::Date;
use uuid::Uuid;

use crate::event::{NewEvent, StoredEvent, StreamKey};

/// What stands before the first event.
pub(crate) const GENESIS: [u8; 32] = [0; 32];

pub(crate) fn content_hash(stream: &StreamKey, event: &NewEvent) -> [u8; 32] {
    Content::new(stream, event).hash(&mut Vec::new())
}

/// What an event says, wherever it lies: the fields of the content form.
pub(crate) struct Content<'a> {
    stream: &'a StreamKey,
    type_no: u32,
    event_id: &'a Uuid,
    case_id: Option<&'a Uuid>,
    agency: &'a str,
    staff: &'a str,
    on_behalf_of: Option<&'a str>,
    correlation_id: &'a Uuid,
    causation_id: Option<&'a Uuid>,
    occurred_on: Date,
    body: &'a [u8],
    sealed: &'a [u8],
}

/// A new event and a stored one call these fields alike.
macro_rules! content {
    ($stream:expr, $event:ident) => {
        Content {
            stream: $stream,
            type_no: $event.type_no,
            event_id: &$event.event_id,
            case_id: $event.case_id.as_ref(),
            agency: &$event.agency,
            staff: &$event.staff,
            on_behalf_of: $event.on_behalf_of.as_deref(),
            correlation_id: &$event.correlation_id,
            causation_id: $event.causation_id.as_ref(),
            occurred_on: $event.occurred_on,
            body: &$event.body,
            sealed: &$event.sealed,
        }
    };
}

impl<'a> Content<'a> {
    fn new(stream: &'a StreamKey, event: &'a NewEvent) -> Self {
        content!(stream, event)
    }

    pub(crate) fn of(event: &'a StoredEvent) -> Self {
        content!(&event.stream, event)
    }

    /// Lays the whole form out in `buffer` and hashes it in one go: forty small calls to the
    /// digest cost more than copying some hundred bytes.
    pub(crate) fn hash(&self, buffer: &mut Vec<u8>) -> [u8; 32] {
        buffer.clear();
        let mut form = Form(buffer);
        form.present(self.stream.category.as_bytes());
        form.present(self.stream.key.as_bytes());
        form.present(&self.type_no.to_be_bytes());
        form.present(self.event_id.as_bytes());
        form.optional(self.case_id.map(|id| &id.as_bytes()[..]));
        form.present(self.agency.as_bytes());
        form.present(self.staff.as_bytes());
        form.optional(self.on_behalf_of.map(str::as_bytes));
        form.present(self.correlation_id.as_bytes());
        form.optional(self.causation_id.map(|id| &id.as_bytes()[..]));
        form.present(self.occurred_on.to_string().as_bytes());
        form.present(self.body);
        form.present(self.sealed);
        bytes(&digest(&SHA256, buffer))
    }
}

/// One link: what ties an event to its place and to everything before it.
pub(crate) struct Link {
    pub(crate) position: u64,
    pub(crate) version: u64,
    pub(crate) recorded_at: i64,
    pub(crate) content_hash: [u8; 32],
}

pub(crate) fn chain_hash(before: &[u8; 32], link: &Link) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(before);
    context.update(&link.position.to_be_bytes());
    context.update(&link.version.to_be_bytes());
    context.update(&link.recorded_at.to_be_bytes());
    context.update(&link.content_hash);
    bytes(&context.finish())
}

struct Form<'a>(&'a mut Vec<u8>);

impl Form<'_> {
    fn present(&mut self, bytes: &[u8]) {
        self.0.push(1);
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn optional(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.present(bytes),
            None => self.0.push(0),
        }
    }
}

fn bytes(digest: &Digest) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn event() -> NewEvent {
        NewEvent {
            event_id: Uuid::from_u128(1),
            type_no: 7,
            case_id: None,
            agency: "midori".into(),
            staff: "aoi".into(),
            on_behalf_of: Some(String::new()),
            correlation_id: Uuid::from_u128(2),
            causation_id: Some(Uuid::from_u128(3)),
            occurred_on: date(2026, 4, 1),
            body: vec![0, 1, 2],
            sealed: Vec::new(),
        }
    }

    /// The expected values were computed with another program from the text above.
    #[test]
    fn the_published_forms_hold() {
        let content = content_hash(&StreamKey::new("person", "p1"), &event());
        assert_eq!(
            hex::encode(content),
            "754b178465f97c4a6ff96d7d5ff4c08ef4afa8a7a5808d71638f957be636a8d2"
        );
        let link = Link { position: 1, version: 1, recorded_at: -5, content_hash: content };
        assert_eq!(
            hex::encode(chain_hash(&GENESIS, &link)),
            "986d5feb1ca5822ab5bace9edaedd55cbee2e35e9fb7a471a553f8c4aa3dcd23"
        );
    }

    #[test]
    fn a_text_cannot_slide_from_one_field_into_the_next() {
        let one = content_hash(&StreamKey::new("ab", "c"), &event());
        let other = content_hash(&StreamKey::new("a", "bc"), &event());
        assert_ne!(one, other);
    }

    #[test]
    fn absent_is_not_empty() {
        let absent = NewEvent { on_behalf_of: None, ..event() };
        let stream = StreamKey::new("person", "p1");
        assert_ne!(content_hash(&stream, &event()), content_hash(&stream, &absent));
    }
}
