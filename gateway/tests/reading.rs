//! What is answered, what is recorded, and what is not told.

mod house;

use contracts::access::Outcome;
use house::{House, code, world::*};
use serde_json::{Value, json};
use vault::Subject;

const CASE_PAGE: &str =
    "query ($id: ID!, $asOf: Date, $knownAt: DateTime, $first: Int, $after: String, $min: ID) {
  case(id: $id, asOf: $asOf, knownAt: $knownAt, minPosition: $min) {
    id track state
    person { id nameStatus familyName givenName residenceWard }
    agencies { id name office }
    timeline(first: $first, after: $after) {
      edges { cursor node {
        position type label occurredOn recordedAt agency { name } sight
        fields { name label value status } flags { code }
      } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
}";

async fn case(house: &House, agency: &str, more: Value) -> Value {
    let mut variables = json!({"id": case_id().as_str()});
    variables.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.ask_with(agency, CASE_PAGE, variables).await
}

fn nodes(answer: &Value) -> Vec<&Value> {
    let edges = answer["data"]["case"]["timeline"]["edges"].as_array();
    edges.unwrap_or_else(|| panic!("{answer}")).iter().map(|edge| &edge["node"]).collect()
}

fn field<'a>(node: &'a Value, name: &str) -> &'a Value {
    let fields = node["fields"].as_array().unwrap();
    fields.iter().find(|field| field["name"] == name).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn a_timeline_reads_ready_for_people_and_is_recorded_once() {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    let answer = case(&house, CENTER, json!({})).await;
    let found = &answer["data"]["case"];
    assert_eq!(found["state"], "PREPARING");
    assert_eq!(found["track"], "DISCHARGE_SUPPORT");
    assert_eq!(found["person"]["familyName"], "架空");
    assert_eq!(found["person"]["nameStatus"], "OPEN");
    assert_eq!(found["agencies"].as_array().unwrap().len(), 2);

    let nodes = nodes(&answer);
    assert_eq!(nodes.len(), 8);
    assert_eq!(nodes[0]["label"], "病棟訪問");
    assert_eq!(nodes[0]["agency"]["name"], "架空磯子センター");
    assert_eq!(field(nodes[0], "summary")["value"], "二回目の面談");
    let referral = nodes.iter().find(|node| node["type"] == "ReferralSubmitted").unwrap();
    assert_eq!(field(referral, "to_agency_id")["value"], "架空磯子センター");
    assert_eq!(field(referral, "submitted_on")["value"], "2025-05-08");
    assert_eq!(field(referral, "wishes")["value"], "磯子区で暮らしたい");

    let reads = house.reads_of(CENTER).await;
    assert_eq!(reads.len(), 2, "one record with the name, one with the page");
    assert!(reads.iter().all(|read| read.person_id == person_id().as_str()));
    assert_eq!(reads.iter().map(|read| read.shown).collect::<Vec<_>>(), [1, 8]);
    // The visits, the referral, the admission and the registration hold something personal.
    assert_eq!(reads[1].opened_event_ids.len(), 5);
}

#[tokio::test]
async fn nothing_is_opened_that_was_not_asked_for() {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    let query = format!(
        "{{ case(id: \"{}\") {{ state timeline {{ edges {{ node {{ label }} }} }} }} }}",
        case_id()
    );
    assert!(house.ask(CENTER, &query).await["errors"].is_null());
    let reads = house.reads_of(CENTER).await;
    assert!(!reads.is_empty() && reads.iter().all(|read| read.opened_event_ids.is_empty()));
}

#[tokio::test]
async fn a_withdrawn_consent_closes_the_case_to_others_at_once() {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    assert_eq!(nodes(&case(&house, CENTER, json!({})).await).len(), 8);
    let position = house.world.withdraw_consent("2025-06-01").await;
    let word = house.positions.hide(position);
    for more in [json!({}), json!({"min": word}), json!({"asOf": "2025-05-30"})] {
        let answer = case(&house, CENTER, more).await;
        let types: Vec<_> = nodes(&answer).iter().map(|node| node["type"].clone()).collect();
        let own = ["WardVisitRecorded", "WardVisitRecorded", "CaseOpened", "ReferralAccepted"];
        assert_eq!(types, own);
        assert_eq!(answer["data"]["case"]["person"]["familyName"], Value::Null);
        assert_eq!(answer["data"]["case"]["person"]["nameStatus"], "SEALED");
    }
    assert_eq!(nodes(&case(&house, HOSPITAL, json!({})).await).len(), 5, "its own records");
}

#[tokio::test]
async fn absent_and_hidden_are_the_same_bytes_and_the_same_record() {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    let absent = "00000000-0000-0000-0000-00000000dead";
    let mut answers = Vec::new();
    for id in [case_id().as_str(), absent] {
        let body = json!({"query": CASE_PAGE, "variables": {"id": id}});
        let response = house.send(house.post(OTHER_CENTER, &body)).await;
        answers.push((
            response.status(),
            format!("{:?}", response.headers()),
            house::text(response).await,
        ));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].2, r#"{"data":{"case":null}}"#);
    let reads = house.reads_of(OTHER_CENTER).await;
    let asked: Vec<_> = reads.iter().map(|read| read.person_id.as_str()).collect();
    assert_eq!(asked, [case_id().as_str(), absent]);
    assert!(reads.iter().all(|read| read.outcome() == Outcome::Refused && read.shown == 0));
}

#[tokio::test]
async fn an_erased_person_is_shown_as_erased() {
    let world = World::with_agencies().await;
    world.support().await;
    world.vault.erase(&Subject::new("person", PERSON.to_string())).await.unwrap();
    let house = House::open(world).await;
    let answer = case(&house, CENTER, json!({})).await;
    assert_eq!(answer["data"]["case"]["person"]["nameStatus"], "ERASED");
    let summary = field(nodes(&answer)[0], "summary");
    assert_eq!((&summary["value"], &summary["status"]), (&Value::Null, &json!("ERASED")));
    assert_eq!(field(nodes(&answer)[0], "visited_on")["status"], "OPEN");
}

#[tokio::test]
async fn a_stub_says_when_what_and_who() {
    let world = World::with_agencies().await;
    world.support().await;
    let change = contracts::events::ConsentScopeChanged {
        consent_id: CONSENT.into(),
        changed_on: "2025-05-20".into(),
        topics: consent(&[]).topics,
        agency_ids: [HOSPITAL, CENTER, WARD_OFFICE].map(str::to_owned).to_vec(),
    };
    world.record(HOSPITAL, None, "2025-05-20", change).await;
    let added = contracts::events::CareTeamMemberAdded {
        agency_id: WARD_OFFICE.into(),
        added_on: "2025-05-20".into(),
        ..Default::default()
    };
    world.record(CENTER, Some(CASE), "2025-05-20", added).await;
    let house = House::open(world).await;
    let answer = case(&house, WARD_OFFICE, json!({})).await;
    let visit = nodes(&answer)[0];
    assert_eq!((&visit["type"], &visit["sight"]), (&json!("WardVisitRecorded"), &json!("STUB")));
    assert_eq!(visit["fields"], json!([]));
    assert_eq!(answer["data"]["case"]["state"], "PREPARING");
    assert!(!answer.to_string().contains("面談"), "no content of a stub is anywhere");
}

#[tokio::test]
async fn the_past_is_asked_for_by_day_and_by_time_of_record() {
    let world = World::with_agencies().await;
    world.refer().await;
    world.set_day("2025-06-03");
    world.record(CENTER, Some(CASE), "2025-05-15", acceptance()).await;
    world.record(CENTER, Some(CASE), "2025-05-15", opening()).await;
    let house = House::open(world).await;
    let state = async |more| case(&house, HOSPITAL, more).await["data"]["case"]["state"].clone();
    assert_eq!(state(json!({})).await, "PREPARING");
    assert_eq!(state(json!({"asOf": "2025-05-14"})).await, "REFERRED");
    assert_eq!(state(json!({"knownAt": "2025-06-02T09:00:00+09:00"})).await, "REFERRED");
    assert_eq!(state(json!({"knownAt": "2025-06-03T09:00:00+09:00"})).await, "PREPARING");
}

#[tokio::test]
async fn a_timeline_is_read_page_by_page() {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    let whole = case(&house, CENTER, json!({})).await;
    let whole: Vec<_> = nodes(&whole).iter().map(|node| node["position"].clone()).collect();
    let (mut pages, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = case(&house, CENTER, json!({"first": 3, "after": after})).await;
        pages.extend(nodes(&answer).iter().map(|node| node["position"].clone()));
        let info = &answer["data"]["case"]["timeline"]["pageInfo"];
        assert_eq!(info["hasPreviousPage"], json!(after != Value::Null));
        after = info["endCursor"].clone();
        if info["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(pages, whole);
    for (first, after) in [(0, Value::Null), (101, Value::Null), (-1, Value::Null), (5, json!("x"))]
    {
        let answer = case(&house, CENTER, json!({"first": first, "after": after})).await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{answer}");
    }
}

#[tokio::test]
async fn work_is_listed_with_why_and_for_whom() {
    let world = World::with_agencies().await;
    world.refer().await;
    let house = House::open(world).await;
    let query =
        "{ viewer { office staff agency { name } } workList(first: 10) { edges { cursor node {
        kind label reason since case { state person { familyName } } person { id } } }
        pageInfo { hasNextPage } } }";
    let answer = house.ask(CENTER, query).await;
    assert_eq!(answer["data"]["viewer"]["agency"]["name"], "架空磯子センター");
    let item = &answer["data"]["workList"]["edges"][0]["node"];
    assert_eq!(
        (&item["kind"], &item["since"]),
        (&json!("REFERRAL_TO_ANSWER"), &json!("2025-05-08"))
    );
    assert_eq!(item["case"]["person"]["familyName"], "架空");
    assert_eq!(house.reads_of(CENTER).await.len(), 1, "case and person are one folder");
    // The one who asked waits too, and is reminded of it; the question is not its own work.
    let answer = house.ask(HOSPITAL, query).await;
    let of_sender = answer["data"]["workList"]["edges"].as_array().expect("a list");
    let kinds: Vec<_> = of_sender.iter().map(|edge| &edge["node"]["kind"]).collect();
    assert_eq!(kinds, [&json!("ANSWER_WAITING_LONG")]);
}

