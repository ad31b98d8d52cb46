//! The flow against a provider that we let lie: whatever it says, only a token that is its own, for
//! us, for this sign-in, of now and strong enough names somebody. A provider that others have made is
//! asked elsewhere; none of those can be made to forge.

mod provider;

use std::time::Duration;

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, jwk::Jwk};
use provider::{CLIENT, Provider, Signed};
use relying_party::{Answer, Begun, ClientAuthentication, OidcError, RelyingParty, Subject};
use serde_json::{Value, json};

fn now() -> Timestamp {
    "2025-06-10T09:00:00Z".parse().expect("a moment")
}

/// Somebody signs in; the provider tells what `change` makes of the truth.
async fn sign_in(
    provider: &Provider,
    change: impl FnOnce(&mut Signed),
) -> Result<Subject, OidcError> {
    sign_in_by(&provider.party(), provider, change).await
}

async fn sign_in_by(
    party: &RelyingParty,
    provider: &Provider,
    change: impl FnOnce(&mut Signed),
) -> Result<Subject, OidcError> {
    sign_in_since(party, provider, now(), change).await
}

/// The same, by somebody who set out at another moment.
async fn sign_in_since(
    party: &RelyingParty,
    provider: &Provider,
    since: Timestamp,
    change: impl FnOnce(&mut Signed),
) -> Result<Subject, OidcError> {
    let (address, begun) = party.begin(since).await?;
    let asked = |name: &str| {
        let mut pairs = address.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).expect(name)
    };
    let mut signed = provider.signed(&asked("nonce"), now());
    change(&mut signed);
    provider.will_tell(signed.token());
    let answer =
        Answer { code: Some("code".into()), state: Some(asked("state")), ..Answer::default() };
    party.finish(&begun, &answer, now()).await
}

async fn refused(provider: &Provider, change: impl FnOnce(&mut Signed)) -> bool {
    matches!(sign_in(provider, change).await, Err(OidcError::IdToken(_)))
}

fn claim(name: &'static str, value: impl Into<Value>) -> impl FnOnce(&mut Signed) {
    let value = value.into();
    move |signed| signed.claims[name] = value
}

#[tokio::test]
async fn who_signed_in_is_told() {
    let provider = Provider::start().await;
    let subject = sign_in(&provider, |_| ()).await.expect("it holds");
    assert_eq!(subject.0, provider::SUBJECT);
    // The code was bound to this browser's flow, and we have shown who we are.
    let form = provider.asked();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code_verifier"].as_str().map(str::len), Some(43));
    assert_eq!(form["authorization"], "Basic b3VyLWhvdXNlOmElM0FiKyUyNg==");
}

#[tokio::test]
async fn a_claim_that_is_not_for_us_or_not_of_now_names_nobody() {
    let provider = Provider::start().await;
    let at = now().as_second();
    for (name, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("aud", json!("another")),
        ("aud", json!([])),
        ("aud", json!([CLIENT, "another"])),
        ("azp", json!("another")),
        ("exp", json!(at - 61)),
        ("exp", json!((at + 60).to_string())),
        ("iat", json!(at + 61)),
        ("iat", json!(at - 601)),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("sub", json!("")),
        ("sub", json!("a".repeat(256))),
        ("sub", json!(7)),
    ] {
        assert!(refused(&provider, claim(name, value.clone())).await, "{name} {value}");
    }
    for (name, value) in [("aud", json!([CLIENT])), ("azp", json!(CLIENT)), ("exp", json!(at - 59))]
    {
        assert!(sign_in(&provider, claim(name, value.clone())).await.is_ok(), "{name} {value}");
    }
}

#[tokio::test]
async fn what_is_not_signed_by_the_provider_s_key_names_nobody() {
    let provider = Provider::start().await;
    assert!(refused(&provider, |signed| signed.header.kid = Some("another".into())).await);
    assert!(refused(&provider, |signed| signed.key = provider::stranger()).await);
    assert!(refused(&provider, |signed| signed.header.alg = Algorithm::HS256).await);
    assert!(refused(&provider, |signed| signed.alter = Some(without_algorithm)).await);
    assert!(refused(&provider, |signed| signed.alter = Some(with_another_subject)).await);
    // It would hold, but for its length.
    let pad = |length: usize| claim("pad", "a".repeat(length));
    assert!(refused(&provider, pad(16_384)).await);
    assert!(sign_in(&provider, pad(8_192)).await.is_ok());
}

