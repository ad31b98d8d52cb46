//! Subscriptions over server-sent events.

mod house;

use std::time::Duration;

use access::Door;
use axum::{
    body::{Body, BodyDataStream},
    http::{Request, StatusCode, header},
};
use contracts::Event;
use contracts::access::{Outcome, ReadRecorded};
use contracts::events::{
    BreakGlassAccessUsed, CareTeamMemberAdded, ConsentGiven, ConsentWithdrawn, EventRetracted,
    PersonErased, StaffAccessEnded,
};
use futures::StreamExt;
use house::{House, broken_glass, world::*};
use serde_json::{Value, json};
use tokio::time::timeout;

const FOLLOW: &str = "subscription ($id: ID!) { timelineAppended(caseId: $id) {
    id position type sight fields { name value status } amendment { kind } } }";

struct Events(BodyDataStream);

impl Events {
    /// The next event: its id and its data. Comments are passed over.
    async fn next(&mut self) -> Option<(Option<String>, String, Value)> {
        loop {
            let chunk = timeout(Duration::from_secs(5), self.0.next()).await.expect("an event");
            let text = String::from_utf8(chunk?.unwrap().to_vec()).unwrap();
            let line = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name));
                line.map(|line| line.trim_start().to_owned())
            };
            if let Some(event) = line("event:") {
                let data = line("data:").and_then(|data| serde_json::from_str(&data).ok());
                return Some((line("id:"), event, data.unwrap_or_default()));
            }
        }
    }

    async fn is_quiet(&mut self) -> bool {
        timeout(Duration::from_millis(400), self.next()).await.is_err()
    }
}

fn request(house: &House, agency: &str, case: &str) -> Request<Body> {
    let body = json!({"query": FOLLOW, "variables": {"id": case}});
    let mut request = house.post(agency, &body);
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().unwrap());
    request
}

