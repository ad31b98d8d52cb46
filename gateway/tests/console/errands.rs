//! What is sent to the offices: a referral, its answer, a visit.

use axum::http::StatusCode;

use crate::browser::{Browser, CASE, CENTER, HOSPITAL, House, Page, WARD_OFFICE, World};

const NAME: &str = "仮名花子";

/// The referral form, filled in.
fn filled_in<'a>(draft: &'a str, drafted_on: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("draft", draft),
        ("drafted_on", drafted_on),
        ("family_name", NAME),
        ("given_name", "はな"),
        ("family_name_kana", "カメイ"),
        ("given_name_kana", "はな"),
        ("birth_date_year", "S42.3.15"),
        ("residence_ward", "14107"),
        ("admitted_on_era", "令和"),
        ("admitted_on_year", "7"),
        ("admitted_on_month", "5"),
        ("admitted_on_day", "1"),
        ("topics", "2"),
        ("topics", "3"),
        ("agency_ids", CENTER),
        ("agency_ids", WARD_OFFICE),
        ("given_on_era", "令和"),
        ("given_on_year", "7"),
        ("given_on_month", "5"),
        ("given_on_day", "30"),
        ("method", "1"),
        ("to_agency_id", CENTER),
        ("track_requested", "1"),
        ("ground", "2"),
        ("wishes", "静かな町で暮らしたい"),
    ]
}

async fn empty_house() -> House {
    House::open(World::with_agencies().await).await
}

async fn begun(hospital: &mut Browser<'_>) -> (String, String) {
    let form = hospital.get("/referrals/new").await;
    assert_eq!(form.status, StatusCode::OK);
    (form.hidden("draft"), form.hidden("drafted_on"))
}

#[tokio::test]
async fn a_referral_is_checked_sent_once_and_arrives() {
    let house = empty_house().await;
    let mut hospital = house.signed_in(HOSPITAL).await;
    let (draft, drafted_on) = begun(&mut hospital).await;
    let entries = filled_in(&draft, &drafted_on);
    let check = hospital.post("/referrals/check", &entries).await;
    assert!(
        check.shows("昭和42年3月15日（1967年）") && check.shows("退院サポート"),
        "{}",
        check.html
    );
    assert!(check.shows("formaction=\"/referrals/new#family_name\""));
    let changed = hospital.post("/referrals/new", &entries).await;
    assert!(changed.shows(&format!("value=\"{NAME}\"")), "entries are kept");
    let before = house.world.log.head().await.unwrap();
    let receipt = hospital.post("/referrals", &entries).await;
    assert!(receipt.shows("受付番号") && receipt.shows("架空磯子センター"), "{}", receipt.html);
    let after = house.world.log.head().await.unwrap();
    assert_eq!(after - before, 4);
    for _ in 0..9 {
        let again = hospital.post("/referrals", &entries).await;
        assert_eq!(again.html, receipt.html);
    }
    assert_eq!(house.world.log.head().await.unwrap(), after, "pressed ten times, sent once");
    let list = house.signed_in(CENTER).await.get("/").await;
    assert!(list.shows("紹介への回答") && list.shows(NAME));
    nothing_personal(&hospital);
}