#[tokio::test]
async fn each_algorithm_is_accepted_under_a_key_that_is_for_it() {
    use Algorithm::{ES256, EdDSA, PS256, RS256};
    for algorithm in [EdDSA, ES256, RS256, PS256] {
        let provider = Provider::signing_with(algorithm, algorithm).await;
        let told = sign_in(&provider, |_| ()).await;
        assert_eq!(told.ok().map(|subject| subject.0).as_deref(), Some(provider::SUBJECT));
        assert!(refused(&provider, |signed| signed.alter = Some(with_another_subject)).await);
    }
    for (algorithm, declared) in [(RS256, PS256), (PS256, RS256), (RS256, Algorithm::RS512)] {
        let provider = Provider::signing_with(algorithm, declared).await;
        assert!(refused(&provider, |_| ()).await, "{algorithm:?} under a key for {declared:?}");
    }
    let provider = Provider::signing_with(Algorithm::RS512, Algorithm::RS512).await;
    assert!(refused(&provider, |_| ()).await, "nor one that was not agreed upon");
}

#[tokio::test]
async fn a_p256_key_shows_who_we_are() {
    let (provider, pkcs8) = (Provider::start().await, provider::p256());
    let kid = "2026-1".to_owned();
    let party = provider.party_with(ClientAuthentication::PrivateKey {
        pkcs8: pkcs8.clone().into(),
        kid: kid.clone(),
    });
    assert!(sign_in_by(&party, &provider, |_| ()).await.is_ok());
    let form = provider.asked();
    let assertion = form["client_assertion"].as_str().expect("an assertion");
    let header = jsonwebtoken::decode_header(assertion).expect("a header");
    assert_eq!((header.alg, header.kid), (Algorithm::ES256, Some(kid)));
    let key = EncodingKey::from_ec_der(&pkcs8);
    let key = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a public key");
    let key = DecodingKey::from_jwk(&key).expect("a key");
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&[CLIENT]);
    validation.validate_aud = false;
    validation.validate_exp = false;
    let said = jsonwebtoken::decode::<Value>(assertion, &key, &validation).expect("it holds");
    assert_eq!(said.claims["sub"], CLIENT);
    assert_eq!(form["authorization"], Value::Null, "and no secret is shown");
}

#[tokio::test]
async fn only_a_code_that_is_not_good_is_the_user_s_affair() {
    let provider = Provider::start().await;
    provider.will_refuse(StatusCode::BAD_REQUEST, "invalid_grant");
    assert!(matches!(sign_in(&provider, |_| ()).await, Err(OidcError::Refused)));
    for (status, error) in [
        (StatusCode::UNAUTHORIZED, "invalid_client"),
        (StatusCode::BAD_REQUEST, "unauthorized_client"),
        (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
        (StatusCode::INTERNAL_SERVER_ERROR, "invalid_grant"),
    ] {
        provider.will_refuse(status, error);
        let told = sign_in(&provider, |_| ()).await;
        assert!(matches!(told, Err(OidcError::Provider(_))), "{status} {error}");
    }
}

#[tokio::test]
async fn what_a_provider_says_of_itself_is_believed_with_care() {
    for lies in [
        json!({ "issuer": "https://elsewhere.example" }),
        json!({ "token_endpoint": "http://elsewhere.example/token" }),
        json!({ "jwks_uri": "http://elsewhere.example/keys" }),
        json!({ "authorization_endpoint": "javascript:alert(1)" }),
    ] {
        let provider = Provider::start().await;
        provider.will_say_of_itself(lies.clone());
        let begun = provider.party().begin(now()).await;
        assert!(matches!(begun, Err(OidcError::Provider(_))), "{lies}");
    }
    // It says that it names itself in its answers, and this one does not.
    let provider = Provider::start().await;
    provider.will_say_of_itself(json!({ "authorization_response_iss_parameter_supported": true }));
    assert!(matches!(sign_in(&provider, |_| ()).await, Err(OidcError::Foreign)));
}

fn without_algorithm(token: &str) -> String {
    let claims = token.split('.').nth(1).expect("claims");
    format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#))
}

fn with_another_subject(token: &str) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).expect("base64");
    let claims = String::from_utf8(claims).expect("text").replace(provider::SUBJECT, "another");
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims), parts[2])
}

