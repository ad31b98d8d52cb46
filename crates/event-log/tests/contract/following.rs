//! Followers see everything once, in order, and soon.

use event_log::{EventLog, ExpectedVersion, Filter, Follower, LogError, StreamKey};
use futures::future::poll_immediate;

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    a_follower_catches_up_and_goes_on,
    a_follower_that_is_dropped_while_waiting_loses_nothing,
    a_follower_sees_what_another_process_writes,
    wakeups_tell_of_every_commit_of_this_process,
    wakeups_tell_of_what_anybody_here_has_read,
    a_follower_begins_again,
    a_filtered_follower_sees_what_passes_and_how_far_it_looked,
    a_slow_follower_holds_nobody_up,
    news_are_told_by_category,
    a_follower_ends_when_the_log_is_closed,
    a_follower_ends_when_nobody_holds_the_log,
);

ask_postgres_alone!(
    a_commit_is_told_to_other_processes,
    a_notification_is_not_believed,
    a_lost_listening_connection_is_replaced,
);

async fn positions_until(follower: &mut Follower, last: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.last() != Some(&last) {
        seen.extend(positions(&follower.next().await.unwrap()));
    }
    seen
}

async fn a_follower_catches_up_and_goes_on(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 5).await;
    let mut follower = log.follow(2);
    assert_eq!(positions_until(&mut follower, 5).await, [3, 4, 5]);
    let more = tokio::spawn(async move { positions_until(&mut follower, 9).await });
    for id in 6..=9 {
        log.append(simple(id, &person("a"))).await.unwrap();
    }
    assert_eq!(more.await.unwrap(), [6, 7, 8, 9]);
}

async fn a_follower_that_is_dropped_while_waiting_loses_nothing(place: &Place) {
    let log = place.open().await;
    let mut follower = log.follow(0);
    let mut seen = Vec::new();
    for id in 1..=20 {
        let early = poll_immediate(Box::pin(follower.next())).await;
        seen.extend(early.map_or_else(Vec::new, |events| positions(&events.unwrap())));
        log.append(simple(id, &person("a"))).await.unwrap();
    }
    seen.extend(positions_until(&mut follower, 20).await);
    assert!(seen.into_iter().eq(1..=20));
    assert_eq!(follower.position(), 20);
}

async fn a_follower_sees_what_another_process_writes(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    let mut follower = here.follow(0);
    let seen = tokio::spawn(async move { positions_until(&mut follower, 3).await });
    fill(&there, &person("a"), 3).await;
    assert_eq!(seen.await.unwrap(), [1, 2, 3]);
}

async fn wakeups_tell_of_every_commit_of_this_process(place: &Place) {
    let log = place.open().await;
    let mut wakeups = log.wakeups();
    assert_eq!(*wakeups.borrow(), 0);
    fill(&log, &person("a"), 3).await;
    wakeups.wait_for(|head| *head == 3).await.unwrap();
    log.close().await;
    let reopened = place.open().await;
    assert_eq!(*reopened.wakeups().borrow(), 3);
}

async fn wakeups_tell_of_what_anybody_here_has_read(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    fill(&there, &person("a"), 2).await;
    assert_eq!(here.head().await.unwrap(), 2);
    assert_eq!(*here.wakeups().borrow(), 2);
    let mut follower = here.follow(0);
    there.append(simple(3, &person("a"))).await.unwrap();
    assert_eq!(positions_until(&mut follower, 3).await, [1, 2, 3]);
    assert_eq!(*here.wakeups().borrow(), 3);
}

async fn a_follower_begins_again(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 3).await;
    let mut follower = log.follow(2);
    assert_eq!(positions_until(&mut follower, 3).await, [3]);
    follower.restart();
    assert_eq!(positions_until(&mut follower, 3).await, [1, 2, 3]);
}

async fn a_filtered_follower_sees_what_passes_and_how_far_it_looked(place: &Place) {
    let log = place.open().await;
    let survey = StreamKey::new("survey", "s");
    fill(&log, &person("a"), 4).await;
    log.append(simple(5, &survey)).await.unwrap();
    let mut follower = log.follow_filtered(Filter::category("survey"), 0);
    assert_eq!(positions(&follower.next().await.unwrap()), [5]);
    for id in 6..=7 {
        log.append(simple(id, &person("a"))).await.unwrap();
    }
    let step = follower.step().await.unwrap();
    assert_eq!((positions(&step.events), step.position), (vec![], 7));
    assert_eq!(follower.position(), 7);
    let next = tokio::spawn(async move { positions(&follower.next().await.unwrap()) });
    // More than one look takes in, and nothing of it passes.
    log.append(request(8).to(&person("a"), ExpectedVersion::Any, 9_000)).await.unwrap();
    log.append(simple(9, &survey)).await.unwrap();
    assert_eq!(next.await.unwrap(), [9_008]);
}

