//! An open page is told that there is something new, and nothing of what.

use std::time::Duration;

use axum::{body::BodyDataStream, http::StatusCode};
use futures::StreamExt;
use tokio::time::timeout;

use crate::browser::{Browser, CASE, CENTER, House, OTHER_CENTER, World, visit};

async fn house() -> House {
    let world = World::with_agencies().await;
    world.support().await;
    House::without_offices(world).await
}

/// The stream, and the id up to which everything is known.
async fn followed(browser: &mut Browser<'_>, after: &str) -> (BodyDataStream, String) {
    let response = browser.open(&format!("/cases/{CASE}/news{after}")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut news = response.into_body().into_data_stream();
    let here = next(&mut news).await;
    let id = here.strip_prefix("event: here\nid: ").expect("it begins with here");
    (news, id.split('\n').next().unwrap().to_owned())
}

async fn next(news: &mut BodyDataStream) -> String {
    let chunk = timeout(Duration::from_secs(5), news.next()).await.expect("in time");
    String::from_utf8(chunk.expect("a chunk").expect("it is whole").to_vec()).unwrap()
}

async fn record(house: &House) {
    let event = visit("2025-05-28", "三回目の面談");
    house.world.record(CENTER, Some(CASE), "2025-05-28", event).await;
}

#[tokio::test]
async fn news_say_that_something_came_and_not_what() {
    let house = house().await;
    let mut center = house.signed_in(CENTER).await;
    center.get("/").await;
    let (mut news, _) = followed(&mut center, "").await;
    let recorded = async {
        // The stream is followed from the moment it is first asked for its next event.
        tokio::time::sleep(Duration::from_millis(200)).await;
        record(&house).await;
    };
    let (event, ()) = tokio::join!(next(&mut news), recorded);
    assert_eq!(event, "event: news\ndata: -\n\n");
}

#[tokio::test]
async fn a_page_that_was_hidden_hears_what_it_missed() {
    let house = house().await;
    let mut center = house.signed_in(CENTER).await;
    center.get("/").await;
    let (news, id) = followed(&mut center, "").await;
    drop(news);
    record(&house).await;
    let (mut news, _) = followed(&mut center, &format!("?after={id}")).await;
    assert_eq!(next(&mut news).await, "event: news\ndata: -\n\n");
}

#[tokio::test]
async fn where_there_is_nothing_to_follow_the_stream_ends() {
    let house = house().await;
    let mut stranger = house.signed_in(OTHER_CENTER).await;
    let (mut news, _) = followed(&mut stranger, "").await;
    assert_eq!(next(&mut news).await, "event: end\ndata: -\n\n");
}
