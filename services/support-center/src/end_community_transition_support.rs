//! Records the end of community transition support.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::CommunityTransitionSupportEnded;

/// Records it under a benefit on file; a day outside its period is flagged.
pub fn decide(
    file: &PersonFile,
    ending: CommunityTransitionSupportEnded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    file.benefit(&ending.benefit_id)?;
    Ok(Decided::of_case(case, ending.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use office::testing::{BENEFIT, UNKNOWN};

    use super::*;
    use crate::start_community_transition_support::tests::given_benefit;

    fn ending(benefit: &str, on: &str) -> CommunityTransitionSupportEnded {
        CommunityTransitionSupportEnded {
            benefit_id: benefit.into(),
            ended_on: on.into(),
            ..Default::default()
        }
    }

    #[test]
    fn an_end_within_the_benefit_is_recorded() {
        let then = given_benefit().when(decide, ending(BENEFIT, "2026-02-04"));
        then.records(&["CommunityTransitionSupportEnded"]);
    }

    #[test]
    fn an_end_outside_the_benefit_is_flagged() {
        let then = given_benefit().when(decide, ending(BENEFIT, "2026-02-05"));
        then.flags(&[Flag::OutsideBenefitPeriod]);
    }

    #[test]
    fn after_a_death_it_is_ended_without_remark() {
        let given = given_benefit().on("2026-01-20").died().on("2026-01-22");
        let then = given.when(decide, ending(BENEFIT, "2026-01-22"));
        then.records(&["CommunityTransitionSupportEnded"]);
    }

    #[test]
    fn the_benefit_must_be_on_file_and_the_case_named() {
        let unknown = ending(UNKNOWN, "2026-02-04");
        given_benefit().when(decide, unknown).refuses(Refusal::UnknownBenefit);
        let outside = given_benefit().outside_cases();
        outside.when(decide, ending(BENEFIT, "2026-02-04")).refuses(Refusal::CaseMissing);
    }
}
