//! Records that somebody looked how it goes after the emergency.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EmergencyFollowUpRecorded;

use crate::in_emergency::beside;

/// Records it for an emergency on file.
pub fn decide(
    file: &PersonFile,
    follow_up: EmergencyFollowUpRecorded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    beside(file.emergency(&follow_up.emergency_id)?, follow_up, context)
}

#[cfg(test)]
mod tests {
    use casework::EmergencyState;
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{EMERGENCY, emergency_of, given_emergency};

    fn follow_up(emergency: &str) -> EmergencyFollowUpRecorded {
        EmergencyFollowUpRecorded { emergency_id: emergency.into(), ..Default::default() }
    }

    #[test]
    fn it_moves_the_emergency_on() {
        let given = given_emergency().after(decide, follow_up(EMERGENCY));
        assert_eq!(emergency_of(&given.file()).state, EmergencyState::FollowUp);
    }

    #[test]
    fn the_emergency_must_be_on_file() {
        given_emergency().when(decide, follow_up(UNKNOWN)).refuses(Refusal::UnknownEmergency);
    }
}
