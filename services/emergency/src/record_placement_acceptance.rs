//! Records that a place takes the person in.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EmergencyPlacementAccepted;

use crate::in_emergency::beside;

/// Records the answer to a request of this emergency; a second answer is flagged.
pub fn decide(
    file: &PersonFile,
    answer: EmergencyPlacementAccepted,
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
    use crate::given::{HOME, accepted, emergency_of, given_asked};

    #[test]
    fn an_answer_is_kept_with_its_day() {
        let given = given_asked().after(decide, accepted(HOME));
        let placement = emergency_of(&given.file()).placement(HOME).unwrap().clone();
        let day = "2025-06-10".parse().unwrap();
        assert_eq!(placement.answer, Some(PlacementAnswer::Accepted(day)));
    }

    #[test]
    fn a_second_answer_is_flagged() {
        let given = given_asked().event(accepted(HOME));
        given.when(decide, accepted(HOME)).flags(&[Flag::AnsweredBefore]);
    }

    #[test]
    fn what_it_answers_must_be_on_file() {
        given_asked().when(decide, accepted(UNKNOWN)).refuses(Refusal::UnknownPlacement);
        let mut elsewhere = accepted(HOME);
        elsewhere.emergency_id = UNKNOWN.into();
        given_asked().when(decide, elsewhere).refuses(Refusal::UnknownEmergency);
    }
}
