//! One whole emergency over real gRPC and GraphQL, on both stores: staying at home is tried, a home
//! takes the person in for seven days and not for more, those who help meet, everybody goes home.

use std::collections::BTreeSet;

use acceptance::World;
use contracts::{
    Office,
    emergency::{
        ExtendEmergencyStayRequest, RecordHomeContinuationRequest,
        emergency_service_client::EmergencyServiceClient,
    },
    events::{
        ConsentWithdrawn, EmergencyReported, EmergencyReporter, EmergencyStayExtended,
        EmergencyTrigger, EventBody, HomeContinuationArranged, HomeContinuationOutcome, OnCallTime,
    },
    office::{CommandContext, RecordActivityRequest},
    support_center::{
        WithdrawConsentRequest, support_center_service_client::SupportCenterServiceClient,
    },
};
use jiff::Timestamp;
use scenario::{Memory, Scenario, Script};
use serde_json::{Value, json};
use tonic::{Code, Request, transport::Channel};
use tonic_types::StatusExt;

const TIMELINE: &str = "query Timeline($id: ID!) { case(id: $id) {
    timeline(first: 100) { edges { node { type sight fields { name value } } } }
} }";
const WORK: &str = "{ workList(first: 50) { edges { node { kind case { id } } } } }";

/// Where the family stays, which only the ward office may know.
const FAMILY_PLACE: &str = "架空の滞在場所ひなげし202";

#[tokio::test]
async fn on_sqlite() {
    run(World::on_sqlite(moment("2021-09-01T00:00:00Z")).await.unwrap()).await;
}

#[tokio::test]
async fn on_postgres() {
    run(World::on_postgres(moment("2021-09-01T00:00:00Z")).await.unwrap()).await;
}

/// A center that takes no part takes a call: it is let into that emergency and into nothing else.
#[tokio::test]
async fn whoever_takes_the_call_answers_it() {
    let world = World::on_sqlite(moment("2021-09-01T00:00:00Z")).await.unwrap();
    let memory = world.play(&script().until(moment("2026-05-31T00:00:00Z"))).await.unwrap();
    world.clock.set(moment("2026-06-01T00:00:00Z"));
    let outside = arrange_at_home(&world, &memory, 1, "00000000-0000-4000-8000-0000000000e9").await;
    assert_eq!(outside, Err("UNKNOWN_PERSON".to_owned()));
    let emergency = take_the_call(&world, &memory).await;
    let unknown = arrange_at_home(&world, &memory, 3, "00000000-0000-4000-8000-0000000000e9").await;
    assert_eq!(unknown, Err("UNKNOWN_EMERGENCY".to_owned()));
    assert_eq!(arrange_at_home(&world, &memory, 4, &emergency).await, Ok(()));
    assert!(raw_timeline(&world, "support-center-2", &memory).await["case"].is_null());
    world.stop().await.unwrap();
}

/// The consent is taken back while the home has the person: the emergency stays to be seen until it
/// is closed, and nothing else does.
#[tokio::test]
async fn an_open_emergency_is_seen_without_a_consent() {
    let world = World::on_sqlite(moment("2021-09-01T00:00:00Z")).await.unwrap();
    let taken_in = moment("2026-06-10T08:00:00Z");
    let mut player = world.player().unwrap();
    player.play(&script().until(taken_in)).await.unwrap();
    let memory = player.memory().clone();
    withdraw_consent(&world, &memory).await;
    let seen = timeline(&world, "core-center", &memory).await;
    let kinds: BTreeSet<_> = seen.iter().map(|(kind, _)| kind.as_str()).collect();
    assert!(kinds.contains("EmergencyReported") && kinds.contains("EmergencyStayStarted"));
    assert!(!kinds.contains("EmergencyPlanCreated") && !kinds.contains("PersonRegistered"));
    let closed = moment("2026-06-30T08:00:00Z");
    player.play(&script().after(taken_in).until(closed)).await.unwrap();
    let own = timeline(&world, "core-center", &memory).await;
    assert_eq!(own, [("HomeReturnSupportRecorded".to_owned(), "FULL".to_owned())]);
    world.stop().await.unwrap();
}

