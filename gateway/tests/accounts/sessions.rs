//! How long somebody stays signed in.

use futures::StreamExt;
use jiff::SignedDuration;

use crate::town::*;

#[tokio::test]
async fn a_session_outlives_its_tokens_and_ends_when_nobody_is_there() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    for _ in 0..4 {
        town.later(SignedDuration::from_secs(14 * 60 + 59));
        assert!(visitor.is_in().await);
    }
    town.later(SignedDuration::from_mins(15));
    assert!(!visitor.is_in().await);
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_whatever_happens() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    for _ in 0..71 {
        town.later(SignedDuration::from_mins(10));
        assert!(visitor.is_in().await);
    }
    town.later(SignedDuration::from_mins(10) - SignedDuration::from_secs(1));
    assert!(visitor.is_in().await);
    town.later(SignedDuration::from_secs(1));
    assert!(!visitor.is_in().await);
}

#[tokio::test]
async fn a_page_that_asks_for_news_by_itself_keeps_nobody_signed_in() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    town.later(SignedDuration::from_mins(14));
    let news = visitor.open(&format!("/cases/{CASE}/news")).await;
    let first = news.bytes_stream().next().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: here"), "it is told what is new");
    town.later(SignedDuration::from_mins(1));
    assert!(!visitor.is_in().await);
}
