//! Emergencies: who sees them without a consent, what waits, and where they stand.

use casework::{
    AgencyId, EmergencyState, PersonFile, Recorded, Seen, Standing, Viewer, WorkItem, WorkKind,
    seen_of, work_items,
};
use contracts::{Office, Topic, events::*};

use crate::history::*;

pub const EMERGENCY: &str = "emergency-1";
const OTHER_CENTER: &str = "center-kanazawa";

/// A case of the support center, which a consent to the support lets the core center share.
pub fn at_home() -> History {
    let agencies = [CENTER, CORE];
    let history = history().by(CENTER).registered().in_case(CASE).opened(Track::CommunityLife);
    history.consented("consent-1", &[Topic::Support], &agencies).joined(CORE).on("2025-06-10")
}

pub fn reported(informed: &[&str]) -> EmergencyReported {
    EmergencyReported {
        emergency_id: EMERGENCY.into(),
        informed_agency_ids: informed.iter().map(|id| (*id).to_owned()).collect(),
        ..Default::default()
    }
}

pub fn home(outcome: HomeContinuationOutcome) -> HomeContinuationArranged {
    let outcome = outcome.into();
    HomeContinuationArranged { emergency_id: EMERGENCY.into(), outcome, ..Default::default() }
}

pub fn asked(placement: &str) -> EmergencyPlacementRequested {
    EmergencyPlacementRequested {
        emergency_id: EMERGENCY.into(),
        placement_id: placement.into(),
        ..Default::default()
    }
}

pub fn accepted(placement: &str) -> EmergencyPlacementAccepted {
    EmergencyPlacementAccepted {
        emergency_id: EMERGENCY.into(),
        placement_id: placement.into(),
        ..Default::default()
    }
}

pub fn refused(placement: &str) -> EmergencyPlacementRefused {
    EmergencyPlacementRefused {
        emergency_id: EMERGENCY.into(),
        placement_id: placement.into(),
        ..Default::default()
    }
}

pub fn met() -> PostEmergencyMeetingHeld {
    PostEmergencyMeetingHeld { emergency_id: EMERGENCY.into(), ..Default::default() }
}

pub fn closed() -> EmergencyClosed {
    EmergencyClosed { emergency_id: EMERGENCY.into(), ..Default::default() }
}

fn sees(history: &History, office: Office, agency: &str, event: &Recorded) -> Seen {
    let viewer = Viewer {
        office,
        agency: AgencyId::from(agency),
        is_identity_officer: false,
        staff: String::new(),
    };
    history.file().involvement().sees(&viewer, event, date("2025-06-12"))
}

fn takes_part(file: &PersonFile, agency: &str) -> bool {
    file.involvement().takes_part(&AgencyId::from(agency), date("2025-06-12"))
}

#[test]
fn whoever_helps_sees_an_open_emergency_without_a_consent() {
    let history = at_home().then(reported(&[])).withdrew("consent-1");
    let event = history.last("EmergencyReported");
    assert_eq!(sees(&history, Office::CoreCenter, CORE, event), Seen::Full);
    assert_eq!(sees(&history, Office::SupportCenter, OTHER_CENTER, event), Seen::Hidden);
    assert_eq!(sees(&history, Office::Municipality, "municipality", event), Seen::Hidden);
}

#[test]
fn nothing_else_is_shown_without_a_consent_and_nothing_once_it_is_over() {
    let history = at_home().then(reported(&[])).then(met()).withdrew("consent-1");
    let meeting = history.last("PostEmergencyMeetingHeld");
    assert_eq!(sees(&history, Office::CoreCenter, CORE, meeting), Seen::Hidden);
    let registration = history.last("PersonRegistered");
    assert_eq!(sees(&history, Office::CoreCenter, CORE, registration), Seen::Hidden);
    let over = history.then(closed());
    let event = over.last("EmergencyReported");
    assert_eq!(sees(&over, Office::CoreCenter, CORE, event), Seen::Hidden);
    assert_eq!(sees(&over, Office::SupportCenter, CENTER, event), Seen::Full);
}

#[test]
fn being_listed_at_a_meeting_lets_nobody_in() {
    let meeting = PostEmergencyMeetingHeld {
        emergency_id: EMERGENCY.into(),
        attendee_agency_ids: vec![OTHER_CENTER.into()],
        ..Default::default()
    };
    let history = at_home().then(reported(&[])).then(meeting);
    let call = history.last("EmergencyReported");
    assert_eq!(sees(&history, Office::SupportCenter, OTHER_CENTER, call), Seen::Hidden);
    assert!(!takes_part(&history.file(), OTHER_CENTER));
}

