//! Gives a stay a later planned end. A home run by a corporation can only refuse beyond seven days.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{EmergencyRoute, EmergencyStayExtended};
use jiff::civil::Date;

use crate::in_emergency::beside;

/// Answers a request that waits, for a stay that goes on.
pub fn decide(
    file: &PersonFile,
    answer: EmergencyStayExtended,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.open_emergency(&answer.emergency_id)?;
    file.alive()?;
    let extension = emergency.extension(&answer.extension_id)?;
    if extension.is_answered {
        return Err(Refusal::ExtensionAnswered);
    }
    let stay = emergency.stay(extension.stay.as_str())?;
    if stay.ended_on.is_some() {
        return Err(Refusal::EmergencyStayEnded);
    }
    let to: Date = answer.planned_to_on.parse().map_err(|_| Refusal::PeriodReversed)?;
    if to < stay.from {
        return Err(Refusal::PeriodReversed);
    }
    let is_limited = stay.route == EmergencyRoute::CorporateActivityHome;
    if is_limited && file.exceeds_stay_limit(stay.from, to) {
        return Err(Refusal::SevenDaysAtMost);
    }
    beside(emergency, answer, context)
}

#[cfg(test)]
mod tests {
    use contracts::events::Answer;
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{
        EXTENSION, STAY, emergency_of, ended, extended, given_short_stay, given_wish, no_extension,
        wish,
    };

    #[test]
    fn the_planned_end_moves() {
        let given = given_wish("2025-06-16").after(decide, extended("2025-06-16"));
        let file = given.file();
        let stay = emergency_of(&file).stay(STAY).unwrap();
        assert_eq!(stay.planned_to, "2025-06-16".parse().unwrap());
        assert!(emergency_of(&file).extension(EXTENSION).unwrap().is_answered);
    }

    #[test]
    fn a_short_stay_elsewhere_has_no_limit() {
        let given = given_short_stay().event(wish("2025-07-10"));
        given.when(decide, extended("2025-07-10")).records(&["EmergencyStayExtended"]);
    }

    #[test]
    fn the_request_must_wait_and_the_stay_go_on() {
        let asked = || given_wish("2025-06-16");
        let answered = asked().event(no_extension(Answer::Yes));
        answered.when(decide, extended("2025-06-16")).refuses(Refusal::ExtensionAnswered);
        let over = asked().on("2025-06-12").event(ended("2025-06-12"));
        over.when(decide, extended("2025-06-16")).refuses(Refusal::EmergencyStayEnded);
        asked().when(decide, extended("2025-06-09")).refuses(Refusal::PeriodReversed);
        let unknown =
            EmergencyStayExtended { extension_id: UNKNOWN.into(), ..extended("2025-06-16") };
        asked().when(decide, unknown).refuses(Refusal::UnknownExtension);
        let died = asked().died();
        died.when(decide, extended("2025-06-16")).refuses(Refusal::PersonDied);
    }
}
