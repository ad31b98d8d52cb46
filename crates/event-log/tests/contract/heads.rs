//! Signed heads: what is written outside, and what it proves.

use event_log::{EventLog, Head, HeadError, HeadSigner, SignedHead, VerifyError};

use crate::harness::Place;
use crate::samples::*;

ask_both_stores!(
    an_empty_log_has_no_head_to_sign,
    a_head_names_log_and_end,
    a_head_that_is_true_is_compared,
    a_log_that_was_cut_off_is_found,
    another_log_is_found,
    a_chain_that_was_exchanged_is_found_between_two_heads,
);

/// The private key of RFC 8032, section 7.1, test 1, as PKCS #8.
pub const KEY: &str = "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc4\
    4449c5697b326919703bac031cae7f60";
/// The public key that the RFC gives for it.
const PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

fn signer() -> HeadSigner {
    HeadSigner::try_new(&hex::decode(KEY).unwrap()).unwrap()
}

fn sample() -> Head {
    Head { log: [1; 32], position: 42, chain_hash: [2; 32], recorded_at: at(7) }
}

#[test]
fn a_line_is_read_back_as_it_was_signed() {
    let signed = signer().sign(sample(), at(9));
    assert_eq!(hex::encode(signed.key), PUBLIC_KEY);
    let line = signed.to_line();
    assert_eq!(line.matches('\n').count(), 1);
    assert_eq!(SignedHead::parse(&line, &[signer().key()]), Ok(signed.clone()));
    assert_eq!(SignedHead::parse(line.trim_end(), &[[3; 32], signer().key()]), Ok(signed));
}

/// The signature was computed with another program from the description in `heads.rs`.
#[test]
fn the_published_form_holds() {
    let line = signer().sign(sample(), at(9)).to_line();
    let expected = format!(
        "{{\"log\":\"{}\",\"position\":42,\"chain_hash\":\"{}\",\"recorded_at\":7000000,\
         \"signed_at\":9000000,\"key\":\"{PUBLIC_KEY}\",\"signature\":\"{SIGNATURE}\"}}\n",
        "01".repeat(32),
        "02".repeat(32),
    );
    assert_eq!(line, expected);
}

const SIGNATURE: &str = "42c0d89651ef25cd7e6c0e654d6dcc7ad603585920ff9971a03d3355a38a7249\
    21e0ba951eaee62a6376785557c21a7ef05c2f11d5d856e4508852a1e7d33f0a";

#[test]
fn every_altered_field_is_found() {
    let keys = [signer().key()];
    let line = signer().sign(sample(), at(9)).to_line();
    for (was, is) in [
        ("\"log\":\"01", "\"log\":\"00"),
        ("\"position\":42", "\"position\":41"),
        ("\"chain_hash\":\"02", "\"chain_hash\":\"03"),
        ("\"recorded_at\":7000000", "\"recorded_at\":7000001"),
        ("\"signed_at\":9000000", "\"signed_at\":8000000"),
    ] {
        let altered = line.replace(was, is);
        assert_ne!(altered, line);
        assert_eq!(SignedHead::parse(&altered, &keys), Err(HeadError::Forged), "{is}");
    }
    let signature = line.replace("\"signature\":\"42", "\"signature\":\"00");
    assert_eq!(SignedHead::parse(&signature, &keys), Err(HeadError::Forged));
}

#[test]
fn a_stranger_may_not_sign() {
    let line = signer().sign(sample(), at(9)).to_line();
    assert_eq!(SignedHead::parse(&line, &[[9; 32]]), Err(HeadError::UnknownKey));
    assert_eq!(SignedHead::parse(&line, &[]), Err(HeadError::UnknownKey));
    // The stranger names the right key: it does not help.
    let forged = line.replace("\"signature\":\"42", "\"signature\":\"43");
    assert_eq!(SignedHead::parse(&forged, &[signer().key()]), Err(HeadError::Forged));
}

#[test]
fn what_is_no_head_is_malformed() {
    let keys = [signer().key()];
    let line = signer().sign(sample(), at(9)).to_line();
    let torn = &line[..line.len() / 2];
    let empty_log = line.replace("\"position\":42", "\"position\":0");
    let more = line.replace("{\"log\"", "{\"more\":1,\"log\"");
    let short = line.replace("\"log\":\"01", "\"log\":\"");
    for text in ["", "{}", "\0\0\0", torn, &empty_log, &more, &short] {
        assert_eq!(SignedHead::parse(text, &keys), Err(HeadError::Malformed), "{text}");
    }
}

