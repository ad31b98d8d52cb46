//! Optimistic concurrency: what a request expects of its streams.

use event_log::{AppendError, ExpectedVersion};
use futures::future::join_all;

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    no_stream_is_accepted_once,
    exact_is_accepted_at_that_version_only,
    any_is_always_accepted,
    of_requests_queued_together_one_wins,
    a_refused_request_costs_nobody_a_position,
    a_changed_stream_refuses,
    a_stream_changed_in_the_same_batch_refuses,
    what_changed_elsewhere_does_not_refuse,
);

#[track_caller]
fn assert_conflict<T: std::fmt::Debug>(answer: Result<T, AppendError>, version: u64) {
    match answer.unwrap_err() {
        AppendError::Conflict { stream, actual_version } => {
            assert_eq!((stream, actual_version), (person("a"), version));
        }
        other => panic!("not a conflict: {other}"),
    }
}

async fn no_stream_is_accepted_once(place: &Place) {
    let log = place.open().await;
    let append = |id| request(id).to(&person("a"), ExpectedVersion::NoStream, 2);
    assert_eq!(log.append(append(1)).await.unwrap(), appended(1, 2));
    assert_conflict(log.append(append(2)).await, 2);
}

async fn exact_is_accepted_at_that_version_only(place: &Place) {
    let log = place.open().await;
    let append = |id, version| request(id).to(&person("a"), ExpectedVersion::Exact(version), 1);
    assert_conflict(log.append(append(1, 1)).await, 0);
    assert_eq!(log.append(append(2, 0)).await.unwrap(), appended(1, 1));
    assert_conflict(log.append(append(3, 0)).await, 1);
    assert_conflict(log.append(append(4, 2)).await, 1);
    assert_eq!(log.append(append(5, 1)).await.unwrap(), appended(2, 2));
}

async fn any_is_always_accepted(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 3).await;
    assert_eq!(versions(&log.read(0, 10).await.unwrap()), [1, 2, 3]);
}

async fn of_requests_queued_together_one_wins(place: &Place) {
    let log = place.open().await;
    let appends = (1..=20).map(|id| request(id).to(&person("a"), ExpectedVersion::NoStream, 1));
    let mut answers = join_all(appends.map(|append| log.append(append))).await.into_iter();
    assert_eq!(answers.next().unwrap().unwrap(), appended(1, 1));
    answers.for_each(|answer| assert_conflict(answer, 1));
}

async fn a_refused_request_costs_nobody_a_position(place: &Place) {
    let log = place.open().await;
    let (a, b) = (person("a"), person("b"));
    fill(&log, &a, 1).await;
    let appends = (2..=41).map(|id| {
        let wrong = id % 2 == 0;
        let expected = if wrong { ExpectedVersion::NoStream } else { ExpectedVersion::Any };
        request(id).to(if wrong { &a } else { &b }, expected, 1)
    });
    let answers = join_all(appends.map(|append| log.append(append))).await;
    let accepted: Vec<_> = answers
        .into_iter()
        .filter_map(Result::ok)
        .map(|appended| appended.first_position)
        .collect();
    assert!(accepted.into_iter().eq(2..=21));
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 21);
}

async fn a_changed_stream_refuses(place: &Place) {
    let log = place.open().await;
    let (a, b) = (person("a"), person("b"));
    fill(&log, &a, 2).await;
    // The version would be in conflict too; that something changed is said first.
    let stale =
        request(3).to(&a, ExpectedVersion::Exact(1), 1).unless_changed(&[b.clone(), a.clone()], 1);
    let refusal = log.append(stale).await.unwrap_err();
    assert!(matches!(refusal, AppendError::Changed { stream } if stream == a));
    let fresh = simple(4, &b).unless_changed(&[b.clone(), a], 2);
    assert_eq!(log.append(fresh).await.unwrap(), appended(3, 3));
}

async fn a_stream_changed_in_the_same_batch_refuses(place: &Place) {
    let log = place.open().await;
    let (a, b) = (person("a"), person("b"));
    let conditional = simple(2, &b).unless_changed(std::slice::from_ref(&a), 0);
    let (first, second) = futures::join!(log.append(simple(1, &a)), log.append(conditional));
    assert_eq!(first.unwrap(), appended(1, 1));
    assert!(matches!(second.unwrap_err(), AppendError::Changed { stream } if stream == a));
}

async fn what_changed_elsewhere_does_not_refuse(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 5).await;
    let append = simple(6, &person("b")).unless_changed(&[person("b"), person("c")], 0);
    assert_eq!(log.append(append).await.unwrap(), appended(6, 6));
}
