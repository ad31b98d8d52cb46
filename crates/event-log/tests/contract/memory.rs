//! What the writer knows by heart is never wrong: not when others write, not when the log is
//! exchanged under it, not when its own commit is in doubt.

use event_log::{AppendError, EventLog, ExpectedVersion};
use futures::future::join_all;
use sqlx::{Connection, PgConnection};

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    versions_that_another_process_moved_are_known,
    requests_that_another_process_recorded_are_known,
    much_that_another_process_wrote_is_known,
    a_long_log_is_learnt_beside_the_writer,
    nearly_all_new_requests_are_known_to_be_new,
    processes_that_take_turns_never_contradict_each_other,
);

ask_postgres_alone!(a_log_that_lost_its_end_is_learnt_anew);

async fn version_of(log: &EventLog, id: u128, name: &str, version: u64) -> Option<u64> {
    match log.append(request(id).to(&person(name), ExpectedVersion::Exact(version), 1)).await {
        Ok(_) => None,
        Err(AppendError::Conflict { actual_version, .. }) => Some(actual_version),
        Err(error) => panic!("{error}"),
    }
}

async fn versions_that_another_process_moved_are_known(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    fill(&here, &person("a"), 3).await;
    there.append(simple(4, &person("a"))).await.unwrap();
    there.append(simple(5, &person("b"))).await.unwrap();
    assert_eq!(version_of(&here, 6, "a", 3).await, Some(4));
    assert_eq!(version_of(&here, 7, "b", 0).await, Some(1));
    assert_eq!(version_of(&here, 8, "a", 4).await, None);
    assert_eq!(version_of(&there, 9, "a", 4).await, Some(5));
}

async fn requests_that_another_process_recorded_are_known(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    fill(&here, &person("a"), 3).await;
    there.append(simple(4, &person("a"))).await.unwrap();
    assert_eq!(here.append(simple(4, &person("a"))).await.unwrap(), replayed(4, 4));
    assert_eq!(there.append(simple(2, &person("a"))).await.unwrap(), replayed(2, 2));
    let mut reused = simple(4, &person("a"));
    reused.digest = [8; 32];
    assert!(matches!(here.append(reused).await, Err(AppendError::RequestReused)));
}

/// More than is read under the lock: the memory gives up and asks.
async fn much_that_another_process_wrote_is_known(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    fill(&here, &person("a"), 2).await;
    for id in 3..=8 {
        there.append(request(id).to(&person("a"), ExpectedVersion::Any, 1_000)).await.unwrap();
    }
    assert_eq!(version_of(&here, 9, "a", 2).await, Some(6_002));
    assert_eq!(here.append(simple(5, &person("a"))).await.unwrap(), replayed(2_003, 3_002));
    assert_eq!(version_of(&here, 10, "a", 6_002).await, None);
}

async fn a_long_log_is_learnt_beside_the_writer(place: &Place) {
    const REQUESTS: u128 = 9_000;
    let log = place.open().await;
    let all: Vec<_> = (1..=REQUESTS).map(|id| simple(id, &person("a"))).collect();
    for some in all.chunks(512) {
        let answers = join_all(some.iter().cloned().map(|append| log.append(append))).await;
        assert!(answers.iter().all(Result::is_ok));
    }
    log.close().await;
    let again = place.open().await;
    assert!(again.may_know_request("support-center", request(9_999).request_id), "not learnt yet");
    // Whatever is known so far, an old request is always found.
    for id in [1, 8_999, 4_500, 9_000, 17] {
        assert!(again.append(simple(id, &person("a"))).await.unwrap().replayed, "{id}");
    }
    // Learning goes on beside the writer, which sees at each batch whether it is done.
    let mut id = REQUESTS;
    while again.may_know_request("support-center", request(99_999).request_id) {
        id += 1;
        assert!(id < 2 * REQUESTS, "never learnt");
        again.append(simple(id, &person("a"))).await.unwrap();
    }
    assert!(again.may_know_request("support-center", request(4_500).request_id));
}

async fn nearly_all_new_requests_are_known_to_be_new(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 500).await;
    let known = |id| log.may_know_request("support-center", request(id).request_id);
    assert!((1..=500).all(known));
    assert!((501..=2_000).filter(|id| known(*id)).count() < 10);
    assert!(!log.may_know_request("hospital", request(1).request_id), "another's ids");
}

async fn processes_that_take_turns_never_contradict_each_other(place: &Place) {
    let logs = [place.open().await, place.open().await, place.open().await];
    let names = ["a", "b", "c", "d"];
    let mut versions = [0_u64; 4];
    for turn in 0..120_usize {
        let (log, stream) = (&logs[turn * 7 % 3], turn * 5 % 4);
        let id = 1_000 + turn as u128;
        if turn % 6 == 5 {
            // A version that was true a while ago is refused with the one that is true now.
            let old = versions[stream].saturating_sub(1);
            assert_eq!(version_of(log, id, names[stream], old).await, Some(versions[stream]));
        } else {
            assert_eq!(version_of(log, id, names[stream], versions[stream]).await, None);
            versions[stream] += 1;
        }
    }
    assert_eq!(logs[0].verify(|_, _| {}).await.unwrap().head, 100);
}

/// Restored from a backup under a running process: nothing of what was lost is believed any more.
async fn a_log_that_lost_its_end_is_learnt_anew(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 5).await;
    place
        .execute(
            "SET session_replication_role = replica; \
         DELETE FROM event WHERE position > 3; DELETE FROM append_request WHERE first_position > 3",
        )
        .await
        .unwrap();
    assert_eq!(log.append(simple(5, &person("a"))).await.unwrap(), appended(4, 4));
    assert_eq!(log.append(simple(4, &person("a"))).await.unwrap(), appended(5, 5));
    assert_eq!(log.append(simple(2, &person("a"))).await.unwrap(), replayed(2, 2));
    // As long as before, but with another end.
    let mut connection = PgConnection::connect(&place.url).await.unwrap();
    let exchanged = "SET session_replication_role = replica; \
         DELETE FROM event WHERE position = 5; \
         DELETE FROM append_request WHERE first_position = 5";
    sqlx::raw_sql(exchanged).execute(&mut connection).await.unwrap();
    let other = place.open().await;
    other.append(simple(77, &person("b"))).await.unwrap();
    assert_eq!(version_of(&log, 78, "a", 5).await, Some(4));
    assert_eq!(log.append(simple(77, &person("b"))).await.unwrap(), replayed(5, 5));
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 5);
}
