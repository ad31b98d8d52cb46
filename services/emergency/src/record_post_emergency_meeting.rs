//! Records the meeting about what comes next.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PostEmergencyMeetingHeld;

use crate::in_emergency::beside;

/// Records it for an emergency on file; one that is late, or too early to be it, is flagged.
pub fn decide(
    file: &PersonFile,
    meeting: PostEmergencyMeetingHeld,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    beside(file.emergency(&meeting.emergency_id)?, meeting, context)
}

#[cfg(test)]
mod tests {
    use casework::{EmergencyState, Flag};
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{emergency_of, given_emergency, given_stay, met};

    #[test]
    fn it_is_held_promptly_and_moves_the_emergency_on() {
        let given = given_stay().on("2025-06-17");
        given.when(decide, met("2025-06-17")).records(&["PostEmergencyMeetingHeld"]);
        let given = given_stay().on("2025-06-12").after(decide, met("2025-06-12"));
        let file = given.file();
        assert_eq!(emergency_of(&file).state, EmergencyState::MeetingHeld);
        assert_eq!(emergency_of(&file).meeting_on, Some("2025-06-12".parse().unwrap()));
    }

    #[test]
    fn a_late_one_is_recorded_and_flagged() {
        let given = given_stay().on("2025-06-18");
        given.when(decide, met("2025-06-18")).flags(&[Flag::MeetingLate]);
        let again = given_stay().on("2025-06-12").event(met("2025-06-12")).on("2025-06-30");
        again.when(decide, met("2025-06-30")).records(&["PostEmergencyMeetingHeld"]);
    }

    #[test]
    fn one_before_the_acceptance_is_flagged() {
        let then = given_stay().when(decide, met("2025-06-09"));
        then.flags(&[Flag::MeetingBeforeAcceptance]);
    }

    #[test]
    fn nobody_need_have_been_taken_in() {
        let given = given_emergency();
        given.when(decide, met("2025-06-10")).records(&["PostEmergencyMeetingHeld"]);
        let mut unknown = met("2025-06-10");
        unknown.emergency_id = UNKNOWN.into();
        given_emergency().when(decide, unknown).refuses(Refusal::UnknownEmergency);
    }
}
