//! What both stores have in common: somebody is told of, merged with, read, and erased.

use std::time::Duration;

use acceptance::{Canaries, World};
use access::Principal;
use casework::{ERASURE_OFFICER, IDENTITY_OFFICER};
use contracts::{
    Event, Office,
    events::{PersonErased, PersonErasureRequested, PersonsMergeProposed, PersonsMerged},
    municipality::{
        ErasePersonRequest, MergePersonsRequest, ProposePersonsMergeRequest,
        RequestPersonErasureRequest, municipality_service_client::MunicipalityServiceClient,
    },
    office::{CommandContext, CommandReply},
};
use jiff::{SignedDuration, Timestamp};
use scenario::{Memory, Scenario};
use serde_json::{Value, json};
use tokio::time::timeout;
use tonic::{Request, Response, Status, transport::Channel};
use tsunagi::data_folder::MUNICIPALITY_ID;
use uuid::Uuid;

use crate::gateway::{Gateway, log_of};

const READING: &str = "2026-11-30T03:00:00Z";

pub const TIMELINE: &str = "query Timeline($id: ID!) { case(id: $id) {
    person { familyName givenName }
    timeline(first: 100) { edges { node { fields { label value } } } }
} }";

/// Written by an officer about both files, so that it is sealed under both keys.
const EVIDENCE: &str = "印-evidence-6b0d0f4a5c1e4a7d";

/// Those who read, with their agencies.
pub const READERS: [(&str, Office, &str); 2] = [
    ("support-center", Office::SupportCenter, "support-center-isogo"),
    ("hospital", Office::Hospital, "hospital-kakuu-minato"),
];

/// Has somebody erased, with `before` while everything is there, and looks that nothing is left in any
/// answer, nor in the memory of a process that is started afterwards.
pub async fn erase_somebody<T>(world: &World, before: impl AsyncFnOnce(&Told) -> T) -> (Told, T) {
    let told = play(world).await;
    let count = told.markers.len();
    assert!(count > 100, "scenario A fills many personal fields: {count}");
    merge(world, &told).await;
    let figures = discharges(world).await;
    let may_be_searched = assert_finds(world, &told).await;
    let kept = before(&told).await;

    let followed = follow(world, &told.case).await;
    erase(world, &told).await;
    // Whoever follows is told that there is nothing, and the stream ends.
    for stream in followed {
        let said = timeout(Duration::from_secs(1), stream.text()).await;
        let said = said.expect("it ends within a second").unwrap();
        assert!(said.contains("NOT_FOUND") && said.contains("event: complete"), "{said}");
    }
    // Afterwards there is nobody, but everybody is counted.
    assert_eq!(read(world, &told.case).await, json!([{ "case": null }, { "case": null }]));
    assert_eq!(discharges(world).await, figures);
    assert_finds_nothing(world, &told, may_be_searched).await;
    let export = world.folder().join("export.jsonl");
    assert!(log_of(world, &["export", "--to", export.to_str().unwrap()]).is_empty());
    let verified = log_of(world, &["verify"]);
    assert!(verified.contains("the chain holds"), "{verified}");
    (told, kept)
}

/// What may be read is read, and the search finds it in the memory of who read it; false where this
/// system lets nobody read the memory of a process.
async fn assert_finds(world: &World, told: &Told) -> bool {
    let markers = &told.markers;
    let shown = read(world, &told.case).await;
    let seen = markers.found_in(shown.to_string().as_bytes()).len();
    assert!(seen * 2 > markers.len(), "most of it is read: {seen}");
    let gateway = Gateway::start(world, "before").await;
    let shown = gateway.read_all(&told.case).await;
    assert!(markers.found_in(shown.as_bytes()).len() * 2 > markers.len());
    let Some((found, bytes)) = markers.found_in_memory(gateway.process.id()).unwrap() else {
        eprintln!("skipped: this system lets nobody read the memory of a process");
        return false;
    };
    assert!(found.len() * 2 > markers.len() && bytes > 10_000_000, "{found:?} in {bytes}");
    true
}

async fn assert_finds_nothing(world: &World, told: &Told, may_be_searched: bool) {
    let gateway = Gateway::start(world, "after").await;
    let shown = gateway.read_all(&told.case).await;
    assert_eq!(told.markers.found_in(shown.as_bytes()).len(), 0, "{shown}");
    if may_be_searched {
        let memory = told.markers.found_in_memory(gateway.process.id()).unwrap();
        let (found, bytes) = memory.expect("it was searched before");
        assert!(found.is_empty(), "in memory: {found:?}");
        assert!(bytes > 10_000_000, "the memory was read: {bytes}");
        println!("0 of {} markers in {bytes} bytes of memory", told.markers.len());
    }
}

/// What was played.
pub struct Told {
    /// Of both persons.
    pub markers: Canaries,
    pub person: String,
    pub other: String,
    pub case: String,
}

