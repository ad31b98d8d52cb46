//! Approves a request to erase a person. When that is recorded, the keys are destroyed.

use std::collections::BTreeSet;

use casework::{Context, Decided, Erasing, PersonId, Refusal};
use contracts::events::PersonErased;

use crate::free_to_erase::free_to_erase;

/// Erases those whom an open request of another officer names, if they still are the same and still
/// may be erased.
pub fn decide(
    erasing: &Erasing<'_>,
    mut erasure: PersonErased,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let kept = erasing.kept;
    let request = kept.requests.open(&erasure.erasure_id);
    let request = request.ok_or(Refusal::UnknownErasureRequest)?;
    if request.requested_by == erasing.officer {
        return Err(Refusal::ErasureNeedsAnotherOfficer);
    }
    if request.persons != kept.persons {
        return Err(Refusal::ErasureRequestOutdated);
    }
    free_to_erase(erasing, request.ground, context)?;
    erasure.person_ids = ids(&kept.persons);
    erasure.ground = request.ground.into();
    erasure.approved_by = erasing.officer.to_owned();
    Ok(Decided::of_person(erasure.into()))
}

fn ids(persons: &BTreeSet<PersonId>) -> Vec<String> {
    persons.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use contracts::events::{ErasureGround, WardVisitRecorded};
    use office::testing::{
        ERASURE, GivenKept, MERGED, OFFICER, SECOND_OFFICER, SURVIVING, UNKNOWN, given_kept,
        given_registered,
    };

    use super::*;

    const GROUND: ErasureGround = ErasureGround::RetentionEnded;

    fn erasure(id: &str) -> PersonErased {
        PersonErased { erasure_id: id.into(), ..Default::default() }
    }

    fn visit(day: &str) -> WardVisitRecorded {
        WardVisitRecorded { visited_on: day.into(), ..Default::default() }
    }

    fn requested() -> GivenKept {
        let given = given_kept(&given_registered()).requested(GROUND, &[SURVIVING]);
        given.by_officer(SECOND_OFFICER)
    }

    #[test]
    fn another_officer_erases_whom_the_request_names() {
        let erased: PersonErased = requested().when(decide, erasure(ERASURE)).records_one();
        assert_eq!(erased.person_ids, [SURVIVING]);
        assert_eq!((&*erased.approved_by, erased.ground()), (SECOND_OFFICER, GROUND));
    }

    #[test]
    fn a_merged_file_goes_along() {
        let given = given_kept(&given_registered()).merged(visit("2025-05-01"));
        let given = given.requested(GROUND, &[SURVIVING, MERGED]).by_officer(SECOND_OFFICER);
        let then = given.when_about(MERGED, decide, erasure(ERASURE));
        assert_eq!(then.records_one::<PersonErased>().person_ids, [SURVIVING, MERGED]);
    }

    #[test]
    fn nobody_approves_their_own_request() {
        let then = requested().by_officer(OFFICER).when(decide, erasure(ERASURE));
        then.refuses(Refusal::ErasureNeedsAnotherOfficer);
    }

    #[test]
    fn only_a_request_that_waits_is_approved() {
        let refused = |given: GivenKept, id| {
            given.when(decide, erasure(id)).refuses(Refusal::UnknownErasureRequest);
        };
        refused(requested(), UNKNOWN);
        refused(requested().declined(), ERASURE);
        refused(requested().erased(), ERASURE);
    }

    #[test]
    fn a_request_holds_for_the_files_it_was_made_about() {
        let merged = requested().merged(visit("2025-05-01"));
        merged.when(decide, erasure(ERASURE)).refuses(Refusal::ErasureRequestOutdated);
        let given = given_kept(&given_registered()).merged(visit("2025-05-01"));
        let given = given.requested(GROUND, &[SURVIVING, MERGED]).unmerged(Vec::new());
        let then = given.by_officer(SECOND_OFFICER).when(decide, erasure(ERASURE));
        then.refuses(Refusal::ErasureRequestOutdated);
    }

    #[test]
    fn what_came_since_the_request_counts() {
        let since = requested().event_of(SURVIVING, visit("2031-03-31"));
        since.when(decide, erasure(ERASURE)).refuses(Refusal::RetentionRunning);
    }
}
