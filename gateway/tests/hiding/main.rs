//! Absent and hidden cannot be told apart: for every way of reading, the same status, the same bytes,
//! the same statements on the databases and the same record of the read.

#[path = "../console/browser.rs"]
#[allow(dead_code, reason = "the tests of the console use more of it")]
mod browser;
#[path = "../../../crates/read-models/tests/counting/mod.rs"]
mod counting;

use std::time::Duration;

use axum::http::{StatusCode, header};
use browser::house::{House, text, world::*};
use contracts::access::ReadRecorded;
use counting::Statements;
use event_log::{EventLog, StreamKey};
use futures::StreamExt;
use prost::Message;
use serde_json::{Value, json};
use tokio::{runtime::Builder, time::timeout};

const ABSENT: &str = "00000000-0000-0000-0000-00000000dead";

/// What is asked in GraphQL with nothing but an id, and whose id that is.
const QUESTIONS: [(&str, &str); 8] = [
    ("{ person(id: \"ID\") { id familyName stays { admittedOn } cases { id state } } }", "person"),
    ("{ person(id: \"ID\") { accesses(first: 5) { edges { cursor } } } }", "person"),
    ("{ accessesTo(personId: \"ID\") { edges { cursor } } }", "person"),
    ("{ case(id: \"ID\") { id state track person { familyName } } }", "case"),
    (
        "{ case(id: \"ID\") { timeline(first: 5) { edges { node { type fields { value } } } } } }",
        "case",
    ),
    ("{ case(id: \"ID\", asOf: \"2025-05-20\") { state } }", "case"),
    ("{ case(id: \"ID\", knownAt: \"2025-06-01T00:00:00Z\") { state referral { id } } }", "case"),
    ("{ records(of: { resource: \"ID\" }) { edges { node { type } } } }", "case"),
];

/// The pages of the console that are about a case.
const PAGES: [&str; 7] = [
    "/cases/ID",
    "/cases/ID/news",
    "/cases/ID/accesses",
    "/cases/ID/acceptance/new",
    "/cases/ID/return/new",
    "/cases/ID/ward-visits/new",
    "/referrals/ID/receipt",
];

#[test]
fn absent_and_hidden_are_the_same_to_everybody_outside() {
    let statements = Statements::listen();
    // One after the other: nobody else's statements come in between.
    let alone = || Builder::new_current_thread().enable_all().build().unwrap();
    alone().block_on(in_graphql(&statements));
    alone().block_on(in_the_search(&statements));
    alone().block_on(in_the_console(&statements));
}

/// What can be seen from outside of one question.
#[derive(PartialEq, Debug)]
struct Answer {
    status: StatusCode,
    kind: Option<String>,
    text: String,
}

/// The id that was asked for is all in which the two may differ.
fn answer(status: StatusCode, kind: Option<&str>, text: &str, id: &str) -> Answer {
    Answer { status, kind: kind.map(str::to_owned), text: text.replace(id, "ID") }
}

async fn in_graphql(statements: &Statements) {
    let world = World::with_agencies().await.unindexed().await;
    world.support().await;
    let house = House::open(world).await;
    for (question, of) in QUESTIONS {
        let hidden = if of == "person" { person_id().to_string() } else { case_id().to_string() };
        let ids = [ABSENT.to_owned(), hidden];
        compare(statements, &house, question, |side| question.replace("ID", &ids[side]), &ids)
            .await;
    }
    let warm = async || _ = house.ask(OTHER_CENTER, "{ case(id: \"-\") { id } }").await;
    let ask = async |side: usize| {
        let id = [ABSENT, case_id().as_str()][side].to_owned();
        let before = house.reads_of(OTHER_CENTER).await.len();
        let text = followed(&house, &id).await;
        let reads = shape(&house.reads_of(OTHER_CENTER).await[before..], &id);
        (answer(StatusCode::OK, None, &text, &id), reads)
    };
    same("subscription timelineAppended", statements.of_both(&warm, ask).await);
}

