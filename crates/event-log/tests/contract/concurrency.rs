//! Many writers that get into each other's way and walk off, against a follower that never
//! pauses: nothing is lost, nothing doubled, no position left out.

use std::collections::HashSet;

use event_log::{Append, AppendError, EventLog, ExpectedVersion};
use futures::future::{join_all, poll_immediate};
use uuid::Uuid;

use crate::harness::Place;
use crate::samples::*;

const WRITERS: u128 = 32;
const REQUESTS: u128 = 25;
const STREAMS: u128 = 6;

ask_both_stores!(many_writers_lose_nothing_and_double_nothing, two_processes_share_one_log,);

async fn many_writers_lose_nothing_and_double_nothing(place: &Place) {
    let log = place.open().await;
    let writers = (0..WRITERS).map(|number| tokio::spawn(write_all(log.clone(), number)));
    let follower = tokio::spawn(follow_all(log.clone()));
    join_all(writers.collect::<Vec<_>>()).await.into_iter().for_each(|writer| writer.unwrap());
    assert_complete(&follower.await.unwrap());
    let verified = log.verify(|_, _| {}).await.unwrap();
    assert_eq!(u128::from(verified.head), WRITERS * REQUESTS);
}

async fn two_processes_share_one_log(place: &Place) {
    let logs = [place.open().await, place.open().await];
    let followers = logs.clone().map(|log| tokio::spawn(follow_all(log)));
    let writers = (0..WRITERS).zip(logs.iter().cycle());
    let writers = writers.map(|(number, log)| tokio::spawn(write_all(log.clone(), number)));
    join_all(writers.collect::<Vec<_>>()).await.into_iter().for_each(|writer| writer.unwrap());
    for follower in followers {
        assert_complete(&follower.await.unwrap());
    }
    assert_eq!(u128::from(logs[0].verify(|_, _| {}).await.unwrap().head), WRITERS * REQUESTS);
}

/// Reads until it has as many events as all writers write. `next` itself asserts density.
async fn follow_all(log: EventLog) -> Vec<Uuid> {
    let mut follower = log.follow(0);
    let mut seen = Vec::new();
    while (seen.len() as u128) < WRITERS * REQUESTS {
        seen.extend(follower.next().await.unwrap().into_iter().map(|event| event.event_id));
    }
    seen
}

fn assert_complete(seen: &[Uuid]) {
    let distinct: HashSet<_> = seen.iter().copied().collect();
    let ids =
        (0..WRITERS * REQUESTS).map(request_of).map(|append| append.writes[0].events[0].event_id);
    assert_eq!(seen.len(), distinct.len());
    assert_eq!(distinct, ids.collect());
}

fn request_of(number: u128) -> Append {
    let stream = person(&(number % STREAMS).to_string());
    request(number + 1).to(&stream, ExpectedVersion::NoStream, 1)
}

async fn write_all(log: EventLog, writer: u128) {
    for number in writer * REQUESTS..(writer + 1) * REQUESTS {
        let mut append = request_of(number);
        if number % 5 == 0 {
            // Walks off once it is queued, and asks again as if the reply had been lost.
            let _ = poll_immediate(Box::pin(log.append(append.clone()))).await;
        }
        while let Err(error) = log.append(append.clone()).await {
            let AppendError::Conflict { actual_version, .. } = error else { panic!("{error}") };
            append.writes[0].expected = ExpectedVersion::Exact(actual_version);
        }
    }
}
