//! Who gets in, and who does not.

use std::time::Duration;

use access::TokenError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::Office;
use jiff::ToSpan;
use serde_json::{Value, json};

use crate::{gate::*, world::*};

#[tokio::test]
async fn a_token_of_the_issuer_is_its_bearers() {
    let world = World::new().await;
    let gate = Gate::of(&world);
    let token = gate.token(&hospital());
    for header in [format!("Bearer {token}"), format!("bearer {token}")] {
        assert_eq!(gate.verifier.verify_header(Some(&header)).await, Ok(hospital()));
    }
    for header in [None, Some("Basic eDp5"), Some(token.as_str())] {
        assert_eq!(gate.verifier.verify_header(header).await, Err(TokenError::Missing));
    }
}

#[tokio::test]
async fn claims_that_the_house_does_not_read_do_not_matter() {
    let world = World::new().await;
    let gate = Gate::of(&world);
    let claims = with(claims(), "jti", json!("8e7c"));
    let claims = with(with(claims, "client_id", json!("office")), "auth_time", json!(5));
    let token = gate.signed(&gate.header(), &claims);
    assert_eq!(gate.verifier.verify(&token).await, Ok(hospital()));
}

#[tokio::test]
async fn an_altered_claim_opens_nothing() {
    let world = World::new().await;
    let gate = Gate::of(&world);
    for (name, value) in [
        ("iss", json!("https://somebody.example")),
        ("aud", json!("another-city")),
        ("office", json!("bakery")),
        ("exp", json!("4102444800")),
        ("exp", json!(now().as_second() + 3601)),
        ("exp", json!(i64::MAX)),
        ("iat", json!(i64::MIN)),
        ("iat", json!(now().as_second() + 61)),
        ("nbf", json!(now().as_second() + 61)),
        ("nbf", json!("soon")),
        ("exp", Value::Null),
        ("sub", json!("hanako.kakuu@example.jp")),
        ("sub", json!("架空花子")),
        ("sub", json!("S-Reader")),
        ("sub", json!("")),
        ("sub", json!("a".repeat(65))),
        ("agency", json!("架空病院")),
        ("agency", json!("")),
    ] {
        let token = gate.signed(&gate.header(), &with(claims(), name, value.clone()));
        assert_eq!(gate.refusal(&token).await, TokenError::Invalid, "{name}: {value}");
    }
    let longest = with(claims(), "sub", json!("a".repeat(64)));
    assert!(gate.verifier.verify(&gate.signed(&gate.header(), &longest)).await.is_ok());
}

#[tokio::test]
async fn an_altered_or_foreign_signature_opens_nothing() {
    let world = World::new().await;
    let (gate, other) = (Gate::of(&world), Gate::of(&world));
    assert_eq!(gate.refusal(&other.token(&hospital())).await, TokenError::Invalid);
    let good = gate.token(&hospital());
    // Known to be good before: what is remembered must not vouch for anything else.
    assert!(gate.verifier.verify(&good).await.is_ok());
    let (text, signature) = good.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[10] ^= 1;
    let altered = format!("{text}.{}", URL_SAFE_NO_PAD.encode(bytes));
    assert_eq!(gate.refusal(&altered).await, TokenError::Invalid);
    let elsewhere = gate.signed(&gate.header(), &with(claims(), "agency", json!(CENTER)));
    let (foreign_text, _) = elsewhere.rsplit_once('.').unwrap();
    assert_eq!(gate.refusal(&format!("{foreign_text}.{signature}")).await, TokenError::Invalid);
    for garbage in ["", ".", "..", "a.b.c", "あ.い.う"] {
        assert_eq!(gate.refusal(garbage).await, TokenError::Invalid);
    }
}

#[tokio::test]
async fn a_token_ends_by_the_clock_that_was_handed_in() {
    let world = World::new().await;
    let gate = Gate::of(&world);
    let token = gate.token(&hospital());
    world.clock.set(now() + 59.minutes());
    assert!(gate.verifier.verify(&token).await.is_ok());
    world.clock.set(now() + 1.hour());
    assert_eq!(gate.refusal(&token).await, TokenError::Expired);
}

#[tokio::test]
async fn agency_and_office_must_agree_with_the_register() {
    let world = World::new().await;
    let gate = Gate::of(&world);
    for bearer in [
        principal(Office::SupportCenter, HOSPITAL),
        principal(Office::Municipality, CENTER),
        principal(Office::Hospital, "hospital-nowhere"),
    ] {
        assert_eq!(gate.refusal(&gate.token(&bearer)).await, TokenError::UnknownAgency);
    }
}

#[tokio::test]
async fn a_retired_agency_is_out_at_once_here_and_within_a_second_elsewhere() {
    let world = World::new().await;
    let here = Gate::of(&world);
    let elsewhere = Gate::over(&world, world.log_elsewhere().await);
    let (token, token_elsewhere) = (here.token(&hospital()), elsewhere.token(&hospital()));
    assert!(here.verifier.verify(&token).await.is_ok());
    assert!(elsewhere.verifier.verify(&token_elsewhere).await.is_ok());
    world.retire(&world.log, HOSPITAL).await;
    assert_eq!(here.refusal(&token).await, TokenError::UnknownAgency);
    // Nobody follows the log there, and SQLite wakes no other process.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(elsewhere.refusal(&token_elsewhere).await, TokenError::UnknownAgency);
    let center = here.token(&principal(Office::SupportCenter, CENTER));
    assert!(here.verifier.verify(&center).await.is_ok(), "the others stay");
}

#[tokio::test]
async fn without_the_register_nobody_gets_in() {
    let world = World::new().await;
    let gate = Gate::of(&world);
    world.log.clone().close().await;
    assert_eq!(gate.refusal(&gate.token(&hospital())).await, TokenError::Unavailable);
}
