//! Persons are found by name and date of birth, by those who may see them, and that is on record.

mod house;

use access::Door;
use contracts::{
    Event,
    access::Outcome,
    events::{EventCorrected, EventRetracted, PersonRegistered, PersonsMerged, PersonsUnmerged},
};
use house::{House, code, world::*};
use serde_json::{Value, json};
use uuid::Uuid;
use vault::Subject;

const OTHER: Uuid = Uuid::from_u128(0xB);

const SEARCH: &str = "query ($name: String, $birthDate: String, $first: Int, $after: String) {
  searchPersons(name: $name, birthDate: $birthDate, first: $first, after: $after) {
    edges { cursor node {
      quality familyNameKana givenNameKana birthDate
      person { id familyName givenName nameStatus cases { id } }
    } }
    pageInfo { hasNextPage hasPreviousPage }
  }
}";

fn called(family: &str, given: &str, kana: [&str; 2], born: &str) -> PersonRegistered {
    PersonRegistered {
        family_name: family.into(),
        given_name: given.into(),
        family_name_kana: kana[0].into(),
        given_name_kana: kana[1].into(),
        birth_date: born.into(),
        ..registration()
    }
}

fn takahashi() -> PersonRegistered {
    called("髙橋", "ゆう子", ["タカハシ", "ユウコ"], "1967-03-09")
}

/// A person whom a hospital has referred to a center, and the person's consent.
async fn referred(registration: PersonRegistered) -> World {
    let world = World::with_agencies().await;
    world.record(HOSPITAL, None, "2025-05-01", registration).await;
    world.record(HOSPITAL, None, "2025-05-01", admission("2025-05-01")).await;
    world.record(HOSPITAL, None, "2025-05-07", consent(&[HOSPITAL, CENTER])).await;
    world.record(HOSPITAL, Some(CASE), "2025-05-08", referral()).await;
    world.support_after_referral().await;
    world
}

async fn search(house: &House, agency: &str, name: &str, date: &str) -> Vec<Value> {
    let answer = asked(house, agency, json!({"name": name, "birthDate": date})).await;
    let edges = answer["data"]["searchPersons"]["edges"].as_array();
    let edges = edges.unwrap_or_else(|| panic!("{answer}"));
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

async fn asked(house: &House, agency: &str, variables: Value) -> Value {
    built(house).await;
    house.ask_with(agency, SEARCH, variables).await
}

/// Waits until the directory answers.
async fn built(house: &House) {
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let answer = house.ask_with(CITY, SEARCH, json!({"name": "だれか"})).await;
        if code(&answer) != "UNAVAILABLE" {
            return;
        }
        assert!(tokio::time::Instant::now() < until, "{answer}");
        tokio::task::yield_now().await;
    }
}

async fn is_found(house: &House, agency: &str, name: &str) -> bool {
    !search(house, agency, name, "").await.is_empty()
}

#[tokio::test]
async fn by_every_spelling_and_with_one_typo() {
    let house = House::open(referred(takahashi()).await).await;
    for (name, date, quality) in [
        ("髙橋ゆう子", "", "WHOLE"),
        ("高橋　ユー子", "", "WHOLE"),
        ("ﾀｶﾊｼ ﾕｳｺ", "", "WHOLE"),
        ("たかはしゆうこ", "S42.3.9", "WHOLE"),
        ("高橋", "昭和42年3月9日", "FAMILY_NAME"),
        ("たか", "", "FAMILY_NAME_BEGUN"),
        ("ゆうこ たかはし", "", "SWAPPED"),
        ("たかばし ゆうこ", "", "WHOLE_BUT_MARK"),
        ("たかはしゆうか", "", "WHOLE_BUT_LETTER"),
        ("高橋ゆう子", "1967-03-08", "WHOLE_BUT_BIRTH_DATE"),
        ("", "1967-03-09", "BIRTH_DATE"),
    ] {
        let found = search(&house, CENTER, name, date).await;
        assert_eq!(found.len(), 1, "{name} {date}");
        assert_eq!(found[0]["quality"], quality, "{name} {date}");
        let person = &found[0]["person"];
        assert_eq!(person["id"], PERSON.to_string());
        assert_eq!(
            (&person["familyName"], &person["givenName"]),
            (&json!("髙橋"), &json!("ゆう子"))
        );
        assert_eq!(found[0]["familyNameKana"], "タカハシ");
        assert_eq!(found[0]["birthDate"], "1967-03-09");
        assert_eq!(person["cases"], json!([{ "id": CASE.to_string() }]));
    }
    for (name, date) in [("たかはしゆうか", "1967-03-08"), ("高梨", ""), ("", "1967-03-08")]
    {
        assert!(search(&house, CENTER, name, date).await.is_empty(), "{name} {date}");
    }
}

