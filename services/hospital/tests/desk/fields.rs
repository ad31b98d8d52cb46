//! What a request must look like before any file is opened.

use contracts::{
    events::{EventBody, VisitNotHeld},
    hospital::PlanDischargeRequest,
    office::RecordActivityRequest,
};
use office::testing::{about, refused};
use tonic::Code;

use crate::office_of_test::{TestOffice, admission, context, registration, reply};

/// What is changed in a good request, the field at fault, and what is said about it.
type Fault = (fn(&mut PlanDischargeRequest), &'static str, &'static str, &'static str);

const FAULTS: &[Fault] = &[
    (
        |request| request.context = None,
        "context.request_id",
        "REQUIRED",
        "「手続き番号」を入力してください。",
    ),
    (
        |request| context(&mut request.context).request_id = "once".into(),
        "context.request_id",
        "MALFORMED",
        "「手続き番号」の形式が正しくありません。",
    ),
    (
        |request| context(&mut request.context).person_id = String::new(),
        "context.person_id",
        "REQUIRED",
        "「本人番号」を入力してください。",
    ),
    (
        |request| context(&mut request.context).person_id.make_ascii_uppercase(),
        "context.person_id",
        "MALFORMED",
        "「本人番号」の形式が正しくありません。",
    ),
    (
        |request| context(&mut request.context).case_id = "case-1".into(),
        "context.case_id",
        "MALFORMED",
        "「ケース番号」の形式が正しくありません。",
    ),
    (
        |request| context(&mut request.context).unless_changed_since = "12".into(),
        "context.unless_changed_since",
        "MALFORMED",
        "「更新位置」の形式が正しくありません。",
    ),
    (
        |request| context(&mut request.context).on_behalf_of_agency_id = "nobody".into(),
        "context.on_behalf_of_agency_id",
        "UNKNOWN_AGENCY",
        "「代理で記録する機関」が登録されていません。",
    ),
    (|request| request.plan = None, "plan", "REQUIRED", "「内容」を入力してください。"),
    (
        |request| request.plan.as_mut().unwrap().episode_id = "the third".into(),
        "plan.episode_id",
        "MALFORMED",
        "「入院番号」の形式が正しくありません。",
    ),
    (
        |request| request.plan.as_mut().unwrap().decided_on = "2025-06-01".into(),
        "plan.decided_on",
        "ASSIGNED",
        "「決定日」は受付側で付番されるため、空欄にしてください。",
    ),
    (
        |request| request.plan.as_mut().unwrap().planned_on = String::new(),
        "plan.planned_on",
        "REQUIRED",
        "「退院予定日」を入力してください。",
    ),
    (
        |request| request.plan.as_mut().unwrap().planned_on = "2025-06-31".into(),
        "plan.planned_on",
        "MALFORMED_DATE",
        "「退院予定日」は暦にある日付（例：2026-04-01）で入力してください。",
    ),
    (
        |request| request.plan.as_mut().unwrap().destination_kind = 99,
        "plan.destination_kind",
        "UNKNOWN_VALUE",
        "「退院先の種類」に、選択肢にない値が入っています。",
    ),
    (
        |request| request.plan.as_mut().unwrap().destination_kind = 0,
        "plan.destination_kind",
        "REQUIRED",
        "「退院先の種類」を入力してください。",
    ),
    (
        |request| request.plan.as_mut().unwrap().follow_up = "長".repeat(4001),
        "plan.follow_up",
        "TOO_LONG",
        "「退院後の通院・支援」は4000文字以内で入力してください。",
    ),
    (
        |request| request.plan.as_mut().unwrap().follow_up = "\0".into(),
        "plan.follow_up",
        "CONTROL_CHARACTER",
        "「退院後の通院・支援」に使えない文字（制御文字）が含まれています。",
    ),
];

#[tokio::test]
async fn each_fault_is_named_in_both_languages_and_nothing_is_written() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let head = office.house.head().await;
    for (spoil, field, reason, japanese) in FAULTS {
        let mut request = inpatient.plan();
        spoil(&mut request);
        let refused = refused(office.plan("hospital-a", request).await);
        assert_eq!(refused.code, Code::InvalidArgument, "{field}");
        assert_eq!(refused.reason, "INVALID_REQUEST");
        let expected = ((*field).into(), (*reason).into(), (*japanese).into());
        assert!(refused.fields.contains(&expected), "{expected:?} is not in {:?}", refused.fields);
    }
    assert_eq!(office.house.head().await, head);
    assert!(office.plan("hospital-a", inpatient.plan()).await.is_ok());
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let office = TestOffice::open().await;
    let mut request = admission("nobody");
    let stay = request.episode.as_mut().unwrap();
    stay.admitted_on = "2025-06-02".into();
    stay.residence_ward = String::new();
    let refused = refused(office.admit("hospital-a", request).await);
    let fields: Vec<_> =
        refused.fields.iter().map(|(path, reason, _)| (&**path, &**reason)).collect();
    let expected = [
        ("context.person_id", "MALFORMED"),
        ("episode.admitted_on", "IN_THE_FUTURE"),
        ("episode.residence_ward", "REQUIRED"),
    ];
    assert_eq!(fields, expected);
    let sentences: Vec<_> = refused.fields.iter().map(|(_, _, japanese)| &**japanese).collect();
    assert_eq!(refused.japanese, sentences.join("\n"));
}

