//! The issuer's keys, and how they change.

use std::{fs, path::Path, time::Duration};

use access::{Agencies, Issuer, KeySet, KeySetError, TokenError, TokenPolicy, Verifier};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, ToSpan};
use serde_json::{Value, json};

use crate::{gate::*, world::*};

/// Longer than the time after which the file is looked at again.
const A_LITTLE_LATER: Duration = Duration::from_millis(1100);

fn verifier(world: &World, keys: KeySet) -> Verifier {
    let policy = TokenPolicy {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        keys,
        life_max: SignedDuration::from_hours(1),
    };
    Verifier::new(policy, world.clock(), Agencies::of(world.log.clone()))
}

fn issuer() -> Issuer {
    Issuer::new(ISSUER, AUDIENCE, &Issuer::generate_key()).unwrap()
}

fn token(issuer: &Issuer) -> String {
    issuer.issue(&hospital(), now(), now() + 1.hour())
}

/// As an issuer does it: beside the old file, then in its place.
fn write(path: &Path, issuers: &[&Issuer]) {
    let sets = issuers.iter().map(|issuer| issuer.key_set_json());
    let sets = sets.map(|json| serde_json::from_str::<Value>(&json).unwrap()["keys"][0].clone());
    let beside = path.with_extension("new");
    fs::write(&beside, json!({"keys": sets.collect::<Vec<_>>()}).to_string()).unwrap();
    fs::rename(beside, path).unwrap();
}

/// Runs on real time: the tick after which the file is looked at again is awaited.
#[tokio::test]
async fn keys_come_and_go_while_the_house_runs() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issuer.jwks.json");
    let (old, new) = (issuer(), issuer());
    write(&path, &[&old]);
    let verifier = verifier(&world, KeySet::in_file(&path).unwrap());
    assert!(verifier.verify(&token(&old)).await.is_ok());
    assert_eq!(verifier.verify(&token(&new)).await, Err(TokenError::Invalid));

    write(&path, &[&old, &new]);
    tokio::time::sleep(A_LITTLE_LATER).await;
    assert!(verifier.verify(&token(&old)).await.is_ok());
    assert!(verifier.verify(&token(&new)).await.is_ok());

    write(&path, &[&new]);
    tokio::time::sleep(A_LITTLE_LATER).await;
    // It was verified and remembered before its key was withdrawn.
    assert_eq!(verifier.verify(&token(&old)).await, Err(TokenError::Invalid));
    assert!(verifier.verify(&token(&new)).await.is_ok());

    write(&path, &[]);
    tokio::time::sleep(A_LITTLE_LATER).await;
    assert_eq!(verifier.verify(&token(&new)).await, Err(TokenError::Invalid), "all withdrawn");
    assert!(matches!(KeySet::in_file(&path).map(|_| ()), Err(KeySetError::Empty)));

    write(&path, &[&new]);
    tokio::time::sleep(A_LITTLE_LATER).await;
    assert!(verifier.verify(&token(&new)).await.is_ok());

    fs::write(&path, "{").unwrap();
    tokio::time::sleep(A_LITTLE_LATER).await;
    assert!(verifier.verify(&token(&new)).await.is_ok(), "a broken file changes nothing");
    assert_eq!(verifier.verify(&token(&old)).await, Err(TokenError::Invalid));
}

#[tokio::test]
async fn a_p256_key_signs_with_es256_and_nothing_else() {
    let world = World::new().await;
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    // Uncompressed: a byte that says so, then both coordinates.
    let (x, y) = key.public_key().as_ref()[1..].split_at(32);
    let [x, y] = [x, y].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "p", "use": "sig"});
    let keys = KeySet::from_json(&json!({"keys": [jwk]}).to_string()).unwrap();
    let verifier = verifier(&world, keys);
    let signed = |algorithm: &str| {
        let header = json!({"alg": algorithm, "typ": "at+jwt", "kid": "p"});
        let sign = |text: &[u8]| key.sign(&random, text).unwrap().as_ref().to_vec();
        token_of(&header.to_string(), &claims().to_string(), sign)
    };
    assert_eq!(verifier.verify(&signed("ES256")).await, Ok(hospital()));
    for other in ["ES384", "EdDSA", "HS256", "RS256", "none"] {
        assert_eq!(verifier.verify(&signed(other)).await, Err(TokenError::Invalid), "{other}");
    }
}

#[test]
fn a_key_set_without_a_usable_key_is_refused() {
    let good: Value =
        serde_json::from_str::<Value>(&issuer().key_set_json()).unwrap()["keys"][0].clone();
    let set =
        |keys: Vec<Value>| KeySet::from_json(&json!({ "keys": keys }).to_string()).map(|_| ());
    assert!(set(vec![good.clone()]).is_ok());
    let rsa = json!({"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"});
    let secret = json!({"kty": "oct", "kid": "s", "k": "c2VjcmV0"});
    let nameless = without(good.clone(), "kid");
    let sealing = with(good.clone(), "use", json!("enc"));
    for unusable in [rsa.clone(), secret.clone(), nameless, sealing] {
        assert!(matches!(set(vec![unusable.clone()]), Err(KeySetError::Empty)), "{unusable}");
    }
    assert!(set(vec![rsa, secret, good.clone()]).is_ok(), "others may stand beside it");
    assert!(matches!(set(vec![good.clone(), good]), Err(KeySetError::Twice(_))));
    assert!(matches!(set(Vec::new()), Err(KeySetError::Empty)));
    assert!(matches!(KeySet::from_json("{}"), Err(KeySetError::Malformed(_))));
    let nowhere = KeySet::in_file(Path::new("/nowhere/keys.json")).map(|_| ());
    assert!(matches!(nowhere, Err(KeySetError::File { .. })));
}
