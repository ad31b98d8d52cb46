//! Who sees what of a person's history, and on which day.

use casework::{AgencyId, CaseId, Seen, Viewer};
use contracts::{Office, Topic, events::*};

use crate::{
    history::*,
    scenario::{SECOND_STAY, scenario},
};

const EVERYTHING: [Topic; 4] =
    [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];
const EVERYONE: [&str; 5] = [HOSPITAL, OTHER_HOSPITAL, CENTER, CORE, WARD_OFFICE];

fn viewer(agency: &str) -> Viewer {
    let office = match agency {
        HOSPITAL | OTHER_HOSPITAL => Office::Hospital,
        CORE => Office::CoreCenter,
        WARD_OFFICE => Office::WardOffice,
        "city" => Office::Municipality,
        _ => Office::SupportCenter,
    };
    Viewer {
        office,
        agency: AgencyId::from(agency),
        is_identity_officer: false,
        staff: String::new(),
    }
}

/// What an agency sees of the last event of this kind, read on this day.
fn seen(history: &History, agency: &str, kind: &str, today: &str) -> Seen {
    let file = history.file();
    file.involvement().sees(&viewer(agency), history.last(kind), date(today))
}

fn inpatient() -> History {
    history().registered().admitted(STAY)
}

fn consented() -> History {
    inpatient().consented("consent-1", &EVERYTHING, &EVERYONE)
}

fn referred(history: History) -> History {
    history.in_case(CASE).on("2025-05-08").referred("referral-1", STAY, CENTER)
}

/// An open case with everyone in the team but the other hospital.
fn in_team(history: History) -> History {
    let open = referred(history).by(CENTER).on("2025-05-15").accepted("referral-1");
    open.joined(HOSPITAL).joined(CORE).joined(WARD_OFFICE)
}

#[test]
fn a_hospital_sees_its_own_stay_and_then_only_stubs() {
    let scenario = scenario();
    let file = scenario.file();
    let sees = |recorded| file.involvement().sees(&viewer(HOSPITAL), recorded, date("2026-11-30"));
    let others = scenario.events().iter().filter(|one| one.agency.as_str() != HOSPITAL);
    let (after, during): (Vec<_>, Vec<_>) =
        others.partition(|recorded| recorded.occurred_on > date("2025-11-04"));
    assert!(during.iter().any(|recorded| sees(recorded) == Seen::Full));
    assert!(after.iter().all(|recorded| sees(recorded) <= Seen::Stub));
    assert_eq!(seen(&scenario, HOSPITAL, "SettlementFollowUpRecorded", "2026-11-30"), Seen::Stub);
    assert_eq!(seen(&scenario, HOSPITAL, "WardVisitRecorded", "2026-11-30"), Seen::Hidden);
}

#[test]
fn the_second_hospital_sees_its_own_stay_and_who_the_person_is_and_nothing_else_full_before() {
    let scenario = scenario();
    let file = scenario.file();
    assert_eq!(seen(&scenario, OTHER_HOSPITAL, "WardVisitRecorded", "2026-01-20"), Seen::Full);
    let before = scenario.events().iter().filter(|one| one.occurred_on < date("2026-01-08"));
    for recorded in before {
        let sees = file.involvement().sees(&viewer(OTHER_HOSPITAL), recorded, date("2026-01-20"));
        let most = match recorded.event {
            contracts::Event::PersonRegistered(_) => Seen::Full,
            _ => Seen::Stub,
        };
        assert!(sees <= most, "{:?} {}", recorded.event, recorded.occurred_on);
    }
}

#[test]
fn who_the_person_is_still_stands_for_a_hospital_that_comes_later() {
    let scenario = scenario();
    assert_eq!(seen(&scenario, OTHER_HOSPITAL, "PersonRegistered", "2026-01-20"), Seen::Full);
    assert_eq!(seen(&scenario, OTHER_HOSPITAL, "PersonRegistered", "2026-01-07"), Seen::Hidden);
}

