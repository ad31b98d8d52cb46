//! Does not grant what was applied for.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::BenefitRefused;

/// Refuses an application. Applications are plain records that no rule needs, so whether this one
/// is on file is not asked; it may have reached the ward office on paper.
pub fn decide(
    file: &PersonFile,
    refusal: BenefitRefused,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    if let Some(case) = &context.case_id {
        file.open_case(case)?;
    }
    Ok(Decided::as_asked(context, refusal.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::BenefitService;
    use office::testing::{CASE, UNKNOWN};

    use super::*;
    use crate::issue_benefit_decision::tests::given_ward;

    fn refusal() -> BenefitRefused {
        BenefitRefused {
            application_id: UNKNOWN.into(),
            service: BenefitService::ShortStay.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_benefit_is_refused_in_the_case_that_is_named_or_outside_any() {
        assert_eq!(given_ward().when(decide, refusal()).cases(), [Some(CASE.into())]);
        assert_eq!(given_ward().outside_cases().when(decide, refusal()).cases(), [None]);
        given_ward().when(decide, refusal()).records(&["BenefitRefused"]);
    }

    #[test]
    fn an_application_of_somebody_who_died_is_answered_too() {
        given_ward().died().when(decide, refusal()).records(&["BenefitRefused"]);
    }

    #[test]
    fn the_case_that_is_named_must_be_open() {
        given_ward().closed().when(decide, refusal()).refuses(Refusal::CaseClosed);
        given_ward().in_case(UNKNOWN).when(decide, refusal()).refuses(Refusal::UnknownCase);
    }
}
