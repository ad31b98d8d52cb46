//! The person takes the consent back in the middle of a case: bodies vanish for all other agencies
//! at once, the log and the counts stay, facts are still recorded, and nothing more is disclosed.

use acceptance::World;
use contracts::{Event, Office};
use contracts::{
    events::{
        ConsentWithdrawn, IndividualSupportPlanShared, VisitMethod, VisitPurpose, WardVisitRecorded,
    },
    hospital::{WithdrawConsentRequest, hospital_service_client::HospitalServiceClient},
    office::CommandContext,
    support_center::{
        RecordWardVisitRequest, ShareIndividualSupportPlanRequest,
        support_center_service_client::SupportCenterServiceClient,
    },
};
use scenario::{Memory, Scenario};
use serde_json::{Value, json};
use tonic::{Code, Request};
use tonic_types::StatusExt;

const TIMELINE: &str = "query Timeline($id: ID!) { case(id: $id) {
    person { familyName }
    timeline(first: 100) { edges { node { type agency { id } sight } } }
} }";

const WORK: &str = "{ workList(first: 50) { edges { node { kind case { id } } } } }";

#[tokio::test]
async fn what_others_recorded_vanishes_at_once_and_work_goes_on() {
    let world = World::on_sqlite("2021-09-01T00:00:00Z".parse().unwrap()).await.unwrap();
    let ids = Ids::of(&play_until_the_plan(&world).await);
    world.clock.set("2025-06-27T00:00:00Z".parse().unwrap());
    let before = others_on_timeline(&world, "support-center", &ids.case).await;
    assert!(before > 3, "the hospital's records are visible under the consent: {before}");

    let head = world.house.log.head().await.unwrap();
    withdraw(&world, &ids).await;
    for reader in ["support-center", "hospital", "ward-office", "core-center"] {
        let others = others_on_timeline(&world, reader, &ids.case).await;
        assert_eq!(others, 0, "{reader} still sees what others recorded");
    }
    assert_eq!(world.house.log.head().await.unwrap(), head + 1, "nothing but the withdrawal");
    assert!(on_work_list(&world, &ids.case, "CONSENT_ENDED").await);

    assert_eq!(
        share_the_plan(&world, &ids).await,
        (Code::FailedPrecondition, "CONSENT_REQUIRED".into())
    );
    record_a_visit(&world, &ids).await;
    world.stop().await.unwrap();
}

struct Ids {
    person: String,
    case: String,
    stay: String,
    consent: String,
    plan: String,
}

impl Ids {
    fn of(memory: &Memory) -> Self {
        let kept = |name| memory.kept("scenario-a", "ichiro", name).expect(name).to_owned();
        Self {
            person: memory.person("scenario-a", "ichiro").unwrap().to_owned(),
            case: memory.case("scenario-a", "ichiro", "a").unwrap().to_owned(),
            stay: kept("stay"),
            consent: kept("consent"),
            plan: kept("plan"),
        }
    }

    fn context(&self, request: u8, case_id: &str) -> Option<CommandContext> {
        Some(CommandContext {
            request_id: format!("0e0f6c6e-7a3b-4f0a-9a59-6d0a1f3f2c{request:02x}"),
            person_id: self.person.clone(),
            case_id: case_id.to_owned(),
            ..CommandContext::default()
        })
    }
}

async fn play_until_the_plan(world: &World) -> Memory {
    let today = "2026-11-30".parse().unwrap();
    let script = Scenario::agencies().unwrap().on(today).unwrap();
    let script = script.and(Scenario::scenario_a().unwrap().on(today).unwrap());
    world.play(&script.until("2025-06-26T14:59:00Z".parse().unwrap())).await.unwrap()
}

async fn withdraw(world: &World, ids: &Ids) {
    let mut hospital = HospitalServiceClient::new(world.channel(Office::Hospital).unwrap());
    let withdrawal =
        ConsentWithdrawn { consent_id: ids.consent.clone(), withdrawn_on: "2025-06-27".to_owned() };
    let request =
        WithdrawConsentRequest { context: ids.context(1, ""), withdrawal: Some(withdrawal) };
    let reply = hospital.withdraw_consent(signed(world, "hospital", request)).await;
    assert!(reply.map(|_| ()).is_ok());
}

/// An act of disclosure: refused, whoever asks.
async fn share_the_plan(world: &World, ids: &Ids) -> (Code, String) {
    let share = IndividualSupportPlanShared {
        plan_id: ids.plan.clone(),
        recipient_agency_ids: vec!["hospital-kakuu-minato".to_owned()],
        ..IndividualSupportPlanShared::default()
    };
    let request = ShareIndividualSupportPlanRequest {
        context: ids.context(2, &ids.case),
        share: Some(share),
    };
    let request = signed(world, "support-center", request);
    let refused = center(world).share_individual_support_plan(request).await;
    let status = refused.map(|_| ()).unwrap_err();
    let reason = status.get_error_details().error_info().map(|info| info.reason.clone());
    (status.code(), reason.unwrap_or_default())
}

/// A fact: recorded, with nothing remarkable about it.
async fn record_a_visit(world: &World, ids: &Ids) {
    let visit = WardVisitRecorded {
        episode_id: ids.stay.clone(),
        visited_on: "2025-06-27".to_owned(),
        method: VisitMethod::InPerson.into(),
        purpose: VisitPurpose::Interview.into(),
        ..WardVisitRecorded::default()
    };
    let request = RecordWardVisitRequest { context: ids.context(3, &ids.case), visit: Some(visit) };
    let request = signed(world, "support-center", request);
    let reply = center(world).record_ward_visit(request).await.map_err(|status| status.code());
    let reply = reply.map(tonic::Response::into_inner).unwrap_or_else(|code| panic!("{code:?}"));
    let recorded = reply.recorded[0].body.clone().and_then(|body| body.event);
    assert!(matches!(recorded, Some(Event::WardVisitRecorded(_))) && reply.warnings.is_empty());
}

fn center(world: &World) -> SupportCenterServiceClient<tonic::transport::Channel> {
    SupportCenterServiceClient::new(world.channel(Office::SupportCenter).unwrap())
}

fn signed<T>(world: &World, persona: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", world.token(persona).unwrap()).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}

async fn others_on_timeline(world: &World, reader: &str, case: &str) -> usize {
    let own = match reader {
        "hospital" => "hospital-kakuu-minato",
        "support-center" => "support-center-isogo",
        "ward-office" => "ward-office-isogo",
        _ => "core-center-isogo",
    };
    let data = world.graphql(reader, TIMELINE, json!({ "id": case })).await.unwrap();
    let entries = data["case"]["timeline"]["edges"].as_array().cloned().unwrap_or_default();
    entries.iter().filter(|edge| edge["node"]["agency"]["id"] != own).count()
}

async fn on_work_list(world: &World, case: &str, kind: &str) -> bool {
    let data = world.graphql("support-center", WORK, Value::Null).await.unwrap();
    let items = data["workList"]["edges"].as_array().cloned().unwrap_or_default();
    items.iter().any(|edge| edge["node"]["kind"] == kind && edge["node"]["case"]["id"] == case)
}
