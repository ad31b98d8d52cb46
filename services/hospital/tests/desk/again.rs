//! The same request again, and requests that were overtaken.

use contracts::{
    Topic,
    events::{ReferralSubmitted, Track},
    hospital::{OpenInpatientEpisodeRequest, RecordReadmissionRequest, SubmitReferralRequest},
};
use office::testing::{about, refused};
use prost::Message;
use tonic::Code;

use crate::office_of_test::{
    Answer, TestOffice, admission, consent, context, reasons, registration, reply,
};

#[tokio::test]
async fn a_repeated_request_gets_the_first_reply_also_after_things_have_moved_on() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let planned = inpatient.plan();
    let first = reply(office.plan("hospital-a", planned.clone()).await);
    assert!(reply(office.plan("hospital-a", planned.clone()).await) == first);

    reply(office.cancel("hospital-a", inpatient.cancellation()).await);
    let discharged = inpatient.discharge();
    let at_home = reply(office.discharge("hospital-a", discharged.clone()).await);
    assert_eq!(reasons(&at_home), [""; 0]);
    let twice = inpatient.discharge();
    let flagged = reply(office.discharge("hospital-a", twice.clone()).await);
    assert_eq!(reasons(&flagged), ["STAY_ALREADY_ENDED"]);

    let head = office.house.head().await;
    assert!(reply(office.plan("hospital-a", planned).await) == first);
    assert!(reply(office.discharge("hospital-a", discharged).await) == at_home);
    assert!(reply(office.discharge("hospital-a", twice).await) == flagged);
    assert_eq!(office.house.head().await, head);
}

/// The network swallowed the first reply and the hospital asks again: one referral, one case.
#[tokio::test]
async fn ec11_a_referral_that_is_sent_again_is_one_event() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let mut agreed = consent(&inpatient.person, &["center-a"]);
    agreed.consent.as_mut().unwrap().topics.push(Topic::Referral.into());
    reply(office.consent("hospital-a", agreed).await);
    let referral = ReferralSubmitted {
        episode_id: inpatient.episode.clone(),
        to_agency_id: "center-a".into(),
        track_requested: Track::Jimokura.into(),
        ..Default::default()
    };
    let request =
        SubmitReferralRequest { context: Some(about(&inpatient.person)), referral: Some(referral) };
    let head = office.house.head().await;
    let send = || office.house.request("hospital-a", request.clone());
    let first = reply(office.client().submit_referral(send()).await);
    let again = reply(office.client().submit_referral(send()).await);
    assert!(again == first);
    assert_eq!(office.house.head().await, head + 1);
    let mut anew = request.clone();
    context(&mut anew.context).request_id = about("").request_id;
    let anew = office.house.request("hospital-a", anew);
    let second = refused(office.client().submit_referral(anew).await);
    assert_eq!(second.reason, "OPEN_REFERRAL_EXISTS");
}

#[tokio::test]
async fn a_person_is_registered_once_however_often_it_is_asked() {
    let office = TestOffice::open().await;
    let request = registration();
    let head = office.house.head().await;
    let first = reply(office.register("hospital-a", request.clone()).await);
    assert!(reply(office.register("hospital-a", request).await) == first);
    assert_eq!(office.house.head().await, head + 1);
}

#[tokio::test]
async fn an_id_is_not_used_for_something_else() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let planned = inpatient.plan();
    reply(office.plan("hospital-a", planned.clone()).await);
    let admitted = admission(&inpatient.person);
    reply(office.admit("hospital-a", admitted.clone()).await);
    let head = office.house.head().await;

    let mut other_content = planned;
    other_content.plan.as_mut().unwrap().follow_up.push('。');
    let answers = [
        refused(office.plan("hospital-a", other_content).await),
        refused(readmit_with(&office, admitted).await),
    ];
    for refused in answers {
        assert_eq!((refused.code, &*refused.reason), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
    }
    assert_eq!(office.house.head().await, head);
}

/// The very bytes of an admission, through the door for readmissions.
async fn readmit_with(office: &TestOffice, admitted: OpenInpatientEpisodeRequest) -> Answer {
    let bytes = admitted.encode_to_vec();
    let readmitted = RecordReadmissionRequest::decode(bytes.as_slice()).unwrap();
    assert_eq!(readmitted.encode_to_vec(), bytes);
    let request = office.house.request("hospital-a", readmitted);
    office.client().record_readmission(request).await
}

#[tokio::test]
async fn request_ids_belong_to_their_agency() {
    let office = TestOffice::open().await;
    let request = registration();
    let first = reply(office.register("hospital-a", request.clone()).await);
    let second = reply(office.register("hospital-b", request).await);
    assert_ne!(first.person_id, second.person_id);
}

#[tokio::test]
async fn only_what_the_caller_may_see_counts_as_a_change() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let person = &inpatient.person;
    let seen = reply(office.consent("hospital-a", consent(person, &["center-a"])).await).position;

    // Nothing lets hospital-a see what another hospital admits.
    reply(office.admit("hospital-b", admission(person)).await);
    let mut planned = inpatient.plan();
    context(&mut planned.context).unless_changed_since = seen;
    let seen = reply(office.plan("hospital-a", planned).await).position;

    // A consent that names hospital-a does.
    reply(office.consent("hospital-b", consent(person, &["hospital-a", "hospital-b"])).await);
    let head = office.house.head().await;
    let mut cancelled = inpatient.cancellation();
    context(&mut cancelled.context).unless_changed_since = seen;
    let overtaken = refused(office.cancel("hospital-a", cancelled).await);
    assert_eq!((overtaken.code, &*overtaken.reason), (Code::Aborted, "CHANGED_SINCE"));
    assert_eq!(office.house.head().await, head);
}

#[tokio::test]
async fn what_a_colleague_has_written_counts_as_a_change() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let seen = reply(office.register("hospital-a", registration()).await).position;
    let mut planned = inpatient.plan();
    context(&mut planned.context).unless_changed_since = seen.clone();
    reply(office.plan("hospital-a", planned).await);
    let mut cancelled = inpatient.cancellation();
    context(&mut cancelled.context).unless_changed_since = seen;
    let overtaken = refused(office.cancel("hospital-a", cancelled.clone()).await);
    assert_eq!(overtaken.reason, "CHANGED_SINCE");
    cancelled.context = Some(about(&inpatient.person));
    reply(office.cancel("hospital-a", cancelled).await);
}
