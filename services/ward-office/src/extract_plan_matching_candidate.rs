//! Picks a person for whom an office is to be found that makes the service-use plan.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PlanMatchingCandidateExtracted;

/// Picks somebody whose self-plan the ward office supports, and for whom nobody is looking yet.
pub fn decide(
    file: &PersonFile,
    candidate: PlanMatchingCandidateExtracted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.at_work(context.case_id.as_ref())?;
    if !file.self_plan_supported {
        return Err(Refusal::SelfPlanRequired);
    }
    if file.is_being_matched() {
        return Err(Refusal::MatchingUnderWay);
    }
    Ok(Decided::as_asked(context, candidate.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{PlanMatchingAccepted, PlanMatchingProposed, SelfPlanSupported};
    use office::testing::{Given, PROVIDER, refuses_unless_at_work};

    use super::*;
    use crate::issue_benefit_decision::tests::given_ward;

    fn given_self_plan() -> Given {
        given_ward().event(SelfPlanSupported::default())
    }

    fn candidate() -> PlanMatchingCandidateExtracted {
        PlanMatchingCandidateExtracted::default()
    }

    #[test]
    fn a_person_with_a_self_plan_is_picked() {
        let then = given_self_plan().when(decide, candidate());
        let extracted: PlanMatchingCandidateExtracted = then.records_one();
        assert!(!extracted.matching_id.is_empty());
        given_ward().when(decide, candidate()).refuses(Refusal::SelfPlanRequired);
    }

    #[test]
    fn nobody_is_picked_twice_at_a_time() {
        let picked = || {
            let matching_id = PROVIDER.to_owned();
            given_self_plan().event(PlanMatchingCandidateExtracted { matching_id, ..candidate() })
        };
        picked().when(decide, candidate()).refuses(Refusal::MatchingUnderWay);
        let matching_id = || PROVIDER.to_owned();
        let proposed = PlanMatchingProposed { matching_id: matching_id(), ..Default::default() };
        let accepted = PlanMatchingAccepted { matching_id: matching_id(), ..Default::default() };
        let over = picked().event(proposed).event(accepted);
        over.when(decide, candidate()).records(&["PlanMatchingCandidateExtracted"]);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_self_plan, decide, candidate());
    }
}
