//! Who gets in, what every page carries, and what another site cannot do.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tower::ServiceExt;

use crate::browser::{CASE, CENTER, CITY, HOSPITAL, House, OTHER_CENTER, World};

async fn house() -> House {
    let world = World::with_agencies().await;
    world.support().await;
    House::without_offices(world).await
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_sign_in() {
    let house = house().await;
    for address in ["/", "/referrals/new", "/outcomes", "/cases/x", "/cases/x/ward-visits/new"] {
        let mut browser = house.browser();
        let page = browser.get(address).await;
        assert_eq!(browser.sent_to, ["/sign-in"]);
        assert!(page.shows("デモの利用者") && page.shows("デモ環境"));
    }
}

#[tokio::test]
async fn a_persona_signs_in_and_out() {
    let house = house().await;
    let mut browser = house.browser();
    let nobody = browser.post("/sign-in", &[("persona", "nobody")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.shows("<title>エラー：サインイン"));
    let page = browser.post("/sign-in", &[("persona", CENTER)]).await;
    assert!(page.shows("架空磯子センター") && page.shows("<h1>仕事の一覧</h1>"));
    browser.post("/sign-out", &[]).await;
    assert_eq!(browser.sent_to, ["/", "/sign-in"]);
    browser.get("/").await;
    assert_eq!(browser.sent_to.last().map(String::as_str), Some("/sign-in"));
}

#[tokio::test]
async fn a_session_ends_with_its_token() {
    let house = house().await;
    let mut browser = house.signed_in(CENTER).await;
    house.world.set_day("2025-06-02");
    browser.get("/").await;
    assert_eq!(browser.sent_to.last().map(String::as_str), Some("/sign-in"));
}

#[tokio::test]
async fn every_answer_carries_our_headers() {
    let house = house().await;
    let case = format!("/cases/{CASE}");
    let mut browser = house.signed_in(CENTER).await;
    for address in ["/", "/sign-in", "/nowhere", "/referrals/new", &case, "/assets/console.css"] {
        let page = browser.get(address).await;
        let header = |name: &str| page.headers[name].to_str().unwrap();
        assert!(header("content-security-policy").starts_with("default-src 'none';"));
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        let kept = if address.starts_with("/assets") { "no-cache" } else { "no-store" };
        assert_eq!(header("cache-control"), kept, "{address}");
    }
}

#[tokio::test]
async fn another_site_can_make_the_browser_send_nothing() {
    let house = house().await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request =
            Request::post("/sign-in").header(name, value).header(header::HOST, "localhost");
        let request = request.body(Body::from(format!("persona={CENTER}"))).unwrap();
        let response = house.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(!response.headers().contains_key(header::SET_COOKIE));
    }
}

#[tokio::test]
async fn absent_and_hidden_are_the_same_page() {
    let house = house().await;
    let mut stranger = house.signed_in(OTHER_CENTER).await;
    let hidden = stranger.get(&format!("/cases/{CASE}")).await;
    let absent = stranger.get("/cases/00000000-0000-4000-8000-000000000000").await;
    let nowhere = stranger.get("/nowhere").await;
    assert_eq!((hidden.status, absent.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(hidden.html, absent.html);
    assert_eq!(hidden.html, nowhere.html);
    let forms = ["ward-visits/new", "acceptance/new", "return/new"];
    for form in forms {
        let page = stranger.get(&format!("/cases/{CASE}/{form}")).await;
        assert_eq!((page.status, &page.html), (StatusCode::NOT_FOUND, &hidden.html));
    }
}

#[tokio::test]
async fn pages_of_one_office_are_not_those_of_another() {
    let house = house().await;
    let mut center = house.signed_in(CENTER).await;
    assert_eq!(center.get("/referrals/new").await.status, StatusCode::FORBIDDEN);
    assert_eq!(center.get("/outcomes").await.status, StatusCode::FORBIDDEN);
    let mut hospital = house.signed_in(HOSPITAL).await;
    let visit = format!("/cases/{CASE}/ward-visits/new");
    assert_eq!(hospital.get(&visit).await.status, StatusCode::FORBIDDEN);
    let mut city = house.signed_in(CITY).await;
    assert_eq!(city.get("/outcomes").await.status, StatusCode::OK);
}
