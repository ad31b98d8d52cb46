//! Records what was done so that the person can live at home again.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::HomeReturnSupportRecorded;

use crate::in_emergency::beside;

/// Records it for an emergency on file.
pub fn decide(
    file: &PersonFile,
    support: HomeReturnSupportRecorded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    beside(file.emergency(&support.emergency_id)?, support, context)
}

#[cfg(test)]
mod tests {
    use casework::EmergencyState;
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{EMERGENCY, emergency_of, given_emergency};

    fn support(emergency: &str) -> HomeReturnSupportRecorded {
        HomeReturnSupportRecorded { emergency_id: emergency.into(), ..Default::default() }
    }

    #[test]
    fn it_moves_the_emergency_on() {
        let given = given_emergency().after(decide, support(EMERGENCY));
        assert_eq!(emergency_of(&given.file()).state, EmergencyState::Returning);
    }

    #[test]
    fn the_emergency_must_be_on_file() {
        given_emergency().when(decide, support(UNKNOWN)).refuses(Refusal::UnknownEmergency);
    }
}
