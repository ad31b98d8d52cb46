//! Closes an early consultation that nobody needs any more: the person has left hospital, moved or
//! died.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EarlyConsultationLapsed;

/// Either side closes an open one, for a cause that is on file.
pub fn decide(
    file: &PersonFile,
    mut lapse: EarlyConsultationLapsed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let consultation = file.open_consultation(&lapse.consultation_id, &context.agency)?;
    if file.since_when(lapse.cause(), consultation.requested_on).is_none() {
        return Err(Refusal::LapseCauseNotOnFile);
    }
    let other = consultation.other_side(&context.agency).ok_or(Refusal::UnknownConsultation)?;
    lapse.other_agency_id = other.to_string();
    Ok(Decided::of_person(lapse.into()))
}

#[cfg(test)]
mod tests {
    use casework::{ConsultationState, RecordId};
    use contracts::events::LapseCause;

    use super::*;
    use crate::shared::join_early_consultation::tests::{CONSULTATION, given_consultation};

    fn lapse(cause: LapseCause) -> EarlyConsultationLapsed {
        EarlyConsultationLapsed {
            consultation_id: CONSULTATION.into(),
            cause: cause.into(),
            ..Default::default()
        }
    }

    #[test]
    fn either_side_closes_what_is_needless() {
        for (agency, other) in [("hospital-a", "center-a"), ("center-a", "hospital-a")] {
            let given = given_consultation().died().by(agency);
            let given = given.after(decide, lapse(LapseCause::Died));
            let consultation = &given.file().consultations[&RecordId::from(CONSULTATION)];
            assert_eq!(consultation.state, ConsultationState::Lapsed);
            let again = given.by(other).when(decide, lapse(LapseCause::Died));
            again.refuses(Refusal::ConsultationEnded);
        }
    }

    #[test]
    fn the_cause_must_be_on_file() {
        for cause in [LapseCause::Died, LapseCause::Discharged, LapseCause::MovedOut] {
            let then = given_consultation().when(decide, lapse(cause));
            then.refuses(Refusal::LapseCauseNotOnFile);
        }
    }

    #[test]
    fn only_a_side_closes_it() {
        let given = given_consultation().died().by("center-b");
        given.when(decide, lapse(LapseCause::Died)).refuses(Refusal::UnknownConsultation);
    }
}
