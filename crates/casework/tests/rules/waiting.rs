//! While an answer is waited for: the clock, the hint, and what has become pointless; and what keeps
//! a person in hospital.

use casework::{Flag, ReferralId, WAITING_LONG_DAYS, WaitingClock, WorkKind, work_items};
use contracts::events::*;

use crate::history::*;

fn referred() -> History {
    let history = history().registered().admitted(STAY).in_case(CASE).on("2025-05-08");
    history.referred("referral-1", STAY, CENTER)
}

fn stalled(history: History, on: &str, reason: StallReason) -> History {
    history.on(on).then(ReferralStallNoted {
        referral_id: "referral-1".into(),
        reason: reason.into(),
        ..Default::default()
    })
}

fn clock(history: &History, today: &str) -> Option<WaitingClock> {
    history.file().referrals[&ReferralId::from("referral-1")].clock(date(today))
}

fn kinds(history: &History, today: &str) -> Vec<(WorkKind, String)> {
    let items = work_items(&history.file(), date(today));
    items.into_iter().map(|item| (item.kind, item.agency.to_string())).collect()
}

#[test]
fn the_clock_counts_days_and_stands_still_while_the_answer_waits_itself() {
    let days =
        |days, stalled_days, stalled_by| Some(WaitingClock { days, stalled_days, stalled_by });
    assert_eq!(clock(&referred(), "2025-05-18"), days(10, 0, None));
    let stalled = stalled(referred(), "2025-05-12", StallReason::Documents);
    assert_eq!(clock(&stalled, "2025-05-18"), days(10, 6, Some(StallReason::Documents)));
    let ended = ReferralStallEnded { referral_id: "referral-1".into(), ..Default::default() };
    let ended = stalled.on("2025-05-14").then(ended);
    assert_eq!(clock(&ended, "2025-05-18"), days(10, 2, None));
}

#[test]
fn days_that_stalled_for_two_reasons_count_once() {
    let twice = stalled(referred(), "2025-05-12", StallReason::Person);
    let twice = stalled(twice, "2025-05-10", StallReason::Doctor);
    let clock = clock(&twice, "2025-05-18").unwrap();
    assert_eq!((clock.days, clock.stalled_days), (10, 8));
}

#[test]
fn an_answer_stops_the_clock() {
    assert_eq!(clock(&referred().by(CENTER).accepted("referral-1"), "2025-05-18"), None);
}

#[test]
fn waiting_long_is_a_hint_for_the_one_who_asked() {
    assert_eq!(WAITING_LONG_DAYS, 14);
    let hint = (WorkKind::AnswerWaitingLong, HOSPITAL.to_owned());
    assert!(!kinds(&referred(), "2025-05-21").contains(&hint));
    assert!(kinds(&referred(), "2025-05-22").contains(&hint));
    let stalled = stalled(referred(), "2025-05-20", StallReason::Capacity);
    assert!(!kinds(&stalled, "2025-06-30").contains(&hint), "the clock stands still");
    let answered = referred().by(CENTER).accepted("referral-1");
    assert!(!kinds(&answered, "2025-06-30").contains(&hint));
}

#[test]
fn a_discharge_a_move_and_a_death_propose_to_end_what_waits() {
    let moved = ResidenceWardChanged { to_ward: "14108".into(), ..Default::default() };
    let courses = [
        referred().on("2025-05-20").outside_cases().discharged(STAY),
        referred().on("2025-05-20").outside_cases().then(moved),
        referred().on("2025-05-20").outside_cases().died(),
    ];
    for course in courses {
        let found = kinds(&course, "2025-06-30");
        for side in [CENTER, HOSPITAL] {
            assert!(found.contains(&(WorkKind::ReferralToLapse, side.to_owned())), "{found:?}");
        }
        let lapsed = ReferralLapsed { referral_id: "referral-1".into(), ..Default::default() };
        assert_eq!(kinds(&course.in_case(CASE).then(lapsed), "2025-06-30"), []);
    }
    let readmitted = referred().outside_cases().on("2025-05-20").discharged(STAY);
    let readmitted = readmitted.on("2025-05-21").readmitted("stay-2");
    assert!(
        kinds(&readmitted, "2025-05-22").iter().all(|(kind, _)| *kind != WorkKind::ReferralToLapse)
    );
}

