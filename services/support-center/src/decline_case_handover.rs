//! Does not take a case on; all stays with the sender, who finds the answer on its list.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{CaseHandoverDeclined, HandoverDeclineReason};
use office::shared::explained;

/// Declines a hand-over that waits for this agency, also after consent was withdrawn or the person
/// has died: it must not wait for ever.
pub fn decide(
    file: &PersonFile,
    mut answer: CaseHandoverDeclined,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    let case = file.open_case(&id)?;
    file.handover_to_answer(&id, &answer.handover_id, &context.agency)?;
    explained(answer.reason() == HandoverDeclineReason::Other, &answer.note)?;
    let sender = case.lead.as_ref().ok_or(Refusal::WrongCaseState)?;
    answer.from_agency_id = sender.to_string();
    Ok(Decided::of_case(id, answer.into()))
}

#[cfg(test)]
mod tests {
    use casework::{AgencyId, CaseId, WorkKind, work_items};
    use office::testing::{CASE, UNKNOWN};

    use super::*;
    use crate::{
        hand_over_case::{
            self,
            tests::{HANDOVER, given_handed_over, handover},
        },
        suspend_case,
    };

    fn answer(handover: &str) -> CaseHandoverDeclined {
        CaseHandoverDeclined {
            handover_id: handover.into(),
            reason: HandoverDeclineReason::NoCapacity.into(),
            ..Default::default()
        }
    }

    #[test]
    fn all_stays_with_the_sender_who_finds_the_answer_until_it_goes_on() {
        let given = given_handed_over().by("core-a").after(decide, answer(HANDOVER));
        let file = given.file();
        let case = file.case(&CaseId::from(CASE)).unwrap();
        assert_eq!((case.lead.clone(), &case.handover), (Some(AgencyId::from("center-a")), &None));
        let declined = |file: &PersonFile| {
            let items = work_items(file, "2025-05-15".parse().unwrap());
            items.into_iter().find(|item| item.kind == WorkKind::HandoverDeclined)
        };
        assert_eq!(declined(&file).unwrap().agency, AgencyId::from("center-a"));
        let given = given.by("center-a");
        let goes_on =
            given.after(suspend_case::decide, contracts::events::CaseSuspended::default());
        assert_eq!(declined(&goes_on.file()), None);
        let elsewhere = goes_on.when(hand_over_case::decide, handover("ward-a"));
        elsewhere.records(&["CaseHandedOver"]);
    }

    #[test]
    fn it_is_declined_after_a_withdrawal_and_a_death_without_remark() {
        let withdrawn = given_handed_over().consent_withdrawn().by("core-a");
        withdrawn.when(decide, answer(HANDOVER)).records(&["CaseHandoverDeclined"]);
        let died = given_handed_over().died().by("core-a").on("2025-05-20");
        died.when(decide, answer(HANDOVER)).records(&["CaseHandoverDeclined"]);
    }

    #[test]
    fn another_reason_is_put_into_words() {
        let mut other = answer(HANDOVER);
        other.set_reason(HandoverDeclineReason::Other);
        let given = given_handed_over().by("core-a");
        given.when(decide, other).refuses(Refusal::NoteRequired);
    }

    #[test]
    fn only_the_agency_that_was_asked_answers() {
        let sender = given_handed_over();
        sender.when(decide, answer(HANDOVER)).refuses(Refusal::UnknownHandover);
        let unknown = given_handed_over().by("core-a");
        unknown.when(decide, answer(UNKNOWN)).refuses(Refusal::UnknownHandover);
    }
}