#[tokio::test]
async fn a_hand_over_is_found_by_both_sides() {
    let world = World::with_agencies().await;
    world.support().await;
    let everyone = consent(&[HOSPITAL, CENTER, OTHER_CENTER]);
    world.record(HOSPITAL, None, "2025-05-28", everyone).await;
    let handover = contracts::events::CaseHandedOver {
        handover_id: "00000000-0000-0000-0000-0000000000a0".into(),
        handed_over_on: "2025-05-30".into(),
        to_agency_id: OTHER_CENTER.into(),
        ..Default::default()
    };
    world.record(CENTER, Some(CASE), "2025-05-30", handover).await;
    let house = House::open(world).await;
    let query = "{ workList { edges { node { kind since case { id lead { id }
        handover { to { id } since } referral { clock { days } } } } } }
        casesInHand { edges { node { kind case { id } } } } }";
    let answer = house.ask(OTHER_CENTER, query).await;
    let asked = &answer["data"]["workList"]["edges"][0]["node"];
    assert_eq!(asked["kind"], "HANDOVER_TO_ANSWER");
    assert_eq!(asked["case"]["lead"]["id"], CENTER, "nothing has moved");
    assert_eq!(asked["case"]["handover"]["to"]["id"], OTHER_CENTER);
    assert_eq!(asked["case"]["referral"]["clock"], Value::Null, "it was answered");
    assert_eq!(answer["data"]["casesInHand"]["edges"], json!([]));
    let answer = house.ask(CENTER, query).await;
    let led = &answer["data"]["casesInHand"]["edges"][0]["node"];
    assert_eq!(
        (&led["kind"], &led["case"]["id"]),
        (&json!("CASE_IN_HAND"), &json!(case_id().as_str()))
    );
}

