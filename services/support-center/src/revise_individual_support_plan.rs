//! Makes the next version of the individual support plan.

use casework::{Case, Context, Decided, PersonFile, Refusal};
use contracts::events::IndividualSupportPlanRevised;

/// Revises the plan of a case at work.
pub fn decide(
    file: &PersonFile,
    mut plan: IndividualSupportPlanRevised,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    plan.version = version_in_force(file.case_at_work(&id)?, &plan.plan_id)? + 1;
    Ok(Decided::of_case(id, plan.into()))
}

/// The version of the case's plan, if that is the one meant.
pub(crate) fn version_in_force(case: &Case, plan: &str) -> Result<u32, Refusal> {
    let of_case = case.support_plan.as_ref().filter(|(plan_id, _)| plan_id == plan);
    of_case.map(|(_, version)| *version).ok_or(Refusal::UnknownPlan)
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::{CaseId, CaseState};
    use office::testing::{
        CASE, PLAN, UNKNOWN, given_case, given_plan, given_settling, refuses_unless_case_at_work,
    };

    use super::*;

    pub(crate) fn revision(plan: &str) -> IndividualSupportPlanRevised {
        IndividualSupportPlanRevised { plan_id: plan.into(), ..Default::default() }
    }

    #[test]
    fn versions_count_up() {
        let given = given_plan().after(decide, revision(PLAN));
        let plan: IndividualSupportPlanRevised = given.when(decide, revision(PLAN)).records_one();
        assert_eq!(plan.version, 3);
    }

    #[test]
    fn it_must_be_the_plan_of_the_case() {
        given_plan().when(decide, revision(UNKNOWN)).refuses(Refusal::UnknownPlan);
        given_case().when(decide, revision(PLAN)).refuses(Refusal::UnknownPlan);
    }

    #[test]
    fn after_a_readmission_support_goes_on_with_the_revised_plan() {
        let given = given_settling().on("2026-01-08").readmitted();
        let given = given.after(decide, revision(PLAN));
        assert_eq!(given.file().case(&CaseId::from(CASE)).unwrap().state(), CaseState::Supporting);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_case_at_work(given_plan, decide, revision(PLAN));
    }
}
