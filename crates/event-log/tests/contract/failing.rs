//! The store fails, callers go away: the writer goes on.

use event_log::{AppendError, EventLog};
use futures::future::{join_all, poll_immediate};

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    a_failed_batch_is_told_to_all_and_the_next_goes_on,
    a_caller_that_goes_away_stops_nobody,
);

ask_postgres_alone!(a_writer_that_is_cut_off_connects_again);

async fn a_failed_batch_is_told_to_all_and_the_next_goes_on(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 1).await;
    place.execute("ALTER TABLE event RENAME TO away").await.unwrap();
    let appends = (2..=6).map(|id| log.append(simple(id, &person("a"))));
    for answer in join_all(appends).await {
        assert!(matches!(answer, Err(AppendError::Store(_))));
    }
    place.execute("ALTER TABLE away RENAME TO event").await.unwrap();
    let again = (2..=6).map(|id| log.append(simple(id, &person("a"))));
    for (position, answer) in (2..).zip(join_all(again).await) {
        assert_eq!(answer.unwrap(), appended(position, position));
    }
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 6);
}

async fn a_caller_that_goes_away_stops_nobody(place: &Place) {
    let log = place.open().await;
    for id in 1..=200 {
        // Polled once: queued, and then dropped.
        let answer = poll_immediate(Box::pin(log.append(simple(id, &person("a"))))).await;
        assert!(answer.is_none());
        // A task that never pauses is made to wait by the runtime before it is queued.
        tokio::task::yield_now().await;
    }
    let last = log.append(simple(201, &person("a"))).await.unwrap();
    assert_eq!(last, appended(201, 201));
    assert_eq!(log.append(simple(100, &person("a"))).await.unwrap(), replayed(100, 100));
}

/// Appends until it is known that the request is recorded, as the caller of a lost reply would.
async fn append_for_sure(log: &EventLog, id: u128) {
    while let Err(error) = log.append(simple(id, &person("a"))).await {
        assert!(matches!(error, AppendError::Store(_)), "{error}");
    }
}

async fn a_writer_that_is_cut_off_connects_again(place: &Place) {
    let log = place.open().await;
    for id in 1..=5 {
        append_for_sure(&log, id).await;
        let cut_off = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()";
        place.execute(cut_off).await.unwrap();
    }
    append_for_sure(&log, 6).await;
    append_for_sure(&log, 3).await;
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 6);
}
