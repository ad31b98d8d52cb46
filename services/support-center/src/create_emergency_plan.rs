//! Makes the emergency prevention and response plan. A person has one at a time.
//!
//! The primary supporter writes it, or one of the three agencies; whoever comes to this office's
//! desk is one of the three.

use casework::{Context, Decided, PersonFile, Plan, Refusal};
use contracts::events::EmergencyPlanCreated;

use crate::emergency_plan::{check_content, next_review};

/// Makes the first version, unless a plan is in force.
pub fn decide(
    file: &PersonFile,
    mut plan: EmergencyPlanCreated,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.at_work(context.case_id.as_ref())?;
    if file.emergency_plans.values().any(Plan::is_active) {
        return Err(Refusal::PlanAlreadyActive);
    }
    check_content(plan.content.as_ref())?;
    plan.next_review_on = next_review(&plan.next_review_on, context)?;
    plan.version = 1;
    Ok(Decided::as_asked(context, plan.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{PLAN, given_case, refuses_unless_at_work};

    use super::*;
    use crate::emergency_plan::tests::{given_emergency_plan, naming_family, retirement};

    #[test]
    fn a_plan_is_made_and_reviewed_a_year_later() {
        let given = given_case().outside_cases().on("2025-10-31");
        let plan: EmergencyPlanCreated =
            given.when(decide, EmergencyPlanCreated::default()).records_one();
        assert_eq!((plan.version, plan.next_review_on.as_str()), (1, "2026-10-31"));
    }

    #[test]
    fn another_day_of_review_may_be_set_and_lies_ahead() {
        let reviewed_on =
            |day: &str| EmergencyPlanCreated { next_review_on: day.into(), ..Default::default() };
        let then = given_case().when(decide, reviewed_on("2025-05-15"));
        assert_eq!(then.records_one::<EmergencyPlanCreated>().next_review_on, "2025-05-15");
        let past = reviewed_on("2025-05-14");
        given_case().when(decide, past).refuses(Refusal::PlannedInThePast);
    }

    #[test]
    fn family_is_named_only_with_permission() {
        let naming = |permissions: &[bool]| EmergencyPlanCreated {
            content: Some(naming_family(permissions)),
            ..Default::default()
        };
        given_case().when(decide, naming(&[true])).records(&["EmergencyPlanCreated"]);
        let given = given_case();
        given.when(decide, naming(&[true, false])).refuses(Refusal::FamilyPermissionRequired);
    }

    #[test]
    fn a_person_has_one_plan_at_a_time() {
        let other = EmergencyPlanCreated::default();
        given_emergency_plan().when(decide, other.clone()).refuses(Refusal::PlanAlreadyActive);
        let retired = given_emergency_plan().event(retirement(PLAN));
        retired.when(decide, other).records(&["EmergencyPlanCreated"]);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_case, decide, EmergencyPlanCreated::default());
    }
}
