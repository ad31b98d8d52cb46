//! Nothing written changes; and where it did after all, the chain says where.

use event_log::{EventLog, ExpectedVersion, Verified, VerifyError};

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    the_stores_refuse_to_change_anything,
    an_untouched_log_verifies,
    an_event_continues_the_one_before_it_alone,
    a_flipped_bit_is_found,
    every_altered_column_is_found,
    a_renamed_stream_is_found,
    a_removed_event_is_found,
    a_removed_first_event_is_found,
    a_row_that_is_no_event_is_named,
    what_lies_on_the_edge_of_a_page_is_found,
    of_two_faults_the_first_is_named,
    a_day_has_one_spelling,
    a_request_that_accounts_for_nothing_is_found,
);

async fn five_events(place: &Place) -> EventLog {
    let log = place.open().await;
    let append = request(1).to(&person("a"), ExpectedVersion::NoStream, 3).to(
        &person("b"),
        ExpectedVersion::NoStream,
        2,
    );
    log.append(append).await.unwrap();
    log
}

async fn first_bad(log: &EventLog) -> Option<u64> {
    log.verify(|_, _| {}).await.err().and_then(|error| error.position())
}

async fn the_stores_refuse_to_change_anything(place: &Place) {
    let log = five_events(place).await;
    let mut attempts = vec![
        "UPDATE event SET staff = 'somebody' WHERE position = 2",
        "UPDATE stream SET key = 'c' WHERE key = 'a'",
        "UPDATE append_request SET last_position = 9",
        "DELETE FROM event WHERE position = 5",
        "DELETE FROM stream",
        "DELETE FROM append_request",
    ];
    if place.is_postgres() {
        attempts.extend(["TRUNCATE event", "TRUNCATE stream", "TRUNCATE append_request"]);
    } else {
        attempts.extend([
            "INSERT OR REPLACE INTO event SELECT * FROM event WHERE position = 2",
            "INSERT OR REPLACE INTO stream VALUES (9, 'person', 'a')",
            "INSERT OR REPLACE INTO append_request SELECT * FROM append_request",
        ]);
    }
    for attempt in attempts {
        let refusal = place.execute(attempt).await.expect_err(attempt);
        assert!(refusal.to_string().contains("append-only"), "{attempt}: {refusal}");
    }
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 5);
}

async fn an_untouched_log_verifies(place: &Place) {
    let log = place.open().await;
    for id in 1..=3 {
        log.append(request(id).to(&person("a"), ExpectedVersion::Any, 3_000)).await.unwrap();
    }
    let mut progress = Vec::new();
    let verified = log.verify(|checked, head| progress.push((checked, head))).await.unwrap();
    assert_eq!(progress, [(4_096, 9_000), (8_192, 9_000), (9_000, 9_000)]);
    let last = log.read(8_999, 1).await.unwrap().remove(0);
    assert_eq!(verified, Verified { head: 9_000, chain_hash: last.chain_hash, signed: 0 });
}

/// Pages are checked apart from one another; what lies where two of them meet is seen all the same.
async fn what_lies_on_the_edge_of_a_page_is_found(place: &Place) {
    let log = place.open().await;
    for id in 1..=3 {
        log.append(request(id).to(&person("a"), ExpectedVersion::Any, 3_000)).await.unwrap();
    }
    place.unlock().await;
    for (position, alteration) in [
        (4_096, "UPDATE event SET recorded_at = recorded_at + 1 WHERE position = 4096"),
        (4_097, "UPDATE event SET recorded_at = recorded_at + 1 WHERE position = 4097"),
        (8_192, "UPDATE event SET staff = 'other' WHERE position = 8192"),
        (8_193, "UPDATE event SET staff = 'other' WHERE position = 8193"),
    ] {
        place.execute("CREATE TABLE kept AS SELECT * FROM event").await.unwrap();
        place.execute(alteration).await.unwrap();
        assert_eq!(first_bad(&log).await, Some(position), "{alteration}");
        let restore = "DELETE FROM event; INSERT INTO event SELECT * FROM kept; DROP TABLE kept";
        place.execute(restore).await.unwrap();
    }
    place.execute("DELETE FROM event WHERE position = 4097").await.unwrap();
    assert_eq!(first_bad(&log).await, Some(4_097));
    place.execute("DELETE FROM event WHERE position = 4096").await.unwrap();
    assert_eq!(first_bad(&log).await, Some(4_096));
}

async fn of_two_faults_the_first_is_named(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    place.execute("UPDATE event SET occurred_on = 'soon' WHERE position = 4").await.unwrap();
    place.execute("UPDATE event SET staff = 'other' WHERE position = 2").await.unwrap();
    let error = log.verify(|_, _| {}).await.unwrap_err();
    assert!(matches!(error, VerifyError::ContentAltered { position: 2 }), "{error}");
}

