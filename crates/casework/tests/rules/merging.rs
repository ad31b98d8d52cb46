//! Whose events are whose, while persons are merged and afterwards.

use casework::{Holders, InForce, Merging, PersonId, Recorded};
use contracts::{Event, events::*};

use crate::history::{STAY, history};

const A: &str = "a";
const B: &str = "b";
const C: &str = "c";

/// Events and the persons in whose streams they lie.
struct Streams(Vec<(PersonId, Recorded)>);

impl Streams {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn then(mut self, stream: &str, event: impl Into<Event>) -> Self {
        let position = self.0.len() as u64 + 1;
        let recorded = history().then(event).events()[0].clone();
        let event_id = format!("event-{position}");
        self.0.push((PersonId::from(stream), Recorded { position, event_id, ..recorded }));
        self
    }

    fn visit(self, stream: &str) -> Self {
        self.then(stream, WardVisitRecorded::default())
    }

    fn merged(self, from: &str, into: &str) -> Self {
        let merge = PersonsMerged {
            surviving_person_id: into.into(),
            merged_person_id: from.into(),
            ..Default::default()
        };
        self.then(into, merge.clone()).then(from, merge)
    }

    fn unmerged(self, from: &str, of: &str, events: &[u64]) -> Self {
        let unmerge = PersonsUnmerged {
            surviving_person_id: of.into(),
            merged_person_id: from.into(),
            events_of_merged: events.iter().map(|at| format!("event-{at}")).collect(),
            ..Default::default()
        };
        self.then(of, unmerge.clone()).then(from, unmerge)
    }

    fn holders(&self) -> Holders {
        Holders::of(self.0.iter().map(|(stream, event)| (stream, event)), u64::MAX)
    }

    /// Whose the events are, in their order.
    fn whose(&self) -> String {
        let holders = self.holders();
        (0..self.0.len()).map(|at| holders.of_event_at(at).expect("one").as_str()).collect()
    }
}

#[test]
fn a_merge_brings_what_is_on_file_and_what_comes() {
    let streams = Streams::new().visit(A).visit(B).merged(B, A).visit(A);
    assert_eq!(streams.whose(), "aaaba", "each keeps the merge itself");
    let (a, b) = (PersonId::from(A), PersonId::from(B));
    assert_eq!(streams.holders().person(&b), &a);
    let side = |person: &PersonId| {
        let own = streams.0.iter().filter(|(stream, _)| stream == person);
        Merging::of(person, own.map(|(_, event)| event)).in_force
    };
    assert_eq!(side(&a), Some(InForce::Holds(b.clone())));
    assert_eq!(side(&b), Some(InForce::Into(a)));
}

#[test]
fn unmerging_gives_back_what_was_brought_and_what_is_named() {
    let streams = Streams::new().visit(A).visit(B).merged(B, A).visit(A).visit(A);
    let streams = streams.unmerged(B, A, &[6]).visit(B);
    assert_eq!(streams.whose(), "ababababb");
}

#[test]
fn only_what_came_since_can_be_named() {
    let streams = Streams::new().visit(A).merged(B, A).unmerged(B, A, &[1, 2, 99]);
    assert_eq!(streams.whose(), "aabab");
}

#[test]
fn an_amendment_goes_with_its_target() {
    let retracted =
        |at: u64| EventRetracted { target_event_id: format!("event-{at}"), ..Default::default() };
    let streams = Streams::new().visit(B).merged(B, A).visit(A);
    let streams = streams.then(A, retracted(1)).then(A, retracted(4)).unmerged(B, A, &[4]);
    assert_eq!(streams.whose(), "babbbbab");
    let streams = streams.then(B, retracted(4));
    assert_eq!(streams.whose(), "babbbbabb", "and also when it comes later, in another stream");
}

#[test]
fn a_file_taken_apart_can_be_part_of_another() {
    let streams = Streams::new().merged(B, A).visit(A).unmerged(B, A, &[3]).merged(B, C);
    assert_eq!(streams.whose(), "abcabcb", "what lies in the stream of a is of c now");
    let streams = streams.unmerged(B, C, &[]);
    assert_eq!(streams.whose(), "abbabcbcb");
}

#[test]
fn a_merge_says_nothing_about_the_person() {
    let merge = PersonsMerged {
        surviving_person_id: A.into(),
        merged_person_id: B.into(),
        ..Default::default()
    };
    let given = history().registered().admitted(STAY).died();
    let mut file = given.file();
    let before = format!("{file:?}");
    let event = given.on("2025-09-01").then(merge).events().last().cloned().expect("an event");
    assert_eq!(file.apply(&event), []);
    assert_eq!(format!("{file:?}"), before);
}
