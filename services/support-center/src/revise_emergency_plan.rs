//! Makes the next version of the emergency plan.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EmergencyPlanRevised;

use crate::emergency_plan::{active_plan, check_content, next_review};

/// Revises a plan in force.
pub fn decide(
    file: &PersonFile,
    mut plan: EmergencyPlanRevised,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.at_work(context.case_id.as_ref())?;
    plan.version = active_plan(file, &plan.plan_id)?.version + 1;
    check_content(plan.content.as_ref())?;
    plan.next_review_on = next_review(&plan.next_review_on, context)?;
    Ok(Decided::as_asked(context, plan.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use office::testing::{PLAN, refuses_unless_at_work};

    use super::*;
    use crate::emergency_plan::tests::{
        given_emergency_plan, naming_family, refuses_unless_active,
    };

    pub(crate) fn revision(plan: &str) -> EmergencyPlanRevised {
        EmergencyPlanRevised { plan_id: plan.into(), ..Default::default() }
    }

    #[test]
    fn versions_count_up_and_the_next_review_moves_on() {
        let given = given_emergency_plan().after(decide, revision(PLAN)).on("2026-02-28");
        let plan: EmergencyPlanRevised = given.when(decide, revision(PLAN)).records_one();
        assert_eq!((plan.version, plan.next_review_on.as_str()), (3, "2027-02-28"));
    }

    #[test]
    fn only_a_plan_in_force_is_revised() {
        refuses_unless_active(decide, revision);
    }

    #[test]
    fn the_next_review_lies_ahead() {
        let past = EmergencyPlanRevised { next_review_on: "2025-05-14".into(), ..revision(PLAN) };
        given_emergency_plan().when(decide, past).refuses(Refusal::PlannedInThePast);
    }

    #[test]
    fn family_is_named_only_with_permission() {
        let content = Some(naming_family(&[false]));
        let without = EmergencyPlanRevised { content, ..revision(PLAN) };
        given_emergency_plan().when(decide, without).refuses(Refusal::FamilyPermissionRequired);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_emergency_plan, decide, revision(PLAN));
    }
}