/// Addresses name cases and positions and nothing else.
fn nothing_personal(browser: &Browser<'_>) {
    for address in &browser.sent_to {
        assert!(address.is_ascii() && address.len() < 120, "{address}");
        for part in [NAME, "1967", "14107", "S42", "%"] {
            assert!(!address.contains(part), "{address}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_twice_and_what_was_entered_is_kept() {
    let house = empty_house().await;
    let mut hospital = house.signed_in(HOSPITAL).await;
    let (draft, drafted_on) = begun(&mut hospital).await;
    let mut entries = filled_in(&draft, &drafted_on);
    entries.retain(|(name, _)| *name != "given_name" && *name != "agency_ids");
    for address in ["/referrals/check", "/referrals"] {
        let page = hospital.post(address, &entries).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.shows("<title>エラー：紹介・情報提供"));
        assert!(page.shows("<a href=\"#given_name\">「名」を入力してください。</a>"));
        assert!(page.shows("id=\"given_name-error\">＊「名」を入力してください。"));
        assert!(page.shows("<a href=\"#agency_ids\">「同意する機関」を選択してください。</a>"));
        assert!(page.shows(NAME) && page.hidden("draft") == draft);
    }
    assert_eq!(house.world.log.head().await.unwrap(), 5, "nothing was sent");
}

#[tokio::test]
async fn when_no_office_answers_the_entries_are_kept() {
    let house = House::without_offices(World::with_agencies().await).await;
    keeps_the_entries(&house).await;
}

#[tokio::test]
async fn when_an_office_never_says_anything_the_entries_are_kept() {
    let (house, _silent) = House::with_a_silent_office(World::with_agencies().await).await;
    keeps_the_entries(&house).await;
}

async fn keeps_the_entries(house: &House) {
    let mut hospital = house.signed_in(HOSPITAL).await;
    let (draft, drafted_on) = begun(&mut hospital).await;
    let page = hospital.post("/referrals", &filled_in(&draft, &drafted_on)).await;
    assert!(page.shows("いまは送信できませんでした。") && page.shows(NAME));
    assert_eq!(page.hidden("draft"), draft);
}

async fn referred() -> House {
    let world = World::with_agencies().await;
    world.refer().await;
    House::open(world).await
}

async fn form(center: &mut Browser<'_>, name: &str) -> Page {
    let page = center.get(&format!("/cases/{CASE}/{name}/new")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    page
}

#[tokio::test]
async fn a_center_takes_a_referral_on() {
    let house = referred().await;
    let mut center = house.signed_in(CENTER).await;
    let case = center.get(&format!("/cases/{CASE}")).await;
    assert!(case.shows("この紹介は、回答を待っています"));
    let acceptance = form(&mut center, "acceptance").await;
    assert!(acceptance.shows("value=\"1\" checked"), "what was asked for is chosen");
    let draft = acceptance.hidden("draft");
    let entries = [("draft", draft.as_str()), ("track", "1")];
    let address = format!("/cases/{CASE}/acceptance");
    let page = center.post(&address, &entries).await;
    assert!(page.shows("「紹介の受理」を記録しました。"), "{}", page.html);
    assert!(page.shows("支援の準備中") && !page.shows("この紹介は、回答を待っています"));
    let head = house.world.log.head().await.unwrap();
    let again = center.post(&address, &entries).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(house.world.log.head().await.unwrap(), head);
    let late = center.get(&format!("/cases/{CASE}/acceptance/new")).await;
    assert!(late.shows("これまでの記録"), "what was answered leads back to the case");
    nothing_personal(&center);
}

#[tokio::test]
async fn a_center_asks_for_what_is_missing() {
    let house = referred().await;
    let mut center = house.signed_in(CENTER).await;
    let draft = form(&mut center, "return").await.hidden("draft");
    let address = format!("/cases/{CASE}/return");
    let empty = center.post(&address, &[("draft", &draft), ("note", "お願いします")]).await;
    assert!(empty.shows("<a href=\"#missing\">「不足している事項」を選択してください。</a>"));
    assert!(empty.shows("お願いします"));
    let page =
        center.post(&address, &[("draft", &draft), ("missing", "1"), ("missing", "4")]).await;
    assert!(page.shows("「紹介の差戻し」を記録しました。"), "{}", page.html);
    let list = house.signed_in(HOSPITAL).await.get("/").await;
    assert!(list.shows("紹介の補足"));
}

#[tokio::test]
async fn a_visit_is_recorded_and_what_is_odd_about_it_is_said() {
    let world = World::with_agencies().await;
    world.support().await;
    let house = House::open(world).await;
    let mut center = house.signed_in(CENTER).await;
    let visit = form(&mut center, "ward-visits").await;
    assert!(visit.shows("入院中</option>"), "{}", visit.html);
    let draft = visit.hidden("draft");
    let address = format!("/cases/{CASE}/ward-visits");
    let mut entries = vec![
        ("draft", draft.as_str()),
        ("episode_id", crate::browser::EPISODE),
        ("visited_on_year", "R7/4/20"),
        ("method", "1"),
        ("purpose", "1"),
        ("round_no", "二"),
        ("summary", "病棟の中庭で話した"),
    ];
    let wrong = center.post(&address, &entries).await;
    assert!(wrong.shows("「訪問回数」は数字で入力してください。") && wrong.shows("病棟の中庭"));
    entries.retain(|(name, _)| *name != "round_no");
    entries.push(("round_no", "３"));
    let page = center.post(&address, &entries).await;
    assert!(page.shows("「病棟訪問」を記録しました。"), "{}", page.html);
    assert!(page.shows("この日に入院の記録がありません。") && page.shows("病棟の中庭で話した"));
    nothing_personal(&center);
    let once = center.get(center.sent_to.last().cloned().unwrap().as_str()).await;
    assert!(!once.shows("を記録しました。"), "a notice is said once");
}
