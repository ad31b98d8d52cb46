//! Reading the whole log, one stream, one category; and finding a position by its time.

use event_log::{EventLog, Filter, LogError, StreamKey};

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    pages_meet_without_a_gap,
    a_stream_is_read_by_version,
    what_passes_a_filter_is_read_by_position,
    a_filter_can_ask_for_types,
    a_hole_is_loud_where_nothing_passes,
    an_empty_log_has_nothing_to_read,
    a_position_is_found_by_its_time,
    a_hole_is_loud,
    an_address_that_means_nothing_is_refused,
);

async fn pages_meet_without_a_gap(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 7).await;
    assert_eq!(positions(&log.read(0, 3).await.unwrap()), [1, 2, 3]);
    assert_eq!(positions(&log.read(3, 3).await.unwrap()), [4, 5, 6]);
    assert_eq!(positions(&log.read(6, 3).await.unwrap()), [7]);
    assert!(log.read(7, 3).await.unwrap().is_empty());
    assert!(log.read(0, 0).await.unwrap().is_empty());
}

/// Persons a and b and survey a take turns, three times.
async fn take_turns(log: &EventLog) {
    let streams = [person("a"), person("b"), StreamKey::new("survey", "a")];
    for (id, stream) in (1..=9).zip(streams.iter().cycle()) {
        log.append(simple(id, stream)).await.unwrap();
    }
}

async fn a_stream_is_read_by_version(place: &Place) {
    let log = place.open().await;
    take_turns(&log).await;
    let events = log.read_stream(&person("b"), 0, 10).await.unwrap();
    assert_eq!((versions(&events), positions(&events)), (vec![1, 2, 3], vec![2, 5, 8]));
    let page = log.read_stream(&person("b"), 1, 1).await.unwrap();
    assert_eq!(versions(&page), [2]);
    assert!(log.read_stream(&person("c"), 0, 10).await.unwrap().is_empty());
}

async fn what_passes_a_filter_is_read_by_position(place: &Place) {
    let log = place.open().await;
    take_turns(&log).await;
    let persons = log.read_filtered(&Filter::category("person"), 1).await.unwrap();
    assert_eq!((positions(&persons.events), persons.position), (vec![2, 4, 5, 7, 8], 9));
    let surveys = log.read_filtered(&Filter::category("survey"), 0).await.unwrap();
    assert_eq!(positions(&surveys.events), [3, 6, 9]);
    let none = log.read_filtered(&Filter::category("council"), 0).await.unwrap();
    assert_eq!((positions(&none.events), none.position), (vec![], 9));
    let end = log.read_filtered(&Filter::category("person"), 9).await.unwrap();
    assert_eq!((positions(&end.events), end.position), (vec![], 9));
}

async fn a_filter_can_ask_for_types(place: &Place) {
    let log = place.open().await;
    for (id, type_no) in (1..).zip([7, 8, 7, 9]) {
        let mut append = simple(id, &person("a"));
        append.writes[0].events[0].type_no = type_no;
        log.append(append).await.unwrap();
    }
    for (types, expected) in [(vec![7], vec![1, 3]), (vec![8, 9], vec![2, 4]), (vec![1], vec![])] {
        let filter = Filter { types, ..Filter::category("person") };
        let step = log.read_filtered(&filter, 0).await.unwrap();
        assert_eq!((positions(&step.events), step.position), (expected, 4));
    }
    let elsewhere = Filter { types: vec![7], ..Filter::category("survey") };
    assert!(log.read_filtered(&elsewhere, 0).await.unwrap().events.is_empty());
}

async fn an_empty_log_has_nothing_to_read(place: &Place) {
    let log = place.open().await;
    assert_eq!(log.head().await.unwrap(), 0);
    assert!(log.read(0, 10).await.unwrap().is_empty());
    assert_eq!(log.position_at(at(1)).await.unwrap(), 0);
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 0);
}

async fn a_position_is_found_by_its_time(place: &Place) {
    let log = place.open().await;
    let seconds = [10, 20, 20, 20, 35];
    for (id, second) in (1..).zip(seconds) {
        log.append(simple(id, &person("a")).recorded_at(at(second))).await.unwrap();
    }
    for (second, position) in
        [(-5, 0), (9, 0), (10, 1), (19, 1), (20, 4), (34, 4), (35, 5), (99, 5)]
    {
        assert_eq!(log.position_at(at(second)).await.unwrap(), position, "at {second}");
    }
}

async fn a_hole_is_loud(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 5).await;
    place.unlock().await;
    place.execute("DELETE FROM event WHERE position = 3").await.unwrap();
    let hole = log.read(0, 10).await.err().unwrap();
    assert!(matches!(hole, LogError::Hole { expected: 3, found: 4 }));
    let hole = log.follow(2).next().await.err().unwrap();
    assert!(matches!(hole, LogError::Hole { expected: 3, found: 4 }));
}

async fn a_hole_is_loud_where_nothing_passes(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 5).await;
    place.unlock().await;
    place.execute("DELETE FROM event WHERE position = 3").await.unwrap();
    let nobody = Filter::category("council");
    let hole = log.read_filtered(&nobody, 0).await.err().unwrap();
    assert!(matches!(hole, LogError::Hole { expected: 3, found: 4 }));
    let hole = log.follow_filtered(nobody, 2).step().await.err().unwrap();
    assert!(matches!(hole, LogError::Hole { expected: 3, found: 4 }));
}

async fn an_address_that_means_nothing_is_refused(_place: &Place) {
    for address in ["", "log.sqlite", "mysql://localhost/log", "sqlite::memory:"] {
        let refusal = EventLog::open(address).await.err().unwrap();
        assert!(matches!(refusal, LogError::Address), "{address}");
    }
}
