//! What the decisions on service-use plans have in common.

use casework::{PersonFile, Plan, PlanId, Refusal};

/// A service-use plan in force.
pub(crate) fn active_plan<'f>(file: &'f PersonFile, id: &str) -> Result<&'f Plan, Refusal> {
    let plan = file.service_use_plans.get(&PlanId::from(id)).ok_or(Refusal::UnknownPlan)?;
    if plan.active { Ok(plan) } else { Err(Refusal::PlanNotActive) }
}

/// Both ends may be left open; where both are named, the period must not be reversed.
pub(crate) fn check_period(from: &str, to: &str) -> Result<(), Refusal> {
    let reversed = !from.is_empty() && !to.is_empty() && to < from;
    if reversed { Err(Refusal::PeriodReversed) } else { Ok(()) }
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{ServiceUsePlanCreated, ServiceUsePlanEnded};
    use office::testing::{Decide, Given, PLAN, Proposed, UNKNOWN, given_case};

    use super::*;

    pub(crate) fn plan(from: &str, to: &str) -> ServiceUsePlanCreated {
        ServiceUsePlanCreated { valid_from: from.into(), valid_to: to.into(), ..Default::default() }
    }

    pub(crate) fn ending(plan: &str) -> ServiceUsePlanEnded {
        ServiceUsePlanEnded { plan_id: plan.into(), ..Default::default() }
    }

    /// A person with a service-use plan in force.
    pub(crate) fn given_service_use_plan() -> Given {
        let plan = ServiceUsePlanCreated { plan_id: PLAN.into(), version: 1, ..Default::default() };
        given_case().event(plan)
    }

    #[track_caller]
    pub(crate) fn refuses_unless_active<E: Proposed>(decide: Decide<E>, about: fn(&str) -> E) {
        given_service_use_plan().when(decide, about(UNKNOWN)).refuses(Refusal::UnknownPlan);
        let ended = given_service_use_plan().event(ending(PLAN));
        ended.when(decide, about(PLAN)).refuses(Refusal::PlanNotActive);
    }
}