#[tokio::test]
async fn today_ends_in_tokyo() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let mut tomorrow = admission(&inpatient.person);
    tomorrow.episode.as_mut().unwrap().admitted_on = "2025-06-02".into();
    office.house.clock.set("2025-06-01T14:59:59Z".parse().unwrap());
    let early = refused(office.admit("hospital-a", tomorrow.clone()).await);
    assert_eq!(early.fields[0].1, "IN_THE_FUTURE");
    office.house.clock.set("2025-06-01T15:00:00Z".parse().unwrap());
    reply(office.admit("hospital-a", tomorrow).await);
}

#[tokio::test]
async fn a_registration_names_no_person() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let head = office.house.head().await;
    let absent = about("").request_id;
    let answers = [inpatient.person, absent].map(async |person| {
        let mut request = registration();
        context(&mut request.context).person_id = person;
        refused(office.register("hospital-b", request).await)
    });
    let [known, absent] = answers;
    let (known, absent) = (known.await, absent.await);
    assert_eq!(known.fields[0].0, "context.person_id");
    assert_eq!(known.bytes, absent.bytes);
    assert_eq!(office.house.head().await, head);
}

#[tokio::test]
async fn a_registration_belongs_to_no_case_and_follows_nothing() {
    let office = TestOffice::open().await;
    let first = reply(office.register("hospital-a", registration()).await);
    let mut request = registration();
    context(&mut request.context).case_id = about("").request_id;
    context(&mut request.context).unless_changed_since = first.position;
    let refused = refused(office.register("hospital-a", request).await);
    let fields: Vec<_> =
        refused.fields.iter().map(|(path, reason, _)| (&**path, &**reason)).collect();
    let expected =
        [("context.case_id", "NOT_APPLICABLE"), ("context.unless_changed_since", "NOT_APPLICABLE")];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn a_request_has_an_end() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let mut request = inpatient.plan();
    request.plan.as_mut().unwrap().follow_up = "長".repeat(80_000);
    assert_eq!(&*refused(office.plan("hospital-a", request.clone()).await).fields[0].1, "TOO_LONG");
    request.plan.as_mut().unwrap().follow_up = "長".repeat(90_000);
    let too_large = office.plan("hospital-a", request).await;
    assert_eq!(too_large.err().map(|status| status.code()), Some(Code::OutOfRange));
}

#[tokio::test]
async fn an_activity_is_a_plain_event_of_this_office() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let head = office.house.head().await;
    let ask = async |event: contracts::Event| {
        let activity = Some(EventBody { event: Some(event) });
        let request = RecordActivityRequest { context: Some(about(&inpatient.person)), activity };
        office.client().record_activity(office.house.request("hospital-a", request)).await
    };
    let with_rules = inpatient.discharge().discharge.unwrap();
    let not_plain = refused(ask(with_rules.into()).await);
    assert_eq!((not_plain.code, &*not_plain.reason), (Code::InvalidArgument, "NOT_PLAIN"));
    let mut visit =
        VisitNotHeld { planned_on: "2025-06-01".into(), reason: 1, ..Default::default() };
    let elsewhere = refused(ask(visit.clone().into()).await);
    assert_eq!((elsewhere.code, &*elsewhere.reason), (Code::PermissionDenied, "NOT_THIS_OFFICE"));
    visit.planned_on = "2025-06-02".into();
    let malformed = refused(ask(visit.into()).await);
    assert_eq!(malformed.fields[0].0, "activity.visit_not_held.planned_on");
    assert_eq!(office.house.head().await, head);
}