async fn withdraw_consent(world: &World, memory: &Memory) {
    let consent_id = memory.kept("emergency", "matsuko", "consent").unwrap().to_owned();
    let withdrawal = ConsentWithdrawn { consent_id, withdrawn_on: "2026-06-10".to_owned() };
    let request =
        WithdrawConsentRequest { context: context_of(memory, 5, ""), withdrawal: Some(withdrawal) };
    let channel = world.channel(Office::SupportCenter).unwrap();
    let request = signed(world, "support-center", request);
    let reply = SupportCenterServiceClient::new(channel).withdraw_consent(request).await;
    assert_eq!(reply.map(|_| ()).map_err(|status| status.code()), Ok(()));
}

/// The id of the emergency that the call opened.
async fn take_the_call(world: &World, memory: &Memory) -> String {
    let report = EmergencyReported {
        reported_on: "2026-06-01".to_owned(),
        time: OnCallTime::Night.into(),
        reporter: EmergencyReporter::Family.into(),
        trigger: EmergencyTrigger::Caregiver.into(),
        ..EmergencyReported::default()
    };
    let request = RecordActivityRequest {
        context: context_of(memory, 2, ""),
        activity: Some(EventBody { event: Some(report.into()) }),
    };
    let reply = service(world).record_activity(signed(world, "support-center-2", request)).await;
    let reply = reply.map_err(|status| status.code()).map(tonic::Response::into_inner);
    let mut reply = reply.unwrap_or_else(|code| panic!("{code:?}"));
    let recorded = reply.recorded.remove(0).body.and_then(|body| body.event);
    recorded.and_then(|event| event.emergency()).expect("the emergency has an id")
}

/// Whether the other center may say what was tried at home; otherwise the reason why not.
async fn arrange_at_home(
    world: &World,
    memory: &Memory,
    request: u8,
    emergency: &str,
) -> Result<(), String> {
    let arrangement = HomeContinuationArranged {
        emergency_id: emergency.to_owned(),
        arranged_on: "2026-06-01".to_owned(),
        outcome: HomeContinuationOutcome::NotEnough.into(),
        ..HomeContinuationArranged::default()
    };
    let request = RecordHomeContinuationRequest {
        context: context_of(memory, request, ""),
        arrangement: Some(arrangement),
    };
    let request = signed(world, "support-center-2", request);
    let answer = service(world).record_home_continuation(request).await.map(|_| ());
    answer.map_err(|status| status.get_error_details().error_info().unwrap().reason.clone())
}

async fn run(world: World) {
    let (accepted, asked_again) = (moment("2026-06-10T02:45:00Z"), moment("2026-06-15T01:30:00Z"));
    let mut player = world.player().unwrap();
    player.play(&script().until(accepted)).await.unwrap();
    waits_for_the_meeting(&world, player.memory()).await;
    player.play(&script().after(accepted).until(asked_again)).await.unwrap();
    the_eighth_day_is_refused(&world, player.memory()).await;
    player.play(&script().after(asked_again)).await.unwrap();
    let memory = player.memory().clone();
    the_three_agencies_see_the_emergency(&world, &memory).await;
    only_the_ward_office_knows_where_the_family_stays(&world, &memory).await;
    nothing_waits_any_more(&world, &memory).await;
    world.stop().await.unwrap();
}

async fn waits_for_the_meeting(world: &World, memory: &Memory) {
    let kinds = work(world, "support-center", memory).await;
    assert!(kinds.contains(&"POST_EMERGENCY_MEETING_TO_HOLD".to_owned()), "{kinds:?}");
}

async fn the_eighth_day_is_refused(world: &World, memory: &Memory) {
    let kept = |name| memory.kept("emergency", "matsuko", name).expect(name).to_owned();
    let answer = EmergencyStayExtended {
        extension_id: kept("to_18"),
        emergency_id: kept("emergency"),
        planned_to_on: "2026-06-18".to_owned(),
        ..EmergencyStayExtended::default()
    };
    let case = memory.case("emergency", "matsuko", "a").unwrap();
    let context = context_of(memory, 0, case);
    let request = signed(
        world,
        "support-center",
        ExtendEmergencyStayRequest { context, answer: Some(answer) },
    );
    let refused = service(world).extend_emergency_stay(request).await;
    let status = refused.map(|_| ()).unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "SEVEN_DAYS_AT_MOST");
    let japanese = &details.localized_message().unwrap().message;
    assert!(japanese.contains("連携ガイドライン」（緊急時の受入れ・対応"), "{japanese}");
}

