//! Proposes an office that makes the person's service-use plan.
//!
//! The office is no agency of the house and can stand in no consent; so one that covers the core
//! center must be in force, as for everything that is shown to others.

use casework::{Context, Decided, MatchingState, PersonFile, Refusal};
use contracts::{
    Topic,
    events::{Answer, PlanMatchingProposed, ProviderKind},
};

/// Proposes an office that has said it takes on new plans, for a candidate without a proposal.
pub fn decide(
    file: &PersonFile,
    proposal: PlanMatchingProposed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.at_work(context.case_id.as_ref())?;
    if file.matching(&proposal.matching_id)?.state != MatchingState::Candidate {
        return Err(Refusal::MatchingNotOpen);
    }
    let provider = context.agencies.resources.active_provider(&proposal.provider_id)?;
    if provider.kind != ProviderKind::PlanConsultation {
        return Err(Refusal::WrongKindOfProvider);
    }
    if provider.accepts_plans.is_none_or(|(_, answer)| answer != Answer::Yes) {
        return Err(Refusal::PlansNotAccepted);
    }
    let involvement = file.involvement();
    if !involvement.consent_covers(&context.agency, Topic::Support, context.today()) {
        return Err(Refusal::ConsentRequired);
    }
    Ok(Decided::as_asked(context, proposal.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{
        CareTeamMemberAdded, PlanMatchingCandidateExtracted, PlanMatchingDeclined,
        ProviderCapacitySurveyed, ProviderRetired,
    };
    use office::testing::{
        Given, PROVIDER, SECOND_PROVIDER, UNKNOWN, given_case, provider, refuses_unless_at_work,
    };

    use super::*;

    pub(crate) const MATCHING: &str = "00000000-0000-4000-8000-0000000000aa";

    pub(crate) fn proposal(matching: &str, provider: &str) -> PlanMatchingProposed {
        PlanMatchingProposed {
            matching_id: matching.into(),
            provider_id: provider.into(),
            ..Default::default()
        }
    }

    fn capacity(answer: Answer) -> ProviderCapacitySurveyed {
        ProviderCapacitySurveyed {
            provider_id: PROVIDER.into(),
            accepts: answer.into(),
            ..Default::default()
        }
    }

    /// A candidate in whose team `core-a` is, and an office that has answered the survey so.
    fn given_office(answer: Answer) -> Given {
        let core = CareTeamMemberAdded { agency_id: "core-a".into(), ..Default::default() };
        let candidate =
            PlanMatchingCandidateExtracted { matching_id: MATCHING.into(), ..Default::default() };
        let given = given_case().event(core).by("ward-a").event(candidate).by("core-a");
        given
            .registered(provider(PROVIDER, ProviderKind::PlanConsultation))
            .registered(capacity(answer))
    }

    pub(crate) fn given_candidate() -> Given {
        given_office(Answer::Yes)
    }

    #[test]
    fn an_office_that_takes_on_plans_is_proposed_to_a_candidate() {
        let then = given_candidate().when(decide, proposal(MATCHING, PROVIDER));
        then.records(&["PlanMatchingProposed"]);
    }

    #[test]
    fn the_candidate_was_extracted_and_waits_for_no_other_answer() {
        let unknown = given_candidate().when(decide, proposal(UNKNOWN, PROVIDER));
        unknown.refuses(Refusal::UnknownMatching);
        let proposed = || given_candidate().after(decide, proposal(MATCHING, PROVIDER));
        proposed().when(decide, proposal(MATCHING, PROVIDER)).refuses(Refusal::MatchingNotOpen);
        let declined = PlanMatchingDeclined { matching_id: MATCHING.into(), ..Default::default() };
        let again = proposed().event(declined).when(decide, proposal(MATCHING, PROVIDER));
        again.records(&["PlanMatchingProposed"]);
    }

    #[test]
    fn the_office_has_said_that_it_takes_on_plans() {
        for answer in [Answer::No, Answer::Unknown] {
            let refused = given_office(answer).when(decide, proposal(MATCHING, PROVIDER));
            refused.refuses(Refusal::PlansNotAccepted);
        }
        let silent = provider(SECOND_PROVIDER, ProviderKind::PlanConsultation);
        let given = given_candidate().registered(silent);
        let refused = given.when(decide, proposal(MATCHING, SECOND_PROVIDER));
        refused.refuses(Refusal::PlansNotAccepted);
    }

    #[test]
    fn the_latest_answer_of_the_office_holds() {
        let given = given_office(Answer::No).registered(capacity(Answer::Yes));
        given.when(decide, proposal(MATCHING, PROVIDER)).records(&["PlanMatchingProposed"]);
    }

    #[test]
    fn only_an_office_that_makes_plans_and_is_there_is_proposed() {
        let home = provider(SECOND_PROVIDER, ProviderKind::GroupHome);
        let refused = given_candidate().registered(home);
        let refused = refused.when(decide, proposal(MATCHING, SECOND_PROVIDER));
        refused.refuses(Refusal::WrongKindOfProvider);
        let unknown = given_candidate().when(decide, proposal(MATCHING, UNKNOWN));
        unknown.refuses(Refusal::UnknownProvider);
        let retired = ProviderRetired { provider_id: PROVIDER.into(), ..Default::default() };
        let refused = given_candidate().registered(retired);
        refused.when(decide, proposal(MATCHING, PROVIDER)).refuses(Refusal::ProviderRetired);
    }

    #[test]
    fn it_is_shown_to_the_office_only_while_consent_is_in_force() {
        let withdrawn = given_candidate().consent_withdrawn();
        withdrawn.when(decide, proposal(MATCHING, PROVIDER)).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_candidate, decide, proposal(MATCHING, PROVIDER));
    }
}