#[test]
fn what_is_no_key_signs_nothing() {
    assert!(HeadSigner::try_new(b"no key").is_none());
    assert!(HeadSigner::try_new(&[]).is_none());
}

async fn filled(place: &Place, events: u128) -> EventLog {
    let log = place.open().await;
    fill(&log, &person("a"), events).await;
    log
}

async fn head_of(log: &EventLog) -> Head {
    log.head_to_sign().await.unwrap().expect("the log is not empty")
}

async fn an_empty_log_has_no_head_to_sign(place: &Place) {
    let log = place.open().await;
    assert_eq!(log.head_to_sign().await.unwrap(), None);
    assert!(!log.agrees_with(&sample()).await.unwrap());
    let error = log.verify_against(&[sample()], |_, _| {}).await.unwrap_err();
    assert!(matches!(error, VerifyError::Truncated { head: 0, signed: 1 }), "{error}");
    assert_eq!(error.position(), Some(1));
}

async fn a_head_names_log_and_end(place: &Place) {
    let log = filled(place, 3).await;
    let events = log.read(0, 3).await.unwrap();
    let expected = Head {
        log: events[0].chain_hash,
        position: 3,
        chain_hash: events[2].chain_hash,
        recorded_at: events[2].recorded_at,
    };
    assert_eq!(head_of(&log).await, expected);
    assert!(log.agrees_with(&expected).await.unwrap());
    assert!(!log.agrees_with(&Head { position: 4, ..expected.clone() }).await.unwrap());
    assert!(!log.agrees_with(&Head { chain_hash: [0; 32], ..expected.clone() }).await.unwrap());
    assert!(!log.agrees_with(&Head { log: [0; 32], ..expected }).await.unwrap());
}

async fn a_head_that_is_true_is_compared(place: &Place) {
    let log = filled(place, 3).await;
    let early = head_of(&log).await;
    for id in 4..=6 {
        log.append(simple(id, &person("a"))).await.unwrap();
    }
    let verified = log.verify_against(&[early.clone(), early], |_, _| {}).await.unwrap();
    assert_eq!((verified.head, verified.signed), (6, 3));
    assert_eq!(log.verify(|_, _| {}).await.unwrap().signed, 0);
}

async fn a_log_that_was_cut_off_is_found(place: &Place) {
    let log = filled(place, 5).await;
    let head = head_of(&log).await;
    place.unlock().await;
    place.execute("DELETE FROM event WHERE position > 3").await.unwrap();
    place.execute("DELETE FROM append_request WHERE last_position > 3").await.unwrap();
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 3, "from inside nothing is missing");
    let error = log.verify_against(std::slice::from_ref(&head), |_, _| {}).await.unwrap_err();
    assert!(matches!(error, VerifyError::Truncated { head: 3, signed: 5 }), "{error}");
    assert_eq!(error.position(), Some(4));
    assert!(!log.agrees_with(&head).await.unwrap());
}

async fn another_log_is_found(place: &Place) {
    let log = filled(place, 3).await;
    let head = Head { log: [7; 32], ..head_of(&log).await };
    let error = log.verify_against(&[head], |_, _| {}).await.unwrap_err();
    assert!(matches!(error, VerifyError::NotAsSigned { position: 1, agreed: 0 }), "{error}");
}

async fn a_chain_that_was_exchanged_is_found_between_two_heads(place: &Place) {
    let log = filled(place, 2).await;
    let mut heads = vec![head_of(&log).await];
    for id in 3..=5 {
        log.append(simple(id, &person("a"))).await.unwrap();
    }
    heads.push(head_of(&log).await);
    log.close().await;
    place.unlock().await;
    place.execute("DELETE FROM event WHERE position > 3").await.unwrap();
    place.execute("DELETE FROM append_request WHERE last_position > 3").await.unwrap();
    let log = place.open().await;
    for id in 14..=19 {
        log.append(simple(id, &person("a"))).await.unwrap();
    }
    assert_eq!(log.verify(|_, _| {}).await.unwrap().head, 9, "from inside the chain holds");
    let error = log.verify_against(&heads, |_, _| {}).await.unwrap_err();
    assert!(matches!(error, VerifyError::NotAsSigned { position: 5, agreed: 2 }), "{error}");
}
