//! What a form about a case must know is told to those who see more than that something exists.

mod house;

use contracts::events::CareTeamMemberAdded;
use house::{House, world::*};
use serde_json::{Value, json};

async fn ask(house: &House, agency: &str) -> Value {
    let query = format!(
        "{{ case(id: \"{CASE}\") {{ \
         referral {{ id state track submittedOn from {{ id }} to {{ id }} }} \
         person {{ stays {{ id admittedOn endedOn hospital {{ id }} }} }} }} }}"
    );
    house.ask(agency, &query).await["data"]["case"].take()
}

#[tokio::test]
async fn sender_and_receiver_see_the_referral_and_the_stay() {
    let world = World::with_agencies().await;
    world.refer().await;
    let house = House::open(world).await;
    let referral = json!({
        "id": REFERRAL, "state": "WAITING", "track": "DISCHARGE_SUPPORT",
        "submittedOn": "2025-05-08", "from": { "id": HOSPITAL }, "to": { "id": CENTER },
    });
    let stay = json!({
        "id": EPISODE, "admittedOn": "2025-05-01", "endedOn": null, "hospital": { "id": HOSPITAL },
    });
    for agency in [HOSPITAL, CENTER] {
        let case = ask(&house, agency).await;
        assert_eq!(case["referral"], referral);
        assert_eq!(case["person"]["stays"], json!([stay]));
    }
    house.world.record(HOSPITAL, None, "2025-05-30", discharge("2025-05-30")).await;
    let case = ask(&house, HOSPITAL).await;
    assert_eq!(case["person"]["stays"][0]["endedOn"], "2025-05-30");
}

#[tokio::test]
async fn whoever_sees_a_stub_is_told_nothing_of_the_referral() {
    let world = World::with_agencies().await;
    world.refer().await;
    world.record(HOSPITAL, None, "2025-05-07", consent(&[HOSPITAL, CENTER, WARD_OFFICE])).await;
    let member =
        CareTeamMemberAdded { agency_id: WARD_OFFICE.into(), ..CareTeamMemberAdded::default() };
    world.record(CENTER, Some(CASE), "2025-05-09", member).await;
    let house = House::open(world).await;
    let query = format!(
        "{{ case(id: \"{CASE}\") {{ timeline {{ edges {{ node {{ type sight }} }} }} }} }}"
    );
    let timeline = house.ask(WARD_OFFICE, &query).await.to_string();
    assert!(timeline.contains(r#"{"sight":"STUB","type":"ReferralSubmitted"}"#), "{timeline}");
    assert!(ask(&house, WARD_OFFICE).await["referral"].is_null());
}

#[tokio::test]
async fn a_referral_stands_where_it_was_answered() {
    let world = World::with_agencies().await;
    world.refer().await;
    world.record(CENTER, Some(CASE), "2025-05-15", acceptance()).await;
    let house = House::open(world).await;
    assert_eq!(ask(&house, HOSPITAL).await["referral"]["state"], "ACCEPTED");
}

#[tokio::test]
async fn the_register_lists_the_agencies_at_work() {
    let house = House::open(World::with_agencies().await).await;
    let answer = house.ask(HOSPITAL, "{ agencies { id office name } }").await;
    let agencies = answer["data"]["agencies"].as_array().unwrap();
    assert_eq!(agencies.len(), 5);
    assert_eq!(
        agencies[0],
        json!({ "id": CENTER, "office": "SUPPORT_CENTER", "name": "架空磯子センター" })
    );
}
