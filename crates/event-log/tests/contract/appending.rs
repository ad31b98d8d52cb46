//! What is appended lies in the log as it was handed in, densely and in order.

use event_log::{
    AppendError, ExpectedVersion, NewEvent, REQUEST_BYTES_MAX, StoredEvent, StreamKey,
};
use futures::future::join_all;
use jiff::civil::date;
use uuid::Uuid;

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    positions_are_dense_and_in_order,
    requests_queued_together_are_recorded_in_that_order,
    every_field_comes_back_as_it_was,
    a_request_to_several_streams_keeps_their_order,
    a_request_to_several_streams_is_recorded_whole_or_not_at_all,
    a_large_request_is_recorded_whole,
    many_requests_make_several_batches,
    recorded_at_never_decreases,
    what_no_store_could_take_is_refused_alone,
    a_reopened_log_goes_on,
    a_fresh_log_may_be_opened_by_many_at_once,
    closing_writes_what_is_queued,
);

async fn positions_are_dense_and_in_order(place: &Place) {
    let log = place.open().await;
    assert_eq!(log.head().await.unwrap(), 0);
    let first = log.append(request(1).to(&person("a"), ExpectedVersion::Any, 3)).await.unwrap();
    let second = log.append(request(2).to(&person("b"), ExpectedVersion::Any, 2)).await.unwrap();
    assert_eq!((first, second), (appended(1, 3), appended(4, 5)));
    let events = log.read(0, 100).await.unwrap();
    assert_eq!(positions(&events), [1, 2, 3, 4, 5]);
    assert_eq!(versions(&events), [1, 2, 3, 1, 2]);
    assert_eq!(log.head().await.unwrap(), 5);
}

async fn requests_queued_together_are_recorded_in_that_order(place: &Place) {
    let log = place.open().await;
    let stream = person("a");
    let answers = join_all((1..=100).map(|id| log.append(simple(id, &stream)))).await;
    for (position, answer) in (1..).zip(answers) {
        assert_eq!(answer.unwrap(), appended(position, position));
    }
    let versions = versions(&log.read(0, 200).await.unwrap());
    assert!(versions.into_iter().eq(1..=100));
}

async fn every_field_comes_back_as_it_was(place: &Place) {
    let log = place.open().await;
    let stream = StreamKey::new("person", "key with 'quotes', \"more\", \\ and つなぎ");
    let full = full_event();
    let sparse = NewEvent { body: Vec::new(), occurred_on: date(1926, 12, 25), ..event(2) };
    let mut append = request(1).to(&stream, ExpectedVersion::NoStream, 2);
    append.writes[0].events = vec![full.clone(), sparse.clone()];
    log.append(append).await.unwrap();
    let stored = log.read(0, 10).await.unwrap();
    assert!(stored.iter().all(|event| event.stream == stream && event.recorded_at == at(1_000)));
    assert!(as_handed_in(&stored[0]) == full);
    assert!(as_handed_in(&stored[1]) == sparse);
}

fn full_event() -> NewEvent {
    NewEvent {
        event_id: Uuid::max(),
        type_no: u32::MAX,
        case_id: Some(Uuid::from_u128(1)),
        agency: "みどり会\n\t\u{1}".into(),
        staff: String::new(),
        on_behalf_of: Some("{\"a\": [null]}".into()),
        correlation_id: Uuid::nil(),
        causation_id: Some(Uuid::from_u128(3)),
        occurred_on: date(2026, 12, 31),
        body: (0..=255).collect(),
        sealed: (0..=255).rev().cycle().take(100_000).collect(),
    }
}

fn as_handed_in(stored: &StoredEvent) -> NewEvent {
    let event = stored.clone();
    NewEvent {
        event_id: event.event_id,
        type_no: event.type_no,
        case_id: event.case_id,
        agency: event.agency,
        staff: event.staff,
        on_behalf_of: event.on_behalf_of,
        correlation_id: event.correlation_id,
        causation_id: event.causation_id,
        occurred_on: event.occurred_on,
        body: event.body,
        sealed: event.sealed,
    }
}

async fn a_request_to_several_streams_keeps_their_order(place: &Place) {
    let log = place.open().await;
    let (a, b) = (person("a"), person("b"));
    let append = request(1)
        .to(&a, ExpectedVersion::NoStream, 1)
        .to(&b, ExpectedVersion::NoStream, 2)
        .to(&a, ExpectedVersion::Exact(1), 1);
    assert_eq!(log.append(append).await.unwrap(), appended(1, 4));
    let events = log.read(0, 10).await.unwrap();
    let streams: Vec<_> = events.iter().map(|event| event.stream.key.as_str()).collect();
    assert_eq!(streams, ["a", "b", "b", "a"]);
    assert_eq!(versions(&events), [1, 1, 2, 2]);
}

