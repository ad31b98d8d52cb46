//! Returns a referral to the hospital and says what is missing.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{ReferralReturned, ReturnMissing};

use super::{answering::waiting_referral, explained};

/// Returns a waiting referral.
pub fn decide(
    file: &PersonFile,
    answer: ReferralReturned,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = waiting_referral(file, &answer.referral_id, context)?.case_id.clone();
    let other = answer.missing.contains(&ReturnMissing::Other.into());
    explained(other, &answer.note)?;
    Ok(Decided::of_case(case, answer.into()))
}

#[cfg(test)]
mod tests {
    use crate::testing::{CASE, REFERRAL, given_referral};
    use casework::{CaseId, CaseState};

    use super::*;
    use crate::shared::answering::tests::{
        is_written_down_for_the_receiver, refuses_unless_waiting,
    };

    fn answer(referral: &str) -> ReferralReturned {
        ReferralReturned { referral_id: referral.into(), ..Default::default() }
    }

    #[test]
    fn a_waiting_referral_is_returned_in_its_case() {
        let given = given_referral().outside_cases().after(decide, answer(REFERRAL));
        let file = given.file();
        assert_eq!(file.case(&CaseId::from(CASE)).unwrap().state(), CaseState::Returned);
    }

    #[test]
    fn what_else_is_missing_is_put_into_words() {
        let mut other = answer(REFERRAL);
        other.missing = vec![ReturnMissing::Wishes.into(), ReturnMissing::Other.into()];
        given_referral().when(decide, other.clone()).refuses(Refusal::NoteRequired);
        other.note = "説明".into();
        given_referral().when(decide, other).records(&["ReferralReturned"]);
    }

    #[test]
    fn an_answer_by_telephone_is_written_down() {
        is_written_down_for_the_receiver(decide, answer, &["ReferralReturned"]);
    }

    #[test]
    fn only_a_waiting_referral_to_this_center_is_returned() {
        refuses_unless_waiting(decide, answer);
    }
}
