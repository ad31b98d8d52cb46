//! The center thinks along, without committing to anything.

use casework::{Consultation, ConsultationState, Context, Decided, PersonFile, RecordId, Refusal};
use contracts::events::EarlyConsultationJoined;

/// Joins an early consultation that waits for this center's answer, about a living person.
pub fn decide(
    file: &PersonFile,
    mut answer: EarlyConsultationJoined,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let consultation = to_answer(file, &answer.consultation_id, context)?;
    file.alive()?;
    answer.hospital_agency_id = consultation.from.to_string();
    Ok(Decided::of_person(answer.into()))
}

/// An early consultation that waits for the answer of the agency whose answer this is. An answer
/// given by telephone is written down for it by the hospital that asked.
pub(super) fn to_answer<'f>(
    file: &'f PersonFile,
    id: &str,
    context: &Context<'_>,
) -> Result<&'f Consultation, Refusal> {
    let found = file.consultations.get(&RecordId::from(id));
    let found = found.filter(|one| {
        let writes = &context.agency;
        one.to == *context.answering() && [&one.to, &one.from].contains(&writes)
    });
    let consultation = found.ok_or(Refusal::UnknownConsultation)?;
    match consultation.state {
        ConsultationState::Waiting => Ok(consultation),
        ConsultationState::Joined => Err(Refusal::ConsultationAnswered),
        _ => Err(Refusal::ConsultationEnded),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{EarlyConsultationDeclined, EarlyConsultationRequested};

    use super::*;
    use crate::testing::{Decide, EPISODE, Given, Proposed, UNKNOWN, given_consent};

    pub(crate) const CONSULTATION: &str = "00000000-0000-4000-8000-0000000000d5";

    /// `hospital-a` asked `center-a` to think along on 1 June 2025; the center is at the desk.
    pub(crate) fn given_consultation() -> Given {
        let request = EarlyConsultationRequested {
            consultation_id: CONSULTATION.into(),
            to_agency_id: "center-a".into(),
            episode_id: EPISODE.into(),
            ..Default::default()
        };
        given_consent().event(request).by("center-a")
    }

    pub(crate) fn joined() -> EarlyConsultationJoined {
        EarlyConsultationJoined { consultation_id: CONSULTATION.into(), ..Default::default() }
    }

    /// Only an early consultation that waits for this center is answered so.
    #[track_caller]
    pub(crate) fn refuses_unless_asked<E: Proposed>(decide: Decide<E>, answer: fn(&str) -> E) {
        given_consultation().when(decide, answer(UNKNOWN)).refuses(Refusal::UnknownConsultation);
        for agency in ["center-b", "hospital-a", "core-a"] {
            let then = given_consultation().by(agency).when(decide, answer(CONSULTATION));
            then.refuses(Refusal::UnknownConsultation);
        }
        let outsider = given_consultation().by("center-b").on_behalf_of("center-a");
        outsider.when(decide, answer(CONSULTATION)).refuses(Refusal::UnknownConsultation);
        let answered = given_consultation().event(joined());
        answered.when(decide, answer(CONSULTATION)).refuses(Refusal::ConsultationAnswered);
        let declined = EarlyConsultationDeclined {
            consultation_id: CONSULTATION.into(),
            ..Default::default()
        };
        let ended = given_consultation().event(declined);
        ended.when(decide, answer(CONSULTATION)).refuses(Refusal::ConsultationEnded);
    }

    #[test]
    fn the_center_joins_and_opens_no_case() {
        let given = given_consultation().after(decide, joined());
        let file = given.file();
        let state = file.consultations[&RecordId::from(CONSULTATION)].state;
        assert_eq!((state, file.cases.len()), (ConsultationState::Joined, 0));
    }

    #[test]
    fn the_hospital_writes_down_an_answer_by_telephone() {
        let given = given_consultation().by("hospital-a").on_behalf_of("center-a");
        let answer: EarlyConsultationJoined = given.when(decide, joined()).records_one();
        assert_eq!(answer.hospital_agency_id, "hospital-a");
    }

    #[test]
    fn only_who_is_asked_answers() {
        refuses_unless_asked(decide, |id| EarlyConsultationJoined {
            consultation_id: id.into(),
            ..Default::default()
        });
        given_consultation().died().when(decide, joined()).refuses(Refusal::PersonDied);
    }
}
