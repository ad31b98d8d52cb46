//! The doors: who gets in, how much may be asked, and what operators are told.

mod house;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use house::{House, code, text, world::*};
use serde_json::{Value, json};

async fn house() -> House {
    let world = World::with_agencies().await;
    world.refer().await;
    House::open(world).await
}

#[tokio::test]
async fn without_a_valid_token_nothing_is_run() {
    let house = house().await;
    let body = json!({"query": "{ viewer { staff } }"});
    let retired = principal("nobody-knows-this-agency");
    for token in [None, Some("Bearer x".to_owned()), Some(house.token(&retired))] {
        let mut request = house.post(CENTER, &body);
        request.headers_mut().remove(header::AUTHORIZATION);
        if let Some(token) = token {
            request.headers_mut().insert(header::AUTHORIZATION, token.parse().unwrap());
        }
        let response = house.send(request).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let answer: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(code(&answer), "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn one_json_request_by_post_and_nothing_else() {
    let house = house().await;
    let single = json!({"query": "{ viewer { staff } }"});
    assert_eq!(house.send(house.post(CENTER, &single)).await.status(), StatusCode::OK);
    let batch = house.send(house.post(CENTER, &json!([single.clone(), single.clone()]))).await;
    assert_eq!(batch.status(), StatusCode::BAD_REQUEST);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let mut request = house.post(CENTER, &single);
        request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
        assert_eq!(house.send(request).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let huge = json!({"query": format!("{{ viewer {{ staff }} }} #{}", "x".repeat(70_000))});
    assert_eq!(house.send(house.post(CENTER, &huge)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn get_never_runs_a_document() {
    let get =
        || Request::get("/graphql?query=%7Bviewer%7Bstaff%7D%7D").body(Body::empty()).unwrap();
    let development = house().await;
    let page = development.send(get()).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(text(page).await.contains("<html"));
    let production = House::opened(World::with_agencies().await, false).await;
    assert_eq!(production.send(get()).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn only_developers_explore_the_schema() {
    let query = "{ __schema { queryType { name } } }";
    let development = house().await;
    assert_eq!(
        development.ask(CENTER, query).await["data"]["__schema"]["queryType"]["name"],
        "Query"
    );
    // As deep as the tools ask.
    let of_type = format!("{}name{}", "ofType { kind ".repeat(9), " }".repeat(9));
    let whole =
        format!("{{ __schema {{ types {{ fields {{ args {{ type {{ {of_type} }} }} }} }} }} }}");
    assert!(development.ask(CENTER, &whole).await["errors"].is_null());
    let production = House::opened(World::with_agencies().await, false).await;
    let answer = production.ask(CENTER, query).await;
    assert!(!answer.to_string().contains("queryType\":{"), "{answer}");
    let misspelt = production.ask(CENTER, "{ viewr { staff } }").await.to_string();
    assert!(!misspelt.contains("Did you mean"), "{misspelt}");
}

fn repeated(times: usize, field: &str) -> String {
    let fields: String = (0..times).map(|n| format!("a{n}: {field} ")).collect();
    format!("{{ {fields} }}")
}

#[tokio::test]
async fn documents_that_ask_for_too_much_are_refused() {
    let house = house().await;
    let nested = |levels: usize| {
        let (open, close) = ("cases { person { ".repeat(levels), " } }".repeat(levels));
        format!("{{ person(id: \"x\") {{ {open} id {close} }} }}")
    };
    let aliases: String = (0..100)
        .map(|n| {
            format!("a{n}: case(id: \"x\") {{ timeline(first: 100) {{ edges {{ cursor }} }} }} ")
        })
        .collect();
    let doubling: String = (0..25)
        .map(|n| format!("fragment F{n} on Person {{ ...F{next} ...F{next} }} ", next = n + 1))
        .collect();
    let documents = [
        nested(8),
        nested(500),
        format!("{}id{}", "{a".repeat(5_000), "}".repeat(5_000)),
        format!("{{ {aliases} }}"),
        format!("{{ person(id: \"x\") {{ ...F0 }} }} {doubling} fragment F25 on Person {{ id }}"),
        "{ person(id: \"x\") { ...A } } fragment A on Person { ...A ...A }".to_owned(),
        format!("{{ {} }}", "viewr ".repeat(10_000)),
        format!("{{ viewer {{ {} }} }}", "staff ".repeat(10_000)),
        // Each looks at everybody, however little it shows.
        repeated(4, "searchPersons(name: \"架空\", first: 1) { edges { cursor } }"),
        repeated(4, "mergeCandidates(first: 1) { edges { cursor } }"),
        repeated(4, "dischargeOutcomes(fiscalYear: 2025) { discharges }"),
        repeated(4, "breakGlassFigures(fiscalYear: 2025) { uses }"),
    ];
    for document in &documents {
        let answer = house.ask(CENTER, document).await;
        assert_eq!(code(&answer), "LIMIT_EXCEEDED", "{answer}");
    }
    let directives = format!("{{ viewer {{ staff {} }} }}", "@skip(if: false) ".repeat(50));
    assert!(!code(&house.ask(CENTER, &directives).await).is_empty());
    assert!(house.reads_of(CENTER).await.is_empty(), "nothing was looked at");
}

#[tokio::test]
async fn what_a_page_of_the_console_asks_is_within_the_limits() {
    let house = house().await;
    let query = format!(
        "{{ case(id: \"{}\") {{ state person {{ familyName givenName }} agencies {{ name office }}
        timeline(first: 100) {{ edges {{ cursor node {{ position type label caseId occurredOn recordedAt
        agency {{ id name office ward }} onBehalfOf {{ name }} sight fields {{ name label value status }}
        flags {{ code message description }} }} }} pageInfo {{ endCursor hasNextPage }} }} }}
        workList(first: 50) {{ edges {{ node {{ label reason since case {{ id state person {{
        familyName givenName }} }} }} }} }} }}",
        case_id()
    );
    let answer = house.ask(CENTER, &query).await;
    assert!(answer["errors"].is_null(), "{answer}");
}

#[tokio::test]
async fn errors_say_what_is_wrong_and_not_what_was_asked() {
    let house = house().await;
    let answer = house.ask(CENTER, "{ case(id: \"x\", asOf: \"架空一郎\") { id } }").await;
    assert_eq!(code(&answer), "BAD_REQUEST");
    assert!(!answer.to_string().contains("架空"), "{answer}");
    let misspelt = house.ask(CENTER, "{ cas(id: \"架空一郎\") { id } }").await;
    assert!(!misspelt.to_string().contains("架空"), "{misspelt}");
}

#[tokio::test]
async fn operators_are_told_how_it_is_doing() {
    let house = house().await;
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(house.send(get(path)).await.status(), StatusCode::OK, "{path}");
    }
    house.ask(CENTER, "{ viewer { staff } }").await;
    let metrics = text(house.send(get("/metrics")).await).await;
    assert!(metrics.contains("tsunagi_projector_lag 0\n"), "{metrics}");
    let head = house.world.log.head().await.unwrap();
    let tells = |line: &&str| !line.starts_with('#') && line.ends_with(&format!(" {head}"));
    assert_eq!(metrics.lines().find(tells), None, "positions are hidden here too");
    assert!(metrics.contains("tsunagi_graphql_requests_total 1\n"), "{metrics}");
}
