//! What is asked. A request follows from the run's seed and its number, so the process that
//! appends it and the ledger outside come to the same one by themselves.

use aws_lc_rs::digest::{SHA256, digest};
use event_log::{Append, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use crate::random::Random;

/// Whose request ids these are.
pub const PRODUCER: &str = "faults";

/// Few enough that the clients meet in them all the time.
const SHARED_STREAMS: u64 = 40;
/// Event ids are numbered from the request's number: this many fit.
const EVENTS_MAX: u64 = 16;

/// One request of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    run: u64,
    number: u64,
    content: Content,
}

/// What the request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// What follows from its number.
    Honest,
    /// Other events and another digest under the same request id: the log must refuse it.
    Forged,
}

impl Request {
    /// The request with this number.
    #[must_use]
    pub fn new(run: u64, number: u64, content: Content) -> Self {
        Self { run, number, content }
    }

    /// The seed of its run.
    #[must_use]
    pub fn run(&self) -> u64 {
        self.run
    }

    /// Its number within the run.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether it is what its number says.
    #[must_use]
    pub fn content(&self) -> Content {
        self.content
    }

    /// Under which id it is asked.
    #[must_use]
    pub fn request_id(&self) -> Uuid {
        Uuid::from_u64_pair(self.run, self.number)
    }

    /// As the log wants it. Most requests have one event for a shared stream; some have several,
    /// some write to two streams, and some begin a stream, which can be done once only.
    #[must_use]
    pub fn append(&self) -> Append {
        let mut random = Random::seeded(self.run ^ self.number.wrapping_mul(0xA24B_AED4_963E_E407));
        let own = StreamKey::new("own", format!("{:x}-{}", self.run, self.number));
        let mut shared = || {
            let stream = random.below(SHARED_STREAMS);
            StreamKey::new("shared", format!("{:x}-{stream}", self.run))
        };
        let (first, second) = (shared(), shared());
        let (any, fresh) = (ExpectedVersion::Any, ExpectedVersion::NoStream);
        let plan = match random.below(10) {
            0..=5 => vec![(first, any, 1)],
            6 | 7 => vec![(first, any, 2 + random.below(5))],
            8 => vec![(own, fresh, 1 + random.below(3))],
            _ => vec![(first, any, 1 + random.below(3)), (second, any, 1 + random.below(3))],
        };
        self.filled(plan, &mut random)
    }

    fn filled(&self, plan: Vec<(StreamKey, ExpectedVersion, u64)>, random: &mut Random) -> Append {
        let mut next = self.number * EVENTS_MAX;
        let mut event = || {
            next += 1;
            self.event(next, random)
        };
        let writes: Vec<_> = plan
            .into_iter()
            .map(|(stream, expected, count)| StreamWrite {
                stream,
                expected,
                events: (0..count).map(|_| event()).collect(),
            })
            .collect();
        Append {
            producer: PRODUCER.to_owned(),
            request_id: self.request_id(),
            digest: digest_of(&writes),
            recorded_at: Timestamp::UNIX_EPOCH,
            writes,
            unless_changed: None,
        }
    }

    fn event(&self, id: u64, random: &mut Random) -> NewEvent {
        let bytes = 8 * (5 + random.below(50));
        let mut body: Vec<u8> =
            (0..bytes / 8).flat_map(|_| random.number().to_be_bytes()).collect();
        if self.content == Content::Forged {
            body.reverse();
        }
        let event_id = Uuid::from_u64_pair(self.run, id);
        NewEvent {
            event_id,
            type_no: 1,
            case_id: None,
            agency: "agency".to_owned(),
            staff: "staff".to_owned(),
            on_behalf_of: None,
            correlation_id: event_id,
            causation_id: None,
            occurred_on: date(2026, 4, 1),
            sealed: body[..8].to_vec(),
            body,
        }
    }
}

fn digest_of(writes: &[StreamWrite]) -> [u8; 32] {
    let events = writes.iter().flat_map(|write| &write.events);
    let all: Vec<u8> = events.flat_map(|event| event.body.iter().copied()).collect();
    sha256(&all)
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_request_follows_from_its_number() {
        let request = |number| Request::new(7, number, Content::Honest).append();
        assert_eq!(request(3), request(3));
        let ids: Vec<_> = (0..500)
            .flat_map(|number| request(number).writes)
            .flat_map(|write| write.events.into_iter().map(|event| event.event_id))
            .collect();
        assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len());
        assert!(ids.len() > 700, "some have several events");
    }

    #[test]
    fn a_forgery_differs_in_content_alone() {
        let honest = Request::new(7, 3, Content::Honest).append();
        let forged = Request::new(7, 3, Content::Forged).append();
        assert_eq!(honest.request_id, forged.request_id);
        assert_ne!(honest.digest, forged.digest);
    }
}
