//! Names a household that could hardly count on support in an emergency, before there is one.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::HouseholdAtRiskIdentified;

/// Both must hold: the person may become unstable or the family fall ill, and support is hard to
/// get. It may be said again when things have changed.
pub fn decide(
    file: &PersonFile,
    household: HouseholdAtRiskIdentified,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    if let Some(case) = &context.case_id {
        file.open_case(case)?;
    }
    if household.risks.is_empty() || !household.support_hard_to_get {
        return Err(Refusal::HouseholdConditions);
    }
    Ok(Decided::as_asked(context, household.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::HouseholdRisk;
    use office::testing::{CASE, given_case};

    use super::*;

    fn household(risks: &[HouseholdRisk], support_hard_to_get: bool) -> HouseholdAtRiskIdentified {
        let risks = risks.iter().copied().map(i32::from).collect();
        HouseholdAtRiskIdentified { risks, support_hard_to_get, ..Default::default() }
    }

    fn at_risk() -> HouseholdAtRiskIdentified {
        household(&[HouseholdRisk::FamilyMayFallIll], true)
    }

    #[test]
    fn a_household_is_named_in_a_case_or_outside_any() {
        let given = given_case().in_case(CASE).after(decide, at_risk());
        assert_eq!(given.file().household_at_risk.unwrap().identified_by, "center-a".into());
        assert_eq!(given_case().outside_cases().when(decide, at_risk()).cases(), [None]);
    }

    #[test]
    fn both_conditions_must_hold() {
        let refused = |household| {
            given_case().when(decide, household).refuses(Refusal::HouseholdConditions);
        };
        refused(household(&[HouseholdRisk::FamilyMayFallIll], false));
        refused(household(&[], true));
    }

    #[test]
    fn the_case_must_be_open_and_the_person_alive() {
        given_case().closed().when(decide, at_risk()).refuses(Refusal::CaseClosed);
        given_case().outside_cases().died().when(decide, at_risk()).refuses(Refusal::PersonDied);
    }
}
