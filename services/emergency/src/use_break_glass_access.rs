//! Opens a person's file in an open emergency to one member of staff, for an hour at most.
//!
//! Who has nothing to do with the person gets here only when the desk lets them in on the same
//! grounds, and is otherwise told that there is no such person.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::BreakGlassAccessUsed;

/// One hour cannot be made longer; when it is over, glass can be broken again, with a reason again.
pub fn decide(
    file: &PersonFile,
    mut used: BreakGlassAccessUsed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let (emergency, _) = file.emergency_under_way().ok_or(Refusal::NoOpenEmergency)?;
    let agency = context.agencies.active(&context.agency).ok_or(Refusal::UnknownAgency)?;
    if !file.is_of_ward_of(agency) {
        return Err(Refusal::NotOfTheWard);
    }
    if file.glass_broken_by(&context.agency, &context.staff, context.now).is_some() {
        return Err(Refusal::BreakGlassInForce);
    }
    used.emergency_id = emergency.to_string();
    used.used_by.clone_from(&context.staff);
    // Outside any case, so that it reaches whoever follows one of the person's cases.
    Ok(Decided::of_person(used.into()))
}

#[cfg(test)]
mod tests {
    use casework::{AgencyId, BREAK_GLASS_MINUTES, WorkKind, work_items};
    use contracts::events::BreakGlassReason;
    use office::testing::{Given, STAFF, given_case};

    use super::*;
    use crate::given::{EMERGENCY, given_closed, given_emergency};

    fn break_glass() -> BreakGlassAccessUsed {
        let reason = BreakGlassReason::LifeOrBody.into();
        BreakGlassAccessUsed { reason, ..Default::default() }
    }

    fn by_stranger(given: Given) -> Given {
        given.by("core-a")
    }

    #[test]
    fn a_stranger_of_the_ward_names_neither_emergency_nor_themselves() {
        let given = by_stranger(given_emergency()).works_in("core-a", "14107");
        let used: BreakGlassAccessUsed = given.when(decide, break_glass()).records_one();
        assert_eq!((used.emergency_id.as_str(), used.used_by.as_str()), (EMERGENCY, STAFF));
        assert!(!used.access_id.is_empty());
    }

    #[test]
    fn the_responsible_agency_finds_it_at_once() {
        let file = by_stranger(given_emergency()).after(decide, break_glass()).file();
        let items = work_items(&file, "2025-06-10".parse().unwrap());
        let mut to_review = items.iter().filter(|item| item.kind == WorkKind::BreakGlassToReview);
        assert_eq!(to_review.next().unwrap().agency, AgencyId::from("center-a"));
        assert!(to_review.next().is_none());
    }

    #[test]
    fn it_belongs_to_no_case_whatever_the_request_names() {
        let then = by_stranger(given_emergency()).when(decide, break_glass());
        assert_eq!(then.cases(), [None]);
    }

    #[test]
    fn without_an_open_emergency_glass_stays_whole() {
        let none = by_stranger(given_case()).when(decide, break_glass());
        none.refuses(Refusal::NoOpenEmergency);
        let over = by_stranger(given_closed()).when(decide, break_glass());
        over.refuses(Refusal::NoOpenEmergency);
    }

    #[test]
    fn another_wards_agency_is_refused() {
        let elsewhere = by_stranger(given_emergency()).works_in("core-a", "14101");
        elsewhere.when(decide, break_glass()).refuses(Refusal::NotOfTheWard);
    }

    #[test]
    fn an_agency_that_was_retired_is_refused() {
        by_stranger(given_emergency())
            .by("core-unknown")
            .when(decide, break_glass())
            .refuses(Refusal::UnknownAgency);
    }

    #[test]
    fn the_hour_is_not_prolonged_and_can_follow_another() {
        let used = || by_stranger(given_emergency()).after(decide, break_glass());
        let within = used().minutes_after_noon(BREAK_GLASS_MINUTES - 1);
        within.when(decide, break_glass()).refuses(Refusal::BreakGlassInForce);
        let over = used().minutes_after_noon(BREAK_GLASS_MINUTES);
        over.when(decide, break_glass()).records(&["BreakGlassAccessUsed"]);
    }

    #[test]
    fn each_member_of_staff_breaks_their_own() {
        let used = by_stranger(given_emergency()).after(decide, break_glass());
        let colleague = used.staffed_by("staff-2");
        colleague.when(decide, break_glass()).records(&["BreakGlassAccessUsed"]);
    }
}
