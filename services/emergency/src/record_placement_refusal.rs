//! Records that a place cannot take the person in.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EmergencyPlacementRefused;

use crate::in_emergency::beside;

/// Records the answer to a request of this emergency; a second answer is flagged.
pub fn decide(
    file: &PersonFile,
    answer: EmergencyPlacementRefused,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.emergency(&answer.emergency_id)?;
    emergency.placement(&answer.placement_id)?;
    beside(emergency, answer, context)
}

#[cfg(test)]
mod tests {
    use casework::{Flag, PlacementAnswer};
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{HOME, emergency_of, given_asked, refused};

    #[test]
    fn an_answer_is_kept() {
        let given = given_asked().after(decide, refused(HOME));
        let placement = emergency_of(&given.file()).placement(HOME).unwrap().clone();
        assert_eq!(placement.answer, Some(PlacementAnswer::Refused));
    }

    #[test]
    fn a_second_answer_is_flagged() {
        let given = given_asked().event(refused(HOME));
        given.when(decide, refused(HOME)).flags(&[Flag::AnsweredBefore]);
    }

    #[test]
    fn what_it_answers_must_be_on_file() {
        given_asked().when(decide, refused(UNKNOWN)).refuses(Refusal::UnknownPlacement);
        let mut elsewhere = refused(HOME);
        elsewhere.emergency_id = UNKNOWN.into();
        given_asked().when(decide, elsewhere).refuses(Refusal::UnknownEmergency);
    }
}