#[tokio::test]
async fn only_by_those_who_may_see_them_today() {
    let house = House::open(referred(takahashi()).await).await;
    for (agency, finds) in [(HOSPITAL, true), (CENTER, true), (OTHER_CENTER, false), (CITY, false)]
    {
        assert_eq!(is_found(&house, agency, "高橋").await, finds, "{agency}");
    }
    house.world.withdraw_consent("2025-05-30").await;
    assert!(!is_found(&house, CENTER, "高橋").await, "the consent was withdrawn");
    assert!(is_found(&house, HOSPITAL, "高橋").await, "it registered the person");
}

#[tokio::test]
async fn hidden_persons_change_neither_answer_nor_order_nor_record() {
    let hidden = |number: u128| {
        (Uuid::from_u128(number), called("高橋", "ゆう子", ["たかはし", "ゆうこ"], "1967-03-09"))
    };
    let world = referred(takahashi()).await;
    let house = House::open(world).await;
    let before = search(&house, CENTER, "高橋 ゆう子", "").await;
    let known = house.reads_of(CENTER).await.len();
    for number in 1..=3 {
        let (person, registration) = hidden(0xF00 + number);
        house.world.record_about(person, OTHER_CENTER, None, "2025-05-02", registration).await;
    }
    assert_eq!(search(&house, OTHER_CENTER, "高橋 ゆう子", "").await.len(), 3);
    assert_eq!(search(&house, CENTER, "高橋 ゆう子", "").await, before);
    let page = asked(&house, CENTER, json!({"name": "高橋 ゆう子", "first": 1})).await;
    assert_eq!(page["data"]["searchPersons"]["pageInfo"]["hasNextPage"], false);
    let reads = house.reads_of(CENTER).await;
    assert_eq!(reads.len() - known, 2, "one for each time the one person was shown");
    assert!(reads[known..].iter().all(|read| read.person_id == PERSON.to_string()));
}

#[tokio::test]
async fn each_hit_is_on_record_and_a_fruitless_search_too_without_what_was_asked() {
    let house = House::open(referred(takahashi()).await).await;
    search(&house, CENTER, "高橋", "").await;
    search(&house, CENTER, "仮名", "").await;
    search(&house, OTHER_CENTER, "高橋", "").await;
    search(&house, OTHER_CENTER, "仮名", "").await;
    let reads = house.reads_of(CENTER).await;
    assert_eq!(reads.len(), 2);
    assert!(reads.iter().all(|read| read.door() == Door::Search));
    assert_eq!((reads[0].person_id.as_str(), reads[0].shown), (&*PERSON.to_string(), 1));
    assert_eq!(reads[0].opened_event_ids.len(), 1);
    assert_eq!((reads[1].person_id.as_str(), reads[1].shown), ("", 0));
    let others = house.reads_of(OTHER_CENTER).await;
    assert_eq!(others.len(), 2);
    assert!(others[0] == others[1], "hidden and absent leave the same record");
    assert!(others[0] == reads[1]);
}

#[tokio::test]
async fn what_the_house_opens_for_itself_is_on_record() {
    let house = House::open(referred(takahashi()).await).await;
    built(&house).await;
    let own = house.reads_of("house:tsunagi").await;
    assert_eq!(own.len(), 1, "one batch");
    assert_eq!((own[0].door(), own[0].outcome()), (Door::Index, Outcome::Shown));
    assert_eq!((own[0].opened_event_ids.len(), own[0].shown), (1, 0), "nobody was shown anything");
}

fn corrected(target: &str, replacement: impl Into<Event>) -> EventCorrected {
    let replacement = replacement.into();
    let split = replacement.split();
    EventCorrected {
        target_event_id: target.into(),
        corrected_on: "2025-06-01".into(),
        reason: "氏名の誤り".into(),
        replacement_type: replacement.number(),
        replacement_clear: split.clear,
        replacement_personal: split.personal,
    }
}

