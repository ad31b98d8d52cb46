//! Scenario A with a marker in every personal field: no marker is found in any byte that is kept
//! or printed, and every marker that a reader may see comes back.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use acceptance::{Printed, World};
use jiff::Timestamp;
use scenario::Scenario;
use serde_json::{Value, json};

const READING: &str = "2026-11-30T03:00:00Z";

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
    let seen = markers.iter().filter(|marker| shown.contains(marker.as_str())).count();
    assert!(seen * 2 > markers.len(), "the lead agency reads most of them: {seen}");

    // Before and after the stop, since stopping moves the write-ahead logs into the files.
    assert_none_in_folder(&markers, world.folder());
    let folder = world.stop().await.unwrap();
    assert_none_in_folder(&markers, folder.path());
    let printed = printed.bytes();
    assert!(!printed.is_empty(), "tracing was captured");
    assert_none_in(&markers, &printed, "what was logged");
}

async fn play_and_read(world: &World) -> (Vec<String>, String) {
    let reading: Timestamp = READING.parse().unwrap();
    let today = scenario::today(reading);
    let agencies = Scenario::agencies().unwrap().on(today).unwrap();
    let script = agencies.and(Scenario::scenario_a().unwrap().on(today).unwrap());
    let mut player = world.player().unwrap().marking_personal_texts("nothing-personal");
    player.play(&script).await.unwrap();
    let markers = player.markers().iter().map(|marker| marker.text.clone()).collect();
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

fn assert_none_in_folder(markers: &[String], folder: &Path) {
    let mut scanned = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // A write-ahead log may be gone by now: what it held is in its database.
        let Ok(bytes) = fs::read(&path) else { continue };
        scanned += bytes.len();
        assert_none_in(markers, &bytes, &path.display().to_string());
    }
    assert!(scanned > 100_000, "the log has been written: {scanned} bytes");
}

/// Neither as text nor as the hexadecimal digits that bytes take on their way into SQLite.
fn assert_none_in(markers: &[String], bytes: &[u8], place: &str) {
    // What is no text turns into replacement characters; a marker would stay as it is.
    let text = String::from_utf8_lossy(bytes);
    for marker in markers {
        let hexadecimal: String = marker.bytes().map(|byte| format!("{byte:02x}")).collect();
        let upper_case = hexadecimal.to_uppercase();
        let found =
            [marker, &hexadecimal, &upper_case].into_iter().find(|form| text.contains(*form));
        assert_eq!(found, None, "a personal text is found in {place}");
    }
}
