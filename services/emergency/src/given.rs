//! Emergencies for tests: the small world, in which a mother who cares for the person falls ill.
//!
//! `center-a` answers on 10 June 2025, in its case. `ward-a` takes no part until it is told.

use casework::{Emergency, PersonFile};
use contracts::events::*;
use office::testing::{CASE, Given, given_case};

/// The emergency of [`given_emergency`].
pub const EMERGENCY: &str = "00000000-0000-4000-8000-0000000000e9";
/// The request to a home run by a corporation, of [`given_asked`].
pub const HOME: &str = "00000000-0000-4000-8000-0000000000a1";
/// The request for a short stay, of [`given_short_stay_refused`].
pub const SHORT_STAY: &str = "00000000-0000-4000-8000-0000000000a2";
/// A request to another home, of [`ask_elsewhere`].
pub const ELSEWHERE: &str = "00000000-0000-4000-8000-0000000000a3";
/// The stay of [`given_stay`].
pub const STAY: &str = "00000000-0000-4000-8000-000000000051";
/// The request for a later end, of [`given_wish`].
pub const EXTENSION: &str = "00000000-0000-4000-8000-000000000071";
/// The family's stay of [`given_family_stay`].
pub const FAMILY_STAY: &str = "00000000-0000-4000-8000-0000000000fa";

pub fn emergency_of(file: &PersonFile) -> &Emergency {
    file.emergency(EMERGENCY).expect("the emergency")
}

pub fn given_emergency() -> Given {
    let report = EmergencyReported {
        emergency_id: EMERGENCY.into(),
        trigger: EmergencyTrigger::Caregiver.into(),
        ..Default::default()
    };
    given_case().in_case(CASE).on("2025-06-10").event(report)
}

pub fn given_home_tried() -> Given {
    given_emergency().event(home(HomeContinuationOutcome::NotEnough))
}

pub fn given_short_stay_refused() -> Given {
    let asked = EmergencyPlacementRequested {
        placement_id: SHORT_STAY.into(),
        ..ask(EmergencyRoute::ShortStay)
    };
    given_home_tried().event(asked).event(refused(SHORT_STAY))
}

/// A home run by a corporation was asked.
pub fn given_asked() -> Given {
    let asked = EmergencyPlacementRequested { placement_id: HOME.into(), ..ask_home() };
    given_short_stay_refused().event(asked)
}

pub fn given_accepted() -> Given {
    given_asked().event(accepted(HOME))
}

/// A stay there from 10 to 14 June.
pub fn given_stay() -> Given {
    let begun =
        EmergencyStayStarted { stay_id: STAY.into(), ..stay(HOME, "2025-06-10", "2025-06-14") };
    given_accepted().event(begun)
}

/// A short stay elsewhere for the same days.
pub fn given_short_stay() -> Given {
    let asked = EmergencyPlacementRequested {
        placement_id: SHORT_STAY.into(),
        ..ask(EmergencyRoute::ShortStay)
    };
    let begun = EmergencyStayStarted {
        stay_id: STAY.into(),
        ..stay(SHORT_STAY, "2025-06-10", "2025-06-14")
    };
    given_home_tried().event(asked).event(accepted(SHORT_STAY)).event(begun)
}

/// Somebody wishes that the stay ends later.
pub fn given_wish(to: &str) -> Given {
    given_stay().event(wish(to))
}

pub fn given_closed() -> Given {
    given_emergency().event(closing())
}

/// `ward-a` is in the team and a family asked it for a place.
pub fn given_family_stay() -> Given {
    let ward = CareTeamMemberAdded { agency_id: "ward-a".into(), ..Default::default() };
    let asked =
        FamilyEmergencyStayRequested { family_stay_id: FAMILY_STAY.into(), ..Default::default() };
    given_case().in_case(CASE).event(ward).on("2025-06-10").by("ward-a").event(asked)
}

pub fn home(outcome: HomeContinuationOutcome) -> HomeContinuationArranged {
    HomeContinuationArranged {
        emergency_id: EMERGENCY.into(),
        outcome: outcome.into(),
        ..Default::default()
    }
}

