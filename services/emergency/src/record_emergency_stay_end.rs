//! Records the end of a stay. How long it was is a fact: a breach of the limit is flagged.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EmergencyStayEnded;

use crate::in_emergency::beside;

/// Records it for a stay of this emergency.
pub fn decide(
    file: &PersonFile,
    ending: EmergencyStayEnded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.emergency(&ending.emergency_id)?;
    emergency.stay(&ending.stay_id)?;
    beside(emergency, ending, context)
}

#[cfg(test)]
mod tests {
    use casework::{EmergencyState, Flag};
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{emergency_of, ended, given_stay};

    #[test]
    fn the_person_is_on_the_way_back() {
        let given = given_stay().on("2025-06-14").after(decide, ended("2025-06-14"));
        assert_eq!(emergency_of(&given.file()).state, EmergencyState::Returning);
    }

    #[test]
    fn an_end_before_the_beginning_or_a_second_one_is_flagged() {
        let reversed = ended("2025-06-09");
        given_stay().when(decide, reversed).flags(&[Flag::EmergencyStayReversed]);
        let given = given_stay().on("2025-06-14").event(ended("2025-06-14"));
        given.when(decide, ended("2025-06-14")).flags(&[Flag::EmergencyStayEndedBefore]);
    }

    #[test]
    fn the_stay_must_be_on_file() {
        let mut unknown = ended("2025-06-10");
        unknown.stay_id = UNKNOWN.into();
        given_stay().when(decide, unknown).refuses(Refusal::UnknownEmergencyStay);
    }
}
