//! Asks a center to think along while it is not settled what the person needs. The center is shown
//! something of the person, so a consent must cover it; no case begins.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Office, Topic, events::EarlyConsultationRequested};

/// Asks a center about a person in an open stay of this hospital, one question at a time.
pub fn decide(
    file: &PersonFile,
    question: EarlyConsultationRequested,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    file.own_open_episode(&question.episode_id, &context.agency)?;
    let center = AgencyId::from(question.to_agency_id.as_str());
    let registered = context.agencies.active(&center).ok_or(Refusal::UnknownAgency)?;
    if registered.office != Office::SupportCenter {
        return Err(Refusal::WrongKindOfAgency);
    }
    if !file.involvement().consent_covers(&center, Topic::Referral, context.today()) {
        return Err(Refusal::ConsentRequired);
    }
    let same = |one: &casework::Consultation| {
        one.is_open() && one.from == context.agency && one.to == center
    };
    if file.consultations.values().any(same) {
        return Err(Refusal::OpenConsultationExists);
    }
    Ok(Decided::of_person(question.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::{ConsultationState, WorkKind, work_items};
    use contracts::events::{EarlyConsultationDeclined, PatientDischarged};
    use office::testing::{EPISODE, Given, given_consent, given_inpatient};

    use super::*;

    pub(crate) const CONSULTATION: &str = "00000000-0000-4000-8000-0000000000d5";

    pub(crate) fn question() -> EarlyConsultationRequested {
        EarlyConsultationRequested {
            to_agency_id: "center-a".into(),
            episode_id: EPISODE.into(),
            ..Default::default()
        }
    }

    /// `hospital-a` asked `center-a` on 1 June 2025, and the center thinks along.
    pub(crate) fn given_joined() -> Given {
        let asked =
            EarlyConsultationRequested { consultation_id: CONSULTATION.into(), ..question() };
        let joined = contracts::events::EarlyConsultationJoined {
            consultation_id: CONSULTATION.into(),
            ..Default::default()
        };
        given_consent().event(asked).by("center-a").event(joined).by("hospital-a")
    }

    #[test]
    fn a_center_is_asked_and_finds_the_question_and_no_case_begins() {
        let file = given_consent().after(decide, question()).file();
        let consultation = file.consultations.values().next().unwrap();
        assert_eq!(consultation.state, ConsultationState::Waiting);
        assert!(file.cases.is_empty());
        let items = work_items(&file, "2025-06-01".parse().unwrap());
        let found: Vec<_> = items.iter().map(|item| (item.kind, item.agency.as_str())).collect();
        assert_eq!(found, [(WorkKind::ConsultationToAnswer, "center-a")]);
    }

    #[test]
    fn consent_must_cover_the_center() {
        given_inpatient().when(decide, question()).refuses(Refusal::ConsentRequired);
        let other = EarlyConsultationRequested { to_agency_id: "center-b".into(), ..question() };
        given_consent().when(decide, other).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn only_a_center_is_asked() {
        let ward = EarlyConsultationRequested { to_agency_id: "ward-a".into(), ..question() };
        given_consent().when(decide, ward).refuses(Refusal::WrongKindOfAgency);
        let nobody = EarlyConsultationRequested { to_agency_id: "nobody".into(), ..question() };
        given_consent().when(decide, nobody).refuses(Refusal::UnknownAgency);
    }

    #[test]
    fn the_stay_is_open_and_this_hospitals_own() {
        let elsewhere = given_consent().by("hospital-b");
        elsewhere.when(decide, question()).refuses(Refusal::UnknownEpisode);
        let home = PatientDischarged { episode_id: EPISODE.into(), ..Default::default() };
        let ended = given_consent().event(home);
        ended.when(decide, question()).refuses(Refusal::EpisodeEnded);
        given_consent().died().when(decide, question()).refuses(Refusal::PersonDied);
    }

    #[test]
    fn a_center_is_asked_one_question_at_a_time() {
        let given = given_joined();
        given.when(decide, question()).refuses(Refusal::OpenConsultationExists);
        let declined = EarlyConsultationDeclined {
            consultation_id: CONSULTATION.into(),
            ..Default::default()
        };
        let again = given_joined().event(declined);
        again.when(decide, question()).records(&["EarlyConsultationRequested"]);
    }
}
