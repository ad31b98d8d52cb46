//! Takes back a referral that nobody has answered for good.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{ReferralWithdrawReason, ReferralWithdrawn};
use office::shared::explained;

/// Takes it back while it is open, also after consent was withdrawn: it discloses nothing more.
pub fn decide(
    file: &PersonFile,
    withdrawal: ReferralWithdrawn,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let referral = file.referral_sent(&withdrawal.referral_id, &context.agency)?;
    context.agrees_with(Some(&referral.case_id))?;
    if !referral.is_open() {
        return Err(Refusal::ReferralEnded);
    }
    explained(withdrawal.reason_kind() == ReferralWithdrawReason::Other, &withdrawal.reason)?;
    Ok(Decided::of_case(referral.case_id.clone(), withdrawal.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{ReferralDeclined, ReferralReturned, ReferralWithdrawnBy};
    use office::testing::{REFERRAL, UNKNOWN, given_case, given_referral};

    use super::*;

    fn withdrawal() -> ReferralWithdrawn {
        ReferralWithdrawn {
            referral_id: REFERRAL.into(),
            withdrawn_by: ReferralWithdrawnBy::Patient.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_referral_that_waits_is_taken_back() {
        let given = given_referral().by("hospital-a");
        given.when(decide, withdrawal()).records(&["ReferralWithdrawn"]);
    }

    #[test]
    fn a_referral_that_was_returned_is_taken_back() {
        let returned = ReferralReturned { referral_id: REFERRAL.into(), ..Default::default() };
        let given = given_referral().event(returned).by("hospital-a");
        given.when(decide, withdrawal()).records(&["ReferralWithdrawn"]);
    }

    #[test]
    fn another_reason_is_put_into_words() {
        let mut other = withdrawal();
        other.set_reason_kind(ReferralWithdrawReason::Other);
        let given = || given_referral().by("hospital-a");
        given().when(decide, other.clone()).refuses(Refusal::NoteRequired);
        other.reason = "説明".into();
        given().when(decide, other).records(&["ReferralWithdrawn"]);
    }

    #[test]
    fn what_was_answered_for_good_is_not_taken_back() {
        let declined = ReferralDeclined { referral_id: REFERRAL.into(), ..Default::default() };
        let ended = [
            given_case(),
            given_referral().event(declined),
            given_referral().by("hospital-a").event(withdrawal()),
        ];
        for given in ended {
            given.by("hospital-a").when(decide, withdrawal()).refuses(Refusal::ReferralEnded);
        }
    }

    #[test]
    fn only_the_hospital_that_referred_takes_it_back() {
        let given = given_referral().by("hospital-b");
        given.when(decide, withdrawal()).refuses(Refusal::UnknownReferral);
    }

    #[test]
    fn another_case_than_the_referrals_is_refused() {
        let given = given_referral().by("hospital-a").in_case(UNKNOWN);
        given.when(decide, withdrawal()).refuses(Refusal::UnknownCase);
    }
}