pub fn told(route: EmergencyRoute) -> WardOfficeNotified {
    WardOfficeNotified {
        emergency_id: EMERGENCY.into(),
        route: route.into(),
        ward_office_agency_id: "ward-a".into(),
        ..Default::default()
    }
}

pub fn ask(route: EmergencyRoute) -> EmergencyPlacementRequested {
    EmergencyPlacementRequested {
        emergency_id: EMERGENCY.into(),
        route: route.into(),
        provider_ward: "14107".into(),
        start_on: "2025-06-10".into(),
        ..Default::default()
    }
}

/// All that a home run by a corporation asks for.
pub fn ask_home() -> EmergencyPlacementRequested {
    EmergencyPlacementRequested {
        contacted_on: "2025-06-10".into(),
        caregiver_reason: CaregiverReason::Hospitalised.into(),
        ..ask(EmergencyRoute::CorporateActivityHome)
    }
}

/// The same of another home.
pub fn ask_elsewhere() -> EmergencyPlacementRequested {
    EmergencyPlacementRequested { placement_id: ELSEWHERE.into(), ..ask_home() }
}

pub fn accepted(placement: &str) -> EmergencyPlacementAccepted {
    EmergencyPlacementAccepted {
        placement_id: placement.into(),
        emergency_id: EMERGENCY.into(),
        accepted_on: "2025-06-10".into(),
        ..Default::default()
    }
}

pub fn refused(placement: &str) -> EmergencyPlacementRefused {
    EmergencyPlacementRefused {
        placement_id: placement.into(),
        emergency_id: EMERGENCY.into(),
        reason: PlacementRefusalReason::Full.into(),
        ..Default::default()
    }
}

pub fn stay(placement: &str, from: &str, planned_to: &str) -> EmergencyStayStarted {
    EmergencyStayStarted {
        emergency_id: EMERGENCY.into(),
        placement_id: placement.into(),
        from_on: from.into(),
        planned_to_on: planned_to.into(),
        ..Default::default()
    }
}

pub fn wish(to: &str) -> EmergencyStayExtensionRequested {
    EmergencyStayExtensionRequested {
        extension_id: EXTENSION.into(),
        emergency_id: EMERGENCY.into(),
        stay_id: STAY.into(),
        wished_to_on: to.into(),
        ..Default::default()
    }
}

pub fn no_extension(next_place_asked: Answer) -> EmergencyStayExtensionRefused {
    EmergencyStayExtensionRefused {
        extension_id: EXTENSION.into(),
        emergency_id: EMERGENCY.into(),
        reason: ExtensionRefusalReason::SevenDays.into(),
        next_place_asked: next_place_asked.into(),
        ..Default::default()
    }
}

pub fn extended(to: &str) -> EmergencyStayExtended {
    EmergencyStayExtended {
        extension_id: EXTENSION.into(),
        emergency_id: EMERGENCY.into(),
        planned_to_on: to.into(),
        ..Default::default()
    }
}

pub fn ended(on: &str) -> EmergencyStayEnded {
    EmergencyStayEnded {
        stay_id: STAY.into(),
        emergency_id: EMERGENCY.into(),
        ended_on: on.into(),
        destination: EmergencyStayDestination::Home.into(),
        ..Default::default()
    }
}

pub fn met(on: &str) -> PostEmergencyMeetingHeld {
    PostEmergencyMeetingHeld {
        emergency_id: EMERGENCY.into(),
        held_on: on.into(),
        direction: PostEmergencyDirection::Home.into(),
        ..Default::default()
    }
}

pub fn closing() -> EmergencyClosed {
    EmergencyClosed {
        emergency_id: EMERGENCY.into(),
        outcome: EmergencyOutcome::ReturnedHome.into(),
        ..Default::default()
    }
}

pub fn family_moved_in(stay: &str) -> FamilyEmergencyStayStarted {
    FamilyEmergencyStayStarted {
        family_stay_id: stay.into(),
        started_on: "2025-06-10".into(),
        ..Default::default()
    }
}
