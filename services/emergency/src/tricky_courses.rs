//! Courses in which several decisions have to fit together, and boundaries that are easily missed.

use casework::{Flag, Refusal};
use contracts::events::*;
use office::testing::Given;

use crate::given::*;
use crate::{
    close_emergency, extend_emergency_stay, record_emergency_stay_end, record_placement_acceptance,
    record_post_emergency_meeting, record_stay_extension_refusal, record_stay_extension_request,
    request_emergency_placement, start_emergency_stay,
};

fn ended_because(on: &str, reason: LimitBreachReason) -> EmergencyStayEnded {
    EmergencyStayEnded { limit_breach_reason: reason.into(), ..ended(on) }
}

/// The person left the first home on 13 June, and another home says that it takes them in.
fn given_second_home() -> Given {
    let left = given_stay().on("2025-06-13").event(ended("2025-06-13"));
    left.event(ask_elsewhere()).event(accepted(ELSEWHERE)).on("2025-06-15")
}

#[test]
fn ec04_a_stay_is_not_planned_past_its_seventh_day() {
    let exactly_seven = stay(HOME, "2025-06-10", "2025-06-16");
    let given = given_accepted();
    given.when(start_emergency_stay::decide, exactly_seven).records(&["EmergencyStayStarted"]);
    let eight = stay(HOME, "2025-06-10", "2025-06-17");
    given_accepted().when(start_emergency_stay::decide, eight).refuses(Refusal::SevenDaysAtMost);
}

#[test]
fn ec04_an_extension_past_the_seventh_day_is_refused() {
    let given = || given_stay().after(record_stay_extension_request::decide, wish("2025-06-18"));
    let beyond = given().when(extend_emergency_stay::decide, extended("2025-06-18"));
    beyond.refuses(Refusal::SevenDaysAtMost);
    let one_day_beyond = given().when(extend_emergency_stay::decide, extended("2025-06-17"));
    one_day_beyond.refuses(Refusal::SevenDaysAtMost);
    let up_to = given().when(extend_emergency_stay::decide, extended("2025-06-16"));
    up_to.records(&["EmergencyStayExtended"]);
    let refused = no_extension(Answer::Yes);
    let then = given().when(record_stay_extension_refusal::decide, refused);
    then.records(&["EmergencyStayExtensionRefused"]);
}

#[test]
fn ec04_a_longer_stay_is_recorded_and_flagged() {
    let end = record_emergency_stay_end::decide;
    let exactly_seven = given_stay().on("2025-06-16").when(end, ended("2025-06-16"));
    exactly_seven.records(&["EmergencyStayEnded"]);
    let because = ended_because("2025-06-18", LimitBreachReason::NextPlaceNotFound);
    let longer = given_stay().on("2025-06-18").when(end, because);
    longer.flags(&[Flag::StayLimitExceeded]);
    let unsaid = given_stay().on("2025-06-17").when(end, ended("2025-06-17"));
    unsaid.flags(&[Flag::LimitBreachUnexplained]);
    let elsewhere = given_short_stay().on("2025-07-10").when(end, ended("2025-07-10"));
    elsewhere.records(&["EmergencyStayEnded"]);
}

#[test]
fn ec04_another_home_without_a_day_between_begins_no_new_count() {
    let begin = start_emergency_stay::decide;
    for from in ["2025-06-13", "2025-06-14"] {
        let last_of_seven = stay(ELSEWHERE, from, "2025-06-16");
        given_second_home().when(begin, last_of_seven).records(&["EmergencyStayStarted"]);
        let eighth = stay(ELSEWHERE, from, "2025-06-17");
        given_second_home().when(begin, eighth).refuses(Refusal::SevenDaysAtMost);
    }
    let after_a_day_between = stay(ELSEWHERE, "2025-06-15", "2025-06-21");
    given_second_home().when(begin, after_a_day_between).records(&["EmergencyStayStarted"]);
    let eight = stay(ELSEWHERE, "2025-06-15", "2025-06-22");
    given_second_home().when(begin, eight).refuses(Refusal::SevenDaysAtMost);
}

