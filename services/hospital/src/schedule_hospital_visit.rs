//! Answers a request for a visit to the ward with a day.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::HospitalVisitScheduled;

/// Answers a request to this hospital that waits, in the case it was asked in.
pub fn decide(
    file: &PersonFile,
    visit: HospitalVisitScheduled,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    let request = file.visit_to_answer(&visit.visit_request_id, &context.agency)?;
    context.agrees_with(request.case_id.as_ref())?;
    if visit.visit_on < context.today_in_iso() {
        return Err(Refusal::PlannedInThePast);
    }
    Ok(Decided { events: vec![(request.case_id.clone(), visit.into())] })
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{HospitalVisitDeclined, HospitalVisitRequested, VisitPurpose};
    use office::testing::{CASE, Given, UNKNOWN, given_case};

    use super::*;

    pub(crate) const REQUEST: &str = "00000000-0000-4000-8000-0000000000d1";

    /// On 15 May 2025 `center-a` asked `hospital-a` for a visit in its case.
    pub(crate) fn given_request() -> Given {
        let request = HospitalVisitRequested {
            visit_request_id: REQUEST.into(),
            hospital_agency_id: "hospital-a".into(),
            wished_dates: vec!["2025-05-22".into()],
            purpose: VisitPurpose::Interview.into(),
            ..Default::default()
        };
        given_case().in_case(CASE).event(request).outside_cases().by("hospital-a")
    }

    pub(crate) fn visit(on: &str) -> HospitalVisitScheduled {
        HospitalVisitScheduled {
            visit_request_id: REQUEST.into(),
            visit_on: on.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_request_is_answered_with_a_day_in_the_case_it_was_asked_in() {
        for day in ["2025-05-15", "2025-05-22"] {
            assert_eq!(given_request().when(decide, visit(day)).cases(), [Some(CASE.into())]);
        }
        given_request().when(decide, visit("2025-05-22")).records(&["HospitalVisitScheduled"]);
    }

    #[test]
    fn a_visit_is_not_set_for_yesterday() {
        given_request().when(decide, visit("2025-05-14")).refuses(Refusal::PlannedInThePast);
    }

    #[test]
    fn a_request_is_answered_once() {
        let given = given_request().event(visit("2025-05-22"));
        given.when(decide, visit("2025-05-23")).refuses(Refusal::VisitAlreadyAnswered);
        let declined =
            HospitalVisitDeclined { visit_request_id: REQUEST.into(), ..Default::default() };
        let given = given_request().event(declined);
        given.when(decide, visit("2025-05-23")).refuses(Refusal::VisitAlreadyAnswered);
    }

    #[test]
    fn another_case_than_the_requests_is_refused() {
        let given = given_request().in_case(UNKNOWN);
        given.when(decide, visit("2025-05-22")).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn the_request_must_be_to_this_hospital() {
        let given = given_request().by("hospital-b");
        given.when(decide, visit("2025-05-22")).refuses(Refusal::UnknownVisitRequest);
        let unknown =
            HospitalVisitScheduled { visit_request_id: UNKNOWN.into(), ..visit("2025-05-22") };
        given_request().when(decide, unknown).refuses(Refusal::UnknownVisitRequest);
    }

    #[test]
    fn nobody_is_visited_after_death() {
        let given = given_request().died();
        given.when(decide, visit("2025-05-22")).refuses(Refusal::PersonDied);
    }
}
