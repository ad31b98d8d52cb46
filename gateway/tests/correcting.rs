//! What a reader sees of an event that was corrected or retracted.

mod house;

use contracts::{
    Event,
    events::{EventCorrected, EventRetracted},
};
use house::{House, world::*};
use serde_json::{Value, json};

const TIMELINE: &str = "query ($id: ID!, $knownAt: DateTime) {
  case(id: $id, knownAt: $knownAt) {
    timeline { edges { node {
      id type sight occurredOn fields { name value status }
      amendment { kind reason { value } before { name value } }
    } } }
  }
}";

fn corrected(target: &str, replacement: impl Into<Event>, reason: &str) -> EventCorrected {
    let replacement = replacement.into();
    let split = replacement.split();
    EventCorrected {
        target_event_id: target.into(),
        corrected_on: "2025-06-01".into(),
        reason: reason.into(),
        replacement_type: replacement.number(),
        replacement_clear: split.clear,
        replacement_personal: split.personal,
    }
}

async fn timeline(house: &House, agency: &str, known_at: Option<&str>) -> Vec<Value> {
    let variables = json!({"id": case_id().as_str(), "knownAt": known_at});
    let answer = house.ask_with(agency, TIMELINE, variables).await;
    let edges = answer["data"]["case"]["timeline"]["edges"].as_array();
    edges.unwrap_or_else(|| panic!("{answer}")).iter().map(|edge| edge["node"].clone()).collect()
}

fn visit_of<'a>(nodes: &'a [Value], id: &Value) -> &'a Value {
    nodes.iter().find(|node| node["id"] == *id).expect("the visit")
}

fn value<'a>(fields: &'a Value, name: &str) -> &'a Value {
    let fields = fields.as_array().expect("fields");
    fields.iter().find(|field| field["name"] == name).map_or(&Value::Null, |field| &field["value"])
}

/// A house in which the last visit was recorded wrongly, and that visit's id.
async fn with_a_visit() -> (House, Value) {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    let id = timeline(&house, CENTER, None).await[0]["id"].clone();
    (house, id)
}

#[tokio::test]
async fn a_corrected_event_says_what_it_should_and_on_request_what_it_said() {
    let (house, id) = with_a_visit().await;
    house.world.set_day("2025-06-02");
    let replacement = visit("2025-05-26", "二回目の面談（訂正）");
    let correction = corrected(id.as_str().unwrap(), replacement, "日付の誤り");
    house.world.record(CENTER, Some(CASE), "2025-06-02", correction).await;

    for agency in [CENTER, HOSPITAL] {
        let nodes = timeline(&house, agency, None).await;
        let visit = visit_of(&nodes, &id);
        assert_eq!(visit["occurredOn"], "2025-05-26", "{agency}");
        assert_eq!(value(&visit["fields"], "summary"), "二回目の面談（訂正）", "{agency}");
        let amendment = &visit["amendment"];
        assert_eq!(amendment["kind"], "CORRECTED");
        assert_eq!(amendment["reason"]["value"], "日付の誤り");
        assert_eq!(value(&amendment["before"], "summary"), "二回目の面談");
        assert_eq!(value(&amendment["before"], "visited_on"), "2025-05-27");
        assert!(nodes.iter().all(|node| node["type"] != "EventCorrected"), "no entry of its own");
    }
    let before = timeline(&house, CENTER, Some("2025-06-01T12:00:00Z")).await;
    let visit = visit_of(&before, &id);
    assert_eq!(value(&visit["fields"], "summary"), "二回目の面談", "as it was known then");
    assert_eq!(visit["amendment"], Value::Null);
}

#[tokio::test]
async fn every_opened_part_is_on_record() {
    let (house, id) = with_a_visit().await;
    let replacement = visit("2025-05-26", "二回目の面談（訂正）");
    let correction = corrected(id.as_str().unwrap(), replacement, "日付の誤り");
    house.world.record(CENTER, Some(CASE), "2025-06-01", correction).await;
    let known = house.reads_of(HOSPITAL).await.len();
    timeline(&house, HOSPITAL, None).await;
    let reads = house.reads_of(HOSPITAL).await;
    let opened: Vec<_> = reads[known..].iter().flat_map(|read| &read.opened_event_ids).collect();
    assert!(opened.iter().any(|opened| id == opened.as_str()), "the original");
    assert_eq!(reads.len() - known, 2, "the page of the case, and what stood before");
}

