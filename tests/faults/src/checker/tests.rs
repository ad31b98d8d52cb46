//! A checker that finds nothing proves nothing: every kind of fault is made here by hand.

use event_log::Appended;

use super::*;
use crate::request::{Content, Request};

/// A ledger of thirty acknowledged requests, and the log and follower that agree with it.
struct Honest {
    ledger: Ledger,
    log: Vec<Recorded>,
    seen: Vec<(u64, Uuid)>,
}

fn request(number: u64) -> Request {
    Request::new(7, number, Content::Honest)
}

fn appended(first_position: u64, last_position: u64) -> Appended {
    Appended { first_position, last_position, replayed: false }
}

fn honest() -> Honest {
    let (mut ledger, mut log) = (Ledger::default(), Vec::new());
    for number in 0..30 {
        ledger.ask(&request(number));
        let first = log.len() as u64 + 1;
        record(&request(number), &mut log);
        ledger.acknowledge(&request(number), appended(first, log.len() as u64));
    }
    let seen = log.iter().map(place).collect();
    Honest { ledger, log, seen }
}

fn record(request: &Request, log: &mut Vec<Recorded>) {
    for write in request.append().writes {
        for event in write.events {
            log.push(Recorded {
                position: log.len() as u64 + 1,
                event_id: event.event_id,
                stream: write.stream.clone(),
                body_digest: sha256(&event.body),
            });
        }
    }
}

impl Honest {
    fn check(&self) -> Findings {
        check(&self.ledger, &self.log, &self.seen)
    }
}

#[test]
fn an_honest_log_passes() {
    assert_eq!(honest().check(), Findings::default());
}

#[test]
fn a_lost_end_is_missing_and_was_seen() {
    let mut world = honest();
    world.log.pop();
    let found = world.check();
    assert_eq!((found.missing, found.invented), (1, 1));
}

#[test]
fn what_nobody_asked_for_is_invented() {
    let mut world = honest();
    record(&request(99), &mut world.log);
    assert!(world.check().invented > 0);
}

#[test]
fn other_content_under_the_same_id_is_invented() {
    let mut world = honest();
    world.log[3].body_digest[0] ^= 1;
    assert_eq!(world.check(), Findings { invented: 1, ..Findings::default() });
}

#[test]
fn a_request_that_was_recorded_twice_is_doubled() {
    let mut world = honest();
    let before = world.log.len();
    record(&request(4), &mut world.log);
    assert_eq!(world.check().doubled, (world.log.len() - before) as u64);
}

#[test]
fn positions_that_differ_are_doubled() {
    let mut world = honest();
    world.ledger.acknowledge(&request(0), appended(900, 900));
    assert_eq!(world.check(), Findings { doubled: 1, ..Findings::default() });
}

#[test]
fn a_part_of_a_request_is_halved() {
    let mut world = honest();
    let several = (100..).map(request).find(|one| one.append().writes[0].events.len() > 1);
    let several = several.unwrap();
    world.ledger.ask(&several);
    let before = world.log.len();
    record(&several, &mut world.log);
    world.log.truncate(before + 1);
    world.seen = world.log.iter().map(place).collect();
    assert_eq!(world.check(), Findings { halved: 1, ..Findings::default() });
}

#[test]
fn what_the_follower_did_not_see_is_skipped() {
    let mut world = honest();
    world.seen.remove(5);
    assert_eq!(world.check(), Findings { skipped: 1, ..Findings::default() });
}

#[test]
fn a_position_left_out_is_missing() {
    let mut world = honest();
    world.log.iter_mut().skip(10).for_each(|event| event.position += 1);
    world.seen = world.log.iter().map(place).collect();
    assert!(world.check().missing > 0);
}