#[test]
fn the_second_hospital_sees_nothing_of_others_without_consent() {
    let case = in_team(inpatient().consented("consent-1", &EVERYTHING, &[HOSPITAL, CENTER]));
    let back = case.by(HOSPITAL).on("2025-11-04").discharged(STAY).by(OTHER_HOSPITAL);
    let back = back.on("2026-01-08").readmitted(SECOND_STAY).by(CENTER).joined(OTHER_HOSPITAL);
    let visited = back.on("2026-01-15").visited(SECOND_STAY);
    assert_eq!(seen(&visited, OTHER_HOSPITAL, "WardVisitRecorded", "2026-01-15"), Seen::Hidden);
    assert_eq!(seen(&visited, OTHER_HOSPITAL, "PatientReadmitted", "2026-01-15"), Seen::Full);
}

#[test]
fn an_addressee_sees_the_referral_before_it_answers() {
    let referred = referred(consented());
    assert_eq!(seen(&referred, CENTER, "ReferralSubmitted", "2025-05-08"), Seen::Full);
    assert_eq!(seen(&referred, CENTER, "InpatientEpisodeOpened", "2025-05-08"), Seen::Full);
    assert_eq!(seen(&referred, "center-naka", "ReferralSubmitted", "2025-05-08"), Seen::Hidden);
    assert_eq!(seen(&referred, CORE, "ReferralSubmitted", "2025-05-08"), Seen::Hidden);
}

#[test]
fn who_declined_sees_only_the_own_answer() {
    let declined = ReferralDeclined { referral_id: "referral-1".into(), ..Default::default() };
    let declined = referred(consented()).by(CENTER).on("2025-05-12").then(declined);
    assert_eq!(seen(&declined, CENTER, "ReferralSubmitted", "2025-05-12"), Seen::Hidden);
    assert_eq!(seen(&declined, CENTER, "InpatientEpisodeOpened", "2025-05-12"), Seen::Hidden);
    assert_eq!(seen(&declined, CENTER, "ReferralDeclined", "2025-05-12"), Seen::Full);
    assert_eq!(seen(&declined, HOSPITAL, "ReferralDeclined", "2025-05-12"), Seen::Full);
}

#[test]
fn who_is_no_longer_asked_learns_that_and_nothing_else() {
    let withdrawn = ReferralWithdrawn { referral_id: "referral-1".into(), ..Default::default() };
    let withdrawn = referred(consented()).on("2025-05-12").then(withdrawn);
    assert_eq!(seen(&withdrawn, CENTER, "ReferralWithdrawn", "2025-05-12"), Seen::Full);
    assert_eq!(seen(&withdrawn, CENTER, "ReferralSubmitted", "2025-05-12"), Seen::Hidden);
    assert_eq!(seen(&withdrawn, CORE, "ReferralWithdrawn", "2025-05-12"), Seen::Hidden);
}

#[test]
fn without_consent_nobody_else_sees_anything() {
    let case = in_team(inpatient()).visited(STAY);
    for agency in [HOSPITAL, CORE, WARD_OFFICE] {
        assert_eq!(seen(&case, agency, "WardVisitRecorded", "2025-05-15"), Seen::Hidden);
    }
    assert_eq!(seen(&case, CENTER, "WardVisitRecorded", "2025-05-15"), Seen::Full);
    assert_eq!(seen(&case, CENTER, "ReferralSubmitted", "2025-05-15"), Seen::Hidden);
}

