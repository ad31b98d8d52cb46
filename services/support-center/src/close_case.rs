//! Closes a case. One whose support at home has not ended is closed with a reason that says why.

use casework::{Case, CaseState, Context, Decided, PersonFile, Refusal};
use contracts::events::{CaseCloseReason, CaseClosed};

/// Closes an open case, also one that rests; after a death as ended by it, and only then. A
/// hand-over that waits is taken back first, so that its receiver is told.
pub fn decide(
    file: &PersonFile,
    closing: CaseClosed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    let case = file.open_case(&id)?;
    if case.handover.is_some() {
        return Err(Refusal::HandoverWaiting);
    }
    match (closing.reason(), file.died_on) {
        (CaseCloseReason::Died, None) => Err(Refusal::WrongCaseState),
        (CaseCloseReason::Died, Some(_)) => Ok(()),
        (_, Some(_)) => Err(Refusal::PersonDied),
        (CaseCloseReason::Settled, None) => followed(case),
        (_, None) => Ok(()),
    }?;
    Ok(Decided::of_case(id, closing.into()))
}

fn followed(case: &Case) -> Result<(), Refusal> {
    if case.stage == CaseState::Followed { Ok(()) } else { Err(Refusal::SettlementNotEnded) }
}

#[cfg(test)]
mod tests {
    use contracts::events::SettlementSupportEnded;
    use office::testing::{
        Given, given_case, given_referral, given_settling, refuses_unless_case_open,
    };

    use super::*;
    use crate::hand_over_case::tests::given_handed_over;

    const WITHOUT_SETTLING: [CaseCloseReason; 5] = [
        CaseCloseReason::HandedOver,
        CaseCloseReason::DeclinedByPerson,
        CaseCloseReason::ConsentWithdrawn,
        CaseCloseReason::MovedOut,
        CaseCloseReason::Other,
    ];

    fn closing(reason: CaseCloseReason) -> CaseClosed {
        CaseClosed { reason: reason.into(), ..Default::default() }
    }

    fn given_followed() -> Given {
        given_settling().event(SettlementSupportEnded::default())
    }

    #[test]
    fn a_settled_case_is_closed_once_support_at_home_has_ended() {
        let settled = || closing(CaseCloseReason::Settled);
        given_followed().when(decide, settled()).records(&["CaseClosed"]);
        given_settling().when(decide, settled()).refuses(Refusal::SettlementNotEnded);
        given_case().when(decide, settled()).refuses(Refusal::SettlementNotEnded);
    }

    #[test]
    fn the_other_reasons_close_from_wherever_the_case_stands() {
        let resting = || given_settling().suspended();
        for given in [given_case, given_settling, resting, given_followed] {
            for reason in WITHOUT_SETTLING {
                given().when(decide, closing(reason)).records(&["CaseClosed"]);
            }
        }
    }

    #[test]
    fn death_closes_a_case_and_nothing_else_does_after_it() {
        let died = || closing(CaseCloseReason::Died);
        given_case().when(decide, died()).refuses(Refusal::WrongCaseState);
        given_case().died().when(decide, died()).records(&["CaseClosed"]);
        given_settling().suspended().died().when(decide, died()).records(&["CaseClosed"]);
        for reason in WITHOUT_SETTLING.into_iter().chain([CaseCloseReason::Settled]) {
            given_followed().died().when(decide, closing(reason)).refuses(Refusal::PersonDied);
        }
    }

    #[test]
    fn a_hand_over_that_waits_is_taken_back_first() {
        let given = given_handed_over();
        given.when(decide, closing(CaseCloseReason::Other)).refuses(Refusal::HandoverWaiting);
        let died = given_handed_over().died();
        died.when(decide, closing(CaseCloseReason::Died)).refuses(Refusal::HandoverWaiting);
    }

    #[test]
    fn a_referral_is_answered_and_not_closed() {
        let given = given_referral();
        given.when(decide, closing(CaseCloseReason::Other)).refuses(Refusal::WrongCaseState);
    }

    #[test]
    fn the_case_must_be_open() {
        refuses_unless_case_open(given_case, decide, closing(CaseCloseReason::Other));
    }
}
