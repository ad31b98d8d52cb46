//! One reader, one question, and what of each field came back.

use std::{collections::BTreeMap, time::Duration};

use access::Principal;
use axum::{
    body::Body,
    http::{Request, header},
};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    documents::{Documents, Question},
    house::{House, text},
};

/// What was answered of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Given {
    /// An error in its place.
    Refused,
    /// Null, or an empty list.
    Null,
    /// Something.
    Value,
}

/// By type and field, the most that came back.
#[derive(Default)]
pub struct Found(pub BTreeMap<(String, String), Given>);

impl Found {
    fn put(&mut self, of: &str, field: &str, given: Given) {
        let place = self.0.entry((of.to_owned(), field.to_owned())).or_insert(given);
        *place = given.max(*place);
    }

    fn read(&mut self, documents: &Documents, of: &str, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|it| self.read(documents, of, it)),
            Value::Object(object) => {
                let fields = documents.object(of).expect("an object type");
                for (name, value) in object.iter().filter(|(name, _)| *name != "__typename") {
                    self.put(of, name, given(value));
                    self.read(documents, &fields[name].of, value);
                }
            }
            _ => {}
        }
    }
}

fn given(value: &Value) -> Given {
    let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    if is_empty { Given::Null } else { Given::Value }
}

pub async fn ask(
    house: &House,
    reader: &Principal,
    documents: &Documents,
    question: Question<'_>,
    arguments: &BTreeMap<String, String>,
    found: &mut Found,
) {
    let document = documents.document(&question, arguments);
    let answer = match question.root {
        "Subscription" => first_of_stream(house, reader, &document, arguments).await,
        _ => answer(house, reader, &document).await,
    };
    let refusal = answer["errors"][0]["extensions"]["code"].as_str();
    if let Some(code) = refusal {
        let is_refusal = ["FORBIDDEN", "NOT_FOUND"].contains(&code);
        assert!(is_refusal, "{}: {answer}\n{document}", question.name);
        return found.put(question.root, question.name, Given::Refused);
    }
    let value = &answer["data"][question.name];
    found.put(question.root, question.name, given(value));
    found.read(documents, question.of, value);
}

fn post(house: &House, reader: &Principal, document: &str) -> Request<Body> {
    Request::post("/graphql")
        .header(header::AUTHORIZATION, house.token(reader))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(json!({"query": document}).to_string()))
        .unwrap()
}

async fn answer(house: &House, reader: &Principal, document: &str) -> Value {
    let response = house.send(post(house, reader, document)).await;
    serde_json::from_str(&text(response).await).unwrap()
}

/// The first thing that is told to somebody who comes back and has seen nothing yet.
async fn first_of_stream(
    house: &House,
    reader: &Principal,
    document: &str,
    arguments: &BTreeMap<String, String>,
) -> Value {
    let mut request = post(house, reader, document);
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/event-stream".parse().unwrap());
    headers.insert("last-event-id", arguments["resumeAfter"].parse().unwrap());
    let mut body = house.send(request).await.into_body().into_data_stream();
    loop {
        let chunk = timeout(Duration::from_secs(10), body.next()).await.expect("an event");
        let text = String::from_utf8(chunk.expect("an answer").unwrap().to_vec()).unwrap();
        let data = text.lines().find_map(|line| line.strip_prefix("data:"));
        if let Some(data) = data.filter(|data| !data.trim().is_empty()) {
            return serde_json::from_str(data).unwrap();
        }
    }
}
