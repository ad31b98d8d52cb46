//! A hospital refers an inpatient. The referral is the beginning of the case: its thread has a
//! number from the start.

use casework::{AgencyId, CaseId, Context, Decided, PersonFile, Refusal};
use contracts::{
    Office, Topic,
    events::{
        ConsultationOutcome, EarlyConsultationConcluded, ReferralGround, ReferralSubmitted, Track,
    },
};

/// Refers a person out of an open stay of this hospital, to a center that consent covers.
pub fn decide(
    file: &PersonFile,
    referral: ReferralSubmitted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    file.own_open_episode(&referral.episode_id, &context.agency)?;
    let receiver = AgencyId::from(referral.to_agency_id.as_str());
    let registered = context.agencies.active(&receiver).ok_or(Refusal::UnknownAgency)?;
    if registered.office != Office::SupportCenter {
        return Err(Refusal::WrongKindOfAgency);
    }
    let track = referral.track_requested();
    if track == Track::DischargeSupport && referral.ground() == ReferralGround::Unspecified {
        return Err(Refusal::GroundRequired);
    }
    // First, so that nobody is told what is open who could not be told anything of it anyway.
    if !file.involvement().consent_covers(&receiver, Topic::Referral, context.today()) {
        return Err(Refusal::ConsentRequired);
    }
    let waiting = |other: &casework::Referral| other.is_open() && other.track == track;
    if file.referrals.values().any(waiting) {
        return Err(Refusal::OpenReferralExists);
    }
    if file.open_case_on(track).is_some() {
        return Err(Refusal::OpenCaseExists);
    }
    let ended = ended_consultation(file, &referral, context)?;
    let case = CaseId::from(context.next_id());
    let mut decided = Decided::of_case(case, referral.into());
    decided.events.extend(ended.map(|ended| (None, ended.into())));
    Ok(decided)
}

/// The early consultation that the referral grew out of, if it names one, ends with it.
fn ended_consultation(
    file: &PersonFile,
    referral: &ReferralSubmitted,
    context: &Context<'_>,
) -> Result<Option<EarlyConsultationConcluded>, Refusal> {
    let id = &referral.consultation_id;
    if id.is_empty() {
        return Ok(None);
    }
    let consultation = file.open_consultation(id, &context.agency)?;
    Ok(Some(EarlyConsultationConcluded {
        consultation_id: id.clone(),
        other_agency_id: consultation.to.to_string(),
        outcome: ConsultationOutcome::Referred.into(),
        referral_id: referral.referral_id.clone(),
        ..Default::default()
    }))
}

#[cfg(test)]
mod tests {
    use contracts::events::{
        CaseClosed, DeathRecorded, PatientDischarged, PatientTransferred, ReferralDeclined,
        ReferralWithdrawn,
    };
    use office::testing::{
        CASE, EPISODE, REFERRAL, SECOND_EPISODE, UNKNOWN, consent_to, given_case, given_consent,
        given_inpatient, given_referral,
    };

    use super::*;
    use crate::request_early_consultation::tests::{CONSULTATION, given_joined};

    fn referral() -> ReferralSubmitted {
        ReferralSubmitted {
            episode_id: EPISODE.into(),
            to_agency_id: "center-a".into(),
            track_requested: Track::DischargeSupport.into(),
            ground: ReferralGround::LongMotivation.into(),
            ..Default::default()
        }
    }

    #[test]
    fn an_inpatient_is_referred() {
        given_consent().when(decide, referral()).records(&["ReferralSubmitted"]);
    }

    #[test]
    fn an_early_consultation_becomes_a_referral_and_ends_with_it() {
        let named = ReferralSubmitted { consultation_id: CONSULTATION.into(), ..referral() };
        let then = given_joined().when(decide, named);
        assert_eq!(then.cases()[1], None);
        let events = then.records(&["ReferralSubmitted", "EarlyConsultationConcluded"]);
        let submitted = ReferralSubmitted::try_from(events[0].clone()).unwrap();
        let ended = EarlyConsultationConcluded::try_from(events[1].clone()).unwrap();
        assert_eq!(ended.outcome(), ConsultationOutcome::Referred);
        assert_eq!(
            (ended.referral_id, ended.other_agency_id.as_str()),
            (submitted.referral_id, "center-a")
        );
    }

