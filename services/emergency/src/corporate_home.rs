//! When a home run by a corporation (法人地域活動ホーム) takes somebody in: all conditions must hold.

use casework::{Emergency, PersonFile, Refusal, days_between};
use contracts::events::{
    CaregiverReason, EmergencyPlacementRequested, EmergencyRoute, OtherWardReason,
    ShortStayNotTriedReason,
};
use jiff::civil::Date;

/// The guideline: the home is contacted two days before the stay, the day before, or on its first
/// day. Whoever knows earlier can plan.
const CONTACT_DAYS_MAX: i64 = 2;

/// The main caregiver cannot care, the home was contacted in time, it lies in the ward of residence
/// or it is said why not, and a short stay elsewhere was tried or it is said why not.
pub(crate) fn check(
    file: &PersonFile,
    emergency: &Emergency,
    placement: &EmergencyPlacementRequested,
) -> Result<(), Refusal> {
    caregiver_cannot_care(placement.caregiver_reason())?;
    contacted_in_time(&placement.contacted_on, &placement.start_on)?;
    lies_in_own_ward(file, placement)?;
    short_stay_comes_first(emergency, placement)
}

fn caregiver_cannot_care(reason: CaregiverReason) -> Result<(), Refusal> {
    match reason {
        CaregiverReason::Unspecified => Err(Refusal::CaregiverReasonRequired),
        CaregiverReason::Respite | CaregiverReason::Ceremony => Err(Refusal::PlannableAbsence),
        CaregiverReason::Ill
        | CaregiverReason::Hospitalised
        | CaregiverReason::Missing
        | CaregiverReason::Dead
        | CaregiverReason::OtherUnavoidable => Ok(()),
    }
}

fn contacted_in_time(contacted_on: &str, start_on: &str) -> Result<(), Refusal> {
    let (Ok(contacted_on), Ok(start_on)) = (contacted_on.parse(), start_on.parse::<Date>()) else {
        return Err(Refusal::ContactNotInTime);
    };
    let lead = days_between(contacted_on, start_on);
    if (0..=CONTACT_DAYS_MAX).contains(&lead) { Ok(()) } else { Err(Refusal::ContactNotInTime) }
}

fn lies_in_own_ward(
    file: &PersonFile,
    placement: &EmergencyPlacementRequested,
) -> Result<(), Refusal> {
    let is_own = file.residence.latest() == Some(placement.provider_ward.as_str());
    let says_why = placement.other_ward_reason() != OtherWardReason::Unspecified;
    if is_own || says_why { Ok(()) } else { Err(Refusal::OtherWardReasonRequired) }
}

fn short_stay_comes_first(
    emergency: &Emergency,
    placement: &EmergencyPlacementRequested,
) -> Result<(), Refusal> {
    let was_tried = emergency.was_refused_by(EmergencyRoute::ShortStay);
    let reason = placement.short_stay_not_tried_reason();
    let says_why = reason != ShortStayNotTriedReason::Unspecified;
    if was_tried || says_why { Ok(()) } else { Err(Refusal::ShortStayFirst) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        given::{ask_home, given_home_tried, given_short_stay_refused},
        request_emergency_placement::decide,
    };

    #[test]
    fn all_conditions_hold() {
        let given = given_short_stay_refused();
        given.when(decide, ask_home()).records(&["EmergencyPlacementRequested"]);
    }

    #[test]
    fn every_reason_that_nobody_can_plan_is_one() {
        let allowed = [
            CaregiverReason::Ill,
            CaregiverReason::Hospitalised,
            CaregiverReason::Missing,
            CaregiverReason::Dead,
            CaregiverReason::OtherUnavoidable,
        ];
        for reason in allowed {
            let mut request = ask_home();
            request.set_caregiver_reason(reason);
            let given = given_short_stay_refused();
            given.when(decide, request).records(&["EmergencyPlacementRequested"]);
        }
    }

    #[test]
    fn rest_can_be_planned() {
        let mut request = ask_home();
        request.set_caregiver_reason(CaregiverReason::Respite);
        given_short_stay_refused().when(decide, request).refuses(Refusal::PlannableAbsence);
    }

    #[test]
    fn a_contact_after_the_beginning_or_none_is_no_contact_in_time() {
        let contacted = |on: &str| {
            let request = EmergencyPlacementRequested { contacted_on: on.into(), ..ask_home() };
            given_short_stay_refused().when(decide, request)
        };
        contacted("2025-06-10").records(&["EmergencyPlacementRequested"]);
        contacted("2025-06-11").refuses(Refusal::ContactNotInTime);
        contacted("").refuses(Refusal::ContactNotInTime);
    }

    #[test]
    fn a_short_stay_is_tried_first_or_it_is_said_why_not() {
        given_home_tried().when(decide, ask_home()).refuses(Refusal::ShortStayFirst);
        let mut request = ask_home();
        request.set_short_stay_not_tried_reason(ShortStayNotTriedReason::NoneReachable);
        given_home_tried().when(decide, request).records(&["EmergencyPlacementRequested"]);
    }
}
