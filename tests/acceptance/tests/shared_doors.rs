//! The services that the three agencies of a ward share, at the core center's server: what whoever
//! is mainly responsible does, a core center can do there; what it was not asked it cannot answer,
//! and what only a ward office may do, the desk refuses.

use acceptance::World;
use contracts::{
    Office,
    emergency::{RecordFamilyStayStartRequest, emergency_service_client::EmergencyServiceClient},
    events::{
        FamilyEmergencyStayStarted, ReferralAccepted, Track, VisitMethod, VisitPurpose,
        WardVisitRecorded,
    },
    office::CommandContext,
    support_center::{
        AcceptReferralRequest, RecordWardVisitRequest,
        support_center_service_client::SupportCenterServiceClient,
    },
};
use scenario::{Memory, Scenario};
use tonic::{Code, Request, Response, Status, transport::Channel};
use tonic_types::StatusExt;

#[tokio::test]
async fn a_core_center_does_there_what_it_may_and_nothing_else() {
    let world = World::on_sqlite("2021-09-01T00:00:00Z".parse().unwrap()).await.unwrap();
    let memory = play_until_the_plan(&world).await;
    world.clock.set("2025-06-27T03:00:00Z".parse().unwrap());
    records_a_ward_visit(&world, &memory).await;
    let head = world.house.log.head().await.unwrap();
    accepts_no_referral(&world, &memory).await;
    takes_no_family_in(&world, &memory).await;
    assert_eq!(world.house.log.head().await.unwrap(), head);
    world.stop().await.unwrap();
}

async fn records_a_ward_visit(world: &World, memory: &Memory) {
    let visit = WardVisitRecorded {
        episode_id: kept(memory, "stay"),
        visited_on: "2025-06-27".to_owned(),
        method: VisitMethod::InPerson.into(),
        purpose: VisitPurpose::Interview.into(),
        ..WardVisitRecorded::default()
    };
    let request = RecordWardVisitRequest { context: context(memory, 1), visit: Some(visit) };
    let reply = core_center(world).record_ward_visit(signed(world, request)).await;
    let reply = reply.map_err(|status| status.code()).map(Response::into_inner);
    let reply = reply.unwrap_or_else(|code| panic!("{code:?}"));
    assert_eq!((reply.recorded.len(), reply.warnings.len()), (1, 0));
}

async fn accepts_no_referral(world: &World, memory: &Memory) {
    let acceptance = ReferralAccepted {
        referral_id: kept(memory, "referral"),
        track: Track::DischargeSupport.into(),
        worker_id: "staff-isogo-cc-01".to_owned(),
        ..ReferralAccepted::default()
    };
    let request =
        AcceptReferralRequest { context: context(memory, 2), acceptance: Some(acceptance) };
    let refused = core_center(world).accept_referral(signed(world, request)).await;
    assert_refused(refused, Code::NotFound, "UNKNOWN_REFERRAL");
}

async fn takes_no_family_in(world: &World, memory: &Memory) {
    let stay = FamilyEmergencyStayStarted {
        family_stay_id: kept(memory, "referral"),
        started_on: "2025-06-27".to_owned(),
        ..FamilyEmergencyStayStarted::default()
    };
    let request = RecordFamilyStayStartRequest { context: context(memory, 3), stay: Some(stay) };
    let channel = world.channel(Office::CoreCenter).unwrap();
    let mut emergencies = EmergencyServiceClient::new(channel);
    let refused = emergencies.record_family_stay_start(signed(world, request)).await;
    assert_refused(refused, Code::PermissionDenied, "NOT_THIS_OFFICE");
}

#[track_caller]
fn assert_refused<T>(answer: Result<Response<T>, Status>, code: Code, expected: &str) {
    let status = answer.map(|_| ()).unwrap_err();
    let reason = status.get_error_details().error_info().map(|info| info.reason.clone());
    assert_eq!((status.code(), reason.as_deref()), (code, Some(expected)));
}

async fn play_until_the_plan(world: &World) -> Memory {
    let today = "2026-11-30".parse().unwrap();
    let script = Scenario::agencies().unwrap().on(today).unwrap();
    let script = script.and(Scenario::scenario_a().unwrap().on(today).unwrap());
    world.play(&script.until("2025-06-26T14:59:00Z".parse().unwrap())).await.unwrap()
}

fn core_center(world: &World) -> SupportCenterServiceClient<Channel> {
    SupportCenterServiceClient::new(world.channel(Office::CoreCenter).unwrap())
}

fn context(memory: &Memory, request: u8) -> Option<CommandContext> {
    Some(CommandContext {
        request_id: format!("0e0f6c6e-7a3b-4f0a-9a59-6d0a1f3f2d{request:02x}"),
        person_id: memory.person("scenario-a", "ichiro").unwrap().to_owned(),
        case_id: memory.case("scenario-a", "ichiro", "a").unwrap().to_owned(),
        ..CommandContext::default()
    })
}

fn kept(memory: &Memory, name: &str) -> String {
    memory.kept("scenario-a", "ichiro", name).expect(name).to_owned()
}

fn signed<T>(world: &World, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", world.token("core-center").unwrap()).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}
