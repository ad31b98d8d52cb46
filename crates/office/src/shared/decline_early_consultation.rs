//! The center does not think along, and says why.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{EarlyConsultationDeclined, ReferralDeclineReason};

use super::{explained, join_early_consultation::to_answer};

/// Declines an early consultation that waits for this center's answer, also after a death.
pub fn decide(
    file: &PersonFile,
    mut answer: EarlyConsultationDeclined,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let consultation = to_answer(file, &answer.consultation_id, context)?;
    explained(answer.reason() == ReferralDeclineReason::Other, &answer.note)?;
    answer.hospital_agency_id = consultation.from.to_string();
    Ok(Decided::of_person(answer.into()))
}

#[cfg(test)]
mod tests {
    use casework::{ConsultationState, RecordId};

    use super::*;
    use crate::shared::join_early_consultation::tests::{
        CONSULTATION, given_consultation, refuses_unless_asked,
    };

    fn declined(id: &str) -> EarlyConsultationDeclined {
        EarlyConsultationDeclined {
            consultation_id: id.into(),
            reason: ReferralDeclineReason::NoCapacity.into(),
            ..Default::default()
        }
    }

    #[test]
    fn the_center_declines_with_a_reason() {
        let given = given_consultation().after(decide, declined(CONSULTATION));
        let state = given.file().consultations[&RecordId::from(CONSULTATION)].state;
        assert_eq!(state, ConsultationState::Declined);
    }

    #[test]
    fn another_reason_is_put_into_words() {
        let mut other = declined(CONSULTATION);
        other.set_reason(ReferralDeclineReason::Other);
        given_consultation().when(decide, other.clone()).refuses(Refusal::NoteRequired);
        other.note = "説明".into();
        given_consultation().when(decide, other).records(&["EarlyConsultationDeclined"]);
    }

    #[test]
    fn after_a_death_it_is_declined_without_remark() {
        let given = given_consultation().died().on("2025-06-10");
        given.when(decide, declined(CONSULTATION)).records(&["EarlyConsultationDeclined"]);
    }

    #[test]
    fn only_who_is_asked_answers() {
        refuses_unless_asked(decide, declined);
    }
}
