//! What the three answers to a referral have in common.

use casework::{Context, PersonFile, Referral, ReferralState, Refusal};

/// A referral that has not been answered for good, to the agency whose answer this is. Its case is
/// the one that the request names, if it names one.
///
/// An answer given by telephone is written down for the receiver by the hospital that referred, or
/// by the core center that was asked to help; that it was stays visible in the event.
pub(crate) fn open_referral<'f>(
    file: &'f PersonFile,
    id: &str,
    context: &Context<'_>,
) -> Result<&'f Referral, Refusal> {
    let referral = file.referral_received(id, context.answering())?;
    let writes = &context.agency;
    if ![&referral.to, &referral.from].contains(&writes) && !referral.is_escalated_to(writes) {
        return Err(Refusal::UnknownReferral);
    }
    if context.case_id.as_ref().is_some_and(|case| *case != referral.case_id) {
        return Err(Refusal::UnknownCase);
    }
    if referral.is_open() { Ok(referral) } else { Err(Refusal::ReferralEnded) }
}

/// And that waits for this answer, about a living person.
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
    use crate::testing::{Decide, Given, Proposed, REFERRAL, UNKNOWN, given_case, given_referral};
    use contracts::events::{
        ReferralDeclined, ReferralEscalated, ReferralReturned, ReferralWithdrawn,
    };

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

    /// Others than the receiver write its answer down only if they have to do with the referral.
    #[track_caller]
    pub(crate) fn is_written_down_for_the_receiver<E: Proposed>(
        decide: Decide<E>,
        answer: fn(&str) -> E,
        names: &[&str],
    ) {
        let given = || given_referral().on_behalf_of("center-a");
        let written = |agency: &str| given_referral().by(agency).on_behalf_of("center-a");
        given().when(decide, answer(REFERRAL)).records(names);
        written("hospital-a").when(decide, answer(REFERRAL)).records(names);
        let helper = given_escalated().by("core-a").on_behalf_of("center-a");
        helper.when(decide, answer(REFERRAL)).records(names);
        for outsider in ["hospital-b", "center-b", "core-a", "ward-a"] {
            let then = written(outsider).when(decide, answer(REFERRAL));
            then.refuses(Refusal::UnknownReferral);
        }
        let in_own_name = given_referral().by("hospital-a");
        in_own_name.when(decide, answer(REFERRAL)).refuses(Refusal::UnknownReferral);
        let for_another = given_referral().by("hospital-a").on_behalf_of("center-b");
        for_another.when(decide, answer(REFERRAL)).refuses(Refusal::UnknownReferral);
    }

    /// A referral with which the core center was asked to help.
    pub(crate) fn given_escalated() -> Given {
        let escalated = ReferralEscalated {
            referral_id: REFERRAL.into(),
            to_agency_id: "core-a".into(),
            ..Default::default()
        };
        given_referral().by("hospital-a").event(escalated).by("center-a")
    }

    /// Only a referral that waits for this center, about a living person, is answered so.
    #[track_caller]
    pub(crate) fn refuses_unless_waiting<E: Proposed>(decide: Decide<E>, answer: fn(&str) -> E) {
        refuses_unless_open(decide, answer);
        given_returned().when(decide, answer(REFERRAL)).refuses(Refusal::ReferralNotWaiting);
        given_referral().died().when(decide, answer(REFERRAL)).refuses(Refusal::PersonDied);
    }
}