#[test]
fn a_consent_speaks_about_topics() {
    let narrow = inpatient().consented("consent-1", &[Topic::Referral], &EVERYONE);
    let case = in_team(narrow).then(HousingSearchStarted::default()).visited(STAY);
    assert_eq!(seen(&case, CENTER, "ReferralSubmitted", "2025-05-15"), Seen::Full);
    assert_eq!(
        seen(&case, CENTER, "InpatientEpisodeOpened", "2025-05-15"),
        Seen::Full,
        "the frame"
    );
    assert_eq!(seen(&case, HOSPITAL, "WardVisitRecorded", "2025-05-15"), Seen::Hidden);
    assert_eq!(seen(&case, WARD_OFFICE, "HousingSearchStarted", "2025-05-15"), Seen::Hidden);
    let wider = case.consented("consent-2", &[Topic::Support], &[HOSPITAL]);
    assert_eq!(seen(&wider, HOSPITAL, "WardVisitRecorded", "2025-05-15"), Seen::Full);
}

#[test]
fn a_withdrawal_hides_everything_from_all_others_at_once() {
    let withdrawn = in_team(consented()).visited(STAY).on("2025-06-01").withdrew("consent-1");
    assert_eq!(seen(&withdrawn, HOSPITAL, "WardVisitRecorded", "2025-05-31"), Seen::Full);
    let file = withdrawn.file();
    for agency in EVERYONE {
        let others = withdrawn.events().iter().filter(|one| one.agency.as_str() != agency);
        for recorded in others {
            let seen = file.involvement().sees(&viewer(agency), recorded, date("2025-06-01"));
            assert_eq!(seen, Seen::Hidden, "{agency} {:?}", recorded.event);
        }
    }
    assert_eq!(seen(&withdrawn, CENTER, "WardVisitRecorded", "2025-06-01"), Seen::Full);
    assert_eq!(seen(&withdrawn, HOSPITAL, "ReferralSubmitted", "2025-06-01"), Seen::Full);
}

#[test]
fn a_consent_runs_out_after_its_last_day() {
    let given = ConsentGiven {
        consent_id: "consent-1".into(),
        topics: EVERYTHING.map(i32::from).to_vec(),
        agency_ids: EVERYONE.map(str::to_owned).to_vec(),
        valid_until: "2025-06-30".into(),
        ..Default::default()
    };
    let case = in_team(inpatient().then(given)).visited(STAY);
    assert_eq!(seen(&case, HOSPITAL, "WardVisitRecorded", "2025-06-30"), Seen::Full);
    assert_eq!(seen(&case, HOSPITAL, "WardVisitRecorded", "2025-07-01"), Seen::Hidden);
}

#[test]
fn each_sight_shows_what_it_says() {
    let summary =
        MedicalSummaryShared { recipient_agency_ids: vec![CENTER.into()], ..Default::default() };
    let case = in_team(consented()).joined("center-naka");
    let case = case.consented("consent-2", &EVERYTHING, &["center-naka", "city"]).joined("city");
    let case = case.visited(STAY).then(HousingSearchStarted::default());
    let case = case.then(UserRegistered::default()).by(HOSPITAL).then(summary);
    let sees = |agency, kind| seen(&case, agency, kind, "2025-05-15");
    assert_eq!(sees(HOSPITAL, "HousingSearchStarted"), Seen::Hidden, "none");
    assert_eq!(sees(CORE, "WardVisitRecorded"), Seen::Stub, "stub");
    assert_eq!(sees("center-naka", "WardVisitRecorded"), Seen::Full, "full");
    assert_eq!(sees("center-naka", "UserRegistered"), Seen::Hidden, "own");
    assert_eq!(sees(CENTER, "UserRegistered"), Seen::Full, "own");
    assert_eq!(sees(CENTER, "MedicalSummaryShared"), Seen::Full, "addressee");
    assert_eq!(sees(WARD_OFFICE, "MedicalSummaryShared"), Seen::Stub, "not an addressee");
    assert_eq!(sees("city", "WardVisitRecorded"), Seen::Hidden, "aggregate");
}

