//! A hospital answers a request for a visit in a case in which it takes no other part.

use casework::{CaseId, Context, Decided, PersonFile, Refusal};
use contracts::{
    Event, Office,
    events::{CaseOpened, HospitalVisitRequested, HospitalVisitScheduled, Track, VisitPurpose},
    hospital::{RegisterPersonRequest, ScheduleHospitalVisitRequest},
    support_center::{OpenCaseRequest, RequestHospitalVisitRequest},
};
use office::{
    shared::register_person,
    testing::{about, refused},
};

use crate::office_of_test::{TestOffice, admission, consent, event, registration, reply};

/// The center's decisions are another crate's: here they record what is proposed.
fn open_case(
    _file: &PersonFile,
    opening: CaseOpened,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = CaseId::from(context.next_id());
    Ok(Decided::of_case(case, opening.into()))
}

fn as_asked<E: Into<Event>>(
    _file: &PersonFile,
    event: E,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    Ok(Decided::as_asked(context, event.into()))
}

#[tokio::test]
async fn a_hospital_in_which_the_person_is_answers_in_the_case() {
    let office = TestOffice::open().await;
    let center = office.house.desk(Office::SupportCenter);
    let request = office.house.request("center-a", registration());
    let parts = |request: RegisterPersonRequest| (request.context, request.person);
    let door = ("RegisterPersonRequest", "person");
    let person =
        reply(center.perform(door, request, parts, register_person::decide).await).person_id;

    let opening = CaseOpened { track: Track::CommunityLife.into(), ..Default::default() };
    let request = OpenCaseRequest { context: Some(about(&person)), opening: Some(opening) };
    let request = office.house.request("center-a", request);
    let parts = |request: OpenCaseRequest| (request.context, request.opening);
    let door = ("OpenCaseRequest", "opening");
    let case = reply(center.perform(door, request, parts, open_case).await).case_id;

    reply(office.admit("hospital-a", admission(&person)).await);
    reply(office.admit("hospital-b", admission(&person)).await);
    reply(office.consent("hospital-b", consent(&person, &["center-a", "hospital-b"])).await);
    let in_case = || {
        let mut context = about(&person);
        context.case_id = case.clone();
        Some(context)
    };
    let visit = HospitalVisitRequested {
        hospital_agency_id: "hospital-b".into(),
        wished_dates: vec!["2025-06-10".into()],
        purpose: VisitPurpose::Interview.into(),
        ..Default::default()
    };
    let request = RequestHospitalVisitRequest { context: in_case(), request: Some(visit) };
    let request = office.house.request("center-a", request);
    let parts = |request: RequestHospitalVisitRequest| (request.context, request.request);
    let door = ("RequestHospitalVisitRequest", "request");
    let asked = reply(center.perform(door, request, parts, as_asked).await);
    let asked: HospitalVisitRequested = event(&asked);

    let answer = |by: &'static str| {
        let visit = HospitalVisitScheduled {
            visit_request_id: asked.visit_request_id.clone(),
            visit_on: "2025-06-10".into(),
            ..Default::default()
        };
        let request = ScheduleHospitalVisitRequest { context: in_case(), visit: Some(visit) };
        let (mut client, request) = (office.client(), office.house.request(by, request));
        async move { client.schedule_hospital_visit(request).await }
    };
    assert_eq!(refused(answer("hospital-a").await).reason, "UNKNOWN_CASE");
    assert_eq!(reply(answer("hospital-b").await).case_id, case);
}
