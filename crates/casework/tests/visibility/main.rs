//! Who may see what, over many generated histories, against a second opinion.
//!
//! Histories of consents given, changed, expired and withdrawn, of teams, stays, referrals, hand-overs,
//! consultations, emergencies, corrections, retractions and deaths, with every other event of a person
//! in between. Of each, every viewer asks for every event on several days; the house must answer as the
//! small model beside it does, which reads the list of events anew for each question.
//!
//! `TSUNAGI_HISTORIES` sets how many, `TSUNAGI_HISTORIES_SEED` which ones; a failure names both and
//! shrinks to the few steps that matter. What was asked and how often each rule answered is printed.

mod history;
mod model;
mod steps;
mod tally;

use std::env;

use casework::{AgencyId, Amendments, PersonFile, Standing, Viewer, seen_of};
use contracts::{Event, Office};
use jiff::{ToSpan, civil::Date};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

use history::{AGENCIES, Draw, History};
use model::Model;
use tally::Tally;

/// So many that the run takes seconds without optimisation; `cargo xtask faults` runs 200,000.
const HISTORIES: u32 = 1_600;

/// The longest history, in draws; some of them are skipped.
const DRAWS_MAX: usize = 48;

#[test]
fn the_house_and_the_model_answer_alike() {
    let histories = from_environment("TSUNAGI_HISTORIES").unwrap_or(HISTORIES);
    let seed = from_environment("TSUNAGI_HISTORIES_SEED").unwrap_or(1);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let threads = u32::try_from(threads).unwrap_or(1);
    let tally = std::thread::scope(|scope| {
        let part =
            |number: u32| scope.spawn(move || run(histories.div_ceil(threads), seed, number));
        let parts: Vec<_> = (0..threads).map(part).collect();
        parts.into_iter().fold(Tally::default(), |tally, part| match part.join() {
            Ok(part) => tally.and(part),
            Err(failure) => std::panic::resume_unwind(failure),
        })
    });
    tally.print();
    tally.is_not_trivial();
}

fn run(histories: u32, seed: u32, number: u32) -> Tally {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    bytes[4..8].copy_from_slice(&number.to_le_bytes());
    let config = Config { cases: histories, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let tally = std::cell::RefCell::new(Tally::default());
    let outcome = TestRunner::new_with_rng(config, rng).run(&draws(), |(draws, (with, day))| {
        let mut history = History::begin(with);
        for draw in draws {
            history.step(draw);
        }
        agree(&history, day, &mut tally.borrow_mut())
    });
    match outcome {
        Ok(()) => tally.into_inner(),
        Err(TestError::Fail(why, (draws, (with, day)))) => {
            let steps = told(with, &draws);
            panic!("TSUNAGI_HISTORIES_SEED={seed}, part {number}, day {day}: {why}\n{steps}")
        }
        Err(TestError::Abort(why)) => panic!("the run was given up: {why}"),
    }
}

fn draws() -> impl Strategy<Value = (Vec<Draw>, (u8, u8))> {
    (vec(any::<Draw>(), DRAWS_MAX / 8..DRAWS_MAX), any::<(u8, u8)>())
}

/// Everybody asks for everything: today, soon, or when much has expired.
fn agree(history: &History, day: u8, tally: &mut Tally) -> Result<(), TestCaseError> {
    let file = PersonFile::folded(&history.events);
    let day = day_of_reading(history, day);
    let model = Model::of(&history.events, day);
    let amendments = Amendments::of(history.events.iter());
    tally.histories += 1;
    for (at, original) in history.events.iter().enumerate() {
        if original.amends().is_some() {
            continue;
        }
        let amendment = amendments.of_event_at(at).map(|at| &history.events[at]);
        let standing = amendment.and_then(casework::Recorded::standing);
        // What was retracted is shown as it was, or not at all.
        let event = amendment.and_then(|by| original.amended_by(by));
        let event = event.unwrap_or_else(|| original.clone());
        for viewer in viewers() {
            let expected = model.sees(&viewer, &event, standing == Some(Standing::Retracted));
            let seen = seen_of(&file, &viewer, &event, standing, day);
            prop_assert!(
                seen == expected.seen,
                "{} ({}) sees {} at {} on {day} as {seen:?}, and by the model as {:?}: {}, {}",
                viewer.agency,
                viewer.is_identity_officer,
                event.event.kind().name,
                event.position,
                expected.seen,
                expected.part,
                expected.decided
            );
            let knows = file.involvement().knows_case(&viewer, &event, day);
            let knows_by_model = model.knows_case(&viewer, &event);
            prop_assert!(
                knows == knows_by_model || original.agency == viewer.agency,
                "{} knows of {} on {day}: {knows}",
                viewer.agency,
                event.position
            );
            tally.count(event.event.kind(), &viewer, expected);
        }
    }
    Ok(())
}

/// Today, long after, or the last day of a consent and the one after.
fn day_of_reading(history: &History, draw: u8) -> Date {
    let given = history.events.iter().filter_map(|recorded| match &recorded.event {
        Event::ConsentGiven(event) => event.valid_until.parse::<Date>().ok(),
        _ => None,
    });
    let last_days: Vec<_> = given.filter(|last| *last >= history.day).collect();
    let edge = last_days.get(usize::from(draw) % last_days.len().max(1)).copied();
    match draw % 4 {
        0 => history.day,
        1 => history.day.saturating_add(400.days()),
        other => {
            let edge = edge.map(|last| last.saturating_add(i64::from(other - 2).days()));
            edge.unwrap_or(history.day)
        }
    }
}

fn viewers() -> impl Iterator<Item = Viewer> {
    let viewer = |agency: &str, office, is_identity_officer| Viewer {
        office,
        agency: AgencyId::from(agency),
        staff: "staff-1".to_owned(),
        is_identity_officer,
    };
    let officer = viewer("city", Office::Municipality, true);
    let all = AGENCIES.iter().map(move |(agency, office)| viewer(agency, *office, false));
    all.chain([officer])
}

/// A history in words, for whoever has to understand a difference.
fn told(with: u8, draws: &[Draw]) -> String {
    let mut history = History::begin(with);
    draws.iter().for_each(|draw| history.step(*draw));
    let lines = history.events.iter().map(|recorded| {
        let case = recorded.case_id.as_ref().map(ToString::to_string).unwrap_or_default();
        let (name, named) = (&recorded.event.kind().name, recorded.event.references());
        let (on, by) = (recorded.occurred_on, &recorded.agency);
        format!("{:>3} {on} {by} {case} {name} {named:?}\n", recorded.position)
    });
    lines.collect()
}

fn from_environment(name: &str) -> Option<u32> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is `{text}`; it must be a number")))
}