async fn a_request_to_several_streams_is_recorded_whole_or_not_at_all(place: &Place) {
    let log = place.open().await;
    let (a, b) = (person("a"), person("b"));
    fill(&log, &b, 1).await;
    let append =
        request(2).to(&a, ExpectedVersion::NoStream, 2).to(&b, ExpectedVersion::NoStream, 1);
    let refusal = log.append(append).await.unwrap_err();
    assert!(matches!(refusal, AppendError::Conflict { stream, .. } if stream == b));
    assert_eq!(log.head().await.unwrap(), 1);
    assert!(log.read_stream(&a, 0, 10).await.unwrap().is_empty());
}

async fn a_large_request_is_recorded_whole(place: &Place) {
    let log = place.open().await;
    let mut append = request(1).to(&person("a"), ExpectedVersion::NoStream, 2_000);
    append.writes[0].events[1_000].body = vec![0; 5 << 20];
    assert_eq!(log.append(append).await.unwrap(), appended(1, 2_000));
    let events = log.read(999, 2).await.unwrap();
    assert_eq!(events[1].body.len(), 5 << 20);
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 2_000);
}

async fn many_requests_make_several_batches(place: &Place) {
    let log = place.open().await;
    let stream = person("a");
    let appends = (1..=1_500).map(|id| log.append(simple(id, &stream)));
    let answers = join_all(appends).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 1_500);
}

async fn recorded_at_never_decreases(place: &Place) {
    let log = place.open().await;
    let stream = person("a");
    for (id, second) in [(1, 50), (2, 40), (3, 60), (4, 59)] {
        log.append(simple(id, &stream).recorded_at(at(second))).await.unwrap();
    }
    let events = log.read(0, 10).await.unwrap();
    let times: Vec<_> = events.iter().map(|event| event.recorded_at).collect();
    assert_eq!(times, [at(50), at(50), at(60), at(60)]);
}

async fn what_no_store_could_take_is_refused_alone(place: &Place) {
    let log = place.open().await;
    let stream = person("a");
    let mut nul = simple(1, &stream);
    nul.writes[0].events[0].agency = "mi\0dori".into();
    let long = simple(2, &person(&"x".repeat(3_000)));
    let mut large = simple(3, &stream);
    large.writes[0].events[0].sealed = vec![0; REQUEST_BYTES_MAX];
    let nothing = request(4);
    let half_nothing = simple(5, &stream).to(&person("b"), ExpectedVersion::Any, 0);
    let requests = [nul, long, large, nothing, half_nothing, simple(6, &stream)];
    let answers = join_all(requests.map(|append| log.append(append))).await;
    assert!(matches!(answers[0], Err(AppendError::UnfitText { field: "agency" })));
    assert!(matches!(answers[1], Err(AppendError::UnfitText { field: "key" })));
    assert!(matches!(answers[2], Err(AppendError::TooLarge { .. })));
    assert!(matches!(answers[3], Err(AppendError::Empty)));
    assert!(matches!(answers[4], Err(AppendError::Empty)));
    assert_eq!(*answers[5].as_ref().unwrap(), appended(1, 1));
}

async fn a_reopened_log_goes_on(place: &Place) {
    let stream = person("a");
    let log = place.open().await;
    fill(&log, &stream, 3).await;
    log.close().await;
    let log = place.open().await;
    let append = request(4).to(&stream, ExpectedVersion::Exact(3), 1);
    assert_eq!(log.append(append).await.unwrap(), appended(4, 4));
    assert_eq!(log.append(simple(2, &stream)).await.unwrap(), replayed(2, 2));
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 4);
}

async fn a_fresh_log_may_be_opened_by_many_at_once(place: &Place) {
    let logs = join_all((0..8).map(|_| place.open())).await;
    for (id, log) in (1..).zip(&logs) {
        log.append(simple(id, &person("a"))).await.unwrap();
    }
    assert_eq!(logs[0].verify(|_, _| {}).await.unwrap().head, 8);
}

async fn closing_writes_what_is_queued(place: &Place) {
    let log = place.open().await;
    let other = log.clone();
    let stream = person("a");
    // join_all asks in order: all requests are queued before the close.
    let appends = (1..=20).map(|id| log.append(simple(id, &stream)));
    let (answers, ()) = futures::join!(join_all(appends), other.close());
    assert!(answers.iter().all(Result::is_ok));
    let late = log.append(simple(21, &stream)).await.unwrap_err();
    assert!(matches!(late, AppendError::Store(event_log::LogError::Closed)));
    assert_eq!(place.open().await.head().await.unwrap(), 20);
}
