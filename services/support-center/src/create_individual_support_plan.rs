//! Makes the individual support plan of a case.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::IndividualSupportPlanCreated;

/// Makes the first version in a case at work that has no plan.
pub fn decide(
    file: &PersonFile,
    mut plan: IndividualSupportPlanCreated,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    if file.case_at_work(&id)?.support_plan.is_some() {
        return Err(Refusal::PlanAlreadyActive);
    }
    plan.version = 1;
    Ok(Decided::of_case(id, plan.into()))
}

#[cfg(test)]
mod tests {
    use casework::{CaseId, CaseState};
    use office::testing::{CASE, given_case, given_plan, refuses_unless_case_at_work};

    use super::*;

    #[test]
    fn the_first_plan_has_a_number_and_begins_support() {
        let given = given_case().after(decide, IndividualSupportPlanCreated::default());
        let file = given.file();
        let case = file.case(&CaseId::from(CASE)).unwrap();
        let (plan_id, version) = case.support_plan.clone().unwrap();
        assert_eq!((plan_id.len(), version, case.state()), (36, 1, CaseState::Supporting));
    }

    #[test]
    fn a_case_has_one_plan() {
        let again = IndividualSupportPlanCreated::default();
        given_plan().when(decide, again).refuses(Refusal::PlanAlreadyActive);
    }

    #[test]
    fn the_case_must_be_at_work() {
        let plan = IndividualSupportPlanCreated::default();
        refuses_unless_case_at_work(given_case, decide, plan);
    }
}