#[test]
fn what_is_public_is_clear_to_those_involved_and_needs_no_consent() {
    let case = in_team(inpatient()).then(HospitalCollaborationHeld::default());
    assert_eq!(seen(&case, CORE, "HospitalCollaborationHeld", "2025-05-15"), Seen::Clear);
    assert_eq!(seen(&case, "center-naka", "HospitalCollaborationHeld", "2025-05-15"), Seen::Hidden);
    assert_eq!(seen(&case, "city", "HospitalCollaborationHeld", "2025-05-15"), Seen::Hidden);
}

#[test]
fn the_old_hospital_sees_nothing_full_after_a_transfer() {
    let moved = in_team(consented()).visited(STAY).by(HOSPITAL).on("2025-06-01");
    let moved =
        moved.transferred(STAY, OTHER_HOSPITAL, SECOND_STAY).by(CENTER).joined(OTHER_HOSPITAL);
    assert_eq!(seen(&moved, HOSPITAL, "WardVisitRecorded", "2025-06-01"), Seen::Full);
    let visited = moved.on("2025-06-10").visited(SECOND_STAY);
    assert_eq!(seen(&visited, HOSPITAL, "WardVisitRecorded", "2025-06-10"), Seen::Hidden);
    assert_eq!(seen(&visited, OTHER_HOSPITAL, "WardVisitRecorded", "2025-06-10"), Seen::Full);
    assert_eq!(seen(&visited, OTHER_HOSPITAL, "ReferralSubmitted", "2025-06-10"), Seen::Hidden);
}

#[test]
fn the_track_of_the_time_decides() {
    let changed =
        TrackChanged { to_track: Track::CommunityTransition.into(), ..Default::default() };
    let before = in_team(consented()).visited(STAY);
    assert_eq!(seen(&before, WARD_OFFICE, "WardVisitRecorded", "2025-05-15"), Seen::Stub);
    let changed = before.clone().on("2025-08-05").then(changed);
    assert_eq!(seen(&changed, WARD_OFFICE, "WardVisitRecorded", "2025-08-05"), Seen::Stub);
    let after = changed.on("2025-09-10").visited(STAY);
    assert_eq!(seen(&after, WARD_OFFICE, "WardVisitRecorded", "2025-09-10"), Seen::Full);
}

/// A hospital that knows the person's number, an admission long ago, and a consent.
fn let_itself_in(history: History) -> History {
    let stay = history.by(OTHER_HOSPITAL).outside_cases().on("1900-01-01").admitted("stay-9");
    let mine = stay.on("2025-06-01").consented("consent-9", &EVERYTHING, &[OTHER_HOSPITAL]);
    mine.in_case(CASE)
}

#[test]
fn a_stay_does_not_reach_back_before_it_was_recorded() {
    let asked = DischargeIntentRecorded { episode_id: STAY.into(), ..Default::default() };
    let before = in_team(consented()).visited(STAY).outside_cases().then(asked.clone());
    let inside = let_itself_in(before.in_case(CASE));
    let on = "2025-06-01";
    for kind in ["WardVisitRecorded", "DischargeIntentRecorded", "InpatientEpisodeOpened"] {
        let recorded = inside.last(kind);
        if recorded.agency.as_str() != OTHER_HOSPITAL {
            assert_eq!(seen(&inside, OTHER_HOSPITAL, kind, on), Seen::Hidden, "{kind}");
        }
    }
    assert_eq!(seen(&inside, OTHER_HOSPITAL, "PersonRegistered", on), Seen::Full, "standing");

    // Letting itself into the team does not open what lies before; another's hand does.
    let itself = inside.clone().joined(OTHER_HOSPITAL);
    assert_eq!(seen(&itself, OTHER_HOSPITAL, "WardVisitRecorded", on), Seen::Hidden);
    assert_eq!(seen(&itself, OTHER_HOSPITAL, "DischargeIntentRecorded", on), Seen::Hidden);
    let let_in = inside.clone().by(CENTER).joined(OTHER_HOSPITAL);
    assert_eq!(seen(&let_in, OTHER_HOSPITAL, "WardVisitRecorded", on), Seen::Full);
    assert_eq!(seen(&let_in, OTHER_HOSPITAL, "DischargeIntentRecorded", on), Seen::Full);

    // What is recorded from then on falls to the stay, whenever it happened.
    let later = inside.by(CENTER).outside_cases().on("2025-05-20").then(asked);
    assert_eq!(seen(&later, OTHER_HOSPITAL, "DischargeIntentRecorded", on), Seen::Full);
}

