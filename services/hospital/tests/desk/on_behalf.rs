//! A center answers a referral by telephone, and the hospital writes the answer down.

use contracts::{
    Topic,
    events::{ReferralAccepted, ReferralSubmitted, Track},
    hospital::{AcceptReferralRequest, SubmitReferralRequest},
};
use event_log::StreamKey;
use office::testing::{about, refused};

use crate::office_of_test::{Inpatient, TestOffice, consent, event, reply};

/// The acceptance of a referral from `hospital-a` to `center-a`, on behalf of this agency.
async fn acceptance(
    office: &TestOffice,
    of: &Inpatient,
    for_agency: &str,
) -> AcceptReferralRequest {
    let mut agreed = consent(&of.person, &["center-a"]);
    agreed.consent.as_mut().unwrap().topics.push(Topic::Referral.into());
    reply(office.consent("hospital-a", agreed).await);
    let referral = ReferralSubmitted {
        episode_id: of.episode.clone(),
        to_agency_id: "center-a".into(),
        track_requested: Track::Jimokura.into(),
        ..Default::default()
    };
    let request =
        SubmitReferralRequest { context: Some(about(&of.person)), referral: Some(referral) };
    let request = office.house.request("hospital-a", request);
    let referred = reply(office.client().submit_referral(request).await);
    let acceptance = ReferralAccepted {
        referral_id: event::<ReferralSubmitted>(&referred).referral_id,
        track: Track::Jimokura.into(),
        ..Default::default()
    };
    let mut context = about(&of.person);
    context.on_behalf_of_agency_id = for_agency.into();
    AcceptReferralRequest { context: Some(context), acceptance: Some(acceptance) }
}

#[tokio::test]
async fn the_event_names_who_answered_and_who_wrote_it_down() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let accept = acceptance(&office, &inpatient, "center-a").await;
    let request = office.house.request("hospital-a", accept);
    let accepted = reply(office.client().accept_referral(request).await);
    assert_eq!(accepted.recorded.len(), 2);
    let stream = StreamKey::new("person", inpatient.person.as_str());
    let stored = office.house.log.read_stream(&stream, 0, 100).await.expect("the stream");
    for event in stored.iter().rev().take(2) {
        assert_eq!(
            (event.agency.as_str(), event.on_behalf_of.as_deref()),
            ("hospital-a", Some("center-a"))
        );
    }
}

#[tokio::test]
async fn nobody_accepts_in_their_own_name_what_they_sent() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let own = acceptance(&office, &inpatient, "").await;
    let request = office.house.request("hospital-a", own);
    let refused = refused(office.client().accept_referral(request).await);
    assert_eq!(refused.reason, "UNKNOWN_REFERRAL");
}
