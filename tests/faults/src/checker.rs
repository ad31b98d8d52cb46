//! The log, read anew, against the ledger and against what a follower saw.

use std::collections::{HashMap, HashSet};

use event_log::{StoredEvent, StreamKey};
use uuid::Uuid;

use crate::ledger::{Entry, Ledger};
use crate::request::sha256;

/// An event as it was read from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log.
    pub position: u64,
    /// Its own id.
    pub event_id: Uuid,
    /// The stream it lies in.
    pub stream: StreamKey,
    /// SHA-256 over its body.
    pub body_digest: [u8; 32],
}

impl From<StoredEvent> for Recorded {
    fn from(event: StoredEvent) -> Self {
        Self {
            position: event.position,
            event_id: event.event_id,
            body_digest: sha256(&event.body),
            stream: event.stream,
        }
    }
}

/// What is wrong: all of it must be 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Acknowledged events that do not lie where they were acknowledged; positions left out.
    pub missing: u64,
    /// Events that nobody asked for in this form, and events that only the follower knows.
    pub invented: u64,
    /// Events that are there again, and acknowledgements that contradict one another.
    pub doubled: u64,
    /// Requests of which only a part is there, or not in one piece.
    pub halved: u64,
    /// Events of the log that the follower did not see at their position.
    pub skipped: u64,
}

/// Compares the whole log, in order, with the ledger and with what the follower saw.
#[must_use]
pub fn check(ledger: &Ledger, log: &[Recorded], seen: &[(u64, Uuid)]) -> Findings {
    let places: HashMap<Uuid, u64> =
        log.iter().rev().map(|event| (event.event_id, event.position)).collect();
    Findings {
        missing: missing(ledger, &places) + holes(log),
        invented: invented(ledger, log) + only_seen(log, seen),
        doubled: (log.len() - places.len()) as u64 + ledger.contradictions(),
        halved: count(ledger.entries().filter(|entry| is_halved(entry, &places))),
        skipped: skipped(log, seen),
    }
}

fn count<T>(all: impl Iterator<Item = T>) -> u64 {
    all.count() as u64
}

fn missing(ledger: &Ledger, places: &HashMap<Uuid, u64>) -> u64 {
    let acknowledged = ledger.entries().filter_map(|entry| Some((entry.acknowledged?.0, entry)));
    let events = acknowledged.flat_map(|(first, entry)| (first..).zip(&entry.events));
    count(events.filter(|(position, asked)| places.get(&asked.event_id) != Some(position)))
}

fn holes(log: &[Recorded]) -> u64 {
    count((1..).zip(log).filter(|(expected, event)| event.position != *expected))
}

fn invented(ledger: &Ledger, log: &[Recorded]) -> u64 {
    let asked: HashMap<_, _> =
        ledger.entries().flat_map(|entry| &entry.events).map(|one| (one.event_id, one)).collect();
    let was_asked = |event: &Recorded| {
        asked
            .get(&event.event_id)
            .is_some_and(|one| one.stream == event.stream && one.body_digest == event.body_digest)
    };
    count(log.iter().filter(|event| !was_asked(event)))
}

fn is_halved(entry: &Entry, places: &HashMap<Uuid, u64>) -> bool {
    let found: Vec<_> =
        entry.events.iter().filter_map(|asked| places.get(&asked.event_id)).collect();
    let in_one_piece = found.windows(2).all(|pair| *pair[1] == pair[0] + 1);
    !found.is_empty() && (found.len() < entry.events.len() || !in_one_piece)
}

fn place(event: &Recorded) -> (u64, Uuid) {
    (event.position, event.event_id)
}

fn only_seen(log: &[Recorded], seen: &[(u64, Uuid)]) -> u64 {
    let recorded: HashSet<_> = log.iter().map(place).collect();
    count(seen.iter().filter(|one| !recorded.contains(*one)))
}

fn skipped(log: &[Recorded], seen: &[(u64, Uuid)]) -> u64 {
    let seen: HashSet<_> = seen.iter().copied().collect();
    count(log.iter().filter(|event| !seen.contains(&place(event))))
}

#[cfg(test)]
#[path = "checker/tests.rs"]
mod tests;
