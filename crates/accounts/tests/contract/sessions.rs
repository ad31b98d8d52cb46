//! How long a session lives.

use jiff::SignedDuration;

use crate::{databases::Database, desk::*};

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

pub async fn a_session_ends_when_nobody_is_there(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let session = desk.sign_in(&app).await;
    for _ in 0..3 {
        desk.later(minutes(15) - SignedDuration::from_secs(1));
        let seen = desk.accounts.see_session(&session.id).await.unwrap();
        assert_eq!(seen.as_ref(), Some(&session.session));
    }
    desk.later(minutes(15));
    assert!(desk.accounts.see_session(&session.id).await.unwrap().is_none());
    assert!(!desk.is_open(&session.id).await);
}

pub async fn a_session_ends_after_twelve_hours_whatever_happens(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let session = desk.sign_in(&app).await;
    assert_eq!(session.session.ends_at, desk.now() + SignedDuration::from_hours(12));
    for _ in 0..71 {
        desk.later(minutes(10));
        assert!(desk.accounts.see_session(&session.id).await.unwrap().is_some());
    }
    desk.later(minutes(10));
    assert!(desk.accounts.see_session(&session.id).await.unwrap().is_none());
}

pub async fn looking_is_no_sign_that_somebody_is_there(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let session = desk.sign_in(&app).await;
    desk.later(minutes(14));
    assert!(desk.is_open(&session.id).await);
    desk.later(minutes(1));
    assert!(!desk.is_open(&session.id).await);
}

pub async fn a_session_ends_when_its_account_changes(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let session = desk.sign_in(&app).await;
    let code = {
        desk.later(minutes(1));
        app.code(desk.now())
    };
    let admitted = desk.try_in(NAME, PASSWORD, &code).await.ok().unwrap();
    desk.accounts.change_roles(NAME, &["account-officer".into()]).await.unwrap();
    assert!(!desk.is_open(&session.id).await);
    let late = desk.accounts.begin_session(&admitted, 0).await.unwrap();
    assert!(late.is_none(), "who was admitted before does not get in with the roles of before");
    desk.later(minutes(1));
    let session = desk.sign_in(&app).await;
    assert_eq!(session.session.principal.roles, ["account-officer"]);
    desk.accounts.end(NAME).await.unwrap();
    assert!(!desk.is_open(&session.id).await);
}

pub async fn each_session_has_an_id_of_its_own_and_ends_alone(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let one = desk.sign_in(&app).await;
    desk.later(minutes(1));
    let two = desk.sign_in(&app).await;
    assert_ne!(one.id, two.id);
    assert_eq!(one.id.len(), 43, "256 bits in base64");
    assert_ne!(one.session.tokens.id, two.session.tokens.id);
    desk.accounts.end_session(&one.id).await.unwrap();
    assert!(!desk.is_open(&one.id).await && desk.is_open(&two.id).await);
    for made_up in ["", "x", &two.session.tokens.id, &two.id[1..]] {
        assert!(!desk.is_open(made_up).await);
    }
}

pub async fn nothing_secret_lies_in_the_database(database: &Database) {
    let desk = Desk::open(database).await;
    let invitation = desk.invite("umi.kakuu", "s-2").await;
    let app = desk.enrolled().await;
    let session = desk.sign_in(&app).await;
    let _ = desk.try_in("kaze.kakuu", PASSWORD, "000000").await;
    let kept = database.bytes().await;
    let code = invitation.code.replace('-', "");
    for secret in [
        PASSWORD.as_bytes(),
        session.id.as_bytes(),
        invitation.code.as_bytes(),
        code.as_bytes(),
        app.secret(),
        b"kaze.kakuu",
    ] {
        assert!(!kept.windows(secret.len()).any(|window| window == secret));
    }
    assert!(kept.windows(NAME.len()).any(|window| window == NAME.as_bytes()), "it is looked into");
}