#[tokio::test]
async fn a_weaker_sign_in_than_agreed_is_told_apart() {
    let provider = Provider::start().await;
    let before = now().as_second() - 61;
    for (name, value) in [
        ("acr", json!("one")),
        ("acr", Value::Null),
        ("amr", json!(["pwd"])),
        ("auth_time", json!(before)),
        ("auth_time", Value::Null),
    ] {
        let told = sign_in(&provider, claim(name, value.clone())).await;
        assert!(matches!(told, Err(OidcError::TooWeak)), "{name} {value}");
    }
}

#[tokio::test]
async fn whoever_showed_themselves_a_while_before_may_not_be_who_sits_there_now() {
    let provider = Provider::start().await;
    let party = provider.party();
    let since = now() - jiff::SignedDuration::from_mins(5);
    let shown = |before: i64| claim("auth_time", now().as_second() - before);
    assert!(sign_in_since(&party, &provider, since, shown(120)).await.is_ok());
    let told = sign_in_since(&party, &provider, since, shown(121)).await;
    assert!(matches!(told, Err(OidcError::TooWeak)));
}

#[tokio::test]
async fn an_answer_belongs_to_one_flow_of_ten_minutes() {
    let provider = Provider::start().await;
    let party = provider.party();
    let (address, begun) = party.begin(now()).await.expect("it begins");
    let state = address.query_pairs().find(|(key, _)| key == "state").expect("a state").1;
    let answer = |state: &str| Answer {
        code: Some("code".into()),
        state: Some(state.to_owned()),
        ..Answer::default()
    };
    let (_, other): (_, Begun) = party.begin(now()).await.expect("it begins");
    let late = now() + jiff::SignedDuration::from_secs(601);
    let named = Answer { iss: Some("https://elsewhere.example".into()), ..answer(&state) };
    for (begun, answer, at) in [
        (&begun, answer("another"), now()),
        (&begun, Answer::default(), now()),
        (&begun, named, now()),
        (&begun, answer(&state), late),
        (&begun, answer(&state), now() - jiff::SignedDuration::from_secs(61)),
        (&other, answer(&state), now()),
    ] {
        let told = party.finish(begun, &answer, at).await;
        assert!(matches!(told, Err(OidcError::Foreign)));
    }
    let denied = Answer { error: Some("access_denied".into()), code: None, ..answer(&state) };
    assert!(matches!(party.finish(&begun, &denied, now()).await, Err(OidcError::Refused)));
}

/// Time passes by itself alone where a test says so.
async fn later(duration: Duration) {
    tokio::time::pause();
    tokio::time::advance(duration).await;
    tokio::time::resume();
}

#[tokio::test]
async fn keys_follow_the_provider() {
    let provider = Provider::start().await;
    let party = provider.party();
    assert!(sign_in_by(&party, &provider, |_| ()).await.is_ok());
    // A new name is asked for, but not at once again.
    provider.change_key("key-2");
    assert!(sign_in_by(&party, &provider, |_| ()).await.is_err());
    assert_eq!(provider.times_described(), 1);
    later(Duration::from_secs(5)).await;
    assert!(sign_in_by(&party, &provider, |_| ()).await.is_ok());
    assert_eq!(provider.times_described(), 2);
    // A key that was withdrawn signs nothing after some minutes, though its name is known.
    let withdrawn = provider.signed("", now());
    provider.change_key("key-3");
    later(Duration::from_secs(301)).await;
    let forged = |signed: &mut Signed| {
        (signed.header, signed.key) = (withdrawn.header.clone(), withdrawn.key.clone());
    };
    let told = sign_in_by(&party, &provider, forged).await;
    assert!(matches!(told, Err(OidcError::IdToken(_))));
    assert!(sign_in_by(&party, &provider, |_| ()).await.is_ok());
}

#[tokio::test]
async fn a_silent_provider_signs_nobody_in_and_is_not_asked_by_everybody() {
    let provider = Provider::start().await;
    let party = provider.party();
    provider.fall_silent(true);
    let all = (0..50).map(|_| party.begin(now()));
    for begun in futures::future::join_all(all).await {
        assert!(matches!(begun, Err(OidcError::Provider(_))));
    }
    assert_eq!(provider.times_described(), 1);
    provider.fall_silent(false);
    later(Duration::from_secs(1)).await;
    assert!(party.begin(now()).await.is_ok());
    // What it said before is not served for ever.
    provider.fall_silent(true);
    assert!(party.begin(now()).await.is_ok());
    later(Duration::from_secs(301)).await;
    assert!(matches!(party.begin(now()).await, Err(OidcError::Provider(_))));
}
