//! Signing in to the real binary at a provider that others have made: in a browser, and over HTTP by
//! somebody who does what a browser would not.

mod others;
mod town;
mod visitor;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use acceptance::{Canaries, Window};
use reqwest::{Method, StatusCode};
use town::{BEARER, SUBJECT, Town, Way};

const COOKIE: &str = "__Host-tsunagi";
const FLOW_COOKIE: &str = "__Host-tsunagi-oidc";
const TWO_FACTORS: &str = "pwd otp";

#[tokio::test]
async fn somebody_signs_in_in_a_browser() {
    let town = Town::begin(Way::PrivateKey).await;
    town.link(BEARER, SUBJECT);
    let window = Window::open(town.console()).await.unwrap();
    sign_in(&window).await.unwrap();
    let first = session(&window).await.expect("a session");
    window.picture("provider-signed-in").await.unwrap();
    // Once more, over the session that is open: the provider asks again who it is.
    sign_in(&window).await.unwrap();
    let second = session(&window).await.expect("a session");
    assert_ne!(first, second);
    let mut thief = town.visitor();
    thief.take(COOKIE, &first);
    assert!(!thief.is_in().await, "the session of before opens nothing");
    thief.take(COOKIE, &second);
    assert!(thief.is_in().await);
    window.close().await.unwrap();
}

async fn sign_in(window: &Window) -> anyhow::Result<()> {
    window.go("/sign-in").await?;
    window.see(town::PROVIDER_NAME).await?;
    window.picture("provider-sign-in").await?;
    let button = "form[action='/sign-in/oidc'] button";
    window.and_be_led_to(others::WORDS, window.click(button)).await?;
    window.enter("input[name=sub]", SUBJECT).await?;
    window.and_be_led_to("仕事の一覧", window.click("button")).await
}

async fn session(window: &Window) -> Option<String> {
    let cookies = window.page().get_cookies().await.unwrap();
    cookies.into_iter().find(|cookie| cookie.name == COOKIE).map(|cookie| cookie.value)
}

#[tokio::test]
async fn whoever_has_no_account_or_has_left_is_told_the_same() {
    let town = Town::begin(Way::Secret).await;
    town.link(BEARER, SUBJECT);
    let mut visitor = town.visitor();
    let page = visitor.sign_in(SUBJECT, TWO_FACTORS).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(visitor.is_in().await);
    town.end(BEARER);
    assert!(!visitor.is_in().await);
    let mut told = Vec::new();
    for subject in [SUBJECT, "somebody-else"] {
        let mut visitor = town.visitor();
        told.push(visitor.sign_in(subject, TWO_FACTORS).await);
        assert!(!visitor.is_in().await);
    }
    assert_eq!(told[0].status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(told[0].told(), told[1].told());
}

#[tokio::test]
async fn a_password_alone_is_too_weak() {
    let town = Town::begin(Way::Secret).await;
    town.link(BEARER, SUBJECT);
    let mut visitor = town.visitor();
    let page = visitor.sign_in(SUBJECT, "pwd").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!visitor.is_in().await);
}

#[tokio::test]
async fn a_way_back_is_for_the_browser_that_set_out_and_for_once() {
    let town = Town::begin(Way::Secret).await;
    town.link(BEARER, SUBJECT);
    let (mut visitor, mut stranger) = (town.visitor(), town.visitor());
    let address = visitor.at_the_provider(SUBJECT, TWO_FACTORS).await;
    stranger.set_out().await;
    let own = visitor.cookie(FLOW_COOKIE).expect("it has set out");
    let theirs = stranger.cookie(FLOW_COOKIE).expect("it has set out");
    let altered = format!("A{}", &own[1..]);
    let twice = format!("{address}&code=another");
    let denied = address.as_str().replace("code=", "error=access_denied&not=");
    let mut told = Vec::new();
    for (cookie, address) in [
        ("", address.as_str()),
        (&theirs, address.as_str()),
        (&altered, address.as_str()),
        ("A", address.as_str()),
        (&own, &twice),
        (&own, &denied),
        (&own, "/sign-in/oidc/callback"),
    ] {
        let mut thief = town.visitor();
        thief.take(FLOW_COOKIE, cookie);
        told.push(thief.get(address).await);
        assert_eq!(thief.cookie(COOKIE), None, "{address}");
    }
    assert_eq!(told[0].status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.iter().all(|page| page.told() == told[0].told()));
    // None of them has spent it.
    let kept = visitor.clone();
    visitor.get(address.as_str()).await;
    assert!(visitor.is_in().await);
    assert_eq!(visitor.cookie(FLOW_COOKIE), None);
    let mut again = kept;
    assert_eq!(again.get(address.as_str()).await.told(), told[0].told(), "a code is good once");
}

#[tokio::test]
async fn a_provider_may_change_its_key_at_any_time() {
    let mut town = Town::begin(Way::PrivateKey).await;
    town.link(BEARER, SUBJECT);
    let mut visitor = town.visitor();
    visitor.sign_in(SUBJECT, TWO_FACTORS).await;
    assert!(visitor.is_in().await);
    town.others.change_key().await;
    // The house looks for a key it does not know, though not all the time.
    let began = Instant::now();
    loop {
        let mut visitor = town.visitor();
        let page = visitor.sign_in(SUBJECT, TWO_FACTORS).await;
        if page.status == StatusCode::OK {
            assert!(visitor.is_in().await);
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it never finds the new key");
    }
}

#[tokio::test]
async fn nobody_is_made_to_set_out_and_a_silent_provider_stops_nobody_else() {
    let mut town = Town::begin(Way::Secret).await;
    let mut visitor = town.visitor();
    let from_elsewhere = visitor.ask(Method::POST, "/sign-in/oidc", Some("cross-site")).await;
    assert_eq!(from_elsewhere.status, StatusCode::FORBIDDEN);
    let by_a_link = visitor.get("/sign-in/oidc").await;
    assert_eq!(by_a_link.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(visitor.cookie(FLOW_COOKIE), None);
    town.others.kill().await;
    let page = visitor.ask(Method::POST, "/sign-in/oidc", Some("same-origin")).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let page = visitor.get("/sign-in").await;
    assert!(page.status == StatusCode::OK && page.html.contains("name=\"password\""));
}

#[tokio::test]
async fn nothing_of_it_is_logged_or_kept() {
    let town = Town::begin(Way::Secret).await;
    town.link(BEARER, SUBJECT);
    let mut visitor = town.visitor();
    let address = visitor.at_the_provider(SUBJECT, TWO_FACTORS).await;
    let flow = visitor.cookie(FLOW_COOKIE).expect("it has set out");
    visitor.get(address.as_str()).await;
    let session = visitor.cookie(COOKIE).expect("a session");
    visitor.get(&format!("{address}&session_state=x")).await;
    let query = |name: &str| {
        let pair = address.query_pairs().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.into_owned()).expect(name)
    };
    let texts = [SUBJECT.to_owned(), BEARER.to_owned(), query("code"), query("state")];
    let canaries = Canaries::of(texts.into_iter().chain([flow, session]));
    let log = town.log_of_gateway();
    assert!(log.windows(5).any(|word| word == b"TRACE"), "all there is to say was kept");
    assert_eq!(canaries.found_in(&log), BTreeSet::new());
    let secrets = Canaries::of([SUBJECT.to_owned(), query("code"), query("state")]);
    let (found, _) = secrets.found_in_folder(town.folder()).unwrap();
    assert_eq!(found, BTreeSet::new());
}
