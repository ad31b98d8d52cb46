//! Keeps the case after all, before the receiver has answered. The receiver is told.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{CaseHandoverWithdrawn, HandoverWithdrawReason};
use office::shared::explained;

/// The agency that leads the case takes back a hand-over that waits, also after consent was
/// withdrawn or the person has died: it discloses nothing more.
pub fn decide(
    file: &PersonFile,
    mut withdrawal: CaseHandoverWithdrawn,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    file.case_led(&id, &context.agency)?;
    let waiting = file.handover_waiting(&id, &withdrawal.handover_id)?;
    explained(withdrawal.reason() == HandoverWithdrawReason::Other, &withdrawal.note)?;
    withdrawal.to_agency_id = waiting.to.to_string();
    Ok(Decided::of_case(id, withdrawal.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::UNKNOWN;

    use super::*;
    use crate::{
        accept_case_handover::{self, tests::acceptance},
        hand_over_case::tests::{HANDOVER, given_handed_over},
    };

    fn withdrawal(handover: &str) -> CaseHandoverWithdrawn {
        CaseHandoverWithdrawn {
            handover_id: handover.into(),
            reason: HandoverWithdrawReason::SituationChanged.into(),
            ..Default::default()
        }
    }

    #[test]
    fn the_sender_keeps_the_case_and_the_receiver_is_named() {
        let then = given_handed_over().when(decide, withdrawal(HANDOVER));
        let recorded: CaseHandoverWithdrawn = then.records_one();
        assert_eq!(recorded.to_agency_id, "core-a");
        let given = given_handed_over().after(decide, withdrawal(HANDOVER)).by("core-a");
        let late = given.when(accept_case_handover::decide, acceptance(HANDOVER));
        late.refuses(Refusal::UnknownHandover);
    }

    #[test]
    fn it_is_taken_back_after_a_withdrawal_and_a_death_without_remark() {
        let withdrawn = given_handed_over().consent_withdrawn();
        withdrawn.when(decide, withdrawal(HANDOVER)).records(&["CaseHandoverWithdrawn"]);
        let died = given_handed_over().died().on("2025-05-20");
        died.when(decide, withdrawal(HANDOVER)).records(&["CaseHandoverWithdrawn"]);
    }

    #[test]
    fn only_the_sender_takes_back_what_still_waits() {
        let receiver = given_handed_over().by("core-a");
        receiver.when(decide, withdrawal(HANDOVER)).refuses(Refusal::NotTheLead);
        given_handed_over().when(decide, withdrawal(UNKNOWN)).refuses(Refusal::UnknownHandover);
        let accepted = given_handed_over().by("core-a");
        let accepted = accepted.after(accept_case_handover::decide, acceptance(HANDOVER));
        let late = accepted.by("center-a").when(decide, withdrawal(HANDOVER));
        late.refuses(Refusal::NotTheLead);
    }

    #[test]
    fn another_reason_is_put_into_words() {
        let mut other = withdrawal(HANDOVER);
        other.set_reason(HandoverWithdrawReason::Other);
        given_handed_over().when(decide, other).refuses(Refusal::NoteRequired);
    }
}
