//! Who saw whom, asked over GraphQL; and what is seen through broken glass.

mod house;

use access::{Door, Principal, Purpose};
use axum::{
    body::Body,
    http::{Request, header},
};
use contracts::{
    access::Outcome,
    events::{
        BreakGlassAccessReviewed, BreakGlassOutcome, EmergencyClosed, PersonErased, PersonsMerged,
        PrimarySupporterAssigned,
    },
};
use house::{ACCESS, EMERGENCY, House, broken_glass, code, text, world::*};
use serde_json::{Value, json};
use uuid::Uuid;

const OTHER: Uuid = Uuid::from_u128(0xB);

const WHO: &str = "query ($id: ID!, $first: Int, $after: String) {
    accessesTo(personId: $id, first: $first, after: $after) {
    edges { node { agency { id } staff door purpose purposeId shown opened kinds } }
    pageInfo { hasNextPage endCursor } } }";

const NAMES: &str = "query ($id: ID!) { person(id: $id) { givenName throughBreakGlass } }";

async fn who(house: &House, agency: &str) -> Value {
    let answer = house.ask_with(agency, WHO, json!({ "id": person_id().as_str() })).await;
    answer["data"]["accessesTo"].clone()
}

fn nodes(accesses: &Value) -> Vec<Value> {
    let edges = accesses["edges"].as_array().expect("a list");
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

async fn look(house: &House, agency: &str, person: &str) -> Value {
    house.ask_with(agency, NAMES, json!({ "id": person })).await
}

async fn ask_as(house: &House, reader: &Principal, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let request = Request::post("/graphql")
        .header(header::AUTHORIZATION, house.token(reader))
        .header(header::CONTENT_TYPE, "application/json");
    let response = house.send(request.body(Body::from(body)).unwrap()).await;
    serde_json::from_str(&text(response).await).unwrap()
}

#[tokio::test]
async fn the_agency_that_leads_learns_who_saw_the_person() {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    let timeline = "query ($id: ID!) { case(id: $id) { timeline(first: 100) {
        edges { node { fields { value } } } } } }";
    house.ask_with(HOSPITAL, timeline, json!({ "id": case_id().as_str() })).await;
    let accesses = nodes(&who(&house, CENTER).await);
    let [timeline] = accesses.as_slice() else { panic!("{accesses:?}") };
    let reader = (&timeline["agency"]["id"], &timeline["staff"]);
    assert_eq!(reader, (&json!(HOSPITAL), &json!("s-reader")));
    assert_eq!((&timeline["door"], &timeline["purpose"]), (&json!("GRAPHQL"), &json!("CASE")));
    assert_eq!(timeline["purposeId"], case_id().as_str());
    assert!(timeline["kinds"].as_array().unwrap().contains(&json!("病棟訪問")));
    assert!(timeline["opened"].as_u64() > Some(2), "{timeline}");
    // To have asked stands there as well.
    let again = nodes(&who(&house, CENTER).await);
    assert_eq!((&again[0]["purpose"], again.len()), (&json!("ACCESSES"), 2));
}

#[tokio::test]
async fn nobody_else_learns_anything_and_that_is_on_record() {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    for reader in [HOSPITAL, OTHER_CENTER, CITY] {
        let hidden = house.ask_with(reader, WHO, json!({ "id": person_id().as_str() })).await;
        let absent = house.ask_with(reader, WHO, json!({ "id": OTHER.to_string() })).await;
        assert_eq!(hidden, absent);
        let reads = house.reads_of(reader).await;
        assert!(reads.len() == 2 && reads.iter().all(|read| read.outcome() == Outcome::Refused));
    }
    let officer =
        Principal { roles: vec![casework::PRIVACY_OFFICER.to_owned()], ..principal(CITY) };
    look(&house, HOSPITAL, person_id().as_str()).await;
    let of = |id: String| json!({ "id": id });
    let found = ask_as(&house, &officer, WHO, of(person_id().to_string())).await;
    assert_eq!(nodes(&found["data"]["accessesTo"]).len(), 1);
    let nobody = ask_as(&house, &officer, WHO, of(OTHER.to_string())).await;
    assert_eq!(nobody["data"]["accessesTo"], Value::Null);
    let erasure = PersonErased { person_ids: vec![PERSON.to_string()], ..Default::default() };
    house.world.record(CITY, None, "2025-06-01", erasure).await;
    let erased = ask_as(&house, &officer, WHO, of(person_id().to_string())).await;
    assert_eq!(erased, nobody);
}