#[test]
fn a_move_before_the_referral_says_nothing_about_it() {
    let moved = ResidenceWardChanged { to_ward: "14108".into(), ..Default::default() };
    let history = history().registered().admitted(STAY).then(moved).in_case(CASE);
    let referred = history.on("2025-05-08").referred("referral-1", STAY, CENTER);
    assert_eq!(kinds(&referred, "2025-05-09").len(), 1);
}

#[test]
fn an_early_consultation_waits_for_its_answer_and_then_for_its_end() {
    let consultation_id = || "consultation-1".to_owned();
    let asked =
        history().registered().admitted(STAY).on("2025-05-08").then(EarlyConsultationRequested {
            consultation_id: consultation_id(),
            to_agency_id: CENTER.into(),
            episode_id: STAY.into(),
            ..Default::default()
        });
    let waits = |kind, agency: &str| vec![(kind, agency.to_owned())];
    assert_eq!(kinds(&asked, "2025-05-09"), waits(WorkKind::ConsultationToAnswer, CENTER));
    let hint = (WorkKind::AnswerWaitingLong, HOSPITAL.to_owned());
    assert!(kinds(&asked, "2025-05-22").contains(&hint));
    let joined =
        EarlyConsultationJoined { consultation_id: consultation_id(), ..Default::default() };
    let joined = asked.clone().by(CENTER).on("2025-05-10").then(joined);
    assert_eq!(kinds(&joined, "2025-05-30"), waits(WorkKind::ConsultationToConclude, HOSPITAL));
    let home = joined.clone().by(HOSPITAL).on("2025-05-20").discharged(STAY);
    assert_eq!(kinds(&home, "2025-05-30").len(), 3, "either side may end it");
    let ended =
        EarlyConsultationConcluded { consultation_id: consultation_id(), ..Default::default() };
    assert_eq!(kinds(&joined.then(ended), "2025-05-30"), []);
}

#[test]
fn who_could_leave_waits_for_a_plan_once_nothing_stands_in_the_way() {
    let ready = ReadyForDischargeDeclared { episode_id: STAY.into(), ..Default::default() };
    let barrier = BarrierIdentified {
        barrier_id: "barrier-1".into(),
        owner_agency_id: HOSPITAL.into(),
        kind: BarrierKind::Housing.into(),
        ..Default::default()
    };
    let resolved = BarrierResolved { barrier_id: "barrier-1".into(), ..Default::default() };
    let ready = history().registered().admitted(STAY).on("2025-05-08").then(ready);
    let waits = |kind| vec![(kind, HOSPITAL.to_owned())];
    assert_eq!(kinds(&ready, "2025-05-09"), waits(WorkKind::DischargeToPlan));
    let barred = ready.then(barrier);
    assert_eq!(kinds(&barred, "2025-05-09"), waits(WorkKind::BarrierToOvercome));
    let free = barred.on("2025-05-20").then(resolved);
    assert_eq!(kinds(&free, "2025-05-21"), waits(WorkKind::DischargeToPlan));
    let stay = free.file().episodes[0].clone();
    assert_eq!(stay.days_ready(date("2025-05-21")), Some(13));
    let planned = free.discharge_planned(STAY, "2025-06-01");
    assert_eq!(kinds(&planned, "2025-05-21"), []);
}

#[test]
fn a_transfer_does_not_begin_a_new_stay() {
    let moved = history().registered().admitted(STAY).on("2025-10-01");
    let moved = moved.transferred(STAY, OTHER_HOSPITAL, "stay-2").by(OTHER_HOSPITAL);
    let arrived = moved.admitted("stay-3").file();
    let since = arrived.in_hospital_since(&casework::EpisodeId::from("stay-3"));
    assert_eq!(since, Some(date("2025-04-01")));
    assert_eq!(arrived.in_hospital_since(&casework::EpisodeId::from("nothing")), None);
}

#[test]
fn a_stall_of_an_answered_referral_is_flagged() {
    let answered = referred().by(CENTER).on("2025-05-15").accepted("referral-1");
    let late = stalled(answered, "2025-05-20", StallReason::Person);
    let (last, before) = late.events().split_last().unwrap();
    let mut file = casework::PersonFile::folded(before);
    assert_eq!(file.apply(last), [Flag::ReferralAnswered]);
}
