//! A gateway over a small world, asked over HTTP without a socket.
#![allow(dead_code, reason = "each test file uses its part of it")]

#[path = "../../../crates/read-models/tests/support/mod.rs"]
pub mod world;

use access::{Agencies, Issuer, PositionCipher, Principal, Verifier};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use contracts::{
    access::ReadRecorded,
    events::{BreakGlassAccessUsed, EmergencyReported},
};
use event_log::StreamKey;
use futures::StreamExt;
use gateway::{Gateway, GatewayParts, router};
use prost::Message;
use serde_json::{Value, json};
use tower::ServiceExt;
use world::*;

pub const EMERGENCY: &str = "00000000-0000-0000-0000-0000000000e9";
pub const ACCESS: &str = "00000000-0000-0000-0000-0000000000b9";

const AUDIENCE: &str = "tsunagi-kakuu";

pub struct House {
    pub world: World,
    pub gateway: Gateway,
    pub router: Router,
    pub positions: PositionCipher,
    issuer: Issuer,
}

impl House {
    pub async fn open(world: World) -> Self {
        Self::opened(world, true).await
    }

    pub async fn opened(world: World, development: bool) -> Self {
        let issuer = Issuer::new("test", AUDIENCE, &Issuer::generate_key()).unwrap();
        let agencies = Agencies::of(world.log.clone());
        let policy = issuer.policy(jiff::SignedDuration::from_hours(24));
        let verifier = Verifier::new(policy, world.clock(), agencies.clone());
        let positions = PositionCipher::new([3; 32]);
        let parts = GatewayParts {
            log: world.log.clone(),
            disclosure: world.disclosure(),
            verifier,
            agencies,
            positions: positions.clone(),
            clock: world.clock(),
            read_model_path: world.read_model_path(),
            ways_in: Vec::new(),
            reads: world.indexed.clone(),
            accesses_path: world.folder.path().join("accesses.sqlite"),
            offices: gateway::Offices::none(),
            development,
        };
        let gateway = Gateway::start(parts).await.unwrap();
        Self { router: router(gateway.clone()), gateway, world, positions, issuer }
    }

    pub fn token(&self, principal: &Principal) -> String {
        let now = self.world.clock().now();
        let until = now + jiff::SignedDuration::from_hours(1);
        format!("Bearer {}", self.issuer.issue(principal, now, until))
    }

    pub async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub fn post(&self, agency: &str, body: &Value) -> Request<Body> {
        self.post_as(&principal(agency), body)
    }

    pub fn post_as(&self, reader: &Principal, body: &Value) -> Request<Body> {
        Request::post("/graphql")
            .header(header::AUTHORIZATION, self.token(reader))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap()
    }

    pub async fn ask(&self, agency: &str, query: &str) -> Value {
        self.ask_with(agency, query, json!({})).await
    }

    pub async fn ask_with(&self, agency: &str, query: &str, variables: Value) -> Value {
        let response =
            self.send(self.post(agency, &json!({"query": query, "variables": variables}))).await;
        assert_eq!(response.status(), StatusCode::OK);
        serde_json::from_str(&text(response).await).unwrap()
    }

    pub async fn ask_as(&self, reader: &Principal, query: &str) -> Value {
        let response = self.send(self.post_as(reader, &json!({"query": query}))).await;
        assert_eq!(response.status(), StatusCode::OK);
        serde_json::from_str(&text(response).await).unwrap()
    }

    /// What the log of reads says about this agency's reads.
    pub async fn reads_of(&self, agency: &str) -> Vec<ReadRecorded> {
        let stream = StreamKey::new("reader", agency);
        let events = self.world.reads.read_stream(&stream, 0, 1_000).await.unwrap();
        events.iter().map(|event| ReadRecorded::decode(event.body.as_slice()).unwrap()).collect()
    }
}

pub async fn text(response: Response) -> String {
    let mut body = response.into_body().into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

/// The code of the first error.
pub fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// An emergency of a person of the center, in which somebody of the other center breaks glass.
pub async fn broken_glass() -> House {
    let world = World::with_agencies().await;
    world.support().await;
    let emergency = EmergencyReported {
        emergency_id: EMERGENCY.into(),
        reported_on: "2025-06-01".into(),
        ..Default::default()
    };
    world.record(CENTER, Some(CASE), "2025-06-01", emergency).await;
    let used = BreakGlassAccessUsed {
        access_id: ACCESS.into(),
        used_on: "2025-06-01".into(),
        emergency_id: EMERGENCY.into(),
        used_by: "s-reader".into(),
        detail: "連絡がつかない".into(),
        ..Default::default()
    };
    world.record(OTHER_CENTER, None, "2025-06-01", used).await;
    House::open(world).await
}
