//! A thousand tokens and more, each forged or broken in its own way. None opens anything.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use crate::{gate::*, world::*};

/// Every kind of forgery that is tried, by what is wrong with it.
#[tokio::test]
async fn no_forged_or_broken_token_opens_anything() {
    let world = World::new().await;
    let (gate, stranger) = (Gate::of(&world), Gate::of(&world));
    let good = gate.signed(&gate.header(), &claims());
    assert!(gate.verifier.verify(&good).await.is_ok(), "the token that all others are made of");

    let (mut tried, mut accepted) = (BTreeSet::new(), Vec::new());
    for (kind, tokens) in [
        ("another algorithm", other_algorithms(&gate)),
        ("somebody else's key", foreign_keys(&gate, &stranger)),
        ("another header", other_headers(&gate)),
        ("other claims", other_claims(&gate)),
        ("no JSON as expected", other_json(&gate)),
        ("one character exchanged", exchanged(&good)),
        ("cut off", cut_off(&good)),
        ("other parts", other_parts(&gate, &stranger, &good)),
        ("another spelling", other_spellings(&good)),
        ("too long", too_long(&gate)),
    ] {
        assert!(!tokens.is_empty(), "{kind}");
        for token in tokens {
            if gate.verifier.verify(&token).await.is_ok() {
                accepted.push((kind, token.clone()));
            }
            tried.insert(token);
        }
    }
    assert!(accepted.is_empty(), "{accepted:#?}");
    println!("{} forged or broken tokens, none accepted", tried.len());
    assert!(tried.len() >= 1000, "{}", tried.len());
    assert!(gate.verifier.verify(&good).await.is_ok(), "still");
}

const ALGORITHMS: [&str; 19] = [
    "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512",
    "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "eddsa",
];

/// The public key is public: as the secret of an HMAC, in whatever form, it must open nothing.
fn other_algorithms(gate: &Gate) -> Vec<String> {
    let jwk = gate.jwk();
    let x = jwk["x"].as_str().unwrap();
    let raw = URL_SAFE_NO_PAD.decode(x).unwrap();
    let secrets = [raw, x.as_bytes().to_vec(), jwk.to_string().into_bytes(), Vec::new()];
    let mut tokens = Vec::new();
    for algorithm in ALGORITHMS {
        for header in [gate.header(), without(gate.header(), "kid")] {
            let header = with(header, "alg", json!(algorithm)).to_string();
            let claims = claims().to_string();
            tokens.push(token_of(&header, &claims, |_| Vec::new()));
            tokens.push(token_of(&header, &claims, |text| gate.sign(text)));
            for secret in &secrets {
                for digest in [hmac::HMAC_SHA256, hmac::HMAC_SHA384, hmac::HMAC_SHA512] {
                    let key = hmac::Key::new(digest, secret);
                    let sign = |text: &[u8]| hmac::sign(&key, text).as_ref().to_vec();
                    tokens.push(token_of(&header, &claims, sign));
                }
            }
        }
    }
    tokens
}

/// Signed well, but not by the issuer; also when the token itself brings the key or says where it
/// lies.
fn foreign_keys(gate: &Gate, stranger: &Gate) -> Vec<String> {
    let own = with(gate.header(), "jwk", stranger.jwk());
    let mut headers = vec![gate.header(), stranger.header(), own];
    for place in ["jku", "x5u", "url"] {
        headers.push(with(gate.header(), place, json!("https://keys.example/set.json")));
    }
    headers.push(with(gate.header(), "x5c", json!(["MIIB"])));
    let many = |kid: &str| with(stranger.header(), "kid", json!(kid));
    headers.extend(
        [
            "../../issuer.jwks.json",
            "/dev/null",
            "file:///dev/null",
            "%2e%2e/",
            "' OR 1=1 --",
            "\u{0}",
            "*",
            "0",
            "架",
        ]
        .map(many),
    );
    headers.iter().map(|header| stranger.signed(header, &claims())).collect()
}

