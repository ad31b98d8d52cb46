//! Makes a service-use plan. A person has one at a time.

use casework::{Context, Decided, PersonFile, Plan, Refusal};
use contracts::events::ServiceUsePlanCreated;

use crate::service_use_plan::check_period;

/// Makes the first version, unless a plan is in force.
pub fn decide(
    file: &PersonFile,
    mut plan: ServiceUsePlanCreated,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.at_work(context.case_id.as_ref())?;
    check_period(&plan.valid_from, &plan.valid_to)?;
    if file.service_use_plans.values().any(Plan::is_active) {
        return Err(Refusal::PlanAlreadyActive);
    }
    plan.version = 1;
    Ok(Decided::as_asked(context, plan.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{PLAN, given_case, refuses_unless_at_work};

    use super::*;
    use crate::service_use_plan::tests::{ending, given_service_use_plan, plan};

    #[test]
    fn a_plan_is_made_within_a_case_or_outside() {
        let then = given_case().when(decide, plan("2025-06-01", "2026-05-31"));
        assert_eq!(then.records_one::<ServiceUsePlanCreated>().version, 1);
        let then = given_case().outside_cases().when(decide, plan("", ""));
        then.records(&["ServiceUsePlanCreated"]);
    }

    #[test]
    fn a_person_has_one_plan_at_a_time() {
        let other = plan("", "");
        given_service_use_plan().when(decide, other.clone()).refuses(Refusal::PlanAlreadyActive);
        let ended = given_service_use_plan().event(ending(PLAN));
        ended.when(decide, other).records(&["ServiceUsePlanCreated"]);
    }

    #[test]
    fn a_period_does_not_end_before_it_begins() {
        let reversed = plan("2025-06-02", "2025-06-01");
        given_case().when(decide, reversed).refuses(Refusal::PeriodReversed);
        given_case()
            .when(decide, plan("2025-06-01", "2025-06-01"))
            .records(&["ServiceUsePlanCreated"]);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_case, decide, plan("", ""));
    }
}
