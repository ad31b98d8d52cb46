//! Corrections and retractions through the door.

use contracts::{
    Event,
    events::{EventBody, EventCorrected, EventRetracted, PatientDischarged, PersonRegistered},
    office::{CommandReply, CorrectEventRequest, RetractEventRequest},
};
use office::testing::{Refused, about, refused};
use tonic::Code;

use crate::office_of_test::{Inpatient, TestOffice, event, reasons, registration, reply};

const NOBODY: &str = "00000000-0000-4000-8000-00000000ffff";

fn id_of(reply: &CommandReply) -> String {
    reply.recorded.first().expect("something was recorded").event_id.clone()
}

fn correction(person: &str, target: &str, replacement: impl Into<Event>) -> CorrectEventRequest {
    let correction = EventCorrected {
        target_event_id: target.into(),
        reason: "日付を取り違えた。".into(),
        ..Default::default()
    };
    CorrectEventRequest {
        context: Some(about(person)),
        correction: Some(correction),
        replacement: Some(EventBody { event: Some(replacement.into()) }),
    }
}

fn retraction(person: &str, target: &str) -> RetractEventRequest {
    let retraction = EventRetracted {
        target_event_id: target.into(),
        reason: "別の方の記録であった。".into(),
        ..Default::default()
    };
    RetractEventRequest { context: Some(about(person)), retraction: Some(retraction) }
}

/// The paths of the fields at fault.
fn at_fault(refused: &Refused) -> Vec<&str> {
    refused.fields.iter().map(|(path, ..)| path.as_str()).collect()
}

fn discharged_on(inpatient: &Inpatient, day: &str) -> PatientDischarged {
    let request = inpatient.discharge();
    PatientDischarged { discharged_on: day.into(), ..request.discharge.expect("a discharge") }
}

#[tokio::test]
async fn what_is_decided_next_follows_the_history_as_it_stands() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let discharged = reply(office.discharge("hospital-a", inpatient.discharge()).await);
    let ended = refused(office.plan("hospital-a", inpatient.plan()).await);
    assert_eq!(ended.reason, "EPISODE_ENDED");

    let request = retraction(&inpatient.person, &id_of(&discharged));
    let retracted = reply(office.retract("hospital-a", request.clone()).await);
    assert_eq!(reasons(&retracted), [""; 0]);
    let planned = reply(office.plan("hospital-a", inpatient.plan()).await);
    assert_eq!(reasons(&planned), [""; 0], "the person is in hospital again");
    assert!(
        reply(office.retract("hospital-a", request).await) == retracted,
        "the first reply again"
    );
}

#[tokio::test]
async fn a_correction_says_what_no_longer_follows() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let discharged = reply(office.discharge("hospital-a", inpatient.discharge()).await);
    let earlier = discharged_on(&inpatient, "2025-03-01");
    let request = correction(&inpatient.person, &id_of(&discharged), earlier);
    let corrected = reply(office.correct("hospital-a", request).await);
    assert_eq!(reasons(&corrected), ["ENDED_BEFORE_ADMISSION"]);
    let correction: EventCorrected = event(&corrected);
    assert_eq!(correction.target_event_id, id_of(&discharged));
    assert!(correction.reason.is_empty(), "sealed");
}

#[tokio::test]
async fn what_is_personal_is_sealed_in_a_correction_too() {
    let office = TestOffice::open().await;
    let registered = reply(office.register("hospital-a", registration()).await);
    let person = PersonRegistered {
        given_name: "訂正後太郎".into(),
        ..registration().person.expect("a person")
    };
    let request = correction(&registered.person_id, &id_of(&registered), person);
    reply(office.correct("hospital-a", request).await);
    let head = office.house.head().await;
    let stored = office.house.log.read(head - 1, 1).await.expect("the correction");
    let name = "訂正後太郎".as_bytes();
    let holds = |bytes: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    assert!(!holds(&stored[0].body) && !holds(&stored[0].sealed));
    assert!(!stored[0].sealed.is_empty());
}

#[tokio::test]
async fn who_recorded_nothing_learns_nothing() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let discharged = reply(office.discharge("hospital-a", inpatient.discharge()).await);
    let target = id_of(&discharged);
    let hidden = office.retract("hospital-b", retraction(&inpatient.person, &target)).await;
    let absent = office.retract("hospital-b", retraction(NOBODY, &target)).await;
    let (hidden, absent) = (refused(hidden), refused(absent));
    assert_eq!(hidden, absent);
    assert_eq!(hidden.code, Code::NotFound);
    let own = refused(office.retract("hospital-a", retraction(&inpatient.person, NOBODY)).await);
    assert_eq!(own.reason, "UNKNOWN_EVENT");
}

#[tokio::test]
async fn a_replacement_is_checked_as_if_it_were_recorded_now() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let discharged = reply(office.discharge("hospital-a", inpatient.discharge()).await);
    let target = id_of(&discharged);
    let tomorrow = discharged_on(&inpatient, "2025-06-02");
    let request = correction(&inpatient.person, &target, tomorrow);
    let future = refused(office.correct("hospital-a", request).await);
    assert_eq!(at_fault(&future), ["replacement.patient_discharged.discharged_on"]);
    let nothing = CorrectEventRequest {
        replacement: None,
        ..correction(&inpatient.person, &target, PatientDischarged::default())
    };
    let refusal = refused(office.correct("hospital-a", nothing).await);
    assert_eq!(at_fault(&refusal), ["replacement"]);
    let mut without_reason =
        correction(&inpatient.person, &target, inpatient.discharge().discharge.unwrap());
    without_reason.correction.as_mut().unwrap().reason.clear();
    let refusal = refused(office.correct("hospital-a", without_reason).await);
    assert_eq!(at_fault(&refusal), ["correction.reason"]);
    let of_another_office = contracts::events::CaseClosed::default();
    let request = correction(&inpatient.person, &target, of_another_office);
    assert_eq!(refused(office.correct("hospital-a", request).await).code, Code::PermissionDenied);
}
