//! Answers a request for a visit to the ward with a reason why not.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::HospitalVisitDeclined;

/// Answers a request to this hospital that waits, in the case it was asked in.
pub fn decide(
    file: &PersonFile,
    answer: HospitalVisitDeclined,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let request = file.visit_to_answer(&answer.visit_request_id, &context.agency)?;
    context.agrees_with(request.case_id.as_ref())?;
    Ok(Decided { events: vec![(request.case_id.clone(), answer.into())] })
}

#[cfg(test)]
mod tests {
    use contracts::events::VisitDeclineReason;
    use office::testing::{CASE, UNKNOWN};

    use super::*;
    use crate::schedule_hospital_visit::tests::{REQUEST, given_request, visit};

    fn answer() -> HospitalVisitDeclined {
        HospitalVisitDeclined {
            visit_request_id: REQUEST.into(),
            reason: VisitDeclineReason::Infection.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_request_is_declined_in_the_case_it_was_asked_in() {
        assert_eq!(given_request().when(decide, answer()).cases(), [Some(CASE.into())]);
        given_request().when(decide, answer()).records(&["HospitalVisitDeclined"]);
    }

    #[test]
    fn a_request_is_answered_once() {
        for given in [given_request().event(answer()), given_request().event(visit("2025-05-22"))] {
            given.when(decide, answer()).refuses(Refusal::VisitAlreadyAnswered);
        }
    }

    #[test]
    fn another_case_than_the_requests_is_refused() {
        let given = given_request().in_case(UNKNOWN);
        given.when(decide, answer()).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn the_request_must_be_to_this_hospital() {
        let given = given_request().by("hospital-b");
        given.when(decide, answer()).refuses(Refusal::UnknownVisitRequest);
    }
}