#[test]
fn who_shares_the_referral_sees_the_case_from_the_beginning_of_its_stay() {
    let late = history().registered().by(CENTER).on("2025-04-20").in_case(CASE);
    let late = late.then(VisitNotHeld::default()).by(HOSPITAL).outside_cases().on("2025-04-10");
    let late = late.admitted(STAY).consented("consent-1", &EVERYTHING, &EVERYONE).in_case(CASE);
    assert_eq!(seen(&late, HOSPITAL, "VisitNotHeld", "2025-05-08"), Seen::Hidden);
    let referred = late.on("2025-05-08").referred("referral-1", STAY, CENTER);
    assert_eq!(seen(&referred, HOSPITAL, "VisitNotHeld", "2025-05-08"), Seen::Full);
}

#[test]
fn a_hospital_that_is_asked_for_a_visit_sees_the_request() {
    let request = |hospital: &str| HospitalVisitRequested {
        hospital_agency_id: hospital.into(),
        ..Default::default()
    };
    let moved = in_team(consented()).by(OTHER_HOSPITAL).outside_cases().on("2025-06-01");
    let moved = moved.admitted(SECOND_STAY).by(CENTER).in_case(CASE).on("2025-06-03");
    let asked = moved.clone().then(request(OTHER_HOSPITAL));
    let kind = "HospitalVisitRequested";
    assert_eq!(seen(&asked, OTHER_HOSPITAL, kind, "2025-06-03"), Seen::Full);
    assert_eq!(seen(&asked, HOSPITAL, kind, "2025-06-03"), Seen::Full, "in the team, on a stay");
    let elsewhere = moved.visited(STAY).then(request(HOSPITAL));
    assert_eq!(seen(&elsewhere, OTHER_HOSPITAL, kind, "2025-06-03"), Seen::Hidden);
    assert_eq!(seen(&elsewhere, OTHER_HOSPITAL, "WardVisitRecorded", "2025-06-03"), Seen::Hidden);
    let home = asked.clone().by(OTHER_HOSPITAL).on("2025-06-05").discharged(SECOND_STAY);
    assert_eq!(seen(&home, OTHER_HOSPITAL, kind, "2025-06-05"), Seen::Hidden);
    let withdrawn = asked.on("2025-06-04").withdrew("consent-1");
    assert_eq!(seen(&withdrawn, OTHER_HOSPITAL, kind, "2025-06-04"), Seen::Hidden);
}

#[test]
fn a_file_as_seen_holds_what_is_seen_and_no_more() {
    let hidden = in_team(consented()).visited(STAY);
    let as_seen = |agency: &str, today: &str| {
        hidden.file().as_seen_by(hidden.events(), &viewer(agency), date(today))
    };
    assert!(as_seen(OTHER_HOSPITAL, "2025-05-15").episodes.is_empty());
    assert!(as_seen(OTHER_HOSPITAL, "2025-05-15").registered_by.is_none());
    let of_center = as_seen(CENTER, "2025-05-15");
    assert_eq!((of_center.episodes.len(), of_center.cases.len()), (1, 1));
    // The opening of the case is hidden from no party, although not all are shown it.
    assert_eq!(as_seen(WARD_OFFICE, "2025-05-15").cases.len(), 1);
}

