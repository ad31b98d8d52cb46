//! Who may be registered twice is for identity officers, and theirs alone.

mod house;

use access::{Door, Principal};
use casework::IDENTITY_OFFICER;
use contracts::events::{
    PersonErased, PersonRegistered, PersonsMergeDeclined, PersonsMergeProposed, PersonsMerged,
};
use house::{House, code, world::*};
use serde_json::{Value, json};
use uuid::Uuid;

const OTHER: Uuid = Uuid::from_u128(0xB);
const TWIN: Uuid = Uuid::from_u128(0xD);

const CANDIDATES: &str = "{ mergeCandidates { edges { cursor node {
  likelihood reasons { code label }
  one { id status familyName givenName familyNameKana birthDate address }
  other { id familyName givenName }
} } pageInfo { hasNextPage } } }";

const PROPOSALS: &str = "{ mergeProposals { edges { node {
  id isOwn surviving { id familyName } merged { id familyName } } } } }";

fn officer(staff: &str) -> Principal {
    let roles = vec![IDENTITY_OFFICER.to_owned()];
    Principal { staff: staff.into(), roles, ..principal(CITY) }
}

async fn ask(house: &House, reader: &Principal, query: &str) -> Value {
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let answer = house.ask_as(reader, query).await;
        if code(&answer) != "UNAVAILABLE" {
            return answer;
        }
        assert!(tokio::time::Instant::now() < until, "{answer}");
        tokio::task::yield_now().await;
    }
}

