//! Asks another agency to lead a case from now on. Nothing moves until it accepts. To ask is to
//! disclose, so a consent must cover the receiver.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{
    Office, Topic,
    events::{CaseHandedOver, HandoverReason},
};
use office::shared::explained;

/// The agency that leads an open case asks one other; also while work on the case rests.
pub fn decide(
    file: &PersonFile,
    handover: CaseHandedOver,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    let case = file.case_led(&id, &context.agency)?;
    file.alive()?;
    let receiver = AgencyId::from(handover.to_agency_id.as_str());
    let registered = context.agencies.active(&receiver).ok_or(Refusal::UnknownAgency)?;
    if matches!(registered.office, Office::Hospital | Office::Municipality) {
        return Err(Refusal::WrongKindOfAgency);
    }
    if receiver == context.agency {
        return Err(Refusal::HandoverToSelf);
    }
    if case.handover.is_some() {
        return Err(Refusal::HandoverWaiting);
    }
    if handover.effective_on.parse().is_ok_and(|on: jiff::civil::Date| on < context.today()) {
        return Err(Refusal::PlannedInThePast);
    }
    explained(handover.reason() == HandoverReason::Other, &handover.handover_note)?;
    if !file.involvement().consent_covers(&receiver, Topic::Support, context.today()) {
        return Err(Refusal::ConsentRequired);
    }
    Ok(Decided::of_case(id, handover.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::{CaseId, WorkKind, work_items};
    use office::testing::{CASE, Given, given_case, given_referral, refuses_unless_case_open};

    use super::*;

    pub(crate) const HANDOVER: &str = "00000000-0000-4000-8000-0000000000a0";

    pub(crate) fn handover(to: &str) -> CaseHandedOver {
        CaseHandedOver {
            to_agency_id: to.into(),
            reason: HandoverReason::NearerToLife.into(),
            ..Default::default()
        }
    }

    /// `center-a` asked `core-a` to lead its case from now on.
    pub(crate) fn given_handed_over() -> Given {
        let asked = CaseHandedOver { handover_id: HANDOVER.into(), ..handover("core-a") };
        given_case().in_case(CASE).event(asked)
    }

    #[test]
    fn the_receiver_finds_the_question_and_the_sender_keeps_the_case() {
        let given = given_case().in_case(CASE).after(decide, handover("core-a"));
        let file = given.file();
        let case = file.case(&CaseId::from(CASE)).unwrap();
        assert_eq!(case.lead, Some(AgencyId::from("center-a")));
        let items = work_items(&file, "2025-05-15".parse().unwrap());
        let waits = |kind| items.iter().find(|item| item.kind == kind).expect("waits");
        assert_eq!(waits(WorkKind::HandoverToAnswer).agency, AgencyId::from("core-a"));
        assert_eq!(waits(WorkKind::SupportPlanToMake).agency, AgencyId::from("center-a"));
    }

    #[test]
    fn consent_must_cover_the_receiver() {
        let given = || given_case().in_case(CASE);
        given().when(decide, handover("center-b")).refuses(Refusal::ConsentRequired);
        let withdrawn = given().consent_withdrawn();
        withdrawn.when(decide, handover("core-a")).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn a_case_goes_to_another_agency_that_can_lead_one() {
        let given = || given_case().in_case(CASE);
        given().when(decide, handover("center-a")).refuses(Refusal::HandoverToSelf);
        given().when(decide, handover("nobody")).refuses(Refusal::UnknownAgency);
        for kind in ["hospital-a", "municipality"] {
            given().when(decide, handover(kind)).refuses(Refusal::WrongKindOfAgency);
        }
    }

    #[test]
    fn only_the_agency_that_leads_asks_and_only_one_at_a_time() {
        let given = given_case().in_case(CASE).by("core-a");
        given.when(decide, handover("ward-a")).refuses(Refusal::NotTheLead);
        let waiting = given_handed_over();
        waiting.when(decide, handover("ward-a")).refuses(Refusal::HandoverWaiting);
    }

    #[test]
    fn a_case_at_rest_can_be_handed_over_and_one_that_is_not_open_cannot() {
        let resting = given_case().in_case(CASE).suspended();
        resting.when(decide, handover("core-a")).records(&["CaseHandedOver"]);
        given_referral().when(decide, handover("core-a")).refuses(Refusal::WrongCaseState);
        refuses_unless_case_open(|| given_case().in_case(CASE), decide, handover("core-a"));
        let died = given_case().in_case(CASE).died();
        died.when(decide, handover("core-a")).refuses(Refusal::PersonDied);
    }

    #[test]
    fn the_day_that_is_wished_for_lies_ahead_and_another_reason_is_put_into_words() {
        let given = || given_case().in_case(CASE);
        let late = CaseHandedOver { effective_on: "2025-05-14".into(), ..handover("core-a") };
        given().when(decide, late).refuses(Refusal::PlannedInThePast);
        let mut other = handover("core-a");
        other.set_reason(HandoverReason::Other);
        given().when(decide, other.clone()).refuses(Refusal::NoteRequired);
        other.handover_note = "説明".into();
        given().when(decide, other).records(&["CaseHandedOver"]);
    }
}