#[test]
fn a_medical_summary_reaches_those_it_is_for_and_stays_a_stub_for_others() {
    let summary = |emergency: &str| MedicalSummaryShared {
        emergency_id: emergency.into(),
        recipient_agency_ids: vec![CORE.into()],
        ..Default::default()
    };
    let open = at_home().then(reported(&[WARD_OFFICE])).withdrew("consent-1").by(HOSPITAL);
    let shared = open.clone().then(summary(EMERGENCY));
    let event = shared.last("MedicalSummaryShared");
    assert_eq!(sees(&shared, Office::CoreCenter, CORE, event), Seen::Full);
    assert_eq!(sees(&shared, Office::WardOffice, WARD_OFFICE, event), Seen::Stub);
    let over = shared.by(CENTER).then(closed());
    let event = over.last("MedicalSummaryShared");
    assert_eq!(sees(&over, Office::CoreCenter, CORE, event), Seen::Hidden);
    let without = open.then(summary(""));
    let event = without.last("MedicalSummaryShared");
    assert_eq!(sees(&without, Office::CoreCenter, CORE, event), Seen::Hidden);
}

#[test]
fn whoever_is_told_takes_part_until_it_is_over() {
    let told = at_home().then(reported(&[WARD_OFFICE, HOSPITAL]));
    let event = told.last("EmergencyReported");
    assert_eq!(sees(&told, Office::WardOffice, WARD_OFFICE, event), Seen::Full);
    assert_eq!(sees(&told, Office::Hospital, HOSPITAL, event), Seen::Full);
    assert_eq!(sees(&told, Office::Hospital, OTHER_HOSPITAL, event), Seen::Hidden);
    assert!(takes_part(&told.file(), WARD_OFFICE) && takes_part(&told.file(), HOSPITAL));
    assert!(!takes_part(&told.then(closed()).file(), WARD_OFFICE));
}

#[test]
fn a_hospital_that_was_told_sees_of_the_rest_that_it_happened() {
    let history = at_home().then(reported(&[HOSPITAL]));
    let history = history.then(home(HomeContinuationOutcome::NotEnough));
    let event = history.last("HomeContinuationArranged");
    assert_eq!(sees(&history, Office::Hospital, HOSPITAL, event), Seen::Stub);
}

#[test]
fn who_takes_the_call_sees_that_emergency_and_nothing_else() {
    let history = at_home().outside_cases().by(OTHER_CENTER).then(reported(&[]));
    let history = history.by(CENTER).then(home(HomeContinuationOutcome::NotEnough));
    let arranged = history.last("HomeContinuationArranged");
    assert_eq!(sees(&history, Office::SupportCenter, OTHER_CENTER, arranged), Seen::Full);
    let registration = history.last("PersonRegistered");
    assert_eq!(sees(&history, Office::SupportCenter, OTHER_CENTER, registration), Seen::Hidden);
}

#[test]
fn the_one_mainly_responsible_answers_every_emergency() {
    let assigned =
        PrimarySupporterAssigned { supporter_agency_id: OTHER_CENTER.into(), ..Default::default() };
    let history = at_home().then(assigned).then(reported(&[]));
    let event = history.last("EmergencyReported");
    assert_eq!(sees(&history, Office::SupportCenter, OTHER_CENTER, event), Seen::Full);
}

fn work(history: &History) -> Vec<WorkItem> {
    let items = work_items(&history.file(), date("2025-06-12")).into_iter();
    items.filter(|item| item.kind != WorkKind::SupportPlanToMake).collect()
}

