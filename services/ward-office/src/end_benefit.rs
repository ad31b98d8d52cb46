//! Records the end of a benefit, at its term or before it.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::BenefitEnded;

/// Records it for a benefit on file.
pub fn decide(
    file: &PersonFile,
    ending: BenefitEnded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.benefit(&ending.benefit_id)?;
    Ok(Decided::as_asked(context, ending.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use contracts::events::{BenefitEndReason, BenefitService};
    use office::testing::{BENEFIT, CASE, Given, UNKNOWN, benefit};

    use super::*;
    use crate::issue_benefit_decision::tests::given_ward;

    fn granted() -> Given {
        let service = BenefitService::CommunityTransitionSupport;
        given_ward().event(benefit(service, "2025-05-20", "2025-11-19")).on("2025-06-20")
    }

    fn ending(benefit: &str) -> BenefitEnded {
        BenefitEnded {
            benefit_id: benefit.into(),
            ended_on: "2025-06-20".into(),
            reason: BenefitEndReason::Discharged.into(),
            ..Default::default()
        }
    }

    #[test]
    fn an_end_is_recorded_in_the_case_that_is_named_or_outside_any() {
        assert_eq!(granted().when(decide, ending(BENEFIT)).cases(), [Some(CASE.into())]);
        assert_eq!(granted().outside_cases().when(decide, ending(BENEFIT)).cases(), [None]);
        granted().when(decide, ending(BENEFIT)).records(&["BenefitEnded"]);
    }

    #[test]
    fn the_benefit_must_be_on_file() {
        granted().when(decide, ending(UNKNOWN)).refuses(Refusal::UnknownBenefit);
    }

    #[test]
    fn an_end_in_a_closed_case_is_flagged() {
        granted().closed().when(decide, ending(BENEFIT)).flags(&[Flag::CaseClosed]);
    }
}
