//! Searching without a script: what is asked for stands in no address.

use axum::http::StatusCode;
use contracts::events::PersonRegistered;

use crate::browser::{
    Browser, CENTER, CITY, HOSPITAL, House, OTHER_CENTER, Page, World, acceptance, admission,
    consent, opening, referral, registration,
};

const NAME: &str = "仮名";

async fn house() -> House {
    let world = World::with_agencies().await;
    let person = PersonRegistered {
        family_name: NAME.into(),
        given_name: "花子".into(),
        family_name_kana: "カメイ".into(),
        given_name_kana: "ハナコ".into(),
        birth_date: "1967-03-15".into(),
        ..registration()
    };
    world.record(HOSPITAL, None, "2025-05-01", person).await;
    world.record(HOSPITAL, None, "2025-05-01", admission("2025-05-01")).await;
    world.record(HOSPITAL, None, "2025-05-07", consent(&[HOSPITAL, CENTER])).await;
    let case = Some(crate::browser::CASE);
    world.record(HOSPITAL, case, "2025-05-08", referral()).await;
    world.record(CENTER, case, "2025-05-15", acceptance()).await;
    world.record(CENTER, case, "2025-05-15", opening()).await;
    House::open(world).await
}

/// Asks until the directory is built.
pub async fn built(browser: &mut Browser<'_>, address: &str, entries: &[(&str, &str)]) -> Page {
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let page = if entries.is_empty() {
            browser.get(address).await
        } else {
            browser.post(address, entries).await
        };
        if page.status != StatusCode::SERVICE_UNAVAILABLE {
            return page;
        }
        assert!(tokio::time::Instant::now() < until, "{}", page.html);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn somebody_is_found_and_leads_to_the_case_and_no_address_names_them() {
    let house = house().await;
    let mut center = house.signed_in(CENTER).await;
    let form = center.get("/search").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.shows("<form method=\"post\" action=\"/search\"") && !form.shows("見つかった方"));
    let found =
        built(&mut center, "/search", &[("name", "かめい"), ("birth_date_year", "S42.3.15")]).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(found.shows("仮名 花子 さん") && found.shows("カメイ ハナコ"), "{}", found.html);
    assert!(found.shows("昭和42年3月15日（1967年）生まれ") && found.shows("姓が一致"));
    let case = format!("href=\"/cases/{}\"", crate::browser::CASE);
    assert!(found.shows(&case));
    assert!(found.shows("<title>氏名でさがす - つなぎ</title>"));
    assert!(center.sent_to.iter().all(|address| !address.contains('?')), "{:?}", center.sent_to);
    let got = center.get("/search?name=%E4%BB%AE%E5%90%8D").await;
    assert!(!got.shows("花子"), "an address asks nothing");
}

#[tokio::test]
async fn who_may_not_see_them_is_told_what_everybody_is_told_of_nobody() {
    let house = house().await;
    let mut other = house.signed_in(OTHER_CENTER).await;
    let hidden = built(&mut other, "/search", &[("name", NAME)]).await;
    let absent = other.post("/search", &[("name", "架空")]).await;
    assert_eq!(hidden.html.replace(NAME, "架空"), absent.html);
    assert!(hidden.shows("見つかりませんでした"));
}

#[tokio::test]
async fn what_cannot_be_asked_is_said_at_its_field_and_kept() {
    let house = house().await;
    let mut center = house.signed_in(CENTER).await;
    for (entries, message) in [
        (vec![("name", " ")], "「氏名またはふりがな」か「生年月日」を入力してください。"),
        (vec![("name", "か")], "かなでは2文字以上入力してください。"),
        (
            vec![("name", NAME), ("birth_date_year", "42")],
            "「生年月日」は年・月・日をすべて入力してください。",
        ),
    ] {
        let page = built(&mut center, "/search", &entries).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.shows(message), "{}", page.html);
        assert!(page.shows(&format!("value=\"{}\"", entries[0].1.trim())), "{}", page.html);
    }
    let mut city = house.signed_in(CITY).await;
    assert!(!city.get("/").await.shows("/search"), "the municipality knows nobody");
}