#[tokio::test]
async fn a_corrected_name_is_found_and_the_wrong_one_is_not() {
    let house = House::open(referred(takahashi()).await).await;
    let target = house.world.log.read(5, 1).await.unwrap()[0].event_id.to_string();
    assert!(is_found(&house, CENTER, "高橋").await);
    let right = called("仮名", "花子", ["かめい", "はなこ"], "1970-01-02");
    house.world.record(HOSPITAL, None, "2025-06-01", corrected(&target, right)).await;
    assert!(!is_found(&house, CENTER, "高橋").await);
    let found = search(&house, CENTER, "かめい", "").await;
    assert_eq!(found[0]["person"]["familyName"], "仮名");
    assert_eq!(found[0]["birthDate"], "1970-01-02");
    let retraction = EventRetracted {
        target_event_id: target,
        retracted_on: "2025-06-01".into(),
        reason: "別の方".into(),
    };
    house.world.record(HOSPITAL, None, "2025-06-01", retraction).await;
    assert!(!is_found(&house, HOSPITAL, "かめい").await, "it was retracted");
}

#[tokio::test]
async fn a_merged_person_is_found_as_the_surviving_one_until_they_are_taken_apart() {
    let house = House::open(referred(takahashi()).await).await;
    let other = called("高橋", "優子", ["たかはし", "ゆうこ"], "1967-03-09");
    house.world.record_about(OTHER, OTHER_CENTER, None, "2025-05-02", other).await;
    let ids = async |agency: &str| -> Vec<String> {
        let found = search(&house, agency, "たかはしゆうこ", "").await;
        found.iter().map(|one| one["person"]["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(CENTER).await, [PERSON.to_string()]);
    assert_eq!(ids(OTHER_CENTER).await, [OTHER.to_string()]);
    let merge = PersonsMerged {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        merged_on: "2025-06-01".into(),
        ..Default::default()
    };
    house.world.record_about(PERSON, CITY, None, "2025-06-01", merge.clone()).await;
    house.world.record_about(OTHER, CITY, None, "2025-06-01", merge).await;
    for agency in [CENTER, OTHER_CENTER, HOSPITAL] {
        assert_eq!(ids(agency).await, [PERSON.to_string()], "{agency}: one person, once");
    }
    let unmerge = PersonsUnmerged {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        unmerged_on: "2025-06-01".into(),
        ..Default::default()
    };
    house.world.record_about(PERSON, CITY, None, "2025-06-01", unmerge.clone()).await;
    house.world.record_about(OTHER, CITY, None, "2025-06-01", unmerge).await;
    assert_eq!(ids(CENTER).await, [PERSON.to_string()]);
    assert_eq!(ids(OTHER_CENTER).await, [OTHER.to_string()]);
}

async fn erase(house: &House, person: Uuid) {
    house.world.vault.erase(&Subject::new("person", person.to_string())).await.unwrap();
}

#[tokio::test]
async fn whose_key_was_destroyed_is_not_shown_and_not_learnt_again() {
    let house = House::open(referred(takahashi()).await).await;
    assert!(is_found(&house, CENTER, "高橋").await);
    erase(&house, PERSON).await;
    assert!(!is_found(&house, CENTER, "高橋").await, "it cannot be opened");
    let known = house.reads_of(CENTER).await.len();
    assert!(!is_found(&house, CENTER, "高橋").await);
    let reads = house.reads_of(CENTER).await;
    assert_eq!(reads[known].person_id, "", "that it cannot be opened was noticed once");
    let house = House::open(house.world).await;
    assert!(!is_found(&house, CENTER, "高橋").await, "nor after a start");
}

#[tokio::test]
async fn who_is_forgotten_answers_no_question_any_more() {
    let house = House::open(referred(takahashi()).await).await;
    assert!(is_found(&house, CENTER, "高橋").await);
    erase(&house, PERSON).await;
    house.gateway.forget(&person_id());
    let known = house.reads_of(CENTER).await.len();
    assert!(!is_found(&house, CENTER, "高橋").await);
    assert_eq!(house.reads_of(CENTER).await[known].person_id, "", "nobody was looked at");
}

#[tokio::test]
async fn of_two_that_are_merged_the_one_who_can_be_opened_is_found() {
    let house = House::open(referred(takahashi()).await).await;
    let other = called("高橋", "優子", ["たかはし", "ゆうこ"], "1967-03-09");
    house.world.record_about(OTHER, OTHER_CENTER, None, "2025-05-02", other).await;
    let merge = PersonsMerged {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        merged_on: "2025-06-01".into(),
        ..Default::default()
    };
    house.world.record_about(PERSON, CITY, None, "2025-06-01", merge.clone()).await;
    house.world.record_about(OTHER, CITY, None, "2025-06-01", merge).await;
    erase(&house, OTHER).await;
    house.gateway.forget(&OTHER.to_string().as_str().into());
    let found = search(&house, CENTER, "たかはしゆうこ", "").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["person"]["givenName"], "ゆう子", "what fits is what is shown");
}

#[tokio::test]
async fn pages_follow_one_another() {
    let world = World::with_agencies().await;
    for number in 1..=5 {
        let registration = called("高橋", "ゆう子", ["たかはし", "ゆうこ"], "1967-03-09");
        let person = Uuid::from_u128(0xF00 + number);
        world.record_about(person, HOSPITAL, None, "2025-05-02", registration).await;
    }
    let house = House::open(world).await;
    let (mut after, mut seen) = (Value::Null, Vec::new());
    for page in 0..3 {
        let variables = json!({"name": "高橋", "first": 2, "after": after});
        let answer = asked(&house, HOSPITAL, variables).await;
        let connection = &answer["data"]["searchPersons"];
        assert_eq!(connection["pageInfo"]["hasNextPage"], page < 2);
        assert_eq!(connection["pageInfo"]["hasPreviousPage"], page > 0);
        for edge in connection["edges"].as_array().unwrap() {
            seen.push(edge["node"]["person"]["id"].clone());
            after = edge["cursor"].clone();
        }
    }
    assert_eq!(seen.len(), 5);
    seen.dedup();
    assert_eq!(seen.len(), 5);
    let answer = asked(&house, HOSPITAL, json!({"name": "高橋", "after": "nobody"})).await;
    assert_eq!(code(&answer), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_refusal_does_not_repeat_what_was_asked() {
    let house = House::open(World::with_agencies().await).await;
    for variables in [
        json!({}),
        json!({"name": "か"}),
        json!({"name": "仮名".repeat(100)}),
        json!({"name": "仮名", "birthDate": "仮の日"}),
    ] {
        let answer = asked(&house, CENTER, variables).await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{answer}");
        assert!(!answer.to_string().contains('仮'), "{answer}");
    }
    assert!(house.reads_of(CENTER).await.is_empty());
}

/// The console has the document's variables in a form's body; no address ever runs a document.
#[tokio::test]
async fn operators_see_whether_the_directory_is_built_and_nothing_personal() {
    use axum::{body::Body, http::Request};
    let house = House::open(referred(takahashi()).await).await;
    built(&house).await;
    let ready = house.send(Request::get("/readyz").body(Body::empty()).unwrap()).await;
    assert_eq!(house::text(ready).await, "ready\n");
    let metrics = house.send(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    let metrics = house::text(metrics).await;
    assert!(metrics.contains("tsunagi_directory_is_built 1\n"), "{metrics}");
    assert!(metrics.contains("tsunagi_directory_lag 0\n"), "{metrics}");
}

#[tokio::test]
async fn when_the_record_breaks_a_search_shows_nothing_more() {
    let house = House::open(referred(takahashi()).await).await;
    assert!(is_found(&house, CENTER, "高橋").await);
    house.world.reads.clone().close().await;
    let refused = house.ask_with(CENTER, SEARCH, json!({"name": "高橋"})).await;
    assert_eq!(code(&refused), "UNAVAILABLE", "{refused}");
    assert!(!refused.to_string().contains("髙橋"), "{refused}");
}

/// Whatever the house opens has to be on record first.
#[tokio::test]
async fn until_the_directory_is_built_a_search_is_refused_and_everything_else_is_answered() {
    use axum::{body::Body, http::Request};
    let world = referred(takahashi()).await;
    world.reads.clone().close().await;
    let house = House::open(world).await;
    for _ in 0..3 {
        let answer = house.ask_with(CENTER, SEARCH, json!({"name": "高橋"})).await;
        assert_eq!(code(&answer), "UNAVAILABLE", "{answer}");
    }
    let ready = house.send(Request::get("/readyz").body(Body::empty()).unwrap()).await;
    assert_eq!(house::text(ready).await, "ready; the directory of names is being built\n");
    let answer = house.ask(CENTER, "{ agencies { id } }").await;
    assert_eq!(answer["data"]["agencies"].as_array().map(Vec::len), Some(5));
}