    #[test]
    fn the_early_consultation_must_be_open_and_this_hospitals_own() {
        let unknown = ReferralSubmitted { consultation_id: UNKNOWN.into(), ..referral() };
        given_joined().when(decide, unknown).refuses(Refusal::UnknownConsultation);
        let named = ReferralSubmitted { consultation_id: CONSULTATION.into(), ..referral() };
        let ended = EarlyConsultationConcluded {
            consultation_id: CONSULTATION.into(),
            ..Default::default()
        };
        given_joined().event(ended).when(decide, named).refuses(Refusal::ConsultationEnded);
    }

    #[test]
    fn without_consent_nobody_is_referred() {
        given_inpatient().when(decide, referral()).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn consent_must_cover_the_receiver() {
        let other = ReferralSubmitted { to_agency_id: "center-b".into(), ..referral() };
        given_consent().when(decide, other).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn discharge_support_needs_a_ground() {
        let mut groundless = referral();
        groundless.set_ground(ReferralGround::Unspecified);
        given_consent().when(decide, groundless).refuses(Refusal::GroundRequired);
        let mut other_track = referral();
        other_track.set_ground(ReferralGround::Unspecified);
        other_track.set_track_requested(Track::Jimokura);
        given_consent().when(decide, other_track).records(&["ReferralSubmitted"]);
    }

    #[test]
    fn the_stay_must_be_this_hospitals_own() {
        let given = given_consent().by("hospital-b");
        given.when(decide, referral()).refuses(Refusal::UnknownEpisode);
    }

    #[test]
    fn the_stay_must_be_open() {
        let home = PatientDischarged {
            episode_id: EPISODE.into(),
            discharged_on: "2025-05-30".into(),
            ..Default::default()
        };
        let given = given_consent().event(home);
        given.when(decide, referral()).refuses(Refusal::EpisodeEnded);
    }

    #[test]
    fn the_receiver_must_be_a_support_center() {
        let ward = ReferralSubmitted { to_agency_id: "ward-a".into(), ..referral() };
        given_consent().when(decide, ward).refuses(Refusal::WrongKindOfAgency);
        let nobody = ReferralSubmitted { to_agency_id: "nobody".into(), ..referral() };
        given_consent().when(decide, nobody).refuses(Refusal::UnknownAgency);
    }

    #[test]
    fn a_second_referral_for_the_track_is_refused_while_one_is_open() {
        let given = given_referral().by("hospital-a");
        given.when(decide, referral()).refuses(Refusal::OpenReferralExists);
    }

    /// Two hospitals refer one person to two centers: the second comes too late.
    #[test]
    fn ec11_two_hospitals_do_not_refer_the_same_person_twice() {
        let moved = PatientTransferred {
            episode_id: EPISODE.into(),
            to_agency_id: "hospital-b".into(),
            new_episode_id: SECOND_EPISODE.into(),
            ..Default::default()
        };
        let centers = consent_to("2025-05-10", &["center-a", "center-b"]);
        let given = given_referral().on("2025-05-10").outside_cases().by("hospital-a");
        let given = given.event(centers).event(moved).by("hospital-b");
        let second = ReferralSubmitted {
            episode_id: SECOND_EPISODE.into(),
            to_agency_id: "center-b".into(),
            ..referral()
        };
        given.when(decide, second).refuses(Refusal::OpenReferralExists);
    }

    #[test]
    fn a_second_referral_is_refused_while_a_case_is_open() {
        given_case().by("hospital-a").when(decide, referral()).refuses(Refusal::OpenCaseExists);
    }

    #[test]
    fn without_consent_nobody_learns_what_is_open() {
        for given in [given_referral(), given_case()] {
            let given = given.by("hospital-a").consent_withdrawn();
            given.when(decide, referral()).refuses(Refusal::ConsentRequired);
        }
    }

    #[test]
    fn after_an_answer_the_person_can_be_referred_again() {
        let declined = ReferralDeclined { referral_id: REFERRAL.into(), ..Default::default() };
        let given = given_referral().event(declined).by("hospital-a");
        given.when(decide, referral()).records(&["ReferralSubmitted"]);
        let withdrawn = ReferralWithdrawn { referral_id: REFERRAL.into(), ..Default::default() };
        let given = given_referral().by("hospital-a").event(withdrawn);
        given.when(decide, referral()).records(&["ReferralSubmitted"]);
        let given = given_case().in_case(CASE).event(CaseClosed::default()).by("hospital-a");
        given.when(decide, referral()).records(&["ReferralSubmitted"]);
    }

    #[test]
    fn nobody_is_referred_after_death() {
        let died = DeathRecorded { died_on: "2025-05-20".into(), ..Default::default() };
        given_consent().event(died).when(decide, referral()).refuses(Refusal::PersonDied);
    }
}