/// Scenario A, and somebody else whom the hospital registers.
async fn play(world: &World) -> Told {
    let reading: Timestamp = READING.parse().unwrap();
    let today = scenario::today(reading);
    let whole = Scenario::scenario_a().unwrap();
    let other = whole.clone().named("other").on(today).unwrap();
    let registration = other.until("2021-09-06T01:10:00Z".parse().unwrap());
    let agencies = Scenario::agencies().unwrap().on(today).unwrap();
    let script = agencies.and(whole.on(today).unwrap()).and(registration);
    let mut player = world.player().unwrap().marking_personal_texts("erased");
    let mut markers = vec![EVIDENCE.to_owned()];
    for step in script.steps() {
        let before = player.markers().len();
        player.perform(step).await.unwrap();
        // What an agency writes about its own work is sealed under the agency's key.
        if step.step.person.is_some() {
            let new = player.markers()[before..].iter();
            markers.extend(new.map(|marker| marker.text.clone()));
        }
    }
    let memory: &Memory = player.memory();
    let person = |of| memory.person(of, "ichiro").unwrap().to_owned();
    let case = memory.case("scenario-a", "ichiro", "a").unwrap().to_owned();
    world.clock.set(reading);
    let markers = Canaries::of(markers);
    Told { markers, person: person("scenario-a"), other: person("other"), case }
}

async fn read(world: &World, case: &str) -> Value {
    let mut shown = Vec::new();
    for (persona, ..) in READERS {
        shown.push(world.graphql(persona, TIMELINE, json!({ "id": case })).await.unwrap());
    }
    Value::Array(shown)
}

/// A stream for each reader, once it is on record that it has begun.
async fn follow(world: &World, case: &str) -> Vec<reqwest::Response> {
    let query = "subscription ($id: ID!) { timelineAppended(caseId: $id) { label } }";
    let mut streams = Vec::new();
    for (persona, ..) in READERS {
        let before = world.house.reads.head().await.unwrap();
        let request = reqwest::Client::new()
            .post(format!("http://{}/graphql", world.running.http))
            .bearer_auth(world.token(persona).unwrap())
            .header("accept", "text/event-stream")
            .json(&json!({ "query": query, "variables": { "id": case } }));
        streams.push(request.send().await.unwrap());
        world.house.reads.follow(before).next().await.unwrap();
    }
    streams
}

async fn discharges(world: &World) -> Value {
    let query = "{ dischargeOutcomes(fiscalYear: 2025) { discharges } }";
    world.graphql("municipality", query, json!({})).await.unwrap()
}

async fn city(world: &World) -> MunicipalityServiceClient<Channel> {
    MunicipalityServiceClient::new(world.channel(Office::Municipality).unwrap())
}

fn by<R>(world: &World, officer: &str, role: &str, message: R) -> Request<R> {
    let principal = Principal {
        office: Office::Municipality,
        agency: MUNICIPALITY_ID.into(),
        staff: officer.to_owned(),
        roles: vec![role.to_owned()],
    };
    let now = access::Clock::now(&world.clock);
    let token = world.house.issuer().unwrap();
    let token = token.issue(&principal, now, now + SignedDuration::from_hours(1));
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

fn about(person: &str, request: u128) -> Option<CommandContext> {
    let request_id = Uuid::from_u128(0x8000_0000_0000 + request).to_string();
    Some(CommandContext { request_id, person_id: person.to_owned(), ..Default::default() })
}

fn event_of(reply: Result<Response<CommandReply>, Status>) -> Event {
    let mut reply = reply.expect("it is recorded").into_inner();
    reply.recorded.remove(0).body.and_then(|body| body.event).expect("an event")
}

async fn merge(world: &World, told: &Told) {
    let mut city = city(world).await;
    let proposal = PersonsMergeProposed {
        merged_person_id: told.other.clone(),
        evidence: EVIDENCE.to_owned(),
        ..Default::default()
    };
    let (context, proposal) = (about(&told.person, 1), Some(proposal));
    let request = ProposePersonsMergeRequest { context, proposal };
    let request = by(world, "officer-1", IDENTITY_OFFICER, request);
    let Event::PersonsMergeProposed(proposed) = event_of(city.propose_persons_merge(request).await)
    else {
        panic!("no proposal")
    };
    let merge = PersonsMerged { proposal_id: proposed.proposal_id, ..Default::default() };
    let request = MergePersonsRequest { context: about(&told.person, 2), merge: Some(merge) };
    let request = by(world, "officer-2", IDENTITY_OFFICER, request);
    event_of(city.merge_persons(request).await);
}

async fn erase(world: &World, told: &Told) {
    let mut city = city(world).await;
    let ground = contracts::events::ErasureGround::RecordedInError.into();
    let erasure = Some(PersonErasureRequested { ground, ..Default::default() });
    let request = RequestPersonErasureRequest { context: about(&told.person, 3), erasure };
    let request = by(world, "officer-3", ERASURE_OFFICER, request);
    let Event::PersonErasureRequested(asked) = event_of(city.request_person_erasure(request).await)
    else {
        panic!("no request")
    };
    assert_eq!(asked.person_ids.len(), 2, "the merged file goes along");
    let erasure = PersonErased { erasure_id: asked.erasure_id, ..Default::default() };
    let (context, erasure) = (about(&told.person, 4), Some(erasure));
    let request = by(world, "officer-4", ERASURE_OFFICER, ErasePersonRequest { context, erasure });
    event_of(city.erase_person(request).await);
}
