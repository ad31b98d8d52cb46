//! How stays follow one another: every one of them comes to an end.

use casework::{Flag, PersonFile};
use contracts::events::DeathRecorded;

use crate::history::*;

const THERE: &str = "stay-2";
const OWN: &str = "stay-3";

fn moved() -> History {
    let inpatient = history().registered().admitted(STAY);
    inpatient.on("2025-06-01").transferred(STAY, OTHER_HOSPITAL, THERE).by(OTHER_HOSPITAL)
}

/// What the last event raises.
fn raised(history: &History) -> Vec<Flag> {
    let (last, before) = history.events().split_last().expect("an event");
    PersonFile::folded(before).apply(last)
}

fn open_stays(history: &History) -> Vec<String> {
    let file = history.file();
    let open = file.episodes.iter().filter(|episode| episode.ended.is_none());
    open.map(|episode| episode.id.to_string()).collect()
}

/// The stays of a person as first and last day.
fn days(history: &History) -> Vec<(String, Option<String>)> {
    let stays = history.file().episodes;
    let days = stays.iter().map(|stay| {
        let ended = stay.ended.as_ref().map(|end| end.on().to_string());
        (stay.admitted_on.to_string(), ended)
    });
    days.collect()
}

#[test]
fn a_hospitals_own_admission_takes_over_what_a_transfer_announced() {
    for admitted in [moved().admitted(OWN), moved().readmitted(OWN)] {
        assert_eq!(raised(&admitted), []);
        assert_eq!(open_stays(&admitted), [OWN]);
        let file = admitted.file();
        let continues = |id: &str| {
            let stay = file.episodes.iter().find(|stay| stay.id.as_str() == id);
            stay.and_then(|stay| stay.continues.clone()).map(|id| id.to_string())
        };
        assert_eq!(continues(OWN).as_deref(), Some(THERE));
        assert_eq!(continues(THERE).as_deref(), Some(STAY));
        let home = admitted.on("2025-07-01").discharged(OWN);
        assert_eq!((raised(&home), open_stays(&home).len()), (vec![], 0));
    }
}

#[test]
fn the_parts_of_the_stay_touch() {
    let days_later = moved().on("2025-06-03").admitted(OWN);
    let first = |from: &str, until: &str| (from.to_owned(), Some(until.to_owned()));
    let open = ("2025-06-03".to_owned(), None);
    let expected = [first("2025-04-01", "2025-06-01"), first("2025-06-01", "2025-06-03"), open];
    assert_eq!((days(&days_later), raised(&days_later)), (expected.to_vec(), vec![]));

    let days_before = moved().on("2025-05-30").admitted(OWN);
    assert_eq!(raised(&days_before), [Flag::OverlappingStay], "of the first hospital");
    assert_eq!(open_stays(&days_before), [OWN]);
}

#[test]
fn a_second_admission_takes_over_nothing() {
    let twice = moved().admitted(OWN).on("2025-06-10").admitted("stay-4");
    assert_eq!(raised(&twice), [Flag::OverlappingStay]);
    let elsewhere = moved().by("hospital-third").admitted(OWN);
    assert_eq!(raised(&elsewhere), [Flag::OverlappingStay]);
    assert_eq!(open_stays(&elsewhere), [THERE, OWN]);
}

#[test]
fn a_transfer_that_is_recorded_late_or_twice_leaves_no_stay_open() {
    let inpatient = history().registered().admitted(STAY).by(OTHER_HOSPITAL).on("2025-06-02");
    let admitted = inpatient.admitted(OWN);
    let late = |history: History| {
        history.by(HOSPITAL).on("2025-06-01").transferred(STAY, OTHER_HOSPITAL, THERE)
    };
    assert_eq!(open_stays(&late(admitted.clone())), [OWN]);
    let home = admitted.on("2025-06-20").discharged(OWN);
    assert_eq!(open_stays(&late(home)), [""; 0]);
    let twice = moved().by(HOSPITAL).on("2025-06-02").transferred(STAY, OTHER_HOSPITAL, "stay-9");
    assert_eq!(open_stays(&twice), [THERE]);
}

#[test]
fn who_is_sent_back_is_in_hospital() {
    let back = moved().on("2025-06-05").transferred(THERE, HOSPITAL, "stay-4");
    assert_eq!((raised(&back), open_stays(&back)), (vec![], vec!["stay-4".to_owned()]));
    let at_once = moved().transferred(THERE, HOSPITAL, "stay-4");
    assert_eq!(open_stays(&at_once), ["stay-4"]);
}

#[test]
fn a_death_ends_every_open_stay() {
    let twice = history().registered().admitted(STAY).by(OTHER_HOSPITAL).admitted(OWN);
    assert_eq!(open_stays(&twice).len(), 2);
    assert_eq!(open_stays(&twice.on("2025-05-01").died()), [""; 0]);
}

#[test]
fn a_stay_that_is_written_down_after_the_death_has_ended_with_it() {
    let dead = moved().on("2025-06-10").then(DeathRecorded::default()).on("2025-06-05");
    let admitted = dead.clone().admitted(OWN);
    assert_eq!(open_stays(&admitted), [""; 0]);
    assert_eq!(days(&admitted).last(), Some(&("2025-06-05".into(), Some("2025-06-10".into()))));
    let transferred = dead.by(HOSPITAL).transferred(STAY, OTHER_HOSPITAL, OWN);
    assert_eq!(open_stays(&transferred), [""; 0]);
}