async fn the_three_agencies_see_the_emergency(world: &World, memory: &Memory) {
    let whole = ["EmergencyReported", "EmergencyPlacementRequested", "EmergencyStayEnded"];
    let whole = whole.into_iter().chain(["PostEmergencyMeetingHeld", "EmergencyClosed"]);
    for reader in ["support-center", "core-center", "ward-office"] {
        let seen = timeline(world, reader, memory).await;
        for kind in whole.clone() {
            let found: Vec<_> = seen.iter().filter(|(found, _)| found == kind).collect();
            let is_whole = |(_, sight): &&(String, String)| sight == "FULL";
            assert!(!found.is_empty() && found.iter().all(is_whole), "{reader}: {kind}");
        }
    }
    let changed = ("PrimarySupporterChanged".to_owned(), "FULL".to_owned());
    assert!(timeline(world, "core-center", memory).await.contains(&changed));
}

async fn only_the_ward_office_knows_where_the_family_stays(world: &World, memory: &Memory) {
    let moved_in = |sight: &str| ("FamilyEmergencyStayStarted".to_owned(), sight.to_owned());
    for (reader, sight) in
        [("support-center", "STUB"), ("core-center", "STUB"), ("ward-office", "FULL")]
    {
        let answer = raw_timeline(world, reader, memory).await.to_string();
        assert_eq!(answer.contains(FAMILY_PLACE), reader == "ward-office", "{reader}");
        assert!(timeline(world, reader, memory).await.contains(&moved_in(sight)), "{reader}");
    }
}

async fn nothing_waits_any_more(world: &World, memory: &Memory) {
    for reader in ["support-center", "core-center", "ward-office"] {
        assert_eq!(work(world, reader, memory).await, Vec::<String>::new(), "{reader}");
    }
}

/// The kinds of work that wait for this reader in the case.
async fn work(world: &World, reader: &str, memory: &Memory) -> Vec<String> {
    let case = memory.case("emergency", "matsuko", "a").unwrap();
    let data = world.graphql(reader, WORK, Value::Null).await.unwrap();
    let edges = data["workList"]["edges"].as_array().cloned().unwrap_or_default();
    let nodes = edges.into_iter().map(|edge| edge["node"].clone());
    let of_case = nodes.filter(|node| node["case"]["id"] == case);
    of_case.map(|node| node["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Kind and sight of every entry.
async fn timeline(world: &World, reader: &str, memory: &Memory) -> Vec<(String, String)> {
    let data = raw_timeline(world, reader, memory).await;
    let edges = data["case"]["timeline"]["edges"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entry = |edge: &Value| (text(&edge["node"]["type"]), text(&edge["node"]["sight"]));
    edges.iter().map(entry).collect()
}

async fn raw_timeline(world: &World, reader: &str, memory: &Memory) -> Value {
    let case = memory.case("emergency", "matsuko", "a").unwrap();
    world.graphql(reader, TIMELINE, json!({ "id": case })).await.unwrap()
}

fn service(world: &World) -> EmergencyServiceClient<Channel> {
    EmergencyServiceClient::new(world.channel(Office::SupportCenter).unwrap())
}

fn context_of(memory: &Memory, request: u8, case_id: &str) -> Option<CommandContext> {
    Some(CommandContext {
        request_id: format!("0e0f6c6e-7a3b-4f0a-9a59-6d0a1f3f2e{request:02x}"),
        person_id: memory.person("emergency", "matsuko").unwrap().to_owned(),
        case_id: case_id.to_owned(),
        ..CommandContext::default()
    })
}

fn signed<T>(world: &World, persona: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", world.token(persona).unwrap()).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}

fn script() -> Script {
    let today = "2026-11-30".parse().unwrap();
    let agencies = Scenario::agencies().unwrap().on(today).unwrap();
    agencies.and(Scenario::emergency().unwrap().on(today).unwrap())
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}
