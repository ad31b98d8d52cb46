//! Answers a returned referral with what was missing. It is disclosed like the referral itself.

use casework::{Context, Decided, PersonFile, ReferralState, Refusal};
use contracts::{Topic, events::ReferralSupplemented};

/// Supplements a referral that was returned. What is left empty stays as it was, so the ground of
/// a referral to discharge support cannot get lost here.
pub fn decide(
    file: &PersonFile,
    supplement: ReferralSupplemented,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    let referral = file.referral_sent(&supplement.referral_id, &context.agency)?;
    context.agrees_with(Some(&referral.case_id))?;
    if !referral.is_open() {
        return Err(Refusal::ReferralEnded);
    }
    if referral.state != ReferralState::Returned {
        return Err(Refusal::ReferralNotReturned);
    }
    if !file.involvement().consent_covers(&referral.to, Topic::Referral, context.today()) {
        return Err(Refusal::ConsentRequired);
    }
    Ok(Decided::of_case(referral.case_id.clone(), supplement.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{ReferralDeclined, ReferralReturned, ReturnMissing};
    use office::testing::{CASE, Given, REFERRAL, UNKNOWN, given_case, given_referral};

    use super::*;

    fn given_returned() -> Given {
        let returned = ReferralReturned {
            referral_id: REFERRAL.into(),
            missing: vec![ReturnMissing::Wishes.into()],
            ..Default::default()
        };
        given_referral().event(returned).by("hospital-a")
    }

    fn supplement() -> ReferralSupplemented {
        ReferralSupplemented { referral_id: REFERRAL.into(), ..Default::default() }
    }

    #[test]
    fn a_returned_referral_is_supplemented_and_its_ground_stays() {
        given_returned().when(decide, supplement()).records(&["ReferralSupplemented"]);
    }

    #[test]
    fn a_referral_that_waits_for_an_answer_is_not_supplemented() {
        let given = given_referral().by("hospital-a");
        given.when(decide, supplement()).refuses(Refusal::ReferralNotReturned);
        let given = given_returned().event(supplement());
        given.when(decide, supplement()).refuses(Refusal::ReferralNotReturned);
    }

    #[test]
    fn a_referral_that_was_answered_for_good_is_not_supplemented() {
        let given = given_case().by("hospital-a");
        given.when(decide, supplement()).refuses(Refusal::ReferralEnded);
        let declined = ReferralDeclined { referral_id: REFERRAL.into(), ..Default::default() };
        let given = given_returned().event(declined);
        given.when(decide, supplement()).refuses(Refusal::ReferralEnded);
    }

    #[test]
    fn only_the_hospital_that_referred_supplements() {
        let given = given_returned().by("hospital-b");
        given.when(decide, supplement()).refuses(Refusal::UnknownReferral);
    }

    #[test]
    fn the_case_is_the_referrals_whether_or_not_it_is_named() {
        for given in [given_returned(), given_returned().outside_cases()] {
            assert_eq!(given.when(decide, supplement()).cases(), [Some(CASE.into())]);
        }
        let given = given_returned().in_case(UNKNOWN);
        given.when(decide, supplement()).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn consent_must_still_cover_the_receiver() {
        let given = given_returned().consent_withdrawn();
        given.when(decide, supplement()).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn nothing_is_disclosed_after_death() {
        given_returned().died().when(decide, supplement()).refuses(Refusal::PersonDied);
    }
}
