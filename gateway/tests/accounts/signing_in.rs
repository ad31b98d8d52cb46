//! Who is let in, and what the others are told.

use jiff::SignedDuration;
use reqwest::{StatusCode, header};

use crate::town::*;

#[tokio::test]
async fn name_password_and_code_let_somebody_in() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.visitor();
    let page = visitor.sign_in(NAME, PASSWORD, &app.code(town.now())).await;
    assert_eq!(
        (page.status, &page.headers[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/".parse().unwrap())
    );
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict");
    assert_eq!(pair.strip_prefix("__Host-tsunagi=").map(str::len), Some(43));
    assert!(visitor.is_in().await);
    let page = visitor.get("/").await;
    assert!(page.html.contains("架空みなと病院") && !page.html.contains(NAME));
    assert!(!page.html.contains("デモ環境"), "this is none");
}

#[tokio::test]
async fn the_others_are_told_the_same_to_the_byte() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let code = app.code(town.now());
    town.visitor().sign_in(NAME, PASSWORD, &code).await;
    let next = app.code(town.now() + SignedDuration::from_secs(30));
    let mut told = Vec::new();
    for (name, password, code) in [
        (NAME, "違う合言葉を入れてみる。", next.as_str()),
        (NAME, PASSWORD, &code),
        (NAME, PASSWORD, "12345"),
        ("nobody", PASSWORD, &next),
        ("", "", ""),
    ] {
        let mut visitor = town.visitor();
        told.push(visitor.sign_in(name, password, code).await);
        assert_eq!(visitor.cookie, None);
        assert!(!visitor.is_in().await);
    }
    assert_eq!(told[0].status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.iter().all(|page| page.told() == told[0].told()));
}

#[tokio::test]
async fn failures_slow_down_and_tell_nothing_either() {
    let town = Town::begin().await;
    town.enrolled().await;
    let mut told = Vec::new();
    for name in [NAME, "nobody"] {
        let mut visitor = town.visitor();
        for _ in 0..3 {
            let page = visitor.sign_in(name, "違う合言葉を入れてみる。", "000000").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        told.push(visitor.sign_in(name, "違う合言葉を入れてみる。", "000000").await);
    }
    assert_eq!(told[0].status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(told[0].headers[header::RETRY_AFTER], "1");
    assert_eq!(told[0].told(), told[1].told());
}

#[tokio::test]
async fn an_id_that_somebody_planted_is_worth_nothing_after_signing_in() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.visitor();
    visitor.cookie = Some("planted".to_owned());
    visitor.sign_in(NAME, PASSWORD, &app.code(town.now())).await;
    let first = visitor.cookie.clone().unwrap();
    assert_ne!(first, "planted");
    town.later(SignedDuration::from_mins(1));
    visitor.sign_in(NAME, PASSWORD, &app.code(town.now())).await;
    assert_ne!(visitor.cookie.as_deref(), Some(first.as_str()));
    assert!(visitor.is_in().await);
    for old in ["planted", &first] {
        let mut thief = town.visitor();
        thief.cookie = Some(old.to_owned());
        assert!(!thief.is_in().await);
    }
}
