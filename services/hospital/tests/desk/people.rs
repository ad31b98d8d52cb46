//! Whose file, and in which state.

use contracts::{
    events::{DeathPlace, DeathRecorded, PatientReadmitted},
    hospital::{RecordDeathRequest, RecordReadmissionRequest},
};
use office::testing::{UNKNOWN, about, refused};
use prost::Message;
use tonic::Code;

use crate::office_of_test::{
    Inpatient, TestOffice, admission, context, reasons, registration, reply,
};

#[tokio::test]
async fn who_is_hidden_and_who_is_absent_cannot_be_told_apart() {
    let office = TestOffice::open().await;
    let hidden = office.inpatient().await;
    let absent = Inpatient { person: UNKNOWN.into(), episode: hidden.episode.clone() };
    let head = office.house.head().await;
    let act = |of: &Inpatient| of.plan();
    let fact = |of: &Inpatient| of.discharge();
    let in_a_case = |of: &Inpatient| {
        let mut request = of.cancellation();
        context(&mut request.context).case_id = UNKNOWN.into();
        request
    };
    for person in [&hidden, &absent] {
        let answers = [
            refused(office.plan("hospital-b", act(person)).await),
            refused(office.discharge("hospital-b", fact(person)).await),
            refused(office.cancel("hospital-b", in_a_case(person)).await),
        ];
        for refused in answers {
            assert_eq!((refused.code, &*refused.reason), (Code::NotFound, "UNKNOWN_PERSON"));
            assert_eq!(refused.bytes, unknown_person(&office).await);
        }
    }
    assert_eq!(office.house.head().await, head);
}

async fn unknown_person(office: &TestOffice) -> (String, Vec<u8>) {
    let nobody = Inpatient { person: UNKNOWN.into(), episode: UNKNOWN.into() };
    refused(office.plan("hospital-b", nobody.plan()).await).bytes
}

#[tokio::test]
async fn a_second_registration_is_answered_like_the_first() {
    let office = TestOffice::open().await;
    let first = reply(office.register("hospital-a", registration()).await);
    let second = reply(office.register("hospital-b", registration()).await);
    assert_ne!(first.person_id, second.person_id);
    assert!(first.warnings == second.warnings && first.warnings.is_empty());
}

/// Ids and positions are all of one length, so replies and events of one shape have one length too.
#[tokio::test]
async fn it_makes_no_difference_to_a_registration_who_is_known() {
    let office = TestOffice::open().await;
    let mut shapes = Vec::new();
    let mut strange = registration();
    // As long as the other's, letter for letter.
    let other = strange.person.as_mut().expect("a person");
    (other.family_name, other.given_name) = ("仮名".into(), "花子".into());
    other.birth_date = "1980-11-25".into();
    for (by, request) in [
        ("hospital-a", registration()),
        ("hospital-a", registration()),
        ("hospital-b", registration()),
        ("hospital-b", strange),
    ] {
        let before = office.house.head().await;
        let reply = reply(office.register(by, request).await);
        let events = office.house.log.read(before, 10).await.expect("the log can be read");
        let events: Vec<_> = events
            .iter()
            .map(|event| (event.type_no, event.version, event.body.len(), event.sealed.len()))
            .collect();
        let reads = office.house.reads.head().await.expect("a head");
        shapes.push((reply.encoded_len(), reply.warnings.len(), events, reads));
    }
    assert_eq!(shapes[0].2.len(), 1, "one event, in a stream of its own");
    assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:?}");
}

#[tokio::test]
async fn whoever_has_the_number_admits() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let admitted = reply(office.admit("hospital-b", admission(&inpatient.person)).await);
    assert_eq!(reasons(&admitted), [""; 0], "nothing lets it see the other stay");
    let again = reply(office.admit("hospital-b", admission(&inpatient.person)).await);
    assert_eq!(reasons(&again), ["OVERLAPPING_STAY"], "its own");
    assert_eq!(again.warnings[0].message_ja, "別の入院が終了していません。");
    let absent = refused(office.admit("hospital-b", admission(UNKNOWN)).await);
    assert_eq!((absent.code, &*absent.reason), (Code::NotFound, "UNKNOWN_PERSON"));
}

