//! What the gateway answers: asked over HTTP, through the schema, the read model and the one door.

use std::collections::HashMap;

use access::Principal;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::house::{House, text};

const TIMELINE: &str = "query ($id: ID!, $after: String) { case(id: $id) {
    timeline(first: 100, after: $after) {
        edges { cursor node { position type sight fields { name status } amendment { kind } } }
        pageInfo { hasNextPage endCursor } } } }";

const RECORDS: &str = "query ($of: RecordFilter) { records(of: $of, first: 100) {
    edges { node { position type sight fields { name status } amendment { kind } } } } }";

/// What a reader was shown of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    Nothing,
    Stub,
    Clear,
    Full,
}

impl Shown {
    pub fn mark(self) -> char {
        match self {
            Self::Nothing => '–',
            Self::Stub => 'S',
            Self::Clear => 'C',
            Self::Full => 'F',
        }
    }

    /// Read off an entry: what it says of itself must be what it shows.
    fn of(node: &Value) -> Self {
        let fields = node["fields"].as_array().unwrap();
        let is_sealed = fields.iter().any(|field| field["status"] != "OPEN");
        match node["sight"].as_str().unwrap() {
            "STUB" => {
                assert!(fields.is_empty(), "a stub with content: {node}");
                Self::Stub
            }
            "CLEAR" => Self::Clear,
            "FULL" => {
                assert!(!is_sealed, "sealed in full sight: {node}");
                Self::Full
            }
            other => panic!("{other}"),
        }
    }
}

/// By position, as outsiders see it: what is shown, and whether it bears the mark of an amendment.
pub type Entries = HashMap<String, (Shown, bool)>;

/// Everything that a reader is shown of a case.
pub async fn entries_of_case(house: &House, reader: &Principal, case: &str) -> Entries {
    let (mut entries, mut after) = (Entries::new(), Value::Null);
    loop {
        let answer = ask(house, reader, TIMELINE, json!({"id": case, "after": after})).await;
        let timeline = &answer["case"]["timeline"];
        if timeline.is_null() {
            return entries;
        }
        entries.extend(read(timeline));
        if timeline["pageInfo"]["hasNextPage"] == false {
            return entries;
        }
        after = timeline["pageInfo"]["endCursor"].clone();
    }
}

/// What a reader is shown of the records of this type, which lie in no person's stream.
pub async fn entries_of_records(house: &House, reader: &Principal, kind: &str) -> Entries {
    let answer = ask(house, reader, RECORDS, json!({"of": {"type": kind}})).await;
    read(&answer["records"])
}

fn read(connection: &Value) -> Entries {
    let edges = connection["edges"].as_array().unwrap();
    let entry = |edge: &Value| {
        let node = &edge["node"];
        let position = node["position"].as_str().unwrap().to_owned();
        (position, (Shown::of(node), !node["amendment"].is_null()))
    };
    edges.iter().map(entry).collect()
}

async fn ask(house: &House, reader: &Principal, query: &str, variables: Value) -> Value {
    let body = json!({"query": query, "variables": variables});
    let request = Request::post("/graphql")
        .header(header::AUTHORIZATION, house.token(reader))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = house.send(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: Value = serde_json::from_str(&text(response).await).unwrap();
    assert!(answer["errors"].is_null(), "{}: {answer}", reader.agency);
    answer["data"].clone()
}
