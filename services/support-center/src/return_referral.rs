//! Returns a referral to the hospital and says what is missing.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ReferralReturned;

use crate::answering::waiting_referral;

/// Returns a waiting referral.
pub fn decide(
    file: &PersonFile,
    answer: ReferralReturned,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = waiting_referral(file, &answer.referral_id, context)?.case_id.clone();
    Ok(Decided::of_case(case, answer.into()))
}

#[cfg(test)]
mod tests {
    use casework::{CaseId, CaseState};
    use office::testing::{CASE, REFERRAL, given_referral};

    use super::*;
    use crate::answering::tests::refuses_unless_waiting;

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
    fn only_a_waiting_referral_to_this_center_is_returned() {
        refuses_unless_waiting(decide, answer);
    }
}
