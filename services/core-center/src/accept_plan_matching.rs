//! Records that the office will make the plan.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PlanMatchingAccepted;

/// Records the answer to a matching on file; one that nobody waited for is flagged.
pub fn decide(
    file: &PersonFile,
    answer: PlanMatchingAccepted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.matching(&answer.matching_id)?;
    Ok(Decided::as_asked(context, answer.into()))
}

#[cfg(test)]
mod tests {
    use casework::{Flag, MatchingState};
    use office::testing::{PROVIDER, UNKNOWN};

    use super::*;
    use crate::propose_plan_matching::{
        self,
        tests::{MATCHING, given_candidate, proposal},
    };

    fn acceptance(matching: &str) -> PlanMatchingAccepted {
        PlanMatchingAccepted {
            matching_id: matching.into(),
            accepted_on: "2025-05-15".into(),
            ..Default::default()
        }
    }

    #[test]
    fn an_office_that_was_proposed_accepts() {
        let given = given_candidate();
        let given = given.after(propose_plan_matching::decide, proposal(MATCHING, PROVIDER));
        let file = given.after(decide, acceptance(MATCHING)).file();
        assert_eq!(file.matching(MATCHING).unwrap().state, MatchingState::Accepted);
        assert!(!file.is_being_matched());
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_flagged() {
        let then = given_candidate().when(decide, acceptance(MATCHING));
        then.flags(&[Flag::MatchingNotProposed]);
    }

    #[test]
    fn an_answer_to_nothing_is_malformed() {
        given_candidate().when(decide, acceptance(UNKNOWN)).refuses(Refusal::UnknownMatching);
    }
}