/// Signed by the issuer's own key throughout.
fn other_headers(gate: &Gate) -> Vec<String> {
    let types = ["JWT", "jwt", "at+JWS", "id+jwt", "logout+jwt", "", "at jwt", "secevent+jwt"];
    let mut headers: Vec<Value> =
        types.iter().map(|typ| with(gate.header(), "typ", json!(typ))).collect();
    let odd = [json!(null), json!(1), json!(true), json!([]), json!({}), json!(["EdDSA"])];
    for name in ["alg", "typ", "kid"] {
        headers.push(without(gate.header(), name));
        headers.extend(odd.iter().map(|value| with(gate.header(), name, value.clone())));
    }
    for critical in [json!(["b64"]), json!(["exp"]), json!([]), json!(["x"])] {
        headers.push(with(with(gate.header(), "crit", critical), "b64", json!(false)));
    }
    let kid = gate.kid();
    let kids = [
        kid.to_uppercase(),
        format!("{kid} "),
        format!("./{kid}"),
        format!("{kid}\u{0}"),
        kid[1..].to_owned(),
        String::new(),
        "../../../etc/passwd".to_owned(),
    ];
    headers.extend(kids.iter().map(|kid| with(gate.header(), "kid", json!(kid))));
    headers.iter().map(|header| gate.signed(header, &claims())).collect()
}

/// What must not be in a claim, though the issuer has signed it.
fn other_claims(gate: &Gate) -> Vec<String> {
    let odd = [json!(null), json!(true), json!([]), json!({}), json!(1.5), json!(-1), json!("")];
    let mut all = Vec::new();
    for name in ["iss", "aud", "sub", "office", "agency", "iat", "exp"] {
        all.push(without(claims(), name));
        all.extend(odd.iter().map(|value| with(claims(), name, value.clone())));
        all.push(with(claims(), name, json!([claims()[name]])));
        all.push(with(claims(), name, json!({"value": claims()[name]})));
        if claims()[name].is_string() {
            let text = claims()[name].as_str().unwrap().to_owned();
            for changed in [
                text.to_uppercase(),
                format!("{text} "),
                format!(" {text}"),
                format!("{text}\u{0}"),
                format!("{text}/"),
                format!("{text}\n"),
                text.repeat(20),
            ] {
                all.push(with(claims(), name, json!(changed)));
            }
        } else {
            let number = claims()[name].as_i64().unwrap();
            all.push(with(claims(), name, json!(number.to_string())));
        }
    }
    let now = now().as_second();
    let others = [ISSUER, AUDIENCE, "kakuu-2", "kaku", "another-city"];
    all.extend(others.iter().map(|other| with(claims(), "aud", json!([AUDIENCE, other]))));
    for (issued, expires) in [
        (now, now),
        (now, now - 1),
        (now + 100, now + 50),
        (now, now + 3601),
        (now - 3600, now),
        (now - 7200, now - 3600),
        (now + 61, now + 90),
        (0, now + 1),
        (now, i64::MAX),
        (i64::MIN, i64::MAX),
        (i64::MIN, now + 1),
    ] {
        all.push(with(with(claims(), "iat", json!(issued)), "exp", json!(expires)));
    }
    for exp in [json!(1e300), json!(now as f64 + 60.5), json!("soon"), json!(u64::MAX)] {
        all.push(with(claims(), "exp", exp));
    }
    for nbf in [json!(now + 61), json!("0"), json!(true), json!(i64::MAX)] {
        all.push(with(claims(), "nbf", nbf));
    }
    for roles in
        [json!("identity-officer"), json!([1]), json!({"0": "identity-officer"}), json!(null)]
    {
        all.push(with(claims(), "roles", roles));
    }
    all.iter().map(|claims| gate.signed(&gate.header(), claims)).collect()
}

/// Keys that come twice, of which another reader may take the other; and what is no object at all.
fn other_json(gate: &Gate) -> Vec<String> {
    let (header, good) = (gate.header().to_string(), claims().to_string());
    let twice = |json: &str, extra: &str| {
        let inner = json.trim_start_matches('{').trim_end_matches('}');
        [format!("{{{extra},{inner}}}"), format!("{{{inner},{extra}}}")]
    };
    let mut tokens = Vec::new();
    for extra in [r#""alg":"EdDSA""#, r#""alg":"none""#, r#""typ":"at+jwt""#, r#""kid":"other""#] {
        let headers = twice(&header, extra);
        tokens.extend(headers.iter().map(|header| token_of(header, &good, |text| gate.sign(text))));
    }
    let names = ["iss", "aud", "sub", "office", "agency", "iat", "exp"];
    for name in names {
        for value in [claims()[name].clone(), json!("municipality"), json!(4_102_444_800_i64)] {
            let doubled = twice(&good, &format!("\"{name}\":{value}"));
            tokens.extend(
                doubled.iter().map(|claims| token_of(&header, claims, |text| gate.sign(text))),
            );
        }
    }
    let no_objects =
        ["", " ", "null", "[]", "1", "\"\"", "{", "}", "{}", "{{}}", "\u{feff}{}", "{\"exp\":}"];
    for text in no_objects {
        tokens.push(token_of(text, &good, |text| gate.sign(text)));
        tokens.push(token_of(&header, text, |text| gate.sign(text)));
    }
    let behind = format!("{good}{good}");
    tokens.push(token_of(&header, &behind, |text| gate.sign(text)));
    tokens.push(token_of(&header, &format!("\u{feff}{good}"), |text| gate.sign(text)));
    tokens.push(token_of(&header, &"[".repeat(2000), |text| gate.sign(text)));
    tokens
}