#[track_caller]
fn waits(history: &History, expected: &[(WorkKind, &str, &str)]) {
    let found = work(history);
    let found = found.iter().map(|item| (item.kind, item.agency.as_str(), item.since));
    let expected = expected.iter().map(|(kind, agency, since)| (*kind, *agency, date(since)));
    assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn a_place_is_waited_for_until_one_accepts_or_home_is_enough() {
    let to_find = WorkKind::EmergencyPlacementToFind;
    let called = at_home().then(reported(&[]));
    waits(&called, &[(to_find, CENTER, "2025-06-10")]);
    let at_home = called.clone().then(home(HomeContinuationOutcome::Enough));
    waits(&at_home, &[(WorkKind::EmergencyToClose, CENTER, "2025-06-10")]);
    let history = called.then(home(HomeContinuationOutcome::NotEnough)).on("2025-06-11");
    let history = history.then(asked("placement-1"));
    waits(&history, &[(to_find, CENTER, "2025-06-11")]);
    let none = history.clone().then(refused("placement-1"));
    waits(&none, &[(to_find, CENTER, "2025-06-11")]);
    waits(&none.then(closed()), &[]);
}

#[test]
fn after_an_acceptance_a_meeting_is_waited_for() {
    let history = at_home().then(reported(&[])).then(asked("placement-1"));
    let history = history.on("2025-06-11").then(accepted("placement-1"));
    waits(&history, &[(WorkKind::PostEmergencyMeetingToHold, CENTER, "2025-06-11")]);
    let met = history.clone().then(met());
    waits(&met, &[(WorkKind::EmergencyToClose, CENTER, "2025-06-11")]);
    waits(&history.then(closed()), &[]);
}

#[test]
fn a_ward_office_that_was_told_is_waited_for_until_it_answers_or_a_place_is_found() {
    let (to_find, to_coordinate) =
        (WorkKind::EmergencyPlacementToFind, WorkKind::SpecialPlacementToCoordinate);
    let told = WardOfficeNotified {
        emergency_id: EMERGENCY.into(),
        ward_office_agency_id: WARD_OFFICE.into(),
        ..Default::default()
    };
    let answered = |result: SpecialPlacementResult| SpecialPlacementCoordinated {
        emergency_id: EMERGENCY.into(),
        result: result.into(),
        ..Default::default()
    };
    let told = at_home().then(reported(&[])).on("2025-06-11").then(told);
    let (find, coordinate) =
        ((to_find, CENTER, "2025-06-10"), (to_coordinate, WARD_OFFICE, "2025-06-11"));
    waits(&told, &[find, coordinate]);
    let pending = told.clone().then(answered(SpecialPlacementResult::Pending));
    waits(&pending, &[find, coordinate]);
    waits(&pending.then(answered(SpecialPlacementResult::NotPossible)), &[find]);
    let found = told.clone().then(asked("placement-1")).then(accepted("placement-1"));
    waits(&found, &[(WorkKind::PostEmergencyMeetingToHold, CENTER, "2025-06-11")]);
    waits(&told.then(closed()), &[]);
}

#[test]
fn work_in_an_emergency_waits_for_the_one_mainly_responsible() {
    let assigned =
        PrimarySupporterAssigned { supporter_agency_id: CORE.into(), ..Default::default() };
    let history = at_home().then(assigned).then(reported(&[]));
    waits(&history, &[(WorkKind::EmergencyPlacementToFind, CORE, "2025-06-10")]);
    assert_eq!(work(&history)[0].case_id, Some(CASE.into()));
}

#[test]
fn a_household_at_risk_waits_for_a_supporter_and_a_plan() {
    let (to_name, to_make) = (WorkKind::PrimarySupporterToName, WorkKind::EmergencyPlanToMake);
    let history = at_home().by(CORE).then(HouseholdAtRiskIdentified::default());
    waits(&history, &[(to_name, CORE, "2025-06-10"), (to_make, CORE, "2025-06-10")]);
    let assigned =
        PrimarySupporterAssigned { supporter_agency_id: CENTER.into(), ..Default::default() };
    let supported = history.clone().then(assigned);
    waits(&supported, &[(to_make, CENTER, "2025-06-10")]);
    let plan = EmergencyPlanCreated {
        plan_id: "plan-e".into(),
        version: 1,
        next_review_on: "2026-06-10".into(),
        ..Default::default()
    };
    waits(&supported.then(plan), &[]);
    waits(&history.then(HouseholdRiskCleared::default()), &[]);
}

#[test]
fn an_emergency_goes_its_steps() {
    let state = |history: &History| history.file().emergency(EMERGENCY).unwrap().state;
    let started = EmergencyStayStarted {
        stay_id: "stay-e".into(),
        emergency_id: EMERGENCY.into(),
        placement_id: "placement-1".into(),
        from_on: "2025-06-10".into(),
        planned_to_on: "2025-06-12".into(),
        ..Default::default()
    };
    let ended = EmergencyStayEnded {
        stay_id: "stay-e".into(),
        emergency_id: EMERGENCY.into(),
        ..Default::default()
    };
    let looked = EmergencyFollowUpRecorded { emergency_id: EMERGENCY.into(), ..Default::default() };
    let mut history = at_home().then(reported(&[]));
    assert_eq!(state(&history), EmergencyState::Reported);
    let steps: [(contracts::Event, EmergencyState); 9] = [
        (home(HomeContinuationOutcome::NotEnough).into(), EmergencyState::HomeTried),
        (asked("placement-1").into(), EmergencyState::Placing),
        (accepted("placement-1").into(), EmergencyState::Placing),
        (started.into(), EmergencyState::InStay),
        (met().into(), EmergencyState::MeetingHeld),
        (ended.into(), EmergencyState::Returning),
        (looked.into(), EmergencyState::FollowUp),
        (asked("placement-2").into(), EmergencyState::Placing),
        (closed().into(), EmergencyState::Closed),
    ];
    for (event, expected) in steps {
        history = history.then(event);
        assert_eq!(state(&history), expected);
    }
}

#[test]
fn whom_a_retracted_event_told_knows_nothing_of_the_emergency() {
    let told = at_home().then(reported(&[])).then(EmergencyStayEnded {
        emergency_id: EMERGENCY.into(),
        informed_agency_ids: vec![OTHER_CENTER.into()],
        ..Default::default()
    });
    let target = told.last("EmergencyStayEnded").clone();
    let viewer = Viewer {
        office: Office::SupportCenter,
        agency: AgencyId::from(OTHER_CENTER),
        staff: "staff-1".to_owned(),
        is_identity_officer: false,
    };
    let sees = |history: &History, standing| {
        seen_of(&history.file(), &viewer, &target, standing, date("2025-06-10"))
    };
    assert_eq!(sees(&told, None), Seen::Full);
    let retraction =
        EventRetracted { target_event_id: target.event_id.clone(), ..Default::default() };
    let retracted = told.then(retraction);
    assert_eq!(sees(&retracted, Some(Standing::Retracted)), Seen::Hidden);
}
