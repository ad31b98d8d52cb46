//! Declines a request to erase a person, or takes it back.

use casework::{Context, Decided, Erasing, Refusal};
use contracts::events::PersonErasureDeclined;

/// Ends an open request; whoever made it may do so as well.
pub fn decide(
    erasing: &Erasing<'_>,
    mut decline: PersonErasureDeclined,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let request = erasing.kept.requests.open(&decline.erasure_id);
    request.ok_or(Refusal::UnknownErasureRequest)?;
    decline.declined_by = erasing.officer.to_owned();
    Ok(Decided::of_person(decline.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::ErasureGround;
    use office::testing::{
        ERASURE, GivenKept, OFFICER, SURVIVING, UNKNOWN, given_kept, given_registered,
    };

    use super::*;

    fn decline(id: &str) -> PersonErasureDeclined {
        PersonErasureDeclined { erasure_id: id.into(), ..Default::default() }
    }

    fn requested() -> GivenKept {
        given_kept(&given_registered()).requested(ErasureGround::RetentionEnded, &[SURVIVING])
    }

    #[test]
    fn a_request_is_declined_once() {
        let declined: PersonErasureDeclined =
            requested().when(decide, decline(ERASURE)).records_one();
        assert_eq!(declined.declined_by, OFFICER);
        let again = requested().declined().when(decide, decline(ERASURE));
        again.refuses(Refusal::UnknownErasureRequest);
    }

    #[test]
    fn what_was_not_requested_is_not_declined() {
        let then = requested().when(decide, decline(UNKNOWN));
        then.refuses(Refusal::UnknownErasureRequest);
    }
}
