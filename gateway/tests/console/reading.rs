//! What the pages show, and to whom.

use axum::http::StatusCode;

use crate::browser::{CASE, CENTER, CITY, HOSPITAL, House, World, discharge};

async fn house() -> House {
    let world = World::with_agencies().await;
    world.support().await;
    House::without_offices(world).await
}

#[tokio::test]
async fn a_work_list_says_what_waits_since_when_and_for_whom() {
    let world = World::with_agencies().await;
    world.refer().await;
    let house = House::without_offices(world).await;
    let page = house.signed_in(CENTER).await.get("/").await;
    assert!(page.shows("紹介への回答") && page.shows("架空 一郎 さん"));
    assert!(page.shows("令和7年5月8日（2025年）から（<strong>24日前</strong>）"));
    assert!(page.shows(&format!("href=\"/cases/{CASE}\"")));
    let empty = house.signed_in(CITY).await.get("/").await;
    assert!(empty.shows("いま対応を待っている仕事はありません。"));
}

#[tokio::test]
async fn a_timeline_is_read_now_and_as_of_a_day() {
    let house = house().await;
    let mut center = house.signed_in(CENTER).await;
    let now = center.get(&format!("/cases/{CASE}")).await;
    assert!(now.shows("<h1>架空 一郎 さん</h1>") && now.shows("二回目の面談"));
    assert!(!now.html.contains("<title>架空"), "names do not stand in titles");
    assert!(now.shows("data-news"));
    let then = center.get(&format!("/cases/{CASE}?asOf=2025-05-20")).await;
    assert!(then.shows("一回目の面談") && !then.shows("二回目の面談"));
    assert!(then.shows("令和7年5月20日（2025年）までに起きたことだけ"));
    assert!(!then.shows("ward-visits/new"), "nothing is done in the past");
    let nonsense = center.get(&format!("/cases/{CASE}?after=nonsense")).await;
    assert_eq!(nonsense.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_long_timeline_has_pages() {
    let world = World::with_agencies().await;
    world.support().await;
    for day in 1..=25 {
        let day = format!("2025-05-{day:02}");
        let visit = crate::browser::visit(&day, &format!("面談の記録 {day}"));
        world.record(CENTER, Some(CASE), &day, visit).await;
    }
    let house = House::without_offices(world).await;
    let mut center = house.signed_in(CENTER).await;
    let first = center.get(&format!("/cases/{CASE}")).await;
    assert!(!first.shows("面談の記録 2025-05-01"));
    let next = first.html.split("class=\"more\" href=\"").nth(1).expect("there is more");
    let second = center.get(next.split('"').next().unwrap()).await;
    assert!(second.shows("面談の記録 2025-05-01"));
}

#[tokio::test]
async fn a_hospital_has_no_buttons_of_a_center() {
    let house = house().await;
    let page = house.signed_in(HOSPITAL).await.get(&format!("/cases/{CASE}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.shows("ward-visits/new") && !page.shows("acceptance/new"));
}

#[tokio::test]
async fn the_municipality_sees_figures_and_nobody() {
    let house = house().await;
    house.world.record(HOSPITAL, None, "2025-05-30", discharge("2025-05-30")).await;
    let mut city = house.signed_in(CITY).await;
    let page = city.get("/outcomes?fiscalYear=2025&unit=discharge").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.shows("令和7年度は1件の退院がありました。") && page.shows("少人数のため取扱注意"));
    assert!(page.shows("<svg") && page.shows("role=\"img\"") && page.shows("<desc"));
    assert!(!page.shows("一郎"));
    let case = city.get(&format!("/cases/{CASE}")).await;
    assert_eq!(case.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_saw_the_person_is_told_by_the_agency_that_leads_the_case() {
    let house = house().await;
    house.signed_in(HOSPITAL).await.get(&format!("/cases/{CASE}")).await;
    let mut center = house.signed_in(CENTER).await;
    let case = center.get(&format!("/cases/{CASE}")).await;
    let address = format!("/cases/{CASE}/accesses");
    assert!(case.shows(&format!("href=\"{address}\"")));
    let page = center.get(&address).await;
    assert!(page.shows("架空 一郎 さんの記録を見た人") && page.shows("架空みなと病院"));
    assert!(page.shows("支援のため（ケースの記録を開いた）") && page.shows("病棟訪問"));
    assert!(!page.html.contains("<title>架空"), "names do not stand in titles");
    let mut hospital = house.signed_in(HOSPITAL).await;
    assert!(!hospital.get(&format!("/cases/{CASE}")).await.shows(&address));
    assert_eq!(hospital.get(&address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_record_no_page_shows_anything() {
    let house = house().await;
    let mut center = house.signed_in(CENTER).await;
    let case = format!("/cases/{CASE}");
    let pages =
        ["/".to_owned(), case.clone(), format!("{case}/accesses"), format!("{case}/return/new")];
    let names = ["一郎", "面談", "磯子区で暮らしたい"];
    for address in &pages[..3] {
        let page = center.get(address).await;
        assert!(names.iter().any(|name| page.shows(name)), "{address}: {}", page.html);
    }
    house.world.reads.clone().close().await;
    for address in &pages {
        let page = center.get(address).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{address}");
        assert!(names.iter().all(|name| !page.shows(name)), "{address}");
    }
}