#[tokio::test]
async fn the_agency_mainly_responsible_is_told_without_a_case() {
    let world = World::with_agencies().await;
    world.record(HOSPITAL, None, "2025-05-01", registration()).await;
    let assigned = PrimarySupporterAssigned {
        assigned_on: "2025-05-02".into(),
        supporter_agency_id: OTHER_CENTER.into(),
        ..Default::default()
    };
    world.record(WARD_OFFICE, None, "2025-05-02", assigned).await;
    let house = House::open(world).await;
    look(&house, HOSPITAL, person_id().as_str()).await;
    assert_eq!(nodes(&who(&house, OTHER_CENTER).await).len(), 1);
    assert_eq!(who(&house, WARD_OFFICE).await, Value::Null);
}

#[tokio::test]
async fn accesses_to_a_merged_file_come_along_in_pages() {
    let world = World::with_agencies().await;
    world.support().await;
    world.record_about(OTHER, HOSPITAL, None, "2025-05-02", registration()).await;
    let house = House::open(world).await;
    for _ in 0..2 {
        look(&house, HOSPITAL, &OTHER.to_string()).await;
        look(&house, HOSPITAL, person_id().as_str()).await;
    }
    assert_eq!(nodes(&who(&house, CENTER).await).len(), 2);
    let merge = PersonsMerged {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        merged_on: "2025-06-01".into(),
        ..Default::default()
    };
    house.world.record_about(PERSON, CITY, None, "2025-06-01", merge.clone()).await;
    house.world.record_about(OTHER, CITY, None, "2025-06-01", merge).await;
    let (mut found, mut after) = (0, Value::Null);
    loop {
        let variables = json!({ "id": OTHER.to_string(), "first": 2, "after": after });
        let answer = house.ask_with(CENTER, WHO, variables).await;
        let page = &answer["data"]["accessesTo"];
        let of_others = nodes(page).into_iter().filter(|one| one["purpose"] != "ACCESSES");
        found += of_others.count();
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(found, 4);
}

#[tokio::test]
async fn one_reader_sees_through_broken_glass_for_an_hour_and_on_record() {
    let house = broken_glass().await;
    let person = person_id();
    let seen = look(&house, OTHER_CENTER, person.as_str()).await;
    assert_eq!(seen["data"]["person"]["givenName"], "一郎");
    assert_eq!(seen["data"]["person"]["throughBreakGlass"], true);
    let reads = house.reads_of(OTHER_CENTER).await;
    let used = house.world.log.read(house.world.log.head().await.unwrap() - 1, 1).await.unwrap();
    assert_eq!((reads[0].purpose(), reads[0].door()), (Purpose::BreakGlass, Door::Graphql));
    assert_eq!(reads[0].purpose_id, used[0].event_id.to_string());

    let colleague = Principal { staff: "s-colleague".to_owned(), ..principal(OTHER_CENTER) };
    let closed = ask_as(&house, &colleague, NAMES, json!({ "id": person.as_str() })).await;
    assert_eq!(closed["data"]["person"]["givenName"], Value::Null, "glass was not broken for them");

    house.world.clock.set("2025-06-01T00:59:59Z".parse().unwrap());
    let last = look(&house, OTHER_CENTER, person.as_str()).await;
    assert_eq!(last["data"]["person"]["givenName"], "一郎");
    house.world.clock.set("2025-06-01T01:00:00Z".parse().unwrap());
    let over = look(&house, OTHER_CENTER, person.as_str()).await;
    assert_eq!(over["data"]["person"]["givenName"], Value::Null);
    assert_eq!(over["data"]["person"]["throughBreakGlass"], false);
}

#[tokio::test]
async fn glass_is_whole_again_when_the_emergency_is_over() {
    let house = broken_glass().await;
    let closed = EmergencyClosed {
        emergency_id: EMERGENCY.into(),
        closed_on: "2025-06-01".into(),
        ..Default::default()
    };
    house.world.record(CENTER, Some(CASE), "2025-06-01", closed).await;
    let over = look(&house, OTHER_CENTER, person_id().as_str()).await;
    assert_eq!(over["data"]["person"]["givenName"], Value::Null);
}

#[tokio::test]
async fn the_responsible_agency_finds_it_until_it_is_reviewed_and_the_city_counts_it() {
    let house = broken_glass().await;
    house.world.withdraw_consent("2025-06-01").await;
    let list = "{ workList { edges { node { kind } } } }";
    let waits = async |agency: &str| {
        let answer = house.ask(agency, list).await;
        let edges = answer["data"]["workList"]["edges"].as_array().expect("a list").clone();
        edges.iter().any(|edge| edge["node"]["kind"] == "BREAK_GLASS_TO_REVIEW")
    };
    assert!(waits(CENTER).await);
    assert!(!waits(HOSPITAL).await && !waits(OTHER_CENTER).await);
    let figures = "{ breakGlassFigures(fiscalYear: 2025) {
        uses reviewed notJustified medianMinutesToReview } }";
    let before = house.ask(CITY, figures).await;
    let none = json!({"uses": 1, "reviewed": 0, "notJustified": 0, "medianMinutesToReview": null});
    assert_eq!(before["data"]["breakGlassFigures"], none);
    assert_eq!(code(&house.ask(CENTER, figures).await), "FORBIDDEN");

    house.world.clock.set("2025-06-01T02:00:00Z".parse().unwrap());
    let reviewed = BreakGlassAccessReviewed {
        access_id: ACCESS.into(),
        reviewed_on: "2025-06-01".into(),
        outcome: BreakGlassOutcome::NotJustified.into(),
        ..Default::default()
    };
    house.world.record(CENTER, None, "2025-06-01", reviewed).await;
    assert!(!waits(CENTER).await);
    let after = house.ask(CITY, figures).await;
    let one = json!({"uses": 1, "reviewed": 1, "notJustified": 1, "medianMinutesToReview": 120.0});
    assert_eq!(after["data"]["breakGlassFigures"], one);
}

