//! Says what a survey has shown. From then on no answers are taken.

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::events::SurveyResultPublished;

/// Publishes the result of a survey once.
pub fn decide(
    register: &AgencyRegister,
    result: SurveyResultPublished,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    register.records.open_survey(&result.survey_id)?;
    Ok(Decided::of_register(result.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::SurveyLaunched;
    use office::testing::{GivenAgencies, UNKNOWN, given_agencies};

    use super::*;

    const SURVEY: &str = "00000000-0000-4000-8000-0000000005f1";

    fn given_survey() -> GivenAgencies {
        given_agencies().event(SurveyLaunched { survey_id: SURVEY.into(), ..Default::default() })
    }

    fn result(survey: &str) -> SurveyResultPublished {
        SurveyResultPublished { survey_id: survey.into(), ..Default::default() }
    }

    #[test]
    fn a_result_comes_out_once() {
        given_survey().when(decide, result(SURVEY)).records(&["SurveyResultPublished"]);
        let published = given_survey().event(result(SURVEY));
        published.when(decide, result(SURVEY)).refuses(Refusal::SurveyClosed);
    }

    #[test]
    fn it_is_the_result_of_a_survey() {
        given_survey().when(decide, result(UNKNOWN)).refuses(Refusal::UnknownSurvey);
    }
}