#[test]
fn ec04_a_joined_stay_that_lasts_longer_is_flagged() {
    let begun = EmergencyStayStarted {
        stay_id: ELSEWHERE.into(),
        ..stay(ELSEWHERE, "2025-06-14", "2025-06-16")
    };
    let given = given_second_home().event(begun).on("2025-06-17");
    let because = EmergencyStayEnded {
        stay_id: ELSEWHERE.into(),
        ..ended_because("2025-06-17", LimitBreachReason::CaregiverStillAway)
    };
    let then = given.when(record_emergency_stay_end::decide, because);
    then.flags(&[Flag::StayLimitExceeded]);
}

#[test]
fn ec12_the_home_is_contacted_at_most_two_days_before() {
    let contacted = |on: &str| {
        let request = EmergencyPlacementRequested {
            contacted_on: on.into(),
            start_on: "2025-06-12".into(),
            ..ask_home()
        };
        let given = given_short_stay_refused().on("2025-06-12");
        given.when(request_emergency_placement::decide, request)
    };
    contacted("2025-06-09").refuses(Refusal::ContactNotInTime);
    for in_time in ["2025-06-10", "2025-06-11", "2025-06-12"] {
        contacted(in_time).records(&["EmergencyPlacementRequested"]);
    }
}

#[test]
fn ec12_a_ceremony_can_be_planned() {
    let mut request = ask_home();
    request.set_caregiver_reason(CaregiverReason::Ceremony);
    let then = given_short_stay_refused().when(request_emergency_placement::decide, request);
    then.refuses(Refusal::PlannableAbsence);
}

#[test]
fn ec12_a_home_in_another_ward_needs_a_reason() {
    let mut request = EmergencyPlacementRequested { provider_ward: "14108".into(), ..ask_home() };
    let asked =
        |request| given_short_stay_refused().when(request_emergency_placement::decide, request);
    asked(request.clone()).refuses(Refusal::OtherWardReasonRequired);
    request.set_other_ward_reason(OtherWardReason::NoVacancy);
    asked(request).records(&["EmergencyPlacementRequested"]);
}

#[test]
fn ec12_the_caregivers_reason_is_required() {
    let mut request = ask_home();
    request.set_caregiver_reason(CaregiverReason::Unspecified);
    let then = given_short_stay_refused().when(request_emergency_placement::decide, request);
    then.refuses(Refusal::CaregiverReasonRequired);
}

#[test]
fn refusals_by_the_citys_rules_name_the_guideline() {
    let by_guideline = [
        Refusal::HomeContinuationFirst,
        Refusal::CaregiverReasonRequired,
        Refusal::PlannableAbsence,
        Refusal::ContactNotInTime,
        Refusal::OtherWardReasonRequired,
        Refusal::ShortStayFirst,
        Refusal::WardOfficeFirst,
        Refusal::SevenDaysAtMost,
        Refusal::MeetingRequired,
        Refusal::HouseholdConditions,
    ];
    for refusal in by_guideline {
        let title = "「横浜市地域生活支援拠点機能構築のための連携ガイドライン」（";
        assert!(refusal.japanese().contains(title), "{}", refusal.code());
        let english = "Yokohama's guideline on cooperation for community living bases (";
        assert!(refusal.english().contains(english), "{}", refusal.code());
    }
}

/// The consent is gone, and the emergency goes its way: nothing here waits for one.
#[test]
fn an_emergency_needs_no_consent() {
    let given = given_home_tried().consent_withdrawn();
    let mut request = ask_home();
    request.set_short_stay_not_tried_reason(ShortStayNotTriedReason::NoVacancyKnown);
    let given = given.after(request_emergency_placement::decide, request);
    let file = given.file();
    let placement = emergency_of(&file).placements.keys().next().expect("one was asked").clone();
    let placement = placement.as_str();
    let given = given
        .after(record_placement_acceptance::decide, accepted(placement))
        .after(start_emergency_stay::decide, stay(placement, "2025-06-10", "2025-06-12"))
        .after(record_post_emergency_meeting::decide, met("2025-06-10"));
    let file = given.file();
    let stay = emergency_of(&file).stays.keys().next().expect("it began").to_string();
    let left = EmergencyStayEnded { stay_id: stay, ..ended("2025-06-12") };
    let given = given.on("2025-06-12").after(record_emergency_stay_end::decide, left);
    given.when(close_emergency::decide, closing()).records(&["EmergencyClosed"]);
}