async fn candidates(house: &House) -> Vec<Value> {
    let answer = ask(house, &officer("officer-1"), CANDIDATES).await;
    let edges = answer["data"]["mergeCandidates"]["edges"].as_array();
    let edges = edges.unwrap_or_else(|| panic!("{answer}"));
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

async fn proposals(house: &House, staff: &str) -> Vec<Value> {
    let answer = ask(house, &officer(staff), PROPOSALS).await;
    let edges = answer["data"]["mergeProposals"]["edges"].as_array();
    let edges = edges.unwrap_or_else(|| panic!("{answer}"));
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

fn person(given: [&str; 2]) -> PersonRegistered {
    PersonRegistered {
        family_name: "髙橋".into(),
        given_name: given[0].into(),
        family_name_kana: "タカハシ".into(),
        given_name_kana: given[1].into(),
        birth_date: "1967-03-09".into(),
        address: "架空区1-2-3".into(),
        telephone: "045-000-0000".into(),
        ..registration()
    }
}

/// Somebody whom two agencies have registered, and a twin.
async fn registered_twice() -> House {
    let world = World::with_agencies().await;
    world.record(HOSPITAL, None, "2025-05-01", person(["優子", "ﾕｳｺ"])).await;
    let again = PersonRegistered {
        family_name: "高橋".into(),
        family_name_kana: "たかはし".into(),
        ..person(["ゆう子", "ゆうこ"])
    };
    world.record_about(OTHER, OTHER_CENTER, None, "2025-05-02", again).await;
    let twin = person(["花子", "はなこ"]);
    world.record_about(TWIN, HOSPITAL, None, "2025-05-02", twin).await;
    House::open(world).await
}

/// What an officer says of the two lies in the streams of both.
async fn on_both(house: &House, event: impl Into<contracts::Event>) {
    let event = event.into();
    house.world.record(CITY, None, "2025-06-01", event.clone()).await;
    house.world.record_about(OTHER, CITY, None, "2025-06-01", event).await;
}

fn proposed(id: &str) -> PersonsMergeProposed {
    PersonsMergeProposed {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        proposal_id: id.into(),
        proposed_on: "2025-06-01".into(),
        proposed_by: "officer-1".into(),
        evidence: "氏名と生年月日".into(),
    }
}

#[tokio::test]
async fn who_is_registered_twice_is_proposed_with_what_identifies_them_and_no_more() {
    let house = registered_twice().await;
    let found = candidates(&house).await;
    assert_eq!(found.len(), 1, "a twin is another person: {found:?}");
    let pair = &found[0];
    assert!(pair["likelihood"].as_i64().unwrap() >= 50, "{pair}");
    let reasons: Vec<_> =
        pair["reasons"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(reasons, ["FAMILY_NAME_SAME", "GIVEN_NAME_READ_SAME", "BIRTH_DATE_SAME"]);
    assert_eq!(pair["one"]["id"], PERSON.to_string());
    assert_eq!(pair["one"]["familyName"], "髙橋");
    assert_eq!(pair["one"]["address"], "架空区1-2-3");
    assert_eq!(pair["other"]["id"], OTHER.to_string());
    assert!(!pair.to_string().contains("045"));
}

#[tokio::test]
async fn when_the_record_breaks_nobody_is_shown_any_more() {
    for (is_proposed, query) in [(false, CANDIDATES), (true, PROPOSALS)] {
        let house = registered_twice().await;
        if is_proposed {
            on_both(&house, proposed("p-1")).await;
        }
        let shown = ask(&house, &officer("officer-2"), query).await;
        assert!(shown.to_string().contains("橋"), "{shown}");
        house.world.reads.clone().close().await;
        let refused = house.ask_as(&officer("officer-2"), query).await;
        assert_eq!(code(&refused), "UNAVAILABLE", "{refused}");
        assert!(!refused.to_string().contains("橋"), "{refused}");
    }
}

#[tokio::test]
async fn each_look_is_on_record_for_each_of_the_two() {
    let house = registered_twice().await;
    candidates(&house).await;
    let reads = house.reads_of(CITY).await;
    let mut persons: Vec<_> = reads.iter().map(|read| read.person_id.clone()).collect();
    persons.sort();
    assert_eq!(persons, [PERSON.to_string(), OTHER.to_string()]);
    assert!(reads.iter().all(|read| read.door() == Door::Graphql && read.shown == 1));
    assert!(reads.iter().all(|read| read.opened_event_ids.len() == 1));
}

#[tokio::test]
async fn nobody_else_is_told() {
    let house = registered_twice().await;
    let no_officers = AGENCIES.map(principal).into_iter().chain([Principal {
        // The role counts at the municipality only.
        roles: vec![IDENTITY_OFFICER.to_owned()],
        ..principal(HOSPITAL)
    }]);
    for reader in no_officers {
        for query in [CANDIDATES, PROPOSALS] {
            let answer = house.ask_as(&reader, query).await;
            assert_eq!(code(&answer), "FORBIDDEN", "{answer}");
            assert!(answer["data"].is_null());
        }
        assert!(house.reads_of(reader.agency.as_str()).await.is_empty());
    }
}

#[tokio::test]
async fn what_an_officer_has_spoken_about_is_proposed_no_more() {
    let house = registered_twice().await;
    on_both(&house, proposed("p-1")).await;
    assert!(candidates(&house).await.is_empty(), "it is proposed");
    let own = proposals(&house, "officer-1").await;
    assert_eq!(own.len(), 1);
    assert_eq!((&own[0]["id"], &own[0]["isOwn"]), (&json!("p-1"), &json!(true)));
    assert_eq!(own[0]["surviving"]["id"], PERSON.to_string());
    assert_eq!(own[0]["merged"]["familyName"], "高橋");
    assert_eq!(proposals(&house, "officer-2").await[0]["isOwn"], false);
    let declined = PersonsMergeDeclined {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        proposal_id: "p-1".into(),
        ..Default::default()
    };
    on_both(&house, declined).await;
    assert!(candidates(&house).await.is_empty(), "it was declined");
    assert!(proposals(&house, "officer-2").await.is_empty());
    on_both(&house, proposed("p-2")).await;
    let merged = PersonsMerged {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        proposal_id: "p-2".into(),
        ..Default::default()
    };
    on_both(&house, merged).await;
    assert!(candidates(&house).await.is_empty() && proposals(&house, "officer-2").await.is_empty());
    let third = Uuid::from_u128(0xF);
    house.world.record_about(third, CENTER, None, "2025-06-01", person(["優子", "ゆうこ"])).await;
    assert!(candidates(&house).await.is_empty(), "a third file waits until that is changed");
}

#[tokio::test]
async fn what_was_proposed_about_who_is_erased_waits_no_more() {
    for erased in [PERSON, OTHER] {
        let house = registered_twice().await;
        on_both(&house, proposed("p-1")).await;
        assert_eq!(proposals(&house, "officer-2").await.len(), 1);
        let erasure = PersonErased { person_ids: vec![erased.to_string()], ..Default::default() };
        house.world.record_about(erased, CITY, None, "2025-06-01", erasure).await;
        assert!(proposals(&house, "officer-2").await.is_empty());
        let left = json!(candidates(&house).await).to_string();
        assert!(!left.contains(&erased.to_string()), "{left}");
    }
}

#[tokio::test]
async fn finding_candidates_appends_nothing() {
    let house = registered_twice().await;
    let before = house.world.log.head().await.unwrap();
    candidates(&house).await;
    assert_eq!(house.world.log.head().await.unwrap(), before);
}