#[tokio::test]
async fn a_warning_tells_nothing_of_what_the_recorder_does_not_see() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let other = reply(office.register("hospital-a", registration()).await).person_id;
    let death = |person: &str| {
        let death = DeathRecorded {
            died_on: "2025-06-01".into(),
            place: DeathPlace::Hospital.into(),
            ..Default::default()
        };
        RecordDeathRequest { context: Some(about(person)), death: Some(death) }
    };
    let readmission = |person: &str| {
        let readmission =
            PatientReadmitted { admitted_on: "2025-06-01".into(), ..Default::default() };
        RecordReadmissionRequest { context: Some(about(person)), readmission: Some(readmission) }
    };
    // Whether somebody has been in a hospital before is not told by what is said, nor by silence.
    for person in [&inpatient.person, &other] {
        let request = office.house.request("hospital-b", readmission(person));
        assert_eq!(reasons(&reply(office.client().record_readmission(request).await)), [""; 0]);
    }
    // A second death is told to whoever knows of the first.
    let told = async |by: &str, request: RecordDeathRequest| {
        let request = office.house.request(by, request);
        let reply = reply(office.client().record_death(request).await);
        reasons(&reply).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told("hospital-a", death(&inpatient.person)).await, [""; 0]);
    let second = death(&inpatient.person);
    assert_eq!(told("hospital-b", second.clone()).await, [""; 0]);
    assert_eq!(told("hospital-b", death(&inpatient.person)).await, ["DEATH_RECORDED_TWICE"]);
    // And the same again, although it would see its own death record by now.
    assert_eq!(told("hospital-b", second).await, [""; 0]);
}

#[tokio::test]
async fn a_damaged_file_is_a_fault_only_to_those_who_take_part() {
    let office = TestOffice::open().await;
    let damaged = office.inpatient().await;
    office.damage(&damaged.person).await;
    let head = office.house.head().await;
    let inside = refused(office.plan("hospital-a", damaged.plan()).await);
    assert_eq!((inside.code, &*inside.reason), (Code::Internal, "INTERNAL"));
    let outside = refused(office.plan("hospital-b", damaged.plan()).await);
    assert_eq!(outside.bytes, unknown_person(&office).await);
    let newcomer = refused(office.admit("hospital-b", admission(&damaged.person)).await);
    assert_eq!(newcomer.bytes, outside.bytes);
    assert_eq!(office.house.head().await, head);
}

#[tokio::test]
async fn what_the_rules_do_not_allow_is_not_written() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let ask = async |request| office.plan("hospital-a", request).await;
    let head = office.house.head().await;

    let mut elsewhere = inpatient.plan();
    elsewhere.plan.as_mut().unwrap().episode_id = UNKNOWN.into();
    let unknown = refused(ask(elsewhere).await);
    assert_eq!((unknown.code, &*unknown.reason), (Code::NotFound, "UNKNOWN_EPISODE"));

    let mut in_a_case = inpatient.plan();
    context(&mut in_a_case.context).case_id = UNKNOWN.into();
    let unknown = refused(ask(in_a_case).await);
    assert_eq!((unknown.code, &*unknown.reason), (Code::NotFound, "UNKNOWN_CASE"));

    let nothing_planned = office.cancel("hospital-a", inpatient.cancellation()).await;
    let refusal = refused(nothing_planned);
    assert_eq!(
        (refusal.code, &*refusal.reason),
        (Code::FailedPrecondition, "DISCHARGE_NOT_PLANNED")
    );
    assert_eq!(refusal.japanese, "退院予定が登録されていません。");
    assert_eq!(refusal.fields, []);
    assert_eq!(office.house.head().await, head);
}