async fn follow(house: &House, request: Request<Body>) -> Events {
    let response = house.send(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    Events(response.into_body().into_data_stream())
}

async fn house() -> House {
    let world = World::with_agencies().await;
    world.support().await;
    House::open(world).await
}

/// Until a stream is polled, its subscription has not begun.
async fn begun(events: &mut Events) {
    assert!(events.is_quiet().await);
}

#[tokio::test]
async fn what_is_appended_arrives_and_is_on_record() {
    let house = house().await;
    let mut events = follow(&house, request(&house, HOSPITAL, case_id().as_str())).await;
    begun(&mut events).await;
    let position =
        house.world.record(CENTER, Some(CASE), "2025-05-30", visit("2025-05-30", "三回目")).await;
    let (id, event, data) = events.next().await.unwrap();
    let entry = &data["data"]["timelineAppended"];
    assert_eq!((event.as_str(), id), ("next", Some(house.positions.hide(position))));
    assert_eq!(entry["type"], "WardVisitRecorded");
    let fields = entry["fields"].as_array().unwrap();
    assert!(fields.iter().any(|field| field["value"] == "三回目"), "{fields:?}");
    let reads = house.reads_of(HOSPITAL).await;
    assert!(reads.iter().all(|read| read.door() == Door::Subscription), "{}", reads.len());
    // That there is something to follow, and what came.
    let opened: Vec<_> = reads.iter().map(|read| read.opened_event_ids.len()).collect();
    assert_eq!(opened, [0, 1]);
    assert!(reads.iter().all(|read| read.purpose_id == case_id().as_str()));
}

#[tokio::test]
async fn what_becomes_of_an_entry_arrives_with_the_mark() {
    let house = house().await;
    let mut events = follow(&house, request(&house, HOSPITAL, case_id().as_str())).await;
    begun(&mut events).await;
    house.world.record(CENTER, Some(CASE), "2025-05-30", visit("2025-05-30", "三回目")).await;
    let (_, _, recorded) = events.next().await.unwrap();
    let recorded = &recorded["data"]["timelineAppended"];
    assert_eq!(recorded["amendment"], Value::Null);
    let retraction = EventRetracted {
        target_event_id: recorded["id"].as_str().unwrap().into(),
        retracted_on: "2025-06-01".into(),
        reason: "別の方の記録".into(),
    };
    let position = house.world.record(CENTER, Some(CASE), "2025-06-01", retraction).await;
    let (id, _, retracted) = events.next().await.unwrap();
    let retracted = &retracted["data"]["timelineAppended"];
    assert_eq!(id, Some(house.positions.hide(position)), "from here on it is gone on with");
    assert_eq!(
        (&retracted["id"], &retracted["position"]),
        (&recorded["id"], &recorded["position"])
    );
    assert_eq!(retracted["amendment"]["kind"], "RETRACTED");
    assert_eq!((&retracted["sight"], &retracted["fields"]), (&json!("STUB"), &json!([])));
}

#[tokio::test]
async fn after_a_withdrawal_nothing_more_is_sent() {
    let house = house().await;
    let other = ConsentGiven {
        consent_id: "00000000-0000-0000-0000-0000000000c1".into(),
        ..consent(&[WARD_OFFICE])
    };
    house.world.record(HOSPITAL, None, "2025-05-20", other).await;
    let mut center = follow(&house, request(&house, CENTER, case_id().as_str())).await;
    begun(&mut center).await;
    house.world.withdraw_consent("2025-06-01").await;
    house.world.record(HOSPITAL, Some(CASE), "2025-06-01", discharge("2025-06-01")).await;
    assert!(center.is_quiet().await);
    house.world.record(CENTER, Some(CASE), "2025-06-01", visit("2025-06-01", "自分の記録")).await;
    let (_, _, data) = center.next().await.unwrap();
    assert_eq!(data["data"]["timelineAppended"]["type"], "WardVisitRecorded", "its own");
}

/// Nothing is to be seen any more, for another reason each: the two streams end alike, at once, and as
/// if there had never been a case.
#[tokio::test]
async fn where_nothing_is_seen_any_more_the_stream_ends() {
    let withdrawal =
        ConsentWithdrawn { consent_id: CONSENT.into(), withdrawn_on: "2025-06-01".into() };
    let erasure = PersonErased { person_ids: vec![PERSON.to_string()], ..PersonErased::default() };
    let mut ends = Vec::new();
    for (agency, event) in [(HOSPITAL, Event::from(withdrawal)), (CITY, Event::from(erasure))] {
        let world = World::with_agencies().await;
        world.refer().await;
        let covered = consent(&[HOSPITAL, CENTER, WARD_OFFICE]);
        world.record(HOSPITAL, None, "2025-05-07", covered).await;
        let member =
            CareTeamMemberAdded { agency_id: WARD_OFFICE.into(), ..CareTeamMemberAdded::default() };
        world.record(CENTER, Some(CASE), "2025-05-09", member).await;
        let house = House::open(world).await;
        let mut events = follow(&house, request(&house, WARD_OFFICE, case_id().as_str())).await;
        begun(&mut events).await;
        house.world.record(agency, None, "2025-06-01", event).await;
        let said = async { (events.next().await, events.next().await, events.next().await) };
        ends.push(timeout(Duration::from_secs(1), said).await.expect("an end within a second"));
        let reads = house.reads_of(WARD_OFFICE).await;
        let outcomes: Vec<_> = reads.iter().map(ReadRecorded::outcome).collect();
        assert_eq!(outcomes, [Outcome::Shown, Outcome::Refused]);
    }
    assert_eq!(ends[0], ends[1]);
    let (error, complete, end) = &ends[0];
    assert_eq!(error.as_ref().unwrap().2["errors"][0]["extensions"]["code"], "NOT_FOUND");
    assert_eq!(complete.as_ref().unwrap().1, "complete");
    assert!(end.is_none());
}

/// Nothing comes to the person: an hour is over.
#[tokio::test]
async fn what_was_seen_for_an_hour_ends_with_it_though_nothing_happens() {
    let house = broken_glass().await;
    house.world.clock.set("2025-06-01T00:30:00Z".parse().unwrap());
    let mut through = follow(&house, request(&house, OTHER_CENTER, case_id().as_str())).await;
    let mut lead = follow(&house, request(&house, CENTER, case_id().as_str())).await;
    begun(&mut through).await;
    begun(&mut lead).await;
    house.world.clock.set("2025-06-01T00:59:59Z".parse().unwrap());
    assert!(through.is_quiet().await, "it lasts to its end");
    house.world.clock.set("2025-06-01T01:00:00Z".parse().unwrap());
    let said = timeout(Duration::from_secs(1), through.next()).await.expect("within a second");
    let (_, _, error) = said.expect("an error");
    assert_eq!(error["errors"][0]["extensions"]["code"], "NOT_FOUND");
    assert!(lead.is_quiet().await, "others listen on");
}

/// So may a consent be: the day is over.
#[tokio::test]
async fn what_a_consent_covered_ends_with_its_last_day() {
    let world = World::with_agencies().await;
    world.refer().await;
    let last_day = "2025-06-01".to_owned();
    let covered = ConsentGiven { valid_until: last_day, ..consent(&[HOSPITAL, WARD_OFFICE]) };
    world.record(HOSPITAL, None, "2025-05-07", covered).await;
    let member = CareTeamMemberAdded { agency_id: WARD_OFFICE.into(), ..Default::default() };
    world.record(CENTER, Some(CASE), "2025-05-09", member).await;
    let house = House::open(world).await;
    // In Tokyo the day ends at 15:00 UTC.
    house.world.clock.set("2025-06-01T14:59:00Z".parse().unwrap());
    let mut events = follow(&house, request(&house, WARD_OFFICE, case_id().as_str())).await;
    begun(&mut events).await;
    house.world.clock.set("2025-06-01T15:00:00Z".parse().unwrap());
    let said = timeout(Duration::from_secs(1), events.next()).await.expect("within a second");
    assert_eq!(said.expect("an error").2["errors"][0]["extensions"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn when_the_record_breaks_an_open_stream_shows_nothing_more() {
    let house = house().await;
    let mut events = follow(&house, request(&house, HOSPITAL, case_id().as_str())).await;
    begun(&mut events).await;
    house.world.record(CENTER, Some(CASE), "2025-05-30", visit("2025-05-30", "三回目")).await;
    let (_, _, shown) = events.next().await.unwrap();
    assert!(shown.to_string().contains("三回目"));
    house.world.reads.clone().close().await;
    house.world.record(CENTER, Some(CASE), "2025-05-31", visit("2025-05-31", "四回目")).await;
    let (_, _, refused) = events.next().await.unwrap();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{refused}");
    assert_eq!(refused["data"], Value::Null);
    let mut rest = Vec::new();
    while let Some((_, event, data)) = events.next().await {
        rest.push((event, data));
    }
    assert!(rest.iter().all(|(event, data)| event == "complete" && *data == Value::Null));
}

#[tokio::test]
async fn absent_and_hidden_end_alike() {
    let house = house().await;
    let mut answers = Vec::new();
    for case in [case_id().as_str(), "00000000-0000-0000-0000-00000000dead"] {
        let mut events = follow(&house, request(&house, OTHER_CENTER, case)).await;
        answers.push((events.next().await, events.next().await, events.next().await));
    }
    assert_eq!(answers[0], answers[1]);
    let (error, complete, end) = &answers[0];
    let error = &error.as_ref().unwrap().2;
    assert_eq!(error["errors"][0]["extensions"]["code"], "NOT_FOUND");
    assert_eq!(complete.as_ref().unwrap().1, "complete");
    assert!(end.is_none());
    assert_eq!(house.reads_of(OTHER_CENTER).await.len(), 2);
}

#[tokio::test]
async fn who_comes_back_goes_on_behind_the_last_entry() {
    let house = house().await;
    let first =
        house.world.record(CENTER, Some(CASE), "2025-05-30", visit("2025-05-30", "三回目")).await;
    let second =
        house.world.record(CENTER, Some(CASE), "2025-05-31", visit("2025-05-31", "四回目")).await;
    let mut request = request(&house, HOSPITAL, case_id().as_str());
    let last = house.positions.hide(first);
    request.headers_mut().insert("last-event-id", last.parse().unwrap());
    let (id, _, _) = follow(&house, request).await.next().await.unwrap();
    assert_eq!(id, Some(house.positions.hide(second)));
}

#[tokio::test]
async fn a_token_that_expires_ends_the_stream() {
    let house = house().await;
    let mut events = follow(&house, request(&house, HOSPITAL, case_id().as_str())).await;
    begun(&mut events).await;
    house.world.set_day("2025-06-02");
    house.world.record(CENTER, Some(CASE), "2025-05-30", visit("2025-05-30", "三回目")).await;
    assert_eq!(events.next().await.unwrap().1, "complete");
    let reads = house.reads_of(HOSPITAL).await;
    assert!(reads.iter().all(|read| read.shown == 0), "nothing was shown");
}

#[tokio::test]
async fn the_end_of_an_access_ends_the_stream_though_nothing_happens_to_the_case() {
    let house = house().await;
    let mut events = follow(&house, request(&house, HOSPITAL, case_id().as_str())).await;
    let mut others = follow(&house, request(&house, CENTER, case_id().as_str())).await;
    begun(&mut events).await;
    begun(&mut others).await;
    let end = StaffAccessEnded { staff: principal(HOSPITAL).staff, ..Default::default() };
    house.world.record_in(("agency", HOSPITAL), HOSPITAL, "2025-06-01", end).await;
    let ended = timeout(Duration::from_secs(1), events.next()).await.expect("within a second");
    assert_eq!(ended.unwrap().1, "complete");
    assert!(others.is_quiet().await, "others listen on");
}

#[tokio::test]
async fn a_query_over_a_stream_is_one_answer() {
    let house = house().await;
    let mut request = house.post(CENTER, &json!({"query": "{ viewer { staff } }"}));
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().unwrap());
    let mut events = follow(&house, request).await;
    assert_eq!(events.next().await.unwrap().2["data"]["viewer"]["staff"], "s-reader");
    assert_eq!(events.next().await.unwrap().1, "complete");
}

fn streamed(mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().unwrap());
    request
}

#[tokio::test]
async fn what_is_no_subscription_goes_the_way_of_every_query() {
    let house = house().await;
    let both = format!(
        "query Who {{ viewer {{ staff }} }} {}",
        FOLLOW.replacen("subscription", "subscription Follow", 1)
    );
    let body = json!({"query": both, "operationName": "Who"});
    let mut events = follow(&house, streamed(house.post(CENTER, &body))).await;
    assert_eq!(events.next().await.unwrap().2["data"]["viewer"]["staff"], "s-reader");
    assert_eq!(events.next().await.unwrap().1, "complete");
    let metrics = Request::get("/metrics").body(Body::empty()).unwrap();
    let metrics = house::text(house.send(metrics).await).await;
    assert!(metrics.contains("tsunagi_graphql_requests_total 1\n"), "{metrics}");

    let body = json!({
        "query": both, "operationName": "Follow", "variables": {"id": case_id().as_str()},
    });
    let mut events = follow(&house, streamed(house.post(CENTER, &body))).await;
    begun(&mut events).await;
    house.world.record(CENTER, Some(CASE), "2025-05-30", visit("2025-05-30", "三回目")).await;
    assert_eq!(events.next().await.unwrap().1, "next");
}

#[tokio::test]
async fn no_agency_takes_the_streams_of_the_others() {
    let house = house().await;
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(follow(&house, request(&house, CENTER, case_id().as_str())).await);
    }
    let mut refused = follow(&house, request(&house, CENTER, case_id().as_str())).await;
    let error = refused.next().await.unwrap().2;
    assert_eq!(house::code(&error), "UNAVAILABLE");
    assert_eq!(refused.next().await.unwrap().1, "complete");
    let mut other = follow(&house, request(&house, HOSPITAL, case_id().as_str())).await;
    begun(&mut other).await;
    open.pop();
    let mut again = follow(&house, request(&house, CENTER, case_id().as_str())).await;
    begun(&mut again).await;
}

#[tokio::test]
async fn the_responsible_agency_is_told_at_once_that_glass_was_broken() {
    let house = house().await;
    let mut events = follow(&house, request(&house, CENTER, case_id().as_str())).await;
    begun(&mut events).await;
    let used = BreakGlassAccessUsed {
        access_id: "00000000-0000-0000-0000-0000000000b9".into(),
        used_on: "2025-06-01".into(),
        used_by: "s-other".into(),
        detail: "連絡がつかない".into(),
        ..Default::default()
    };
    house.world.record(OTHER_CENTER, None, "2025-06-01", used).await;
    let (_, _, data) = events.next().await.unwrap();
    let entry = &data["data"]["timelineAppended"];
    assert_eq!((&entry["type"], &entry["sight"]), (&"BreakGlassAccessUsed".into(), &"FULL".into()));
    let fields = entry["fields"].as_array().unwrap();
    assert!(fields.iter().any(|field| field["value"] == "連絡がつかない"), "{fields:?}");
}
