//! Records what was tried so that the person could stay at home.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::HomeContinuationArranged;

use crate::in_emergency::beside;

/// Records it for an emergency on file.
pub fn decide(
    file: &PersonFile,
    arrangement: HomeContinuationArranged,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    beside(file.emergency(&arrangement.emergency_id)?, arrangement, context)
}

#[cfg(test)]
mod tests {
    use casework::{EmergencyState, Flag};
    use contracts::events::HomeContinuationOutcome;
    use office::testing::{CASE, UNKNOWN};

    use super::*;
    use crate::given::{EMERGENCY, emergency_of, given_closed, given_emergency, home};

    #[test]
    fn it_lies_in_the_emergencys_case_whether_the_request_names_it_or_not() {
        let arranged = || home(HomeContinuationOutcome::NotEnough);
        let given = given_emergency().after(decide, arranged());
        assert_eq!(emergency_of(&given.file()).state, EmergencyState::HomeTried);
        let outside = given_emergency().outside_cases();
        assert_eq!(outside.when(decide, arranged()).cases(), [Some(CASE.into())]);
        let elsewhere = given_emergency().in_case(UNKNOWN);
        elsewhere.when(decide, arranged()).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn the_emergency_must_be_on_file() {
        let mut unknown = home(HomeContinuationOutcome::Enough);
        unknown.emergency_id = UNKNOWN.into();
        given_emergency().when(decide, unknown).refuses(Refusal::UnknownEmergency);
    }

    #[test]
    fn after_the_emergency_it_is_recorded_and_flagged() {
        let then = given_closed().when(decide, home(HomeContinuationOutcome::Enough));
        then.flags(&[Flag::EmergencyClosed]);
        assert!(!given_closed().file().emergency(EMERGENCY).unwrap().is_open());
    }
}
