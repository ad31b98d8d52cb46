//! Records the start of community transition support.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::CommunityTransitionSupportStarted;

/// Records it under a benefit on file; a day outside its period is flagged.
pub fn decide(
    file: &PersonFile,
    start: CommunityTransitionSupportStarted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    file.benefit(&start.benefit_id)?;
    Ok(Decided::of_case(case, start.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::Flag;
    use contracts::events::BenefitService;
    use office::testing::{BENEFIT, Given, UNKNOWN, benefit, given_plan};

    use super::*;

    /// A person with a benefit from 5 August 2025 to 4 February 2026; it is 1 March 2026.
    pub(crate) fn given_benefit() -> Given {
        let service = BenefitService::CommunityTransitionSupport;
        let decided = benefit(service, "2025-08-05", "2026-02-04");
        given_plan().by("ward-a").event(decided).by("center-a").on("2026-03-01")
    }

    fn start(benefit: &str, on: &str) -> CommunityTransitionSupportStarted {
        CommunityTransitionSupportStarted { benefit_id: benefit.into(), started_on: on.into() }
    }

    #[test]
    fn a_start_within_the_benefit_is_recorded() {
        let then = given_benefit().when(decide, start(BENEFIT, "2025-08-05"));
        then.records(&["CommunityTransitionSupportStarted"]);
    }

    #[test]
    fn a_start_outside_the_benefit_is_flagged() {
        let then = given_benefit().when(decide, start(BENEFIT, "2025-08-04"));
        then.flags(&[Flag::OutsideBenefitPeriod]);
    }

    #[test]
    fn the_benefit_must_be_on_file_and_the_case_named() {
        let unknown = start(UNKNOWN, "2025-08-05");
        given_benefit().when(decide, unknown).refuses(Refusal::UnknownBenefit);
        let outside = given_benefit().outside_cases();
        outside.when(decide, start(BENEFIT, "2025-08-05")).refuses(Refusal::CaseMissing);
    }
}