#[tokio::test]
async fn figures_are_for_the_municipality() {
    let world = World::with_agencies().await;
    world.support().await;
    world.record(HOSPITAL, None, "2025-06-01", discharge("2025-06-01")).await;
    world.set_day("2025-12-01");
    let house = House::open(world).await;
    let query = "{ dischargeOutcomes(fiscalYear: 2025, unit: DISCHARGE) {
        asOf discharges medianDaysReferralToDischarge averageCommunityDays
        readmissions { days numerator denominator } referrals { submitted accepted }
        stages { stage medianDays cases } } }";
    let answer = house.ask(CITY, query).await;
    let found = &answer["data"]["dischargeOutcomes"];
    assert_eq!((&found["discharges"], &found["asOf"]), (&json!(1), &json!("2025-12-01")));
    assert_eq!(found["medianDaysReferralToDischarge"], 24.0);
    assert_eq!(found["readmissions"][0], json!({"days": 90, "numerator": 0, "denominator": 1}));
    let refused = house.ask(CENTER, query).await;
    assert_eq!(
        (code(&refused), &refused["data"]["dischargeOutcomes"]),
        ("FORBIDDEN", &Value::Null)
    );
}

#[tokio::test]
async fn a_position_that_never_comes_is_told_as_such() {
    let world = World::with_agencies().await;
    let head = world.refer().await;
    let house = House::open(world).await;
    let ahead = case(&house, HOSPITAL, json!({"min": house.positions.hide(head + 1)})).await;
    assert_eq!(code(&ahead), "UNAVAILABLE");
    let made_up = case(&house, HOSPITAL, json!({"min": "17"})).await;
    assert_eq!(code(&made_up), "BAD_USER_INPUT");
}

