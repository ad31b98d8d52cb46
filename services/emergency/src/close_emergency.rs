//! Ends an emergency.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{EmergencyClosed, NoMeetingReason};

use crate::in_emergency::beside;

/// Ends one in which no stay goes on. Where somebody was taken in, those who help have met, or it
/// is said why they have not. A death does not keep it open.
pub fn decide(
    file: &PersonFile,
    closing: EmergencyClosed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.open_emergency(&closing.emergency_id)?;
    if emergency.has_open_stay() {
        return Err(Refusal::EmergencyStayOpen);
    }
    let owes_meeting = emergency.first_accepted_on().is_some() && emergency.meeting_on.is_none();
    if owes_meeting && closing.no_meeting_reason() == NoMeetingReason::Unspecified {
        return Err(Refusal::MeetingRequired);
    }
    beside(emergency, closing, context)
}

#[cfg(test)]
mod tests {
    use casework::EmergencyState;
    use contracts::events::EmergencyOutcome;
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{
        closing, emergency_of, ended, given_accepted, given_closed, given_emergency, given_stay,
        met,
    };

    #[test]
    fn whoever_was_taken_in_is_met_about_first() {
        let home_again = || given_stay().on("2025-06-14").event(ended("2025-06-14"));
        home_again().when(decide, closing()).refuses(Refusal::MeetingRequired);
        let given = home_again().event(met("2025-06-14")).after(decide, closing());
        assert_eq!(emergency_of(&given.file()).state, EmergencyState::Closed);
        given_accepted().when(decide, closing()).refuses(Refusal::MeetingRequired);
    }

    #[test]
    fn or_it_is_said_why_nobody_met() {
        let mut without = closing();
        without.set_no_meeting_reason(NoMeetingReason::MovedAway);
        given_accepted().when(decide, without).records(&["EmergencyClosed"]);
    }

    #[test]
    fn where_nobody_was_taken_in_nobody_need_meet() {
        given_emergency().when(decide, closing()).records(&["EmergencyClosed"]);
    }

    #[test]
    fn a_stay_ends_before_the_emergency() {
        given_stay()
            .event(met("2025-06-10"))
            .when(decide, closing())
            .refuses(Refusal::EmergencyStayOpen);
    }

    #[test]
    fn a_death_ends_the_stay_and_the_emergency_can_be_closed() {
        let mut died = closing();
        died.set_outcome(EmergencyOutcome::Died);
        died.set_no_meeting_reason(NoMeetingReason::PersonDied);
        given_stay().died().when(decide, died).records(&["EmergencyClosed"]);
    }

    #[test]
    fn it_is_closed_once() {
        given_closed().when(decide, closing()).refuses(Refusal::EmergencyOver);
        let unknown = EmergencyClosed { emergency_id: UNKNOWN.into(), ..closing() };
        given_emergency().when(decide, unknown).refuses(Refusal::UnknownEmergency);
    }
}
