//! Ends a service-use plan.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ServiceUsePlanEnded;

use crate::service_use_plan::active_plan;

/// Ends a plan in force; also after a death, and where work on the case rests or is over.
pub fn decide(
    file: &PersonFile,
    ending: ServiceUsePlanEnded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    active_plan(file, &ending.plan_id)?;
    Ok(Decided::as_asked(context, ending.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::PLAN;

    use super::*;
    use crate::service_use_plan::tests::{ending, given_service_use_plan, refuses_unless_active};

    #[test]
    fn a_plan_in_force_is_ended_whatever_has_come_of_the_case() {
        let given = given_service_use_plan;
        let died = || given().died().on("2025-06-01");
        for given in [given(), given().suspended(), given().closed(), died()] {
            given.when(decide, ending(PLAN)).records(&["ServiceUsePlanEnded"]);
        }
    }

    #[test]
    fn only_a_plan_in_force_is_ended() {
        refuses_unless_active(decide, ending);
    }
}