/// Each character of a good token, exchanged for another of the alphabet.
fn exchanged(good: &str) -> Vec<String> {
    let exchange = |at: usize| {
        let old = good.as_bytes()[at];
        let new = if old == b'A' { 'B' } else { 'A' };
        format!("{}{new}{}", &good[..at], &good[at + 1..])
    };
    // The last character of a part may hold bits that belong to no byte: then it is refused for
    // not being the one spelling.
    (0..good.len()).map(exchange).collect()
}

fn cut_off(good: &str) -> Vec<String> {
    let (starts, ends) = (1..good.len(), 0..good.len());
    starts
        .step_by(3)
        .map(|at| good[at..].to_owned())
        .chain(ends.map(|at| good[..at].to_owned()))
        .collect()
}

fn other_parts(gate: &Gate, stranger: &Gate, good: &str) -> Vec<String> {
    let parts: Vec<&str> = good.split('.').collect();
    let [header, body, signature] = parts[..] else { unreachable!("three parts") };
    let elsewhere = stranger.signed(&stranger.header(), &claims());
    let foreign = elsewhere.rsplit('.').next().unwrap();
    let raised = with(claims(), "roles", json!(["identity-officer"]));
    let raised = gate.signed(&gate.header(), &raised);
    let raised = raised.split('.').nth(1).unwrap();
    let nested = URL_SAFE_NO_PAD.encode(good);
    vec![
        format!("{header}.{body}."),
        format!("{header}.{body}"),
        format!(".{body}.{signature}"),
        format!("{header}..{signature}"),
        format!("{header}.{body}.{foreign}"),
        format!("{header}.{raised}.{signature}"),
        format!("{body}.{header}.{signature}"),
        format!("{header}.{body}.{signature}.{signature}"),
        format!("{header}.{body}.{signature}."),
        format!(".{header}.{body}.{signature}"),
        format!("{header}.{nested}.{signature}"),
        json!({"protected": header, "payload": body, "signature": signature}).to_string(),
        json!({"payload": body, "signatures": [{"protected": header, "signature": signature}]})
            .to_string(),
    ]
}

/// A token has one spelling: two would be two entries wherever tokens are ended or counted.
fn other_spellings(good: &str) -> Vec<String> {
    let parts: Vec<Vec<u8>> =
        good.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    let spelt = |spell: &dyn Fn(&[u8]) -> String| {
        parts.iter().map(|part| spell(part)).collect::<Vec<_>>().join(".")
    };
    let mut tokens: Vec<String> = [" ", "\n", "\t", "=", "==", "\u{0}", ".", "%20", "あ"]
        .iter()
        .flat_map(|extra| [format!("{good}{extra}"), format!("{extra}{good}")])
        .collect();
    let mut spellings = vec![
        spelt(&|part| hex::encode(part)),
        spelt(&|part| STANDARD.encode(part)),
        spelt(&|part| URL_SAFE.encode(part)),
    ];
    spellings.retain(|spelling| spelling != good);
    tokens.extend(spellings);
    tokens.push(good.to_uppercase());
    tokens.push(good.to_lowercase());
    tokens.push(good.replace('.', ","));
    tokens
}

fn too_long(gate: &Gate) -> Vec<String> {
    let long = |length: usize| json!("x".repeat(length));
    let many: Vec<String> = (0..1000).map(|role| format!("role-{role}")).collect();
    let mut tokens = vec![
        gate.signed(&gate.header(), &with(claims(), "jti", long(5_000))),
        gate.signed(&gate.header(), &with(claims(), "jti", long(5_000_000))),
        gate.signed(&with(gate.header(), "x", long(5_000)), &claims()),
        gate.signed(&gate.header(), &with(claims(), "roles", json!(many))),
    ];
    tokens.extend(["A", ".", "A.", "eyJ"].map(|piece| piece.repeat(1_000_000)));
    tokens
}
