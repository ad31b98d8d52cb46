//! Records what one provider answered to an inquiry. A later answer takes the place of an earlier.

use casework::{AgencyRegister, Context, Decided, InquiryId, ProviderId, Refusal};
use contracts::events::{InquiryAnswer, ResourceInquiryAnswered};

/// Records the answer of a provider that was asked. One that is not a plain yes says why. What
/// comes after the inquiry was closed is recorded all the same, and flagged.
pub fn decide(
    register: &AgencyRegister,
    answer: ResourceInquiryAnswered,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let inquiry = register.resources.inquiry(&InquiryId::from(answer.inquiry_id.as_str()))?;
    if !inquiry.providers.contains(&ProviderId::from(answer.provider_id.as_str())) {
        return Err(Refusal::ProviderNotAsked);
    }
    if answer.answer() != InquiryAnswer::Yes && answer.reasons.is_empty() {
        return Err(Refusal::ReasonRequired);
    }
    Ok(Decided::of_register(answer.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{
        InquiryReason, ProviderKind, ResourceInquiryClosed, ResourceInquirySent,
    };

    use super::*;
    use crate::{
        shared::send_resource_inquiry::tests::{INQUIRY, inquiry},
        testing::{GivenAgencies, PROVIDER, SECOND_PROVIDER, UNKNOWN, given_provider, provider},
    };

    /// `center-a` has asked one of two group homes.
    pub(crate) fn given_inquiry() -> GivenAgencies {
        let sent = ResourceInquirySent { inquiry_id: INQUIRY.into(), ..inquiry(&[PROVIDER]) };
        let given = given_provider().event(provider(SECOND_PROVIDER, ProviderKind::GroupHome));
        given.by("center-a").event(sent)
    }

    fn answer(inquiry: &str, provider: &str, answer: InquiryAnswer) -> ResourceInquiryAnswered {
        ResourceInquiryAnswered {
            inquiry_id: inquiry.into(),
            provider_id: provider.into(),
            answer: answer.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_provider_that_was_asked_answers_and_may_answer_again() {
        let yes = answer(INQUIRY, PROVIDER, InquiryAnswer::Yes);
        let given = given_inquiry().by("core-a").event(yes.clone());
        given.when(decide, yes).records(&["ResourceInquiryAnswered"]);
    }

    #[test]
    fn an_answer_that_is_not_a_plain_yes_says_why() {
        for hedged in [InquiryAnswer::No, InquiryAnswer::Conditional] {
            let mut answer = answer(INQUIRY, PROVIDER, hedged);
            given_inquiry().when(decide, answer.clone()).refuses(Refusal::ReasonRequired);
            answer.reasons = vec![InquiryReason::Full.into()];
            given_inquiry().when(decide, answer).records(&["ResourceInquiryAnswered"]);
        }
    }

    #[test]
    fn who_was_not_asked_does_not_answer() {
        let other = answer(INQUIRY, SECOND_PROVIDER, InquiryAnswer::Yes);
        given_inquiry().when(decide, other).refuses(Refusal::ProviderNotAsked);
        let nothing = answer(UNKNOWN, PROVIDER, InquiryAnswer::Yes);
        given_inquiry().when(decide, nothing).refuses(Refusal::UnknownInquiry);
    }

    #[test]
    fn an_answer_that_comes_late_is_a_fact_too() {
        let closed = ResourceInquiryClosed { inquiry_id: INQUIRY.into(), ..Default::default() };
        let given = given_inquiry().event(closed);
        let late = answer(INQUIRY, PROVIDER, InquiryAnswer::Yes);
        given.when(decide, late).records(&["ResourceInquiryAnswered"]);
    }
}