/// A name that nobody has, and the name of somebody whom the reader may not see.
async fn in_the_search(statements: &Statements) {
    let world = World::with_agencies().await.unindexed().await;
    world.support().await;
    let house = House::open(world).await;
    let known = house.ask(CENTER, &searching("架空 一郎")).await;
    let found = known["data"]["searchPersons"]["edges"].as_array().unwrap();
    assert_eq!(found.len(), 1, "the control: others find this name: {known}");
    let names = ["仮名 一郎".to_owned(), "架空 一郎".to_owned()];
    compare(statements, &house, "searchPersons", |side| searching(&names[side]), &names).await;
}

fn searching(name: &str) -> String {
    format!("{{ searchPersons(name: \"{name}\") {{ edges {{ node {{ quality }} }} }} }}")
}

/// Asks both and compares. What was asked for is all in which the two may differ.
async fn compare(
    statements: &Statements,
    house: &House,
    what: &str,
    question: impl Fn(usize) -> String,
    asked_for: &[String; 2],
) {
    let warm = async || _ = house.ask(OTHER_CENTER, "{ case(id: \"-\") { id } }").await;
    let ask = async |side: usize| {
        let asked_for = &asked_for[side];
        let before = house.reads_of(OTHER_CENTER).await.len();
        let body = json!({ "query": question(side) });
        let response = house.send(house.post(OTHER_CENTER, &body)).await;
        let (status, kind) = (response.status(), response.headers().get(header::CONTENT_TYPE));
        let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
        let text = text(response).await;
        let reads = shape(&house.reads_of(OTHER_CENTER).await[before..], asked_for);
        (answer(status, kind.as_deref(), &text, asked_for), reads)
    };
    same(what, statements.of_both(&warm, ask).await);
}

/// Everything that a subscription tells until it ends.
async fn followed(house: &House, case: &str) -> String {
    let query = format!("subscription {{ timelineAppended(caseId: \"{case}\") {{ type }} }}");
    let mut request = house.post(OTHER_CENTER, &json!({"query": query}));
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().unwrap());
    let mut body = house.send(request).await.into_body().into_data_stream();
    let mut told = String::new();
    while let Some(part) = timeout(Duration::from_secs(5), body.next()).await.expect("it ends") {
        told += std::str::from_utf8(&part.unwrap()).unwrap();
    }
    told
}

async fn in_the_console(statements: &Statements) {
    use browser::{CASE, House, OTHER_CENTER, World};
    let world = World::with_agencies().await.unindexed().await;
    world.support().await;
    let house = House::open(world).await;
    for page in PAGES {
        let window = tokio::sync::Mutex::new(house.signed_in(OTHER_CENTER).await);
        let warm = async || _ = window.lock().await.get("/cases/-").await;
        let ask = async |side: usize| {
            let id = [ABSENT, &CASE.to_string()][side].to_owned();
            let before = recorded(&house.world.reads).await.len();
            let found = window.lock().await.get(&page.replace("ID", &id)).await;
            let kind = found.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap());
            let reads = shape(&recorded(&house.world.reads).await[before..], &id);
            (answer(found.status, kind, &found.html, &id), reads)
        };
        same(page, statements.of_both(&warm, ask).await);
    }
}

async fn recorded(reads: &EventLog) -> Vec<ReadRecorded> {
    let stream = StreamKey::new("reader", OTHER_CENTER);
    let stored = reads.read_stream(&stream, 0, 1_000).await.unwrap();
    stored.iter().map(|event| ReadRecorded::decode(&*event.body).unwrap()).collect()
}

/// A record of a read, without what was asked for.
fn shape(reads: &[ReadRecorded], asked_for: &str) -> Vec<Value> {
    let shape = |read: &ReadRecorded| {
        let person = read.person_id.replace(asked_for, "ID");
        let opened = read.opened_event_ids.len();
        json!([person, read.door, read.purpose, read.outcome, opened, read.shown])
    };
    reads.iter().map(shape).collect()
}

type Seen = ((Answer, Vec<Value>), Vec<String>);

fn same(what: &str, [absent, hidden]: [Seen; 2]) {
    println!("{what}: {} statements, {} records", absent.1.len(), absent.0.1.len());
    assert_eq!(absent.0.0, hidden.0.0, "{what}");
    assert_eq!(absent.0.1, hidden.0.1, "{what}: the records of the read");
    assert_eq!(absent.1, hidden.1, "{what}: the statements");
    assert!(!absent.1.is_empty(), "{what}: nothing was counted");
}
