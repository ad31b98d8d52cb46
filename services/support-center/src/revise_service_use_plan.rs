//! Makes the next version of a service-use plan.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ServiceUsePlanRevised;

use crate::service_use_plan::{active_plan, check_period};

/// Revises a plan in force.
pub fn decide(
    file: &PersonFile,
    mut plan: ServiceUsePlanRevised,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.at_work(context.case_id.as_ref())?;
    plan.version = active_plan(file, &plan.plan_id)?.version + 1;
    check_period(&plan.valid_from, &plan.valid_to)?;
    Ok(Decided::as_asked(context, plan.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{PLAN, refuses_unless_at_work};

    use super::*;
    use crate::service_use_plan::tests::{given_service_use_plan, refuses_unless_active};

    fn revision(plan: &str) -> ServiceUsePlanRevised {
        ServiceUsePlanRevised { plan_id: plan.into(), ..Default::default() }
    }

    #[test]
    fn versions_count_up() {
        let given = given_service_use_plan().after(decide, revision(PLAN));
        let then = given.when(decide, revision(PLAN));
        assert_eq!(then.records_one::<ServiceUsePlanRevised>().version, 3);
    }

    #[test]
    fn only_a_plan_in_force_is_revised() {
        refuses_unless_active(decide, revision);
    }

    #[test]
    fn a_period_does_not_end_before_it_begins() {
        let (valid_from, valid_to) = ("2025-06-02".into(), "2025-06-01".into());
        let reversed = ServiceUsePlanRevised { valid_from, valid_to, ..revision(PLAN) };
        given_service_use_plan().when(decide, reversed).refuses(Refusal::PeriodReversed);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_service_use_plan, decide, revision(PLAN));
    }
}
