//! Scenario A over real gRPC and GraphQL, on both stores: one person's way home, with every figure
//! the municipality should read and every timeline the agencies should see.

use std::fmt::Write;

use acceptance::{World, check_golden};
use jiff::Timestamp;
use scenario::{Memory, Scenario, Script};
use serde_json::{Value, json};

/// The day on which the figures are read.
const READING: &str = "2026-11-30T03:00:00Z";

/// The personas whose timelines are compared.
const READERS: [&str; 5] =
    ["hospital", "hospital-2", "support-center", "core-center", "ward-office"];

const TIMELINE: &str = "query Timeline($id: ID!, $after: String) {
    case(id: $id) {
        state track agencies { id }
        timeline(first: 100, after: $after) {
            edges { node { type label occurredOn agency { id } sight fields { name value } } }
            pageInfo { hasNextPage endCursor }
        }
    }
}";

const OUTCOMES: &str = "query Outcomes($unit: CohortUnit) {
    dischargeOutcomes(fiscalYear: 2025, asOf: \"2026-11-30\", unit: $unit) {
        asOf discharges medianDaysReferralToDischarge averageCommunityDays
        readmissions { days numerator denominator }
        referrals { submitted accepted returned declined withdrawn }
        stages { stage medianDays cases }
    }
}";

#[tokio::test]
async fn on_sqlite() {
    let world = World::on_sqlite(moment("2021-09-01T00:00:00Z")).await.unwrap();
    run(world).await;
}

#[tokio::test]
async fn on_postgres() {
    let world = World::on_postgres(moment("2021-09-01T00:00:00Z")).await.unwrap();
    run(world).await;
}

async fn run(world: World) {
    let script = scenario_a();
    let mut player = world.player().unwrap();
    let first = player.play(&script).await.unwrap();
    let memory = player.memory().clone();
    every_request_repeated_gives_its_first_reply(&world, &script, &first).await;
    world.clock.set(moment(READING));
    the_municipality_reads_the_outcomes(&world).await;
    every_agency_sees_its_own_timeline(&world, &memory).await;
    others_see_nothing(&world, &memory).await;
    world.stop().await.unwrap();
}

async fn every_request_repeated_gives_its_first_reply(
    world: &World,
    script: &Script,
    first: &[contracts::office::CommandReply],
) {
    let head = world.house.log.head().await.unwrap();
    let second = world.player().unwrap().play(script).await.unwrap();
    assert_eq!(first.len(), second.len());
    for (at, (first, second)) in first.iter().zip(&second).enumerate() {
        assert!(first == second, "the reply to step {at} changed when it was asked again");
    }
    assert_eq!(world.house.log.head().await.unwrap(), head, "a repeated request was appended");
}

async fn the_municipality_reads_the_outcomes(world: &World) {
    let by_person = outcomes(world, "PERSON").await;
    assert_eq!(by_person["discharges"], 1);
    assert_eq!(by_person["medianDaysReferralToDischarge"], 180.0);
    assert_eq!(by_person["averageCommunityDays"], 337.0);
    assert_eq!(proportions(&by_person), [(90, 1, 1), (180, 1, 1), (365, 1, 1)]);
    assert_eq!(by_person["referrals"]["submitted"], 1);
    assert_eq!(by_person["referrals"]["accepted"], 1);
    assert_eq!(stage(&by_person, "SUBMIT_TO_ACCEPT"), 7.0);
    assert_eq!(stage(&by_person, "SUBMIT_TO_FIRST_VISIT"), 21.0);
    assert_eq!(stage(&by_person, "SUBMIT_TO_DISCHARGE"), 180.0);
    let by_discharge = outcomes(world, "DISCHARGE").await;
    assert_eq!(by_discharge["discharges"], 2);
    assert_eq!(proportions(&by_discharge), [(90, 1, 2), (180, 1, 2), (365, 1, 1)]);
}

async fn every_agency_sees_its_own_timeline(world: &World, memory: &Memory) {
    let case = memory.case("scenario-a", "ichiro", "a").expect("the case has an id");
    for reader in READERS {
        let page = timeline(world, reader, case).await;
        check_golden(&format!("timeline_{reader}.txt"), &page);
    }
}

async fn others_see_nothing(world: &World, memory: &Memory) {
    let case = memory.case("scenario-a", "ichiro", "a").expect("the case has an id");
    let absent = "00000000-0000-4000-8000-000000000000";
    for stranger in ["support-center-2", "municipality"] {
        let hidden = world.graphql_raw(stranger, TIMELINE, json!({ "id": case })).await.unwrap();
        let nothing = world.graphql_raw(stranger, TIMELINE, json!({ "id": absent })).await.unwrap();
        assert_eq!(
            hidden.to_string(),
            nothing.to_string(),
            "{stranger} can tell hidden from absent"
        );
        assert!(hidden["data"]["case"].is_null());
    }
}

async fn timeline(world: &World, reader: &str, case: &str) -> String {
    let data = world.graphql(reader, TIMELINE, json!({ "id": case })).await.unwrap();
    let case = &data["case"];
    let mut page = format!("{} {}\n", case["state"], case["track"]);
    let agencies: Vec<_> =
        items(&case["agencies"]).iter().map(|agency| text(&agency["id"])).collect();
    let _ = writeln!(page, "{}", agencies.join(" "));
    for edge in items(&case["timeline"]["edges"]) {
        let entry = &edge["node"];
        let fields: Vec<_> =
            items(&entry["fields"]).iter().map(|field| text(&field["name"])).collect();
        let _ = writeln!(
            page,
            "{} {:5} {} [{}] {}",
            text(&entry["occurredOn"]),
            text(&entry["sight"]),
            text(&entry["type"]),
            text(&entry["agency"]["id"]),
            fields.join(" "),
        );
    }
    assert_eq!(case["timeline"]["pageInfo"]["hasNextPage"], false, "the page holds it all");
    page
}

async fn outcomes(world: &World, unit: &str) -> Value {
    let data = world.graphql("municipality", OUTCOMES, json!({ "unit": unit })).await.unwrap();
    data["dischargeOutcomes"].clone()
}

fn proportions(outcomes: &Value) -> Vec<(i64, i64, i64)> {
    let number = |value: &Value| value.as_i64().unwrap();
    let of = |proportion: &Value| {
        (
            number(&proportion["days"]),
            number(&proportion["numerator"]),
            number(&proportion["denominator"]),
        )
    };
    items(&outcomes["readmissions"]).iter().map(of).collect()
}

fn stage(outcomes: &Value, name: &str) -> f64 {
    let stages = items(&outcomes["stages"]);
    let stage = stages.iter().find(|stage| stage["stage"] == name).expect("the stage is there");
    stage["medianDays"].as_f64().expect("it has a median")
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn scenario_a() -> Script {
    let today = scenario::today(moment(READING));
    let agencies = Scenario::agencies().unwrap().on(today).unwrap();
    agencies.and(Scenario::scenario_a().unwrap().on(today).unwrap())
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}
