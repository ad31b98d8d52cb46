//! Who sees what before, during and after a hand-over, and what an early consultation shows.

use casework::{AgencyId, Seen, Viewer, WorkKind, work_items};
use contracts::{Office, Topic, events::*};

use crate::history::*;

const EVERYTHING: [Topic; 4] =
    [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];
const EVERYONE: [&str; 5] = [HOSPITAL, OTHER_HOSPITAL, CENTER, CORE, WARD_OFFICE];

fn seen(history: &History, agency: &str, kind: &str, today: &str) -> Seen {
    let office = match agency {
        HOSPITAL | OTHER_HOSPITAL => Office::Hospital,
        CORE => Office::CoreCenter,
        WARD_OFFICE => Office::WardOffice,
        _ => Office::SupportCenter,
    };
    let viewer = Viewer {
        office,
        agency: AgencyId::from(agency),
        is_identity_officer: false,
        staff: String::new(),
    };
    history.file().involvement().sees(&viewer, history.last(kind), date(today))
}

fn consented() -> History {
    history().registered().admitted(STAY).consented("consent-1", &EVERYTHING, &EVERYONE)
}

fn referred() -> History {
    consented().in_case(CASE).on("2025-05-08").referred("referral-1", STAY, CENTER)
}

/// A case of the center, with a visit.
fn led() -> History {
    referred().by(CENTER).on("2025-05-15").accepted("referral-1").visited(STAY)
}

fn handed_over(history: History) -> History {
    history.then(CaseHandedOver {
        handover_id: "handover-1".into(),
        to_agency_id: CORE.into(),
        ..Default::default()
    })
}

fn accepted(history: History) -> History {
    history.by(CORE).then(CaseHandoverAccepted {
        handover_id: "handover-1".into(),
        from_agency_id: CENTER.into(),
        ..Default::default()
    })
}

#[test]
fn before_accepting_the_receiver_sees_the_case_as_its_office_does_and_the_question_whole() {
    let waiting = handed_over(led().on("2025-06-01"));
    let today = "2025-06-01";
    assert_eq!(seen(&led(), CORE, "WardVisitRecorded", "2025-05-15"), Seen::Hidden);
    assert_eq!(seen(&waiting, CORE, "CaseHandedOver", today), Seen::Full);
    assert_eq!(seen(&waiting, CORE, "WardVisitRecorded", today), Seen::Stub);
    assert_eq!(seen(&waiting, WARD_OFFICE, "CaseHandedOver", today), Seen::Hidden);
    let file = waiting.file();
    let (core, case) = (AgencyId::from(CORE), casework::CaseId::from(CASE));
    assert!(file.involvement().is_asked(&core, Some(&case)));
    assert!(!file.involvement().takes_part_in_case(&core, &case, date(today)), "it only answers");
}

#[test]
fn after_accepting_the_receiver_sees_the_case_as_the_one_responsible() {
    let moved = accepted(handed_over(led().on("2025-06-01")));
    for kind in ["WardVisitRecorded", "ReferralSubmitted", "InpatientEpisodeOpened"] {
        assert_eq!(seen(&moved, CORE, kind, "2025-06-01"), Seen::Full, "{kind}");
    }
}

#[test]
fn the_sender_keeps_what_it_recorded_and_what_it_could_see_until_then() {
    let moved = accepted(handed_over(led().on("2025-06-01"))).on("2025-06-10").visited(STAY);
    let today = "2025-06-10";
    assert_eq!(seen(&moved, CENTER, "WardVisitRecorded", today), Seen::Hidden, "the new lead's");
    for kind in ["ReferralSubmitted", "InpatientEpisodeOpened", "CaseHandoverAccepted"] {
        assert_eq!(seen(&moved, CENTER, kind, today), Seen::Full, "{kind}");
    }
    let withdrawn = moved.on("2025-06-11").withdrew("consent-1");
    assert_eq!(seen(&withdrawn, CENTER, "ReferralSubmitted", "2025-06-11"), Seen::Hidden);
    assert_eq!(seen(&withdrawn, CENTER, "CaseOpened", "2025-06-11"), Seen::Full, "its own");
}

#[test]
fn the_sender_sees_the_answer_and_finds_a_refusal_on_its_list() {
    let declined = CaseHandoverDeclined {
        handover_id: "handover-1".into(),
        from_agency_id: CENTER.into(),
        ..Default::default()
    };
    let declined = handed_over(led().on("2025-06-01")).by(CORE).on("2025-06-03").then(declined);
    assert_eq!(seen(&declined, CENTER, "CaseHandoverDeclined", "2025-06-03"), Seen::Full);
    let items = work_items(&declined.file(), date("2025-06-04"));
    let item = items.iter().find(|item| item.kind == WorkKind::HandoverDeclined).expect("waits");
    assert_eq!((item.agency.as_str(), item.since), (CENTER, date("2025-06-03")));
    assert_eq!(seen(&declined, CORE, "WardVisitRecorded", "2025-06-03"), Seen::Hidden);
    assert_eq!(seen(&declined, CORE, "CaseHandoverDeclined", "2025-06-03"), Seen::Full);
}

