//! Asks that a person's records be erased. Another officer decides.

use casework::{Context, Decided, Erasing, Refusal};
use contracts::events::PersonErasureRequested;

use crate::free_to_erase::free_to_erase;

/// Asks for it, with all files that are merged into the person's, once at a time.
pub fn decide(
    erasing: &Erasing<'_>,
    mut request: PersonErasureRequested,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    if erasing.kept.requests.is_any_open() {
        return Err(Refusal::ErasureRequestExists);
    }
    free_to_erase(erasing, request.ground(), context)?;
    request.person_ids = erasing.kept.persons.iter().map(ToString::to_string).collect();
    request.requested_by = erasing.officer.to_owned();
    Ok(Decided::of_person(request.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{ErasureGround, WardVisitRecorded};
    use office::testing::{MERGED, OFFICER, SURVIVING, given_kept, given_registered};

    use super::*;

    fn request() -> PersonErasureRequested {
        let ground = ErasureGround::RetentionEnded.into();
        PersonErasureRequested { ground, ..Default::default() }
    }

    fn visit() -> WardVisitRecorded {
        WardVisitRecorded { visited_on: "2025-05-01".into(), ..Default::default() }
    }

    #[test]
    fn it_says_who_asks_why_and_whose_keys_would_go() {
        let requested: PersonErasureRequested =
            given_kept(&given_registered()).when(decide, request()).records_one();
        assert_eq!((&*requested.requested_by, requested.ground()), (OFFICER, request().ground()));
        assert_eq!(requested.person_ids, [SURVIVING]);
        assert!(!requested.erasure_id.is_empty());
    }

    #[test]
    fn merged_files_go_along_whichever_number_is_named() {
        for person in [SURVIVING, MERGED] {
            let merged = given_kept(&given_registered()).merged(visit());
            let then = merged.when_about(person, decide, request());
            let requested: PersonErasureRequested = then.records_one();
            assert_eq!(requested.person_ids, [SURVIVING, MERGED]);
        }
    }

    #[test]
    fn files_that_were_taken_apart_go_each_by_itself() {
        let parted = given_kept(&given_registered()).merged(visit()).unmerged(Vec::new());
        let requested: PersonErasureRequested = parted.when(decide, request()).records_one();
        assert_eq!(requested.person_ids, [SURVIVING]);
    }

    #[test]
    fn one_request_waits_at_a_time() {
        let given = given_kept(&given_registered());
        let given = given.requested(ErasureGround::RecordedInError, &[SURVIVING]);
        given.clone().when(decide, request()).refuses(Refusal::ErasureRequestExists);
        given.declined().when(decide, request()).records(&["PersonErasureRequested"]);
    }
}
