//! Two files put together read as one file would, and taken apart again as they were.

use casework::{Holders, PersonFile, PersonId, Recorded};
use contracts::{
    Event,
    events::{PersonsMerged, PersonsUnmerged},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use crate::{DRAWS_MAX, steps::Draw, world::World};

const HISTORIES: u32 = 2_000;

/// Events of several streams, in the order of the log.
struct Log {
    events: Vec<(PersonId, Recorded)>,
    surviving: PersonId,
    merged: PersonId,
}

impl Log {
    /// Ten times as far apart as they were, so that other events fit between.
    fn push(&mut self, stream: &PersonId, recorded: &Recorded) {
        let position = recorded.position * 10;
        self.events.push((stream.clone(), Recorded { position, ..recorded.clone() }));
    }

    /// Lies in both streams.
    fn push_to_both(&mut self, event: impl Into<Event>) {
        let (event, (_, last)) = (event.into(), self.events.last().expect("events").clone());
        for (stream, more) in [(self.surviving.clone(), 1), (self.merged.clone(), 2)] {
            let position = last.position + more;
            let (event_id, event) = (format!("merging-{position}"), event.clone());
            let recorded = Recorded { position, event_id, case_id: None, event, ..last.clone() };
            self.events.push((stream, recorded));
        }
    }

    fn merge(&mut self) {
        self.push_to_both(PersonsMerged {
            surviving_person_id: self.surviving.to_string(),
            merged_person_id: self.merged.to_string(),
            ..Default::default()
        });
    }

    fn unmerge(&mut self, events_of_merged: Vec<String>) {
        self.push_to_both(PersonsUnmerged {
            surviving_person_id: self.surviving.to_string(),
            merged_person_id: self.merged.to_string(),
            events_of_merged,
            ..Default::default()
        });
    }

    fn file_of(&self, person: &PersonId, up_to: u64) -> String {
        let events = self.events.iter();
        let holders = Holders::of(events.clone().map(|(stream, event)| (stream, event)), up_to);
        let history = holders.history_of(person, events.map(|(_, event)| event.clone()));
        format!("{:?}", PersonFile::folded(&history))
    }

    fn last(&self) -> u64 {
        self.events.last().map_or(0, |(_, event)| event.position)
    }
}

fn folded<'a>(events: impl Iterator<Item = &'a Recorded>) -> String {
    let events = events.map(|event| Recorded { position: event.position * 10, ..event.clone() });
    format!("{:?}", PersonFile::folded(&events.collect::<Vec<_>>()))
}

/// Of each event a number: whose it is before the merge, and whose it turns out to be since.
fn holds(draws: &[Draw], merged_at: u8, whose: &[u8]) -> Result<(), TestCaseError> {
    let mut world = World::begin();
    for draw in draws {
        world.step(*draw)?;
    }
    let (before, since) = world.events.split_at(usize::from(merged_at) % world.events.len());
    let is_others = |event: &Recorded| {
        let at = usize::try_from(event.position).expect("a short history");
        whose[at % whose.len()].is_multiple_of(2)
    };
    let (surviving, merged) = (PersonId::from("a"), PersonId::from("b"));
    let nobody = |events: &[Recorded]| events.is_empty();
    if nobody(before) {
        return Ok(());
    }
    let mut log = Log { events: Vec::new(), surviving: surviving.clone(), merged: merged.clone() };
    for event in before {
        log.push(if is_others(event) { &merged } else { &surviving }, event);
    }
    let (split_at, parts) = (log.last(), [&surviving, &merged]);
    let files = parts.map(|person| log.file_of(person, u64::MAX));
    log.merge();
    prop_assert_eq!(&log.file_of(&surviving, u64::MAX), &folded(before.iter()), "merged");
    prop_assert_eq!(log.file_of(&merged, u64::MAX), folded([].iter()), "of the merged one");
    prop_assert_eq!(&parts.map(|person| log.file_of(person, split_at)), &files, "as it was");
    since.iter().for_each(|event| log.push(&surviving, event));
    prop_assert_eq!(
        log.file_of(&surviving, u64::MAX),
        folded(world.events.iter()),
        "written as one"
    );
    let merged_until = log.last();
    let named = since.iter().filter(|event| is_others(event));
    log.unmerge(named.map(|event| event.event_id.clone()).collect());
    let of = |others: bool| world.events.iter().filter(move |event| is_others(event) == others);
    let apart = [folded(of(false)), folded(of(true))];
    prop_assert_eq!(&parts.map(|person| log.file_of(person, u64::MAX)), &apart, "apart");
    let as_one = log.file_of(&surviving, merged_until);
    prop_assert_eq!(as_one, folded(world.events.iter()), "as one, as it was");
    if since.is_empty() {
        prop_assert_eq!(&apart, &files, "as if nothing had been");
    }
    log.merge();
    prop_assert_eq!(log.file_of(&surviving, u64::MAX), folded(world.events.iter()), "once more");
    Ok(())
}

#[test]
fn what_is_merged_reads_as_one_file_and_what_is_unmerged_as_it_was() {
    let config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]);
    let drawn = (vec(any::<Draw>(), 1..DRAWS_MAX), any::<u8>(), vec(any::<u8>(), 40));
    let outcome = TestRunner::new_with_rng(config, rng)
        .run(&drawn, |(draws, merged_at, whose)| holds(&draws, merged_at, &whose));
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
