//! Begins a stay of somebody whom a place takes in, with the day on which it is to end.

use casework::{Context, Decided, Emergency, PersonFile, Placement, PlacementAnswer, Refusal};
use contracts::events::{EmergencyRoute, EmergencyStayStarted};
use jiff::civil::Date;

use crate::in_emergency::beside;

/// Begins it where the place accepted. In a home run by a corporation it is planned for seven days
/// in a row at most.
pub fn decide(
    file: &PersonFile,
    stay: EmergencyStayStarted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.open_emergency(&stay.emergency_id)?;
    file.alive()?;
    let placement = accepted(emergency, &stay.placement_id)?;
    let (from, to) = period(&stay)?;
    let is_limited = placement.route == EmergencyRoute::CorporateActivityHome;
    if is_limited && file.exceeds_stay_limit(from, to) {
        return Err(Refusal::SevenDaysAtMost);
    }
    beside(emergency, stay, context)
}

/// A request that was accepted, and of which no stay has come yet.
fn accepted<'e>(emergency: &'e Emergency, id: &str) -> Result<&'e Placement, Refusal> {
    let placement = emergency.placement(id)?;
    if !matches!(placement.answer, Some(PlacementAnswer::Accepted(_))) {
        return Err(Refusal::PlacementNotAccepted);
    }
    if emergency.stays.values().any(|stay| stay.placement.as_str() == id) {
        return Err(Refusal::EmergencyStayStarted);
    }
    Ok(placement)
}

/// From when to when. Both days are required and were found to be days.
fn period(stay: &EmergencyStayStarted) -> Result<(Date, Date), Refusal> {
    match (stay.from_on.parse(), stay.planned_to_on.parse()) {
        (Ok(from), Ok(to)) if from <= to => Ok((from, to)),
        _ => Err(Refusal::PeriodReversed),
    }
}

#[cfg(test)]
mod tests {
    use casework::{EmergencyState, Flag};
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{
        HOME, accepted as accepted_by, emergency_of, given_accepted, given_asked, given_closed,
        given_stay, refused, stay,
    };

    #[test]
    fn a_stay_begins_with_a_planned_end() {
        let given = given_accepted().after(decide, stay(HOME, "2025-06-10", "2025-06-12"));
        let file = given.file();
        assert_eq!(emergency_of(&file).state, EmergencyState::InStay);
        assert!(emergency_of(&file).has_open_stay());
    }

    #[test]
    fn a_day_is_a_period_and_a_reversed_one_is_not() {
        let given = given_accepted();
        let one_day = stay(HOME, "2025-06-10", "2025-06-10");
        given.when(decide, one_day).records(&["EmergencyStayStarted"]);
        let reversed = stay(HOME, "2025-06-10", "2025-06-09");
        given_accepted().when(decide, reversed).refuses(Refusal::PeriodReversed);
    }

    #[test]
    fn the_place_must_have_accepted() {
        let asked = stay(HOME, "2025-06-10", "2025-06-12");
        given_asked().when(decide, asked.clone()).refuses(Refusal::PlacementNotAccepted);
        let given = given_asked().event(refused(HOME));
        given.when(decide, asked.clone()).refuses(Refusal::PlacementNotAccepted);
        let unknown = EmergencyStayStarted { placement_id: UNKNOWN.into(), ..asked.clone() };
        given_accepted().when(decide, unknown).refuses(Refusal::UnknownPlacement);
        given_stay().when(decide, asked).refuses(Refusal::EmergencyStayStarted);
    }

    #[test]
    fn two_places_at_the_same_time_are_flagged() {
        let second = crate::given::ask_elsewhere();
        let id = second.placement_id.clone();
        let given = given_stay().event(second).event(accepted_by(&id)).on("2025-06-12");
        let then = given.when(decide, stay(&id, "2025-06-12", "2025-06-13"));
        then.flags(&[Flag::EmergencyStayOverlaps]);
    }

    #[test]
    fn the_emergency_must_be_open_and_the_person_alive() {
        let asked = stay(HOME, "2025-06-10", "2025-06-12");
        given_closed().when(decide, asked.clone()).refuses(Refusal::EmergencyOver);
        given_accepted().died().when(decide, asked).refuses(Refusal::PersonDied);
    }
}
