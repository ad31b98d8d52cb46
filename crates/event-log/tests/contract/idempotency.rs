//! A request is recorded once, however often it is sent.

use event_log::{Append, AppendError, ExpectedVersion, KnownRequest};
use futures::future::join_all;
use uuid::Uuid;

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    a_repeated_request_gets_its_old_positions,
    a_repeated_request_is_answered_after_its_stream_moved_on,
    a_reused_id_is_refused,
    another_producer_may_use_the_same_id,
    a_request_sent_many_times_at_once_is_recorded_once,
    a_reused_id_in_the_same_batch_is_refused,
    a_refused_request_may_be_sent_again,
    a_known_request_is_remembered,
);

async fn a_repeated_request_gets_its_old_positions(place: &Place) {
    let log = place.open().await;
    let append = request(1).to(&person("a"), ExpectedVersion::NoStream, 3);
    assert_eq!(log.append(append.clone()).await.unwrap(), appended(1, 3));
    assert_eq!(log.append(append).await.unwrap(), replayed(1, 3));
    assert_eq!(log.head().await.unwrap(), 3);
}

async fn a_repeated_request_is_answered_after_its_stream_moved_on(place: &Place) {
    let log = place.open().await;
    let a = person("a");
    let append =
        request(1).to(&a, ExpectedVersion::NoStream, 1).unless_changed(std::slice::from_ref(&a), 0);
    log.append(append.clone()).await.unwrap();
    log.append(simple(2, &a)).await.unwrap();
    assert_eq!(log.append(append).await.unwrap(), replayed(1, 1));
    assert_eq!(log.head().await.unwrap(), 2);
}

async fn a_reused_id_is_refused(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 1).await;
    let reused = Append { digest: [8; 32], ..simple(1, &person("a")) };
    assert!(matches!(log.append(reused).await, Err(AppendError::RequestReused)));
    assert_eq!(log.head().await.unwrap(), 1);
}

async fn another_producer_may_use_the_same_id(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 1).await;
    let other = Append { producer: "hospital".into(), ..simple(1, &person("a")) };
    assert_eq!(log.append(other).await.unwrap(), appended(2, 2));
}

async fn a_request_sent_many_times_at_once_is_recorded_once(place: &Place) {
    let log = place.open().await;
    let append = request(1).to(&person("a"), ExpectedVersion::NoStream, 2);
    let mut answers = join_all((0..20).map(|_| log.append(append.clone()))).await.into_iter();
    assert_eq!(answers.next().unwrap().unwrap(), appended(1, 2));
    answers.for_each(|answer| assert_eq!(answer.unwrap(), replayed(1, 2)));
    assert_eq!(log.head().await.unwrap(), 2);
}

async fn a_reused_id_in_the_same_batch_is_refused(place: &Place) {
    let log = place.open().await;
    let a = person("a");
    let reused = Append { digest: [8; 32], ..simple(1, &a) };
    let (first, second) = futures::join!(log.append(simple(1, &a)), log.append(reused));
    assert_eq!(first.unwrap(), appended(1, 1));
    assert!(matches!(second, Err(AppendError::RequestReused)));
}

async fn a_refused_request_may_be_sent_again(place: &Place) {
    let log = place.open().await;
    let a = person("a");
    let append = request(9).to(&a, ExpectedVersion::Exact(1), 1);
    assert!(log.append(append.clone()).await.is_err());
    fill(&log, &a, 1).await;
    assert_eq!(log.append(append).await.unwrap(), appended(2, 2));
}

async fn a_known_request_is_remembered(place: &Place) {
    let log = place.open().await;
    let id = Uuid::from_u128(1);
    assert_eq!(log.known_request("support-center", id).await.unwrap(), None);
    log.append(request(1).to(&person("a"), ExpectedVersion::Any, 4)).await.unwrap();
    let known = KnownRequest { digest: [7; 32], first_position: 1, last_position: 4 };
    assert_eq!(log.known_request("support-center", id).await.unwrap(), Some(known));
    assert_eq!(log.known_request("hospital", id).await.unwrap(), None);
}
