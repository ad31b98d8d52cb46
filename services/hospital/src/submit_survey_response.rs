//! A hospital's counts for a survey. A later answer takes the place of an earlier one.

use std::collections::BTreeSet;

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::events::SurveyResponseSubmitted;

/// Records the counts of a hospital that an open survey asks. Nobody is counted in one cell twice,
/// but one person can stand in several, as more than one thing can hinder a discharge.
pub fn decide(
    register: &AgencyRegister,
    response: SurveyResponseSubmitted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let survey = register.records.open_survey(&response.survey_id)?;
    if !survey.hospitals.contains(&context.agency) {
        return Err(Refusal::NotSurveyed);
    }
    let mut seen = BTreeSet::new();
    let categories = response.cells.iter().map(|cell| (cell.age, cell.stay, cell.obstacle));
    if !categories.into_iter().all(|categories| seen.insert(categories)) {
        return Err(Refusal::CellTwice);
    }
    // No cell can hold more people than there are.
    if response.cells.iter().any(|cell| cell.count > response.persons_count) {
        return Err(Refusal::SumsDisagree);
    }
    Ok(Decided::of_register(response.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{
        AgeBand, DischargeObstacle, StayBand, SurveyCell, SurveyLaunched, SurveyResultPublished,
    };
    use office::testing::{GivenAgencies, UNKNOWN, given_agencies};

    use super::*;

    const SURVEY: &str = "00000000-0000-4000-8000-0000000005f1";

    fn given_survey() -> GivenAgencies {
        let survey = SurveyLaunched {
            survey_id: SURVEY.into(),
            hospital_agency_ids: vec!["hospital-a".into()],
            ..Default::default()
        };
        given_agencies().event(survey).by("hospital-a")
    }

    fn cell(obstacle: DischargeObstacle, count: u32) -> SurveyCell {
        let (age, stay) = (AgeBand::From75.into(), StayBand::From1Year.into());
        SurveyCell { age, stay, obstacle: obstacle.into(), count }
    }

    fn response(survey: &str) -> SurveyResponseSubmitted {
        let cells = vec![cell(DischargeObstacle::Housing, 7), cell(DischargeObstacle::CareNeed, 5)];
        SurveyResponseSubmitted {
            survey_id: survey.into(),
            cells,
            persons_count: 9,
            ..Default::default()
        }
    }

    #[test]
    fn a_hospital_that_is_asked_answers_and_may_answer_again() {
        given_survey().when(decide, response(SURVEY)).records(&["SurveyResponseSubmitted"]);
        let answered = given_survey().event(response(SURVEY));
        answered.when(decide, response(SURVEY)).records(&["SurveyResponseSubmitted"]);
    }

    #[test]
    fn another_hospital_or_another_survey_is_refused() {
        given_survey()
            .by("hospital-b")
            .when(decide, response(SURVEY))
            .refuses(Refusal::NotSurveyed);
        given_survey().when(decide, response(UNKNOWN)).refuses(Refusal::UnknownSurvey);
    }

    #[test]
    fn nothing_is_taken_once_the_result_is_out() {
        let result = SurveyResultPublished { survey_id: SURVEY.into(), ..Default::default() };
        let given = given_survey().by("municipality").event(result).by("hospital-a");
        given.when(decide, response(SURVEY)).refuses(Refusal::SurveyClosed);
    }

    #[test]
    fn cells_are_told_apart_and_hold_no_more_people_than_there_are() {
        let mut twice = response(SURVEY);
        twice.cells.push(cell(DischargeObstacle::Housing, 1));
        given_survey().when(decide, twice).refuses(Refusal::CellTwice);
        let few = SurveyResponseSubmitted { persons_count: 6, ..response(SURVEY) };
        given_survey().when(decide, few).refuses(Refusal::SumsDisagree);
    }
}
