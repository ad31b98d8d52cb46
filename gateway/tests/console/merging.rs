//! Two officers put together who was registered twice, through the pages alone.

use axum::http::StatusCode;
use contracts::events::PersonRegistered;
use uuid::Uuid;

use crate::{
    browser::{CITY, HOSPITAL, House, OFFICERS, OTHER_CENTER, PERSON, World, registration},
    searching::built,
};

const OTHER: Uuid = Uuid::from_u128(0xB);
const PAGE: &str = "/merge-candidates";

async fn house() -> House {
    let world = World::with_agencies().await;
    let person = |family: &str| PersonRegistered {
        family_name: family.into(),
        given_name: "花子".into(),
        family_name_kana: "ワタナベ".into(),
        given_name_kana: "ハナコ".into(),
        birth_date: "1967-03-15".into(),
        ..registration()
    };
    world.record(HOSPITAL, None, "2025-05-01", person("渡邊")).await;
    world.record_about(OTHER, OTHER_CENTER, None, "2025-05-02", person("渡辺")).await;
    House::open(world).await
}

#[tokio::test]
async fn one_officer_proposes_and_another_approves() {
    let house = house().await;
    let (person, other) = (PERSON.to_string(), OTHER.to_string());
    let mut first = house.signed_in(OFFICERS[0]).await;
    let page = built(&mut first, PAGE, &[]).await;
    assert!(page.shows("渡邊 花子") && page.shows("渡辺 花子"), "{}", page.html);
    assert!(page.shows("生年月日が一致") && page.shows("href=\"/merge-candidates\" aria-current"));
    let draft = page.hidden("draft");
    let mut proposal = vec![
        ("draft", draft.as_str()),
        ("one", &person),
        ("other", &other),
        ("surviving", &other),
        ("evidence", ""),
    ];
    let refused = first.post("/merge-candidates/proposals", &proposal).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.shows("同一人物と判断した根拠"), "{}", refused.html);
    assert!(refused.shows(&format!("value=\"{other}\" checked")), "what was chosen is kept");
    proposal[4].1 = "電話で本人に確認した";
    let proposed = first.post("/merge-candidates/proposals", &proposal).await;
    assert_eq!(proposed.status, StatusCode::OK, "{}", proposed.html);
    assert!(proposed.shows("「本人記録の統合の提案」を記録しました。"), "{}", proposed.html);
    assert!(
        proposed.shows("自分の提案は承認できません") && proposed.shows("いま、候補はありません")
    );
    assert!(!proposed.shows("同一人物として統合する"));
    let head = house.world.log.head().await.unwrap();
    first.post("/merge-candidates/proposals", &proposal).await;
    assert_eq!(house.world.log.head().await.unwrap(), head, "pressed twice, said once");

    let mut second = house.signed_in(OFFICERS[1]).await;
    let waiting = second.get(PAGE).await;
    let entries = ["draft", "proposal_id", "surviving"].map(|name| (name, waiting.hidden(name)));
    assert_eq!(entries[2].1, other);
    let entries: Vec<_> = entries.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let merged = second.post("/merge-candidates/approvals", &entries).await;
    assert!(merged.shows("「本人記録の統合」を記録しました。"), "{}", merged.html);
    assert!(merged.shows("承認を待っている提案はありません"));
    let addresses = first.sent_to.iter().chain(&second.sent_to);
    assert!(
        addresses.into_iter().all(|address| !address.contains(&person) && !address.contains('%'))
    );
    let mut hospital = house.signed_in(HOSPITAL).await;
    let found = hospital.post("/search", &[("name", "渡辺")]).await;
    assert_eq!(found.html.matches("さん</span>").count(), 1, "{}", found.html);
}

#[tokio::test]
async fn an_officer_declines_with_a_reason() {
    let house = house().await;
    let (person, other) = (PERSON.to_string(), OTHER.to_string());
    let mut first = house.signed_in(OFFICERS[0]).await;
    let draft = built(&mut first, PAGE, &[]).await.hidden("draft");
    let proposal = [
        ("draft", draft.as_str()),
        ("one", &person),
        ("other", &other),
        ("surviving", &person),
        ("evidence", "氏名と生年月日"),
    ];
    first.post("/merge-candidates/proposals", &proposal).await;
    let mut second = house.signed_in(OFFICERS[1]).await;
    let waiting = second.get(PAGE).await;
    let entries = ["draft", "proposal_id", "surviving"].map(|name| (name, waiting.hidden(name)));
    let mut entries: Vec<_> = entries.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = second.post("/merge-candidates/declines", &entries).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.shows("却下の理由"), "{}", refused.html);
    entries.push(("reason", "別の方と確認した"));
    let declined = second.post("/merge-candidates/declines", &entries).await;
    assert!(declined.shows("「本人記録の統合の却下」を記録しました。"), "{}", declined.html);
    assert!(declined.shows("いま、候補はありません") && declined.shows("提案はありません"));
}

/// So many persons, each registered twice.
async fn many(pairs: u128) -> House {
    let world = World::with_agencies().await;
    for pair in 0..pairs {
        let person = PersonRegistered {
            family_name: "架空".into(),
            given_name: format!("人{pair}"),
            birth_date: format!("19{}-03-15", 50 + pair),
            ..registration()
        };
        for (agency, number) in [(HOSPITAL, 0x100 + pair), (OTHER_CENTER, 0x200 + pair)] {
            let id = Uuid::from_u128(number);
            world.record_about(id, agency, None, "2025-05-01", person.clone()).await;
        }
    }
    House::open(world).await
}

#[tokio::test]
async fn on_the_second_page_what_was_entered_is_kept_and_no_address_names_anybody() {
    let house = many(11).await;
    let mut officer = house.signed_in(OFFICERS[0]).await;
    let page = built(&mut officer, PAGE, &[]).await;
    assert_eq!(page.html.matches("統合を提案する").count(), 10, "{}", page.html);
    let next = page.html.split("href=\"/merge-candidates?after=").nth(1).expect("more");
    let next = format!("{PAGE}?after={}", next.split('"').next().unwrap());
    assert!(!next.contains("00000000-0000"), "{next}");
    let second = officer.get(&next).await;
    assert_eq!(second.html.matches("統合を提案する").count(), 1, "{}", second.html);
    let entries = ["draft", "one", "other", "after"].map(|name| (name, second.hidden(name)));
    let mut entries: Vec<_> = entries.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // The evidence alone is no choice of who goes on.
    entries.push(("evidence", "電話で本人に確認した"));
    let refused = officer.post("/merge-candidates/proposals", &entries).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.shows("電話で本人に確認した"), "{}", refused.html);
    assert_eq!(refused.hidden("draft"), entries[0].1);
    assert_eq!(refused.hidden("one"), entries[1].1);
}

#[tokio::test]
async fn it_is_nobody_elses_page() {
    let house = house().await;
    for agency in [HOSPITAL, CITY] {
        let mut reader = house.signed_in(agency).await;
        let page = reader.get(PAGE).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{agency}");
        assert!(!page.shows("渡"), "{agency}");
        let entries = [("surviving", &*PERSON.to_string()), ("evidence", "x")];
        let sent = reader.post("/merge-candidates/proposals", &entries).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{agency}");
    }
    assert_eq!(house.world.log.head().await.unwrap(), 7);
}