/// The same day in another spelling would give the same hash.
async fn a_day_has_one_spelling(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    let other = "UPDATE event SET occurred_on = '2026-04-01T10:00' WHERE position = 3";
    place.execute(other).await.unwrap();
    assert_eq!(first_bad(&log).await, Some(3));
}

async fn a_request_that_accounts_for_nothing_is_found(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    place.execute("DELETE FROM append_request").await.unwrap();
    let error = log.verify(|_, _| {}).await.unwrap_err();
    assert!(matches!(error, VerifyError::RequestsAltered { position: 1 }), "{error}");
}

async fn an_event_continues_the_one_before_it_alone(place: &Place) {
    let log = five_events(place).await;
    let events = log.read(0, 5).await.unwrap();
    assert!(events[0].continues(&[0; 32]));
    for pair in events.windows(2) {
        assert!(pair[1].continues(&pair[0].chain_hash));
        assert!(!pair[1].continues(&pair[1].chain_hash));
        assert!(!pair[1].continues(&[0; 32]));
    }
}

async fn a_flipped_bit_is_found(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    let mut body = log.read(2, 1).await.unwrap().remove(0).body;
    body[7] ^= 1;
    place.replace_body(3, &body).await;
    let error = log.verify(|_, _| {}).await.unwrap_err();
    assert!(matches!(error, VerifyError::ContentAltered { position: 3 }), "{error}");
    body[7] ^= 1;
    place.replace_body(3, &body).await;
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 5);
}

async fn every_altered_column_is_found(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    // Each pair alters the event at position 4 and then puts it right again.
    let alterations = [
        (
            "UPDATE event SET type_no = type_no + 1 WHERE position = 4",
            "UPDATE event SET type_no = type_no - 1 WHERE position = 4",
        ),
        (
            "UPDATE event SET staff = 'other' WHERE position = 4",
            "UPDATE event SET staff = 'aoi' WHERE position = 4",
        ),
        (
            "UPDATE event SET agency = 'other' WHERE position = 4",
            "UPDATE event SET agency = 'midori' WHERE position = 4",
        ),
        (
            "UPDATE event SET on_behalf_of = '' WHERE position = 4",
            "UPDATE event SET on_behalf_of = NULL WHERE position = 4",
        ),
        (
            "UPDATE event SET case_id = event_id WHERE position = 4",
            "UPDATE event SET case_id = NULL WHERE position = 4",
        ),
        (
            "UPDATE event SET causation_id = event_id WHERE position = 4",
            "UPDATE event SET causation_id = NULL WHERE position = 4",
        ),
        (
            "UPDATE event SET sealed = body WHERE position = 4",
            "UPDATE event SET sealed = \
             (SELECT sealed FROM event WHERE position = 1) WHERE position = 4",
        ),
        (
            "UPDATE event SET occurred_on = '2026-04-02' WHERE position = 4",
            "UPDATE event SET occurred_on = '2026-04-01' WHERE position = 4",
        ),
        (
            "UPDATE event SET recorded_at = recorded_at + 1 WHERE position = 4",
            "UPDATE event SET recorded_at = recorded_at - 1 WHERE position = 4",
        ),
        (
            "UPDATE event SET version = 9 WHERE position = 4",
            "UPDATE event SET version = 1 WHERE position = 4",
        ),
        (
            "UPDATE event SET stream_no = 1, version = 4 WHERE position = 4",
            "UPDATE event SET stream_no = 2, version = 1 WHERE position = 4",
        ),
    ];
    for (alter, restore) in alterations {
        place.execute(alter).await.unwrap();
        assert_eq!(first_bad(&log).await, Some(4), "{alter}");
        place.execute(restore).await.unwrap();
        assert_eq!(first_bad(&log).await, None, "{restore}");
    }
}

async fn a_renamed_stream_is_found(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    place.execute("UPDATE stream SET key = 'c' WHERE key = 'b'").await.unwrap();
    assert_eq!(first_bad(&log).await, Some(4));
}

async fn a_removed_event_is_found(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    place.execute("DELETE FROM event WHERE position = 3").await.unwrap();
    let error = log.verify(|_, _| {}).await.unwrap_err();
    assert!(matches!(error, VerifyError::Missing { position: 3 }), "{error}");
}

async fn a_removed_first_event_is_found(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    place.execute("DELETE FROM event WHERE position = 1").await.unwrap();
    assert_eq!(first_bad(&log).await, Some(1));
}

async fn a_row_that_is_no_event_is_named(place: &Place) {
    let log = five_events(place).await;
    place.unlock().await;
    place.execute("UPDATE event SET occurred_on = 'soon' WHERE position = 2").await.unwrap();
    assert_eq!(first_bad(&log).await, Some(2));
    assert!(log.read(2, 10).await.is_ok());
}
