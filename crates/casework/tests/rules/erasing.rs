//! What is left of a person who was erased: figures, and nothing else.

use casework::{
    AgencyId, FiscalYear, PersonFile, Seen, Viewer, cases_in_hand,
    outcomes::{CohortUnit, Course, Query, discharge_outcomes},
    work_items,
};
use contracts::{
    Office,
    events::{PersonErased, PersonErasureRequested, WardVisitRecorded},
};

use crate::{history::*, scenario::scenario};

const ALL: [(&str, Office); 2] = [(HOSPITAL, Office::Hospital), (CENTER, Office::SupportCenter)];

fn viewer((agency, office): (&str, Office)) -> Viewer {
    Viewer {
        office,
        agency: AgencyId::from(agency),
        staff: "staff-1".to_owned(),
        is_identity_officer: true,
    }
}

fn query() -> Query {
    Query {
        fiscal_year: FiscalYear::beginning_in(2025).expect("a year of our time"),
        as_of: date("2026-11-30"),
        ward: None,
        unit: CohortUnit::Person,
    }
}

#[test]
fn nobody_sees_anything_of_the_person_not_even_what_they_recorded() {
    let (whole, erased) = (scenario(), scenario().then(PersonErased::default()));
    let file = PersonFile::folded(erased.events());
    let day = date("2026-12-01");
    for by in ALL {
        let sees =
            |file: &PersonFile, recorded| file.involvement().sees(&viewer(by), recorded, day);
        let before = PersonFile::folded(whole.events());
        assert!(whole.events().iter().any(|event| sees(&before, event) == Seen::Full));
        assert!(erased.events().iter().all(|event| sees(&file, event) == Seen::Hidden));
        assert!(!file.involvement().takes_part(&AgencyId::from(by.0), day));
    }
}

#[test]
fn nothing_waits_and_nothing_more_is_taken_in() {
    let later = scenario().then(PersonErased::default()).then(WardVisitRecorded::default());
    let mut file = PersonFile::folded(later.events());
    assert!(file.registered_by.is_none() && file.cases.is_empty() && file.consents.is_empty());
    assert!(work_items(&file, date("2027-01-01")).is_empty());
    assert!(cases_in_hand(&file).is_empty());
    assert!(file.apply(&history().registered().events()[0]).is_empty());
    assert!(file.registered_by.is_none());
}

#[test]
fn the_figures_are_what_they_were() {
    let figures = |history: &History| {
        discharge_outcomes(&[Course::of(history.events(), query().as_of)], &query())
    };
    let erased = scenario().then(PersonErased::default());
    assert_eq!(figures(&erased), figures(&scenario()));
    assert_eq!(figures(&erased).discharges, 1);
}

#[test]
fn a_request_to_erase_changes_nothing_and_is_shown_to_nobody() {
    let asked = scenario().by(CENTER).then(PersonErasureRequested::default());
    let request = asked.events().last().expect("the request");
    let file = PersonFile::folded(asked.events());
    assert!(file.registered_by.is_some());
    for by in ALL {
        let seen = file.involvement().sees(&viewer(by), request, date("2026-12-01"));
        assert_eq!(seen, Seen::Hidden, "{by:?}");
    }
}
