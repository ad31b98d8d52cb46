//! Says that a household can count on support again.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::HouseholdRiskCleared;

/// Says it of one that is on file as one at risk; in the case in which that was said.
pub fn decide(
    file: &PersonFile,
    clearing: HouseholdRiskCleared,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let household = file.household_at_risk.as_ref().ok_or(Refusal::HouseholdNotAtRisk)?;
    context.agrees_with(household.case_id.as_ref())?;
    Ok(Decided { events: vec![(household.case_id.clone(), clearing.into())] })
}

#[cfg(test)]
mod tests {
    use contracts::events::HouseholdAtRiskIdentified;
    use office::testing::{CASE, Given, UNKNOWN, given_case};

    use super::*;

    fn given_at_risk() -> Given {
        given_case().in_case(CASE).event(HouseholdAtRiskIdentified::default())
    }

    #[test]
    fn a_household_at_risk_is_cleared_once() {
        let given = given_at_risk().after(decide, HouseholdRiskCleared::default());
        assert!(given.file().household_at_risk.is_none());
        let again = HouseholdRiskCleared::default();
        given.when(decide, again.clone()).refuses(Refusal::HouseholdNotAtRisk);
        given_case().when(decide, again).refuses(Refusal::HouseholdNotAtRisk);
    }

    #[test]
    fn it_lies_where_the_household_was_named() {
        let cleared = HouseholdRiskCleared::default;
        let then = given_at_risk().outside_cases().when(decide, cleared());
        assert_eq!(then.cases(), [Some(CASE.into())]);
        let elsewhere = given_at_risk().in_case(UNKNOWN);
        elsewhere.when(decide, cleared()).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn a_death_clears_it_too() {
        let given = given_at_risk().died();
        given.when(decide, HouseholdRiskCleared::default()).records(&["HouseholdRiskCleared"]);
    }
}
