//! From the invitation to the first page.

use reqwest::StatusCode;

use crate::town::*;

#[tokio::test]
async fn who_was_invited_enrols_and_is_signed_in() {
    let town = Town::begin().await;
    let code = town.invite().await;
    let mut visitor = town.visitor();
    let sign_in = visitor.get("/sign-in").await;
    assert!(sign_in.html.contains("href=\"/enrol\"") && !sign_in.html.contains("デモ"));
    assert!(visitor.get("/enrol").await.html.contains("72時間"));
    let page = visitor.enrol(&code, PASSWORD).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("<svg") && page.html.contains("otpauth://totp/Tsunagi:s-reader?"));
    assert_eq!(page.headers["cache-control"], "no-store");
    let app = App::of(&page);
    let wrong = [("login_name", NAME), ("enrolment_code", &code), ("code", "1")];
    let again = visitor.post("/enrol/confirm", &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let now = town.now();
    assert_eq!(App::of(&again).code(now), app.code(now), "the same second factor is shown");
    town.later(jiff::SignedDuration::from_secs(60));
    let right = app.code(town.now());
    let right = [("login_name", NAME), ("enrolment_code", &code), ("code", &right)];
    assert_eq!(visitor.post("/enrol/confirm", &right).await.status, StatusCode::SEE_OTHER);
    assert!(visitor.is_in().await);
    town.later(jiff::SignedDuration::from_hours(2));
    let used = visitor.enrol(&code, PASSWORD).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_words() {
    let town = Town::begin().await;
    let code = town.invite().await;
    let mut visitor = town.visitor();
    for (password, words) in [("短い", "12文字以上"), ("Tsunagi-2026!", "推測されやすい")]
    {
        let page = visitor.enrol(&code, password).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.html.contains(words) && !page.html.contains(password));
    }
    let entries = [("password", "a"), ("password_again", "b")];
    assert!(visitor.post("/enrol", &entries).await.html.contains("一致しません"));
    let stranger = visitor.enrol("AAAA", PASSWORD).await;
    assert!(stranger.html.contains("組み合わせが正しくないか"));
}