async fn a_slow_follower_holds_nobody_up(place: &Place) {
    let log = place.open().await;
    fill(&log, &person("a"), 3).await;
    let mut slow = log.follow(0);
    assert_eq!(slow.next().await.unwrap().len(), 3);
    // It has not asked for more since: appends and other followers go on, far beyond a page.
    let mut quick = log.follow(0);
    log.append(request(4).to(&person("a"), ExpectedVersion::Any, 3_000)).await.unwrap();
    assert!(positions_until(&mut quick, 3_003).await.into_iter().eq(1..=3_003));
    assert!(positions_until(&mut slow, 3_003).await.into_iter().eq(4..=3_003));
}

async fn news_are_told_by_category(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    let survey = StreamKey::new("survey", "s");
    fill(&here, &person("a"), 2).await;
    here.append(simple(3, &survey)).await.unwrap();
    here.append(simple(4, &person("a"))).await.unwrap();
    let heard = |log: &EventLog| ["person", "survey", "council"].map(|name| log.heard_of(name));
    assert_eq!(heard(&here), [4, 3, 0]);
    positions_until(&mut there.follow(0), 4).await;
    assert_eq!(heard(&there), [4, 3, 0]);
}

async fn a_follower_ends_when_the_log_is_closed(place: &Place) {
    let log = place.open().await;
    let mut follower = log.follow(0);
    assert!(poll_immediate(Box::pin(follower.next())).await.is_none());
    log.close().await;
    assert!(matches!(follower.next().await, Err(LogError::Closed)));
}

async fn a_follower_ends_when_nobody_holds_the_log(place: &Place) {
    let log = place.open().await;
    let mut follower = log.follow(0);
    drop(log);
    assert!(matches!(follower.next().await, Err(LogError::Closed)));
}

async fn heard(log: &EventLog, position: u64) {
    log.wakeups().wait_for(|head| *head >= position).await.unwrap();
}

/// The listener begins to listen some time after the log is opened: write until it hears.
async fn write_until_heard(writer: &EventLog, listener: &EventLog, first: u128) {
    for id in first.. {
        let written = writer.append(simple(id, &person("a"))).await.unwrap().last_position;
        let hearing = heard(listener, written);
        if tokio::time::timeout(std::time::Duration::from_millis(200), hearing).await.is_ok() {
            return;
        }
    }
}

async fn a_commit_is_told_to_other_processes(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    write_until_heard(&there, &here, 1).await;
    let survey = StreamKey::new("survey", "s");
    let last = there.append(simple(1_000, &survey)).await.unwrap().last_position;
    heard(&here, last).await;
    assert_eq!(here.heard_of("survey"), last);
    assert_eq!(here.heard_of("person"), last - 1);
}

async fn a_notification_is_not_believed(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    write_until_heard(&there, &here, 1).await;
    let mut wakeups = here.wakeups();
    for lie in [
        "NOTIFY event_log, '18446744073709551615'",
        "NOTIFY event_log, '9999 survey:9999'",
        "NOTIFY event_log, 'nothing'",
        "NOTIFY event_log",
    ] {
        place.execute(lie).await.unwrap();
    }
    // Notifications come in order: when this one has arrived, the lies have as well.
    write_until_heard(&there, &here, 1_000).await;
    // Looked at by itself: who holds on to it while waiting keeps the hub from telling anybody.
    let heard = *wakeups.borrow_and_update();
    assert_eq!(heard, there.head().await.unwrap());
    assert!(here.heard_of("survey") <= there.head().await.unwrap());
    place.execute("NOTIFY event_log, '9999'").await.unwrap();
    let news = tokio::time::timeout(std::time::Duration::from_millis(300), wakeups.changed());
    assert!(news.await.is_err(), "nothing was appended");
}

async fn a_lost_listening_connection_is_replaced(place: &Place) {
    let (here, there) = (place.open().await, place.open().await);
    write_until_heard(&there, &here, 1).await;
    let cut_off = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    place.execute(cut_off).await.unwrap();
    write_until_heard(&there, &here, 1_000).await;
}
