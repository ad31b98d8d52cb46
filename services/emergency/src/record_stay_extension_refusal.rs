//! Records that a stay ends as planned.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EmergencyStayExtensionRefused;

use crate::in_emergency::beside;

/// Records the answer to a request of this emergency; that no next place was asked is flagged.
pub fn decide(
    file: &PersonFile,
    answer: EmergencyStayExtensionRefused,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.emergency(&answer.emergency_id)?;
    emergency.extension(&answer.extension_id)?;
    beside(emergency, answer, context)
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use contracts::events::Answer;
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{given_wish, no_extension};

    #[test]
    fn the_next_place_is_asked() {
        let given = || given_wish("2025-06-18");
        let asked = no_extension(Answer::Yes);
        given().when(decide, asked).records(&["EmergencyStayExtensionRefused"]);
        given().when(decide, no_extension(Answer::No)).flags(&[Flag::NextPlaceNotAsked]);
    }

    #[test]
    fn a_second_answer_is_flagged() {
        let given = given_wish("2025-06-18").event(no_extension(Answer::Yes));
        given.when(decide, no_extension(Answer::Yes)).flags(&[Flag::AnsweredBefore]);
    }

    #[test]
    fn the_request_must_be_on_file() {
        let mut unknown = no_extension(Answer::Yes);
        unknown.extension_id = UNKNOWN.into();
        given_wish("2025-06-18").when(decide, unknown).refuses(Refusal::UnknownExtension);
    }
}
