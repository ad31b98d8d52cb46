//! Asks a place to take the person in. Whether they have stayed there before makes no difference.

use casework::{Context, Decided, Emergency, PersonFile, Refusal};
use contracts::{
    Office,
    events::{
        EmergencyPlacementRequested, EmergencyRoute, HomeContinuationOutcome, HomeNotTriedReason,
    },
};

use crate::{corporate_home, in_emergency::beside};

/// Asks for a living person in an open emergency, once staying at home was tried; each way of
/// taking somebody in has its own conditions.
pub fn decide(
    file: &PersonFile,
    placement: EmergencyPlacementRequested,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.open_emergency(&placement.emergency_id)?;
    file.alive()?;
    home_comes_first(emergency, &placement)?;
    match placement.route() {
        EmergencyRoute::CorporateActivityHome => {
            corporate_home::check(file, emergency, &placement)?;
        }
        EmergencyRoute::MedicalShortStay
        | EmergencyRoute::IntractableHospital
        | EmergencyRoute::TemporaryProtection => {
            ward_office_comes_first(emergency, &placement, context)?;
        }
        _ => {}
    }
    beside(emergency, placement, context)
}

/// Staying at home was tried and is not enough, or it is said why it was not tried.
fn home_comes_first(
    emergency: &Emergency,
    placement: &EmergencyPlacementRequested,
) -> Result<(), Refusal> {
    let was_tried = emergency.home == Some(HomeContinuationOutcome::NotEnough);
    let says_why = placement.home_not_tried_reason() != HomeNotTriedReason::Unspecified;
    if was_tried || says_why { Ok(()) } else { Err(Refusal::HomeContinuationFirst) }
}

/// The ward office was told of this way, or asks itself.
fn ward_office_comes_first(
    emergency: &Emergency,
    placement: &EmergencyPlacementRequested,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let asking = context.agencies.get(&context.agency);
    let asks_itself = asking.is_some_and(|agency| agency.office == Office::WardOffice);
    let was_told = emergency.notices.contains_key(&placement.route());
    if was_told || asks_itself { Ok(()) } else { Err(Refusal::WardOfficeFirst) }
}

#[cfg(test)]
mod tests {
    use casework::EmergencyState;
    use contracts::events::Answer;
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{
        ask, emergency_of, given_closed, given_emergency, given_home_tried, home, told,
    };

    const MEDICAL: [EmergencyRoute; 3] = [
        EmergencyRoute::MedicalShortStay,
        EmergencyRoute::IntractableHospital,
        EmergencyRoute::TemporaryProtection,
    ];

    #[test]
    fn a_place_is_asked_once_staying_at_home_is_not_enough() {
        let given = given_home_tried().after(decide, ask(EmergencyRoute::ShortStay));
        assert_eq!(emergency_of(&given.file()).state, EmergencyState::Placing);
        let untried = ask(EmergencyRoute::ShortStay);
        given_emergency().when(decide, untried.clone()).refuses(Refusal::HomeContinuationFirst);
        let enough = given_emergency().event(home(HomeContinuationOutcome::Enough));
        enough.when(decide, untried).refuses(Refusal::HomeContinuationFirst);
    }

    #[test]
    fn or_when_it_is_said_why_it_was_not_tried() {
        let mut alone = ask(EmergencyRoute::ShortStay);
        alone.set_home_not_tried_reason(HomeNotTriedReason::NobodyAtHome);
        given_emergency().when(decide, alone).records(&["EmergencyPlacementRequested"]);
    }

    #[test]
    fn past_use_is_never_a_ground() {
        for past_use in [Answer::Unspecified, Answer::Yes, Answer::No, Answer::Unknown] {
            let mut request = ask(EmergencyRoute::ShortStay);
            request.set_past_use(past_use);
            given_home_tried().when(decide, request).records(&["EmergencyPlacementRequested"]);
        }
    }

    #[test]
    fn the_ward_office_is_told_before_a_medical_way_is_taken() {
        for route in MEDICAL {
            given_home_tried().when(decide, ask(route)).refuses(Refusal::WardOfficeFirst);
            let given = given_home_tried().event(told(route));
            given.when(decide, ask(route)).records(&["EmergencyPlacementRequested"]);
            let given = given_home_tried().by("ward-a");
            given.when(decide, ask(route)).records(&["EmergencyPlacementRequested"]);
        }
        let told_of_another = given_home_tried().event(told(EmergencyRoute::MedicalShortStay));
        let request = ask(EmergencyRoute::TemporaryProtection);
        told_of_another.when(decide, request).refuses(Refusal::WardOfficeFirst);
    }

    #[test]
    fn a_psychiatric_hospital_is_asked_without_the_ward_office() {
        let request = ask(EmergencyRoute::PsychiatricHospital);
        given_home_tried().when(decide, request).records(&["EmergencyPlacementRequested"]);
    }

    #[test]
    fn the_emergency_must_be_open_and_the_person_alive() {
        let request = ask(EmergencyRoute::ShortStay);
        given_closed().when(decide, request.clone()).refuses(Refusal::EmergencyOver);
        given_home_tried().died().when(decide, request.clone()).refuses(Refusal::PersonDied);
        let unknown = EmergencyPlacementRequested { emergency_id: UNKNOWN.into(), ..request };
        given_home_tried().when(decide, unknown).refuses(Refusal::UnknownEmergency);
    }
}
