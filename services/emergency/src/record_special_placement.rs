//! Records what came of looking for a place on a medical way.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::SpecialPlacementCoordinated;

use crate::in_emergency::beside;

/// Records it for an emergency on file; that nobody told the ward office before is flagged.
pub fn decide(
    file: &PersonFile,
    coordination: SpecialPlacementCoordinated,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    beside(file.emergency(&coordination.emergency_id)?, coordination, context)
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use contracts::events::{EmergencyRoute, SpecialPlacementResult};
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{EMERGENCY, given_emergency, told};

    fn coordination(route: EmergencyRoute) -> SpecialPlacementCoordinated {
        SpecialPlacementCoordinated {
            emergency_id: EMERGENCY.into(),
            route: route.into(),
            result: SpecialPlacementResult::NotPossible.into(),
            ..Default::default()
        }
    }

    #[test]
    fn it_follows_a_notice_about_the_same_way() {
        let given = || given_emergency().event(told(EmergencyRoute::MedicalShortStay));
        let same = coordination(EmergencyRoute::MedicalShortStay);
        given().when(decide, same).records(&["SpecialPlacementCoordinated"]);
        let other = coordination(EmergencyRoute::TemporaryProtection);
        given().when(decide, other).flags(&[Flag::WardOfficeNotTold]);
    }

    #[test]
    fn the_emergency_must_be_on_file() {
        let mut unknown = coordination(EmergencyRoute::MedicalShortStay);
        unknown.emergency_id = UNKNOWN.into();
        given_emergency().when(decide, unknown).refuses(Refusal::UnknownEmergency);
    }
}
