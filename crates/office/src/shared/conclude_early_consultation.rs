//! Ends an early consultation with a reason. One that becomes a referral ends with the referral.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{ConsultationOutcome, EarlyConsultationConcluded};

use super::explained;

/// Either side ends an open early consultation, also after a death.
pub fn decide(
    file: &PersonFile,
    mut end: EarlyConsultationConcluded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let consultation = file.open_consultation(&end.consultation_id, &context.agency)?;
    if end.outcome() == ConsultationOutcome::Referred || !end.referral_id.is_empty() {
        return Err(Refusal::ConsultationRefers);
    }
    explained(end.outcome() == ConsultationOutcome::Other, &end.note)?;
    let other = consultation.other_side(&context.agency).ok_or(Refusal::UnknownConsultation)?;
    end.other_agency_id = other.to_string();
    Ok(Decided::of_person(end.into()))
}

#[cfg(test)]
mod tests {
    use casework::{ConsultationState, RecordId};

    use super::*;
    use crate::{
        shared::join_early_consultation::tests::{CONSULTATION, given_consultation, joined},
        testing::REFERRAL,
    };

    fn end(outcome: ConsultationOutcome) -> EarlyConsultationConcluded {
        EarlyConsultationConcluded {
            consultation_id: CONSULTATION.into(),
            outcome: outcome.into(),
            ..Default::default()
        }
    }

    #[test]
    fn either_side_ends_it_with_a_reason_and_the_other_hears_of_it() {
        for (agency, other) in [("hospital-a", "center-a"), ("center-a", "hospital-a")] {
            let given = given_consultation().event(joined()).by(agency);
            let ended: EarlyConsultationConcluded =
                given.when(decide, end(ConsultationOutcome::TooEarly)).records_one();
            assert_eq!(ended.other_agency_id, other);
        }
        let given = given_consultation().after(decide, end(ConsultationOutcome::NotNeeded));
        let state = given.file().consultations[&RecordId::from(CONSULTATION)].state;
        assert_eq!(state, ConsultationState::Concluded);
    }

    #[test]
    fn it_becomes_a_referral_by_submitting_one() {
        let referred = end(ConsultationOutcome::Referred);
        given_consultation().when(decide, referred).refuses(Refusal::ConsultationRefers);
        let mut named = end(ConsultationOutcome::NotNeeded);
        named.referral_id = REFERRAL.into();
        given_consultation().when(decide, named).refuses(Refusal::ConsultationRefers);
    }

    #[test]
    fn another_outcome_is_put_into_words() {
        let other = end(ConsultationOutcome::Other);
        given_consultation().when(decide, other).refuses(Refusal::NoteRequired);
    }

    #[test]
    fn only_a_side_of_an_open_one_ends_it() {
        let outsider = given_consultation().by("center-b");
        let outcome = || end(ConsultationOutcome::NotNeeded);
        outsider.when(decide, outcome()).refuses(Refusal::UnknownConsultation);
        let ended = given_consultation().event(outcome());
        ended.when(decide, outcome()).refuses(Refusal::ConsultationEnded);
        let died = given_consultation().died().on("2025-06-10");
        died.when(decide, outcome()).records(&["EarlyConsultationConcluded"]);
    }
}
