//! Records that the office will not make the plan. Another one can be proposed then.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PlanMatchingDeclined;

/// Records the answer to a matching on file; one that nobody waited for is flagged.
pub fn decide(
    file: &PersonFile,
    answer: PlanMatchingDeclined,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.matching(&answer.matching_id)?;
    Ok(Decided::as_asked(context, answer.into()))
}

#[cfg(test)]
mod tests {
    use casework::{Flag, MatchingState};
    use contracts::events::MatchingDeclineReason;
    use office::testing::{PROVIDER, UNKNOWN};

    use super::*;
    use crate::propose_plan_matching::{
        self,
        tests::{MATCHING, given_candidate, proposal},
    };

    fn answer(matching: &str) -> PlanMatchingDeclined {
        PlanMatchingDeclined {
            matching_id: matching.into(),
            declined_on: "2025-05-15".into(),
            reason: MatchingDeclineReason::NoCapacity.into(),
            ..Default::default()
        }
    }

    #[test]
    fn the_person_stays_a_candidate() {
        let given = given_candidate();
        let given = given.after(propose_plan_matching::decide, proposal(MATCHING, PROVIDER));
        let file = given.after(decide, answer(MATCHING)).file();
        assert_eq!(file.matching(MATCHING).unwrap().state, MatchingState::Candidate);
        assert!(file.is_being_matched());
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_flagged() {
        let then = given_candidate().when(decide, answer(MATCHING));
        then.flags(&[Flag::MatchingNotProposed]);
    }

    #[test]
    fn an_answer_to_nothing_is_malformed() {
        given_candidate().when(decide, answer(UNKNOWN)).refuses(Refusal::UnknownMatching);
    }
}
