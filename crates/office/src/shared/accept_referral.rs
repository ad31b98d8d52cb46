//! Accepts a referral: the case that began with it is opened.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{CaseOpened, ReferralAccepted, Track};

use super::answering::waiting_referral;

/// Accepts a waiting referral on a track on which no case is open. Discharge support needs the
/// ground that only a referral to it gives.
pub fn decide(
    file: &PersonFile,
    acceptance: ReferralAccepted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let referral = waiting_referral(file, &acceptance.referral_id, context)?;
    let track = acceptance.track();
    if track == Track::DischargeSupport && referral.track != track {
        return Err(Refusal::GroundRequired);
    }
    if file.open_case_on(track).is_some() {
        return Err(Refusal::OpenCaseExists);
    }
    let case = referral.case_id.clone();
    let opened = CaseOpened {
        track: track.into(),
        referral_id: acceptance.referral_id.clone(),
        ..Default::default()
    };
    Ok(Decided::of_case(case.clone(), acceptance.into()).and(case, opened.into()))
}

#[cfg(test)]
mod tests {
    use crate::testing::{CASE, REFERRAL, UNKNOWN, given_case, given_consent, given_referral};
    use casework::{AgencyId, CaseId, CaseState};
    use contracts::events::{ReferralSubmitted, ReferralSupplemented};

    use super::*;
    use crate::shared::answering::tests::{
        given_returned, is_written_down_for_the_receiver, refuses_unless_waiting,
    };

    fn acceptance(referral: &str) -> ReferralAccepted {
        ReferralAccepted {
            referral_id: referral.into(),
            track: Track::DischargeSupport.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_waiting_referral_is_accepted_and_its_case_opened() {
        let given = given_referral().outside_cases().after(decide, acceptance(REFERRAL));
        let file = given.file();
        let case = file.case(&CaseId::from(CASE)).unwrap();
        assert_eq!((case.state(), case.track()), (CaseState::Preparing, Track::DischargeSupport));
        assert_eq!(case.lead, Some(AgencyId::from("center-a")));
    }

    #[test]
    fn both_events_lie_in_the_case_and_name_the_referral() {
        let then = given_referral().when(decide, acceptance(REFERRAL));
        let events = then.records(&["ReferralAccepted", "CaseOpened"]);
        let opened = CaseOpened::try_from(events[1].clone()).unwrap();
        assert_eq!(
            (opened.referral_id.as_str(), opened.opened_on.as_str()),
            (REFERRAL, "2025-05-15")
        );
    }

    #[test]
    fn a_supplemented_referral_waits_again() {
        let supplement =
            ReferralSupplemented { referral_id: REFERRAL.into(), ..Default::default() };
        let given = given_returned().by("hospital-a").event(supplement).by("center-a");
        given.when(decide, acceptance(REFERRAL)).records(&["ReferralAccepted", "CaseOpened"]);
    }

    #[test]
    fn only_a_waiting_referral_to_this_center_is_accepted() {
        refuses_unless_waiting(decide, acceptance);
    }

    #[test]
    fn an_acceptance_by_telephone_is_written_down_and_the_receiver_leads() {
        let names = ["ReferralAccepted", "CaseOpened"];
        is_written_down_for_the_receiver(decide, acceptance, &names);
        let given = given_referral().by("hospital-a").on_behalf_of("center-a");
        let file = given.after(decide, acceptance(REFERRAL)).file();
        let case = file.case(&CaseId::from(CASE)).unwrap();
        assert_eq!(case.lead, Some(AgencyId::from("center-a")));
        let (center, day) = (AgencyId::from("center-a"), "2025-05-15".parse().unwrap());
        assert!(file.involvement().takes_part_in_case(&center, &CaseId::from(CASE), day));
    }

    #[test]
    fn it_may_be_accepted_on_another_track_than_it_asks_for() {
        let mut other = acceptance(REFERRAL);
        other.set_track(Track::Jimokura);
        given_referral().when(decide, other).records(&["ReferralAccepted", "CaseOpened"]);
    }

    #[test]
    fn discharge_support_needs_a_referral_that_gives_a_ground() {
        let referral = ReferralSubmitted {
            referral_id: REFERRAL.into(),
            to_agency_id: "center-a".into(),
            track_requested: Track::Jimokura.into(),
            ..Default::default()
        };
        let given = given_consent().in_case(CASE).event(referral).by("center-a");
        given.when(decide, acceptance(REFERRAL)).refuses(Refusal::GroundRequired);
    }

    #[test]
    fn one_case_is_open_on_a_track() {
        let second = ReferralSubmitted {
            referral_id: UNKNOWN.into(),
            to_agency_id: "center-b".into(),
            track_requested: Track::DischargeSupport.into(),
            ..Default::default()
        };
        let given = given_case().in_case(UNKNOWN).by("hospital-a").event(second).by("center-b");
        given.when(decide, acceptance(UNKNOWN)).refuses(Refusal::OpenCaseExists);
    }
}
