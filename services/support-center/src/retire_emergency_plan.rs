//! Retires the emergency plan.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EmergencyPlanRetired;

use crate::emergency_plan::active_plan;

/// Retires a plan in force; also after a death, and where work on the case rests or is over.
pub fn decide(
    file: &PersonFile,
    retirement: EmergencyPlanRetired,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    active_plan(file, &retirement.plan_id)?;
    Ok(Decided::as_asked(context, retirement.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::PLAN;

    use super::*;
    use crate::emergency_plan::tests::{given_emergency_plan, refuses_unless_active, retirement};

    #[test]
    fn a_plan_in_force_is_retired_whatever_has_come_of_the_case() {
        let given = given_emergency_plan;
        let died = || given().died().on("2025-06-01");
        for given in [given(), given().suspended(), given().closed(), died()] {
            given.when(decide, retirement(PLAN)).records(&["EmergencyPlanRetired"]);
        }
    }

    #[test]
    fn only_a_plan_in_force_is_retired() {
        refuses_unless_active(decide, retirement);
    }
}
