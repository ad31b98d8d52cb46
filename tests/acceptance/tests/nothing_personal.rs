//! Scenario A with a marker in every personal field: no marker is found in any byte that is kept
//! or printed, and every marker that a reader may see comes back.

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

use acceptance::{Canaries, Printed, World};
use jiff::Timestamp;
use scenario::Scenario;
use serde_json::{Value, json};

const READING: &str = "2026-11-30T03:00:00Z";

/// What is to be found.
const NONE: BTreeSet<&str> = BTreeSet::new();

const TIMELINE: &str = "query Timeline($id: ID!) { case(id: $id) {
    person { familyName givenName }
    timeline(first: 100) { edges { node { fields { label value } } } }
} }";

const SEARCH: &str = "query Search($name: String!) { searchPersons(name: $name) {
    edges { node { familyNameKana birthDate person { familyName givenName } } }
} }";

#[tokio::test]
async fn no_marker_is_found_in_anything_kept_or_printed() {
    let printed = Printed::capture();

    let world = World::on_sqlite("2021-09-01T00:00:00Z".parse().unwrap()).await.unwrap();
    let (markers, shown) = play_and_read(&world).await;
    assert!(markers.len() > 100, "scenario A fills many personal fields: {}", markers.len());
    let seen = markers.found_in(shown.as_bytes()).len();
    assert!(seen * 2 > markers.len(), "the lead agency reads most of them: {seen}");

    // Before and after the stop, since stopping moves the write-ahead logs into the files.
    assert_none_in_folder(&markers, world.folder());
    let folder = world.stop().await.unwrap();
    assert_none_in_folder(&markers, folder.path());
    let printed = printed.bytes();
    assert!(!printed.is_empty(), "tracing was captured");
    assert_eq!(markers.found_in(&printed), NONE, "in what was logged");
}

async fn play_and_read(world: &World) -> (Canaries, String) {
    let reading: Timestamp = READING.parse().unwrap();
    let today = scenario::today(reading);
    let agencies = Scenario::agencies().unwrap().on(today).unwrap();
    let script = agencies.and(Scenario::scenario_a().unwrap().on(today).unwrap());
    let mut player = world.player().unwrap().marking_personal_texts("nothing-personal");
    player.play(&script).await.unwrap();
    let markers = player.markers().iter().map(|marker| marker.text.clone());
    let markers = Canaries::of(markers);
    let case = player.memory().case("scenario-a", "ichiro", "a").unwrap().to_owned();
    world.clock.set(reading);
    let mut shown = String::new();
    for reader in ["hospital", "support-center", "core-center", "ward-office"] {
        let answer = world.graphql(reader, TIMELINE, json!({ "id": case })).await.unwrap();
        shown.push_str(&answer.to_string());
        let name = answer["case"]["person"]["familyName"].clone();
        if name.is_string() {
            shown.push_str(&search(world, reader, &name).await);
        }
    }
    (markers, shown)
}

/// What a search by name answers, once the directory of names is built.
async fn search(world: &World, reader: &str, name: &Value) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = world.graphql_raw(reader, SEARCH, json!({ "name": name })).await.unwrap();
        if answer["errors"][0]["extensions"]["code"] != "UNAVAILABLE" {
            let found = &answer["data"]["searchPersons"]["edges"][0]["node"]["person"];
            assert_eq!(found["familyName"], *name, "{reader}: {answer}");
            return answer.to_string();
        }
        assert!(Instant::now() < until, "the directory was never built");
        tokio::task::yield_now().await;
    }
}

fn assert_none_in_folder(markers: &Canaries, folder: &Path) {
    let (found, bytes) = markers.found_in_folder(folder).unwrap();
    assert_eq!(found, NONE);
    assert!(bytes > 100_000, "the log has been written: {bytes} bytes");
}
