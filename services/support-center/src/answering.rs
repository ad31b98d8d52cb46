//! What the three answers to a referral have in common.

use casework::{Context, PersonFile, Referral, ReferralState, Refusal};

/// A referral to this center that has not been answered for good. Its case is the one that the
/// request names, if it names one.
pub(crate) fn open_referral<'f>(
    file: &'f PersonFile,
    id: &str,
    context: &Context<'_>,
) -> Result<&'f Referral, Refusal> {
    let referral = file.referral_received(id, &context.agency)?;
    if context.case_id.as_ref().is_some_and(|case| *case != referral.case_id) {
        return Err(Refusal::UnknownCase);
    }
    if referral.is_open() { Ok(referral) } else { Err(Refusal::ReferralEnded) }
}

/// And that waits for this center, about a living person.
pub(crate) fn waiting_referral<'f>(
    file: &'f PersonFile,
    id: &str,
    context: &Context<'_>,
) -> Result<&'f Referral, Refusal> {
    let referral = open_referral(file, id, context)?;
    if referral.state != ReferralState::Waiting {
        return Err(Refusal::ReferralNotWaiting);
    }
    file.alive()?;
    Ok(referral)
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{ReferralDeclined, ReferralReturned, ReferralWithdrawn};
    use office::testing::{Decide, Given, Proposed, REFERRAL, UNKNOWN, given_case, given_referral};

    use super::*;

    /// A referral that this center returned to the hospital.
    pub(crate) fn given_returned() -> Given {
        given_referral()
            .event(ReferralReturned { referral_id: REFERRAL.into(), ..Default::default() })
    }

    /// Only an open referral to this center is answered.
    #[track_caller]
    pub(crate) fn refuses_unless_open<E: Proposed>(decide: Decide<E>, answer: fn(&str) -> E) {
        given_referral().when(decide, answer(UNKNOWN)).refuses(Refusal::UnknownReferral);
        let elsewhere = given_referral().by("center-b");
        elsewhere.when(decide, answer(REFERRAL)).refuses(Refusal::UnknownReferral);
        let other_case = given_referral().in_case(UNKNOWN);
        other_case.when(decide, answer(REFERRAL)).refuses(Refusal::UnknownCase);
        given_case().when(decide, answer(REFERRAL)).refuses(Refusal::ReferralEnded);
        let declined = ReferralDeclined { referral_id: REFERRAL.into(), ..Default::default() };
        let given = given_referral().event(declined);
        given.when(decide, answer(REFERRAL)).refuses(Refusal::ReferralEnded);
        let withdrawn = ReferralWithdrawn { referral_id: REFERRAL.into(), ..Default::default() };
        let given = given_referral().by("hospital-a").event(withdrawn).by("center-a");
        given.when(decide, answer(REFERRAL)).refuses(Refusal::ReferralEnded);
    }

    /// Only a referral that waits for this center, about a living person, is answered so.
    #[track_caller]
    pub(crate) fn refuses_unless_waiting<E: Proposed>(decide: Decide<E>, answer: fn(&str) -> E) {
        refuses_unless_open(decide, answer);
        given_returned().when(decide, answer(REFERRAL)).refuses(Refusal::ReferralNotWaiting);
        given_referral().died().when(decide, answer(REFERRAL)).refuses(Refusal::PersonDied);
    }
}
