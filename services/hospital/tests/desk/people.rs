//! Whose file, and in which state.

use office::testing::{UNKNOWN, refused};
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

#[tokio::test]
async fn whoever_has_the_number_admits() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let admitted = reply(office.admit("hospital-b", admission(&inpatient.person)).await);
    assert_eq!(reasons(&admitted), ["OVERLAPPING_STAY"]);
    assert_eq!(admitted.warnings[0].message_ja, "別の入院が終了していません。");
    let absent = refused(office.admit("hospital-b", admission(UNKNOWN)).await);
    assert_eq!((absent.code, &*absent.reason), (Code::NotFound, "UNKNOWN_PERSON"));
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