#[test]
fn a_later_will_is_not_widened_by_an_older_paper() {
    let scope = |agencies: &[&str]| ConsentScopeChanged {
        consent_id: "consent-1".into(),
        topics: EVERYTHING.map(i32::from).to_vec(),
        agency_ids: agencies.iter().map(|id| (*id).to_owned()).collect(),
        ..Default::default()
    };
    let narrowed = in_team(consented()).visited(STAY).on("2025-06-10").then(scope(&[CENTER]));
    let older = narrowed.clone().on("2025-06-01").then(scope(&EVERYONE));
    assert_eq!(seen(&older, HOSPITAL, "WardVisitRecorded", "2025-06-11"), Seen::Hidden);
    let newer = narrowed.on("2025-06-10").then(scope(&EVERYONE));
    assert_eq!(seen(&newer, HOSPITAL, "WardVisitRecorded", "2025-06-11"), Seen::Full);
}

#[test]
fn who_leaves_the_team_sees_nothing_more() {
    let removed = CareTeamMemberRemoved { agency_id: WARD_OFFICE.into(), ..Default::default() };
    let left = in_team(consented()).visited(STAY).on("2025-07-01").then(removed);
    assert_eq!(seen(&left, WARD_OFFICE, "WardVisitRecorded", "2025-06-30"), Seen::Stub);
    assert_eq!(seen(&left, WARD_OFFICE, "WardVisitRecorded", "2025-07-01"), Seen::Hidden);
    let back = left.on("2025-08-01").joined(WARD_OFFICE);
    assert_eq!(seen(&back, WARD_OFFICE, "WardVisitRecorded", "2025-08-01"), Seen::Stub);
    assert_eq!(seen(&back, WARD_OFFICE, "WardVisitRecorded", "2025-07-15"), Seen::Hidden);
}

#[test]
fn a_team_of_one_case_sees_nothing_of_another() {
    let other = in_team(consented()).outside_cases().by("center-naka").in_case("case-2");
    let other = other.opened(Track::CommunityLife).visited(STAY);
    let consented = other.consented("consent-2", &EVERYTHING, &["center-naka"]);
    assert_eq!(seen(&consented, CENTER, "WardVisitRecorded", "2025-05-15"), Seen::Hidden);
    assert_eq!(seen(&consented, "center-naka", "ReferralSubmitted", "2025-05-15"), Seen::Hidden);
}

#[test]
fn taking_part_is_a_matter_of_team_stay_and_referral() {
    let case = in_team(consented());
    let file = case.file();
    let day = date("2025-05-15");
    let takes_part = |agency: &str| file.involvement().takes_part(&AgencyId::from(agency), day);
    assert!(EVERYONE.iter().filter(|one| **one != OTHER_HOSPITAL).all(|one| takes_part(one)));
    assert!(!takes_part(OTHER_HOSPITAL) && !takes_part("center-naka"));
    let in_case = |agency: &str, case: &str| {
        file.involvement().takes_part_in_case(&AgencyId::from(agency), &CaseId::from(case), day)
    };
    assert!(in_case(CENTER, CASE) && in_case(HOSPITAL, CASE) && !in_case(CENTER, "case-2"));
}

#[test]
fn a_hospital_learns_what_became_of_its_referral_after_the_person_has_left() {
    let topics = [Topic::Referral];
    let history = history().registered().admitted(STAY);
    let history = history.consented("consent-1", &topics, &[HOSPITAL, CENTER]);
    let history = history.in_case(CASE).referred("referral-1", STAY, CENTER).on("2025-06-01");
    let history = history.outside_cases().discharged(STAY).on("2025-06-10").by(CENTER);
    let lapsed = ReferralLapsed { referral_id: "referral-1".into(), ..Default::default() };
    let history = history.in_case(CASE).then(lapsed);
    let viewer = viewer(HOSPITAL);
    let lapse = history.last("ReferralLapsed");
    let seen = history.file().involvement().sees(&viewer, lapse, date("2025-06-10"));
    assert_eq!(seen, Seen::Full);
}