#[tokio::test]
async fn a_list_is_on_record_by_one_append() {
    let world = World::with_agencies().await;
    for number in 0..3_u128 {
        let (person, case) = (Uuid::from_u128(0x100 + number), Uuid::from_u128(0x200 + number));
        world.record_about(person, HOSPITAL, None, "2025-05-01", registration()).await;
        world.record_about(person, HOSPITAL, None, "2025-05-07", consent(&[CENTER])).await;
        world.record_about(person, HOSPITAL, Some(case), "2025-05-08", referral()).await;
    }
    let house = House::open(world).await;
    let query = "{ workList { edges { node { kind person { givenName }
        case { person { familyName } } } } } }";
    let answer = house.ask(CENTER, query).await;
    assert_eq!(answer["data"]["workList"]["edges"][2]["node"]["person"]["givenName"], "一郎");
    let reads = house.reads_of(CENTER).await;
    assert_eq!(reads.len(), 3, "one for each person");
    assert!(reads.iter().all(|read| read.purpose() == Purpose::List));
    assert!(reads.iter().all(|read| read.opened_event_ids.len() == 1));
    let stored = house.world.reads.read(0, 9).await.unwrap();
    let of_center: Vec<_> = stored.iter().filter(|event| event.agency == CENTER).collect();
    assert_eq!(of_center.len(), 3);
    assert!(of_center.iter().all(|event| event.correlation_id == of_center[0].correlation_id));
    house.ask(CENTER, "{ workList { edges { node { kind } } } }").await;
    assert_eq!(house.reads_of(CENTER).await.len(), 6, "also when nobody is named");
}
