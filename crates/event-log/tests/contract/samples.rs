//! Appends that differ only where a question needs them to.

use event_log::{
    Append, Appended, EventLog, ExpectedVersion, NewEvent, StoredEvent, StreamKey, StreamWrite,
    UnlessChanged,
};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

pub fn person(name: &str) -> StreamKey {
    StreamKey::new("person", name)
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub fn event(id: u128) -> NewEvent {
    NewEvent {
        event_id: Uuid::from_u128(id),
        type_no: 7,
        case_id: None,
        agency: "midori".into(),
        staff: "aoi".into(),
        on_behalf_of: None,
        correlation_id: Uuid::from_u128(id),
        causation_id: None,
        occurred_on: date(2026, 4, 1),
        body: id.to_be_bytes().to_vec(),
        sealed: Vec::new(),
    }
}

/// A request that has no write yet. Its events are numbered from its own number.
pub fn request(id: u128) -> Append {
    Append {
        producer: "support-center".into(),
        request_id: Uuid::from_u128(id),
        digest: [7; 32],
        recorded_at: at(1_000),
        writes: Vec::new(),
        unless_changed: None,
    }
}

pub trait Shaped {
    fn to(self, stream: &StreamKey, expected: ExpectedVersion, events: u32) -> Self;
    fn unless_changed(self, streams: &[StreamKey], after: u64) -> Self;
    fn recorded_at(self, recorded_at: Timestamp) -> Self;
}

impl Shaped for Append {
    fn to(mut self, stream: &StreamKey, expected: ExpectedVersion, events: u32) -> Self {
        let first = self.request_id.as_u128() * 1_000_000 + self.writes.len() as u128 * 10_000;
        let events = (0..u128::from(events)).map(|number| event(first + number)).collect();
        self.writes.push(StreamWrite { stream: stream.clone(), expected, events });
        self
    }

    fn unless_changed(mut self, streams: &[StreamKey], after: u64) -> Self {
        self.unless_changed = Some(UnlessChanged { streams: streams.to_vec(), after });
        self
    }

    fn recorded_at(mut self, recorded_at: Timestamp) -> Self {
        self.recorded_at = recorded_at;
        self
    }
}

/// One event to one stream, whatever its version.
pub fn simple(id: u128, stream: &StreamKey) -> Append {
    request(id).to(stream, ExpectedVersion::Any, 1)
}

/// Appends `count` simple requests, numbered from 1, one after the other.
pub async fn fill(log: &EventLog, stream: &StreamKey, count: u128) {
    for id in 1..=count {
        log.append(simple(id, stream)).await.unwrap();
    }
}

pub fn appended(first_position: u64, last_position: u64) -> Appended {
    Appended { first_position, last_position, replayed: false }
}

pub fn replayed(first_position: u64, last_position: u64) -> Appended {
    Appended { first_position, last_position, replayed: true }
}

pub fn positions(events: &[StoredEvent]) -> Vec<u64> {
    events.iter().map(|event| event.position).collect()
}

pub fn versions(events: &[StoredEvent]) -> Vec<u64> {
    events.iter().map(|event| event.version).collect()
}
