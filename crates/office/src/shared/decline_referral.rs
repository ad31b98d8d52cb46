//! Declines a referral with a reason. It may name another agency; the hospital decides.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{ReferralDeclineReason, ReferralDeclined};

use super::{answering::open_referral, explained};

/// Declines a referral that has not been answered for good, also one that was returned, and also
/// after a death: it must not wait for ever.
pub fn decide(
    file: &PersonFile,
    answer: ReferralDeclined,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = open_referral(file, &answer.referral_id, context)?.case_id.clone();
    explained(answer.reason() == ReferralDeclineReason::Other, &answer.note)?;
    Ok(Decided::of_case(case, answer.into()))
}

#[cfg(test)]
mod tests {
    use crate::testing::{CASE, REFERRAL, given_referral};
    use casework::{CaseId, CaseState};

    use super::*;
    use crate::shared::answering::tests::{
        given_returned, is_written_down_for_the_receiver, refuses_unless_open,
    };

    fn answer(referral: &str) -> ReferralDeclined {
        ReferralDeclined { referral_id: referral.into(), ..Default::default() }
    }

    #[test]
    fn a_waiting_referral_is_declined_in_its_case() {
        let given = given_referral().outside_cases().after(decide, answer(REFERRAL));
        let file = given.file();
        assert_eq!(file.case(&CaseId::from(CASE)).unwrap().state(), CaseState::Declined);
    }

    #[test]
    fn a_returned_referral_is_declined_too() {
        given_returned().when(decide, answer(REFERRAL)).records(&["ReferralDeclined"]);
    }

    #[test]
    fn after_a_death_it_is_declined_without_remark() {
        let given = given_referral().died().on("2025-05-20");
        given.when(decide, answer(REFERRAL)).records(&["ReferralDeclined"]);
    }

    #[test]
    fn another_reason_is_put_into_words() {
        let mut other = answer(REFERRAL);
        other.set_reason(ReferralDeclineReason::Other);
        given_referral().when(decide, other.clone()).refuses(Refusal::NoteRequired);
        other.note = "説明".into();
        given_referral().when(decide, other).records(&["ReferralDeclined"]);
    }

    #[test]
    fn an_answer_by_telephone_is_written_down() {
        is_written_down_for_the_receiver(decide, answer, &["ReferralDeclined"]);
    }

    #[test]
    fn only_an_open_referral_to_this_center_is_declined() {
        refuses_unless_open(decide, answer);
    }
}