#[tokio::test]
async fn the_console_asks_in_process_through_its_own_door() {
    let world = World::with_agencies().await;
    world.refer().await;
    let house = House::open(world).await;
    let query = format!("{{ person(id: \"{}\") {{ givenName cases {{ id }} }} }}", person_id());
    let request = async_graphql::Request::new(query);
    let response = house.gateway.execute(principal(HOSPITAL), request).await;
    let answer = serde_json::to_value(&response).unwrap();
    assert_eq!(answer["data"]["person"]["givenName"], "一郎");
    let reads = house.reads_of(HOSPITAL).await;
    assert_eq!(reads[0].door(), access::Door::Console);
}

#[tokio::test]
async fn cursors_of_a_work_list_tell_nothing_and_are_of_one_agency() {
    let world = World::with_agencies().await;
    for number in 0..3_u128 {
        let (person, case) =
            (uuid::Uuid::from_u128(0x100 + number), uuid::Uuid::from_u128(0x200 + number));
        world.record_about(person, HOSPITAL, None, "2025-05-01", registration()).await;
        world.record_about(person, HOSPITAL, None, "2025-05-07", consent(&[CENTER])).await;
        world.record_about(person, HOSPITAL, Some(case), "2025-05-08", referral()).await;
    }
    let house = House::open(world).await;
    let query = "query ($after: String) { workList(first: 1, after: $after) {
        edges { cursor node { person { id } } } pageInfo { hasNextPage endCursor } } }";
    let (mut persons, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = house.ask_with(CENTER, query, json!({"after": after})).await;
        let list = &answer["data"]["workList"];
        persons.push(list["edges"][0]["node"]["person"]["id"].as_str().unwrap().to_owned());
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(persons.len(), 3);
    assert!(persons.is_sorted());
    let elsewhere = house.ask_with(HOSPITAL, query, json!({"after": after})).await;
    assert_eq!(code(&elsewhere), "BAD_USER_INPUT");
    let made_up = "WyIyMDI1LTA1LTA4IiwicCIsMF0";
    let made_up = house.ask_with(CENTER, query, json!({"after": made_up})).await;
    assert_eq!(code(&made_up), "BAD_USER_INPUT");
}
