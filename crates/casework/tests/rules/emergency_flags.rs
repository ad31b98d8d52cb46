//! The flags of emergencies, each once where it belongs and once where it does not.

use casework::Flag;
use contracts::events::*;

use crate::{emergencies::*, flags::Provoked, history::*};

const STAY_THERE: &str = "stay-e";
const EXTENSION: &str = "extension-1";

/// A home run by a corporation takes the person in from 10 June on.
fn staying() -> History {
    let begun = EmergencyStayStarted {
        stay_id: STAY_THERE.into(),
        emergency_id: EMERGENCY.into(),
        placement_id: "placement-1".into(),
        from_on: "2025-06-10".into(),
        planned_to_on: "2025-06-14".into(),
        ..Default::default()
    };
    let route = EmergencyRoute::CorporateActivityHome.into();
    let asked = EmergencyPlacementRequested { route, ..asked("placement-1") };
    called().then(asked).then(accepted("placement-1")).then(begun)
}

fn called() -> History {
    at_home().then(reported(&[]))
}

fn begun_elsewhere(history: History, from: &str) -> History {
    history.then(asked("placement-2")).then(accepted("placement-2")).then(EmergencyStayStarted {
        stay_id: "stay-f".into(),
        emergency_id: EMERGENCY.into(),
        placement_id: "placement-2".into(),
        from_on: from.into(),
        planned_to_on: "2025-06-16".into(),
        ..Default::default()
    })
}

fn ended(reason: LimitBreachReason) -> EmergencyStayEnded {
    EmergencyStayEnded {
        stay_id: STAY_THERE.into(),
        emergency_id: EMERGENCY.into(),
        limit_breach_reason: reason.into(),
        ..Default::default()
    }
}

fn not_extended(next_place_asked: Answer) -> History {
    let wish = EmergencyStayExtensionRequested {
        extension_id: EXTENSION.into(),
        emergency_id: EMERGENCY.into(),
        stay_id: STAY_THERE.into(),
        ..Default::default()
    };
    staying().then(wish).then(EmergencyStayExtensionRefused {
        extension_id: EXTENSION.into(),
        emergency_id: EMERGENCY.into(),
        next_place_asked: next_place_asked.into(),
        ..Default::default()
    })
}

fn coordinated(history: History) -> History {
    let route = EmergencyRoute::MedicalShortStay.into();
    history.then(SpecialPlacementCoordinated {
        emergency_id: EMERGENCY.into(),
        route,
        ..Default::default()
    })
}

pub fn of_emergencies() -> Vec<Provoked> {
    let (unsaid, unwell) = (LimitBreachReason::Unspecified, LimitBreachReason::PersonUnwell);
    let second = || EmergencyReported { emergency_id: "emergency-2".into(), ..Default::default() };
    let told = WardOfficeNotified {
        emergency_id: EMERGENCY.into(),
        route: EmergencyRoute::MedicalShortStay.into(),
        ..Default::default()
    };
    let left = || staying().on("2025-06-14").then(ended(unsaid));
    vec![
        (
            Flag::EmergencyUnknown,
            at_home().then(home(HomeContinuationOutcome::Enough)),
            called().then(home(HomeContinuationOutcome::Enough)),
        ),
        (
            Flag::EmergencyClosed,
            called().then(closed()).then(home(HomeContinuationOutcome::Enough)),
            called().then(home(HomeContinuationOutcome::Enough)),
        ),
        (
            Flag::AnotherEmergencyOpen,
            called().then(second()),
            called().then(closed()).then(second()),
        ),
        (
            Flag::AnsweredBefore,
            called()
                .then(asked("placement-1"))
                .then(refused("placement-1"))
                .then(refused("placement-1")),
            called().then(asked("placement-1")).then(refused("placement-1")),
        ),
        (Flag::WardOfficeNotTold, coordinated(called()), coordinated(called().then(told))),
        (
            Flag::EmergencyStayOverlaps,
            begun_elsewhere(staying(), "2025-06-12"),
            begun_elsewhere(left(), "2025-06-14"),
        ),
        (Flag::EmergencyStayEndedBefore, left().then(ended(unsaid)), left()),
        (Flag::EmergencyStayReversed, staying().on("2025-06-09").then(ended(unsaid)), left()),
        (
            Flag::StayLimitExceeded,
            staying().on("2025-06-17").then(ended(unwell)),
            staying().on("2025-06-16").then(ended(unwell)),
        ),
        (
            Flag::LimitBreachUnexplained,
            staying().on("2025-06-17").then(ended(unsaid)),
            staying().on("2025-06-16").then(ended(unsaid)),
        ),
        (Flag::NextPlaceNotAsked, not_extended(Answer::No), not_extended(Answer::Yes)),
        (
            Flag::MeetingBeforeAcceptance,
            staying().on("2025-06-09").then(met()),
            staying().then(met()),
        ),
        (
            Flag::MeetingLate,
            staying().on("2025-06-18").then(met()),
            staying().on("2025-06-17").then(met()),
        ),
    ]
}
