//! A personal text in every place where a caller can put one, well or badly: it comes back in no
//! error, and stands in no log line, at the finest level, and in no metric.

use std::time::Duration;

use acceptance::{Printed, World};
use contracts::{Office, catalogue};
use prost_reflect::{
    DynamicMessage, Kind, MessageDescriptor, MethodDescriptor, Value as Reflected,
};
use reqwest::{Client, Method, redirect::Policy};
use scenario::Scenario;
use serde_json::json;
use tonic::{Request, Status, client::Grpc, codegen::http::uri::PathAndQuery, transport::Channel};
use tonic_prost::ProstCodec;

/// Plainly an invented person.
const CANARY: &str = "canaryKakuu花子";
/// What of it stays as it is in any escaping.
const SONG: &str = "canaryKakuu";
const ID: &str = "0e0f6c6e-7a3b-4f0a-9a59-6d0a1f3f2d77";

const OFFICES: [(Office, &str); 5] = [
    (Office::Hospital, "hospital"),
    (Office::SupportCenter, "support-center"),
    (Office::CoreCenter, "core-center"),
    (Office::WardOffice, "ward-office"),
    (Office::Municipality, "municipality"),
];

/// Where the console takes forms, and who sends them.
const FORMS: [(&str, &str); 13] = [
    ("/sign-in", "hospital"),
    ("/enrol", "hospital"),
    ("/enrol/confirm", "hospital"),
    ("/referrals/check", "hospital"),
    ("/referrals", "hospital"),
    ("/referrals/new", "hospital"),
    ("/search", "hospital"),
    ("/cases/ID/acceptance", "support-center"),
    ("/cases/ID/return", "support-center"),
    ("/cases/ID/ward-visits", "support-center"),
    ("/merge-candidates/proposals", "identity-officer"),
    ("/merge-candidates/approvals", "identity-officer"),
    ("/merge-candidates/declines", "identity-officer"),
];

#[tokio::test]
async fn what_a_caller_writes_comes_back_in_no_error_and_no_log() {
    let printed = Printed::capture();
    let world = World::on_sqlite("2021-09-01T00:00:00Z".parse().unwrap()).await.unwrap();
    let agencies = Scenario::agencies().unwrap().on("2026-11-21".parse().unwrap()).unwrap();
    world.play(&agencies).await.unwrap();
    world.clock.set("2026-11-21T03:00:00Z".parse().unwrap());

    let refused = refused_by_offices(&world).await;
    assert!(refused > 300, "every RPC and every event was tried: {refused}");
    refused_by_graphql(&world).await;
    refused_by_console(&world).await;
    assert!(!get(&world, "/metrics").await.1.contains(SONG));
    world.stop().await.unwrap();

    let printed = printed.bytes();
    let text = String::from_utf8_lossy(&printed);
    assert!(text.len() > 100_000, "everything was captured: {}", text.len());
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(SONG)).take(5).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

/// Every RPC of every office, with the canary in every text, and in every text but the ids; what
/// holds one of many events is sent with each of them.
async fn refused_by_offices(world: &World) -> usize {
    let mut refused = 0;
    for (office, persona) in OFFICES {
        let channel = world.channel(office).unwrap();
        let token = world.token(persona).unwrap();
        for method in
            catalogue().pool().services().flat_map(|service| service.methods().collect::<Vec<_>>())
        {
            for message in messages(&method) {
                let Err(status) = call(&channel, &token, &method, message).await else { continue };
                let details = String::from_utf8_lossy(status.details()).into_owned();
                let told = format!("{} {details} {:?}", status.message(), status.metadata());
                assert!(!told.contains(SONG), "{}: {told}", method.full_name());
                refused += 1;
            }
        }
    }
    refused
}

fn messages(method: &MethodDescriptor) -> Vec<DynamicMessage> {
    let choices = choices(&method.input(), 0).max(1);
    let with_ids = (0..choices).map(|choice| filled(&method.input(), choice, true, 0));
    with_ids.chain([filled(&method.input(), 0, false, 0)]).collect()
}

/// How many different events the message can hold.
fn choices(message: &MessageDescriptor, depth: usize) -> usize {
    let own = message.oneofs().map(|oneof| oneof.fields().count());
    let inner = message.fields().filter_map(|field| match field.kind() {
        Kind::Message(inner) if depth < 3 => Some(choices(&inner, depth + 1)),
        _ => None,
    });
    own.chain(inner).max().unwrap_or_default()
}

fn filled(message: &MessageDescriptor, choice: usize, ids: bool, depth: usize) -> DynamicMessage {
    let mut made = DynamicMessage::new(message.clone());
    let alone = message.fields().filter(|field| field.containing_oneof().is_none());
    let chosen = message.oneofs().filter_map(|oneof| {
        let fields: Vec<_> = oneof.fields().collect();
        fields.get(choice % fields.len().max(1)).cloned()
    });
    for field in alone.chain(chosen).collect::<Vec<_>>() {
        let is_id = field.name().ends_with("_id") || field.name().ends_with("_ids");
        let text = if is_id && ids { ID } else { CANARY };
        let value = match field.kind() {
            Kind::String => Reflected::String(text.to_owned()),
            Kind::Bytes => Reflected::Bytes(CANARY.as_bytes().to_vec().into()),
            Kind::Enum(_) => Reflected::EnumNumber(1),
            Kind::Message(inner) if depth < 4 => {
                Reflected::Message(filled(&inner, choice, ids, depth + 1))
            }
            _ => continue,
        };
        if !field.is_map() {
            let value = if field.is_list() { Reflected::List(vec![value]) } else { value };
            made.set_field(&field, value);
        }
    }
    made
}

