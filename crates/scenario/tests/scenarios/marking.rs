//! Personal texts replaced by markers.

use std::collections::BTreeSet;

use contracts::Event;
use scenario::{Scenario, Script};
use serde_json::Value;

use crate::{TODAY, desk, scenario_a};

/// Everything but the agencies, whose names are public.
fn about_people() -> Script {
    scenario_a().and(Scenario::open_cases().unwrap().on(TODAY).unwrap())
}

#[tokio::test]
async fn no_text_of_the_files_gets_through_and_every_marker_is_its_own() {
    let script = about_people();
    let (player, desk) = desk::player();
    let mut player = player.marking_personal_texts("seed");
    player.play(&script).await.unwrap();

    assert_eq!(desk.borrow().complaints, Vec::<String>::new(), "markers are valid texts");
    let markers: BTreeSet<_> = player.markers().iter().map(|marker| &*marker.text).collect();
    assert_eq!(markers.len(), player.markers().len());
    // The names of providers are public, as those of agencies are.
    let about_people =
        script.steps().iter().filter(|dated| !dated.step.call.ends_with(".RegisterProvider"));
    let written = about_people.flat_map(|dated| dated.step.request.values());
    let written: Vec<_> = written.flat_map(personal_texts).collect();
    assert!(written.len() > 300, "the files hold texts: {}", written.len());
    for (_, event) in &desk.borrow().requests {
        let sent = event.to_bytes();
        let sent = String::from_utf8_lossy(&sent);
        for text in &written {
            assert!(!sent.contains(text), "{event:?} holds {text}");
        }
    }
}

#[tokio::test]
async fn what_is_clear_stays_as_written_and_a_marker_knows_its_field() {
    let (player, desk) = desk::player();
    let mut player = player.marking_personal_texts("seed");
    player.play(&scenario_a()).await.unwrap();
    let desk = desk.borrow();
    let Event::PersonRegistered(registered) = &desk.requests[0].1 else { panic!("row 1") };
    assert_eq!((&*registered.registered_on, &*registered.birth_month), ("2021-09-06", "1967-03"));
    assert!(registered.birth_date.starts_with("1901-"), "{}", registered.birth_date);
    assert!(registered.family_name.starts_with("印-0-"), "{}", registered.family_name);
    assert_eq!(player.markers()[0].text, registered.family_name);
    assert_eq!(player.markers()[0].field, "tsunagi.events.v1.PersonRegistered.family_name");
}

/// What is written in Japanese, and the telephone numbers, wherever they stand.
fn personal_texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.is_ascii() || text.starts_with("000-") => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(personal_texts).collect(),
        Value::Object(fields) => fields.values().flat_map(personal_texts).collect(),
        _ => Vec::new(),
    }
}
