//! Corrections and retractions: every state follows the history as it stands.

use casework::{EpisodeId, Flag, PersonFile, effective};
use contracts::{Event, events::*};

use crate::history::{CENTER, HOSPITAL, History, STAY, date, history};

fn admitted_and_discharged() -> History {
    let given = history().registered().on("2025-04-01").admitted(STAY);
    given.on("2025-06-01").discharged(STAY)
}

fn corrected(target: &str, replacement: impl Into<Event>) -> EventCorrected {
    let replacement = replacement.into();
    EventCorrected {
        target_event_id: target.into(),
        replacement_type: replacement.number(),
        replacement_clear: replacement.split().clear,
        ..Default::default()
    }
}

fn retracted(target: &str) -> EventRetracted {
    EventRetracted { target_event_id: target.into(), ..Default::default() }
}

fn discharge(day: &str) -> PatientDischarged {
    PatientDischarged {
        episode_id: STAY.into(),
        discharged_on: day.into(),
        destination_kind: DestinationKind::Home.into(),
        ..Default::default()
    }
}

fn discharged_on(file: &PersonFile) -> Option<String> {
    let episode = file.episode(&EpisodeId::from(STAY)).expect("the stay");
    episode.discharged_on().map(|day| day.to_string())
}

fn flags(history: &History) -> Vec<Flag> {
    let mut file = PersonFile::default();
    effective(history.events()).iter().flat_map(|recorded| file.apply(recorded)).collect()
}

#[test]
fn a_corrected_event_stands_in_the_place_of_the_original() {
    let given = admitted_and_discharged();
    let target = given.last("PatientDischarged").clone();
    let given = given.on("2025-06-20").then(corrected(&target.event_id, discharge("2025-06-15")));
    assert_eq!(discharged_on(&given.file()).as_deref(), Some("2025-06-15"));
    let standing = effective(given.events());
    let stands = standing.last().expect("the discharge");
    assert_eq!(
        standing.len(),
        given.events().len() - 1,
        "the correction is not an event beside it"
    );
    assert_eq!((stands.position, &stands.event_id), (target.position, &target.event_id));
    assert_eq!((stands.occurred_on, stands.recorded_at), (date("2025-06-15"), target.recorded_at));
}

#[test]
fn the_latest_amendment_holds_and_always_aims_at_the_original() {
    let given = admitted_and_discharged();
    let target = given.last("PatientDischarged").event_id.clone();
    let given = given.then(corrected(&target, discharge("2025-06-15")));
    let given = given.then(corrected(&target, discharge("2025-06-10")));
    assert_eq!(discharged_on(&given.file()).as_deref(), Some("2025-06-10"));
    let first = given.events().iter().find(|event| event.amends().is_some()).expect("a correction");
    let aimed_at_a_correction = given.clone().then(retracted(&first.event_id));
    assert_eq!(discharged_on(&aimed_at_a_correction.file()).as_deref(), Some("2025-06-10"));
    let given = given.then(retracted(&target));
    assert_eq!(discharged_on(&given.file()), None);
    assert!(given.file().open_episode().is_some(), "the person is in hospital again");
}

#[test]
fn what_no_longer_follows_is_flagged() {
    let given = admitted_and_discharged().by(CENTER).on("2025-05-20");
    let given = given.then(WardVisitRecorded { episode_id: STAY.into(), ..Default::default() });
    assert_eq!(flags(&given), []);
    let admission = given.last("InpatientEpisodeOpened").event_id.clone();
    let given = given.by(HOSPITAL).then(retracted(&admission));
    // The discharge and the visit both name a stay that is not there.
    assert_eq!(flags(&given), [Flag::StayUnknown, Flag::StayUnknown]);
}

#[test]
fn a_mistaken_death_is_taken_back() {
    let given = admitted_and_discharged().on("2025-06-02");
    let given = given.then(DeathRecorded { died_on: "2025-06-02".into(), ..Default::default() });
    assert!(given.file().died_on.is_some());
    let death = given.last("DeathRecorded").event_id.clone();
    let given = given.then(retracted(&death));
    assert_eq!(given.file().died_on, None);
    assert_eq!(flags(&given), []);
}

#[test]
fn what_fits_nothing_changes_nothing() {
    let given = admitted_and_discharged();
    let discharge_id = given.last("PatientDischarged").event_id.clone();
    let before = discharged_on(&given.file());
    let other_kind = corrected(&discharge_id, DeathRecorded::default());
    let unreadable = EventCorrected {
        replacement_clear: vec![0xff],
        ..corrected(&discharge_id, discharge("2025-06-15"))
    };
    for amendment in [other_kind, unreadable, corrected("event-99", discharge("2025-06-15"))] {
        let given = given.clone().then(amendment);
        assert_eq!(discharged_on(&given.file()), before);
    }
}