async fn call(
    channel: &Channel,
    token: &str,
    method: &MethodDescriptor,
    message: DynamicMessage,
) -> Result<(), Status> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path = PathAndQuery::try_from(path).unwrap();
    let mut request = Request::new(tokio_stream::once(message));
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request.set_timeout(Duration::from_secs(30));
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    // What is answered is not looked at here, so any message can take it.
    let codec = ProstCodec::<DynamicMessage, ()>::default();
    let mut replies = client.streaming(request, path, codec).await?.into_inner();
    while replies.message().await?.is_some() {}
    Ok(())
}

/// The canary as a value, and where no document is: it comes back in no error. A name of the
/// document's own, of a field or an operation, is quoted to the developer who wrote it, and is
/// looked for in the log alone.
async fn refused_by_graphql(world: &World) {
    let token = world.token("support-center").unwrap();
    for (is_name, body) in
        names().map(|body| (true, body)).chain(values().map(|body| (false, body)))
    {
        for accept in ["application/json", "text/event-stream"] {
            let request = post(world, "/graphql").header("content-type", "application/json");
            let request = request.header("accept", accept).bearer_auth(&token).body(body.clone());
            let answer = request.send().await.unwrap().text().await.unwrap();
            assert!(is_name || !answer.contains(SONG), "{body}: {answer}");
        }
    }
    let odd = post(world, "/graphql").header("content-type", SONG).bearer_auth(&token).body("{}");
    assert!(!odd.send().await.unwrap().text().await.unwrap().contains(SONG));
    let stranger = post(world, "/graphql").bearer_auth(SONG).body("{}");
    assert!(!stranger.send().await.unwrap().text().await.unwrap().contains(SONG));
}

fn names() -> impl Iterator<Item = String> {
    [
        format!("{{ {SONG} }}"),
        format!("{{ {SONG}: viewer {{ staff {SONG} }} }}"),
        format!("{{ case({SONG}: \"{CANARY}\") {{ id }} }}"),
        format!("query {SONG} {{ viewer {{ ...{SONG} }} }}"),
        format!("{{ viewer {{ staff @{SONG}(if: \"{CANARY}\") }} }}"),
        format!("query Q(${SONG}: {SONG}) {{ case(id: ${SONG}) {{ id }} }}"),
    ]
    .into_iter()
    .map(|query| json!({ "query": query }).to_string())
}

fn values() -> impl Iterator<Item = String> {
    let case = "query Q($id: ID!) { case(id: $id) { id } }";
    let providers =
        format!("{{ providers(ward: \"{CANARY}\", kind: {SONG}) {{ edges {{ cursor }} }} }}");
    let bodies = [
        json!({"query": format!("{{ case(id: \"{CANARY}\", asOf: \"{CANARY}\") {{ id }} }}")}),
        json!({"query": format!("{{ case(id: {SONG}) {{ id }} }}")}),
        json!({"query": format!("{{ case(id: [\"{CANARY}\"]) {{ id }} }}")}),
        json!({ "query": providers }),
        json!({"query": format!("{{ workList(after: \"{CANARY}\", first: \"{CANARY}\") {{ edges {{ cursor }} }} }}")}),
        json!({"query": format!("\"{CANARY}")}),
        json!({"query": format!("{{ case(id: \"{CANARY}")}),
        json!({"query": CANARY}),
        json!({"query": format!("{{ searchPersons(name: \"{CANARY}\", birthDate: \"{CANARY}\") {{ edges {{ cursor }} }} }}")}),
        json!({"query": case, "variables": {"id": [CANARY]}}),
        json!({"query": case, "variables": {"id": {SONG: CANARY}}}),
        json!({"query": case, "variables": CANARY}),
        json!({"query": case, "operationName": CANARY}),
        json!({"query": case, "variables": {"id": CANARY, SONG: CANARY}, "extensions": {SONG: CANARY}}),
        json!({ SONG: CANARY }),
    ];
    let no_json = [format!("{{\"query\": {CANARY}"), CANARY.to_owned(), format!("[\"{CANARY}\"]")];
    bodies.map(|body| body.to_string()).into_iter().chain(no_json)
}

/// Addresses that somebody made up, forms from elsewhere, and forms of somebody who is signed in:
/// those show what was typed in their fields, and are looked for in the log alone.
async fn refused_by_console(world: &World) {
    for path in ["/", "/cases/", "/referrals/", "/?q=", "/outcomes?year=", "/assets/"] {
        let (_, answer) = get(world, &format!("{path}{SONG}")).await;
        assert!(!answer.contains(SONG), "{path}");
    }
    let form = format!(
        "persona={SONG}&family_name={SONG}&summary={SONG}&name={SONG}&birth_date={SONG}&{SONG}={SONG}"
    );
    for (path, persona) in FORMS {
        let path = path.replace("ID", ID);
        let cookie = format!("tsunagi_demo={}", world.token(persona).unwrap());
        for (site, cookie) in [("cross-site", ""), ("same-origin", ""), ("same-origin", &cookie)] {
            let request = post(world, &path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", site)
                .header("cookie", cookie)
                .body(form.clone());
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            answer.bytes().await.unwrap();
            assert_ne!(status, 405, "{path}");
            // Whoever is signed in gets as far as the form itself.
            let is_let_in = !cookie.is_empty() && !path.starts_with("/enrol") && path != "/sign-in";
            assert!(!(is_let_in && [303, 403].contains(&status)), "{path}: {status}");
        }
    }
}

async fn get(world: &World, path: &str) -> (u16, String) {
    let answer = request(world, Method::GET, path).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn post(world: &World, path: &str) -> reqwest::RequestBuilder {
    request(world, Method::POST, path)
}

fn request(world: &World, method: Method, path: &str) -> reqwest::RequestBuilder {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    client.request(method, format!("http://{}{path}", world.running.http))
}