#[tokio::test]
async fn a_retracted_event_is_marked_and_its_content_is_for_its_own_agency() {
    let (house, id) = with_a_visit().await;
    let retraction = EventRetracted {
        target_event_id: id.as_str().unwrap().into(),
        retracted_on: "2025-06-01".into(),
        reason: "別の方の記録".into(),
    };
    house.world.record(CENTER, Some(CASE), "2025-06-01", retraction).await;
    let own = timeline(&house, CENTER, None).await;
    let own = visit_of(&own, &id);
    assert_eq!(own["amendment"]["kind"], "RETRACTED");
    assert_eq!(own["amendment"]["reason"]["value"], "別の方の記録");
    assert_eq!(value(&own["fields"], "summary"), "二回目の面談");
    let others = timeline(&house, HOSPITAL, None).await;
    let others = visit_of(&others, &id);
    assert_eq!(others["sight"], "STUB");
    assert_eq!(others["fields"], json!([]));
    assert_eq!(others["amendment"], json!({"kind": "RETRACTED", "reason": null, "before": []}));
}

#[tokio::test]
async fn the_past_shows_nobody_what_was_retracted_since() {
    let (house, id) = with_a_visit().await;
    house.world.set_day("2025-06-02");
    let retraction = EventRetracted {
        target_event_id: id.as_str().unwrap().into(),
        retracted_on: "2025-06-02".into(),
        reason: "別の方の記録".into(),
    };
    house.world.record(CENTER, Some(CASE), "2025-06-02", retraction).await;
    let before = Some("2025-06-01T12:00:00Z");
    let others = timeline(&house, HOSPITAL, before).await;
    let others = visit_of(&others, &id);
    assert_eq!((&others["sight"], &others["fields"]), (&json!("STUB"), &json!([])));
    let own = timeline(&house, CENTER, before).await;
    assert_eq!(value(&visit_of(&own, &id)["fields"], "summary"), "二回目の面談");
}

#[tokio::test]
async fn what_stood_before_is_for_those_who_would_see_it_had_it_stayed() {
    let world = World::with_agencies().await;
    world.support().await;
    // The day lies before the stay, so the hospital sees nothing of it.
    world.record(CENTER, Some(CASE), "2025-04-20", visit("2025-04-20", "入院前の話")).await;
    let house = House::open(world).await;
    let own = timeline(&house, CENTER, None).await;
    let id = own.iter().find(|node| node["occurredOn"] == "2025-04-20").unwrap()["id"].clone();
    assert!(timeline(&house, HOSPITAL, None).await.iter().all(|node| node["id"] != id));
    let correction = corrected(id.as_str().unwrap(), visit("2025-05-21", "面談"), "日付の誤り");
    house.world.record(CENTER, Some(CASE), "2025-06-01", correction).await;
    let nodes = timeline(&house, HOSPITAL, None).await;
    let seen = visit_of(&nodes, &id);
    assert_eq!(value(&seen["fields"], "summary"), "面談");
    assert_eq!(seen["amendment"]["before"], json!([]));
    let own = timeline(&house, CENTER, None).await;
    assert_eq!(value(&visit_of(&own, &id)["amendment"]["before"], "summary"), "入院前の話");
}

#[tokio::test]
async fn a_corrected_name_is_the_name() {
    let (house, _) = with_a_visit().await;
    let nodes = timeline(&house, HOSPITAL, None).await;
    let registered = nodes.iter().find(|node| node["type"] == "PersonRegistered").unwrap();
    let replacement =
        contracts::events::PersonRegistered { family_name: "仮称".into(), ..registration() };
    let correction = corrected(registered["id"].as_str().unwrap(), replacement, "漢字の誤り");
    house.world.record(HOSPITAL, None, "2025-06-01", correction).await;
    let query = "query ($id: ID!) { case(id: $id) { person { familyName nameStatus } } }";
    for agency in [HOSPITAL, CENTER] {
        let variables = json!({"id": case_id().as_str()});
        let answer = house.ask_with(agency, query, variables).await;
        let person = &answer["data"]["case"]["person"];
        assert_eq!(person["familyName"], "仮称", "{agency}");
    }
}