#[test]
fn who_is_no_longer_asked_learns_that_and_nothing_else() {
    let withdrawn = CaseHandoverWithdrawn {
        handover_id: "handover-1".into(),
        to_agency_id: CORE.into(),
        ..Default::default()
    };
    let withdrawn = handed_over(led().on("2025-06-01")).on("2025-06-02").then(withdrawn);
    assert_eq!(seen(&withdrawn, CORE, "CaseHandoverWithdrawn", "2025-06-02"), Seen::Full);
    assert_eq!(seen(&withdrawn, CORE, "CaseHandedOver", "2025-06-02"), Seen::Hidden);
}

#[test]
fn a_hand_over_that_waits_long_is_a_hint_for_the_sender() {
    let waiting = handed_over(led().on("2025-06-01"));
    let hints = |today: &str| {
        let items = work_items(&waiting.file(), date(today));
        let hints = items.into_iter().filter(|item| item.kind == WorkKind::AnswerWaitingLong);
        hints.map(|item| item.agency.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(hints("2025-06-14"), [""; 0]);
    assert_eq!(hints("2025-06-15"), [CENTER]);
}

#[test]
fn an_early_consultation_shows_the_person_and_no_case() {
    let before =
        led().consented("consent-2", &EVERYTHING, &["center-naka"]).by(HOSPITAL).on("2025-06-01");
    let asked = before.clone().outside_cases().then(asked_of("center-naka"));
    let today = "2025-06-01";
    assert_eq!(seen(&before, "center-naka", "InpatientEpisodeOpened", today), Seen::Hidden);
    for kind in ["EarlyConsultationRequested", "InpatientEpisodeOpened", "PersonRegistered"] {
        assert_eq!(seen(&asked, "center-naka", kind, today), Seen::Full, "{kind}");
    }
    for kind in ["WardVisitRecorded", "ReferralSubmitted", "CaseOpened"] {
        assert_eq!(seen(&asked, "center-naka", kind, today), Seen::Hidden, "{kind}");
    }
    let ended = EarlyConsultationConcluded {
        consultation_id: "consultation-1".into(),
        other_agency_id: "center-naka".into(),
        ..Default::default()
    };
    let ended = asked.then(ended);
    assert_eq!(seen(&ended, "center-naka", "EarlyConsultationConcluded", today), Seen::Full);
    assert_eq!(seen(&ended, "center-naka", "EarlyConsultationRequested", today), Seen::Hidden);
    assert_eq!(seen(&ended, "center-naka", "InpatientEpisodeOpened", today), Seen::Hidden);
}

fn asked_of(center: &str) -> EarlyConsultationRequested {
    EarlyConsultationRequested {
        consultation_id: "consultation-1".into(),
        to_agency_id: center.into(),
        episode_id: STAY.into(),
        ..Default::default()
    }
}

#[test]
fn the_core_center_that_helps_sees_the_referral_while_it_waits() {
    let escalated = ReferralEscalated {
        referral_id: "referral-1".into(),
        to_agency_id: CORE.into(),
        ..Default::default()
    };
    let escalated = referred().on("2025-06-01").then(escalated);
    assert_eq!(seen(&referred(), CORE, "ReferralSubmitted", "2025-05-08"), Seen::Hidden);
    for kind in ["ReferralSubmitted", "ReferralEscalated"] {
        assert_eq!(seen(&escalated, CORE, kind, "2025-06-01"), Seen::Full, "{kind}");
    }
    let answered = escalated.by(CENTER).on("2025-06-02").accepted("referral-1");
    assert_eq!(seen(&answered, CORE, "ReferralSubmitted", "2025-06-02"), Seen::Hidden);
}

#[test]
fn an_answer_written_down_for_the_receiver_is_told_to_it() {
    let declined = ReferralDeclined { referral_id: "referral-1".into(), ..Default::default() };
    let declined = referred().by(HOSPITAL).on("2025-05-12").then(declined);
    assert_eq!(seen(&declined, CENTER, "ReferralDeclined", "2025-05-12"), Seen::Full);
    assert_eq!(seen(&declined, CENTER, "ReferralSubmitted", "2025-05-12"), Seen::Hidden);
}
