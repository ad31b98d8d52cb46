//! Signing out, and being signed out: at the gateway and at the office, within a second.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use access::{Principal, RandomIds, TokenError};
use contracts::{
    events::{AgencyRetired, StaffAccessEndReason, StaffAccessEnded},
    office::{CommandContext, EndStaffAccessRequest},
};
use futures::StreamExt;
use jiff::SignedDuration;
use reqwest::StatusCode;
use tokio::time::timeout;
use tonic::{Code, Request, Status};

use crate::town::*;

async fn end_access(town: &Town, by: &Principal) -> Result<(), Status> {
    let now = town.now();
    let token = town.issuer.issue(by, now, now + SignedDuration::from_mins(5));
    let context =
        CommandContext { request_id: RandomIds::random().to_string(), ..Default::default() };
    let end = StaffAccessEnded {
        staff: principal(HOSPITAL).staff,
        reason: StaffAccessEndReason::RolesChanged.into(),
        ..Default::default()
    };
    let mut request =
        Request::new(EndStaffAccessRequest { context: Some(context), end: Some(end) });
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    town.records().end_staff_access(request).await.map(|_| ())
}

/// The console lets the visitor in no more, within a second.
async fn assert_out(visitor: &mut Visitor) {
    let began = Instant::now();
    while visitor.is_in().await {
        assert!(began.elapsed() < Duration::from_secs(1), "still signed in");
    }
}

/// A stream of news that is open ends within a second of what is done.
async fn assert_stream_ends(visitor: &Visitor, what: impl Future<Output = ()>) {
    let news = visitor.open(&format!("/cases/{CASE}/news")).await;
    let mut news = news.bytes_stream();
    assert!(news.next().await.unwrap().unwrap().starts_with(b"event: here"));
    let quiet = timeout(Duration::from_millis(300), news.next()).await;
    assert!(quiet.is_err(), "nothing is new, and the stream goes on");
    what.await;
    let end = timeout(Duration::from_secs(1), news.next()).await.expect("it ends in time");
    assert!(end.is_none(), "without a word");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_tokens_everywhere() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    town.later(SignedDuration::from_mins(1));
    let mut on_another_device = town.signed_in(&app).await;
    let (token, id) = (town.token_of(&visitor).await, visitor.cookie.clone());
    assert!(town.elsewhere.verify(&token).await.is_ok());
    let page = visitor.post("/sign-out", &[]).await;
    assert_eq!((page.status, visitor.cookie.as_ref()), (StatusCode::SEE_OTHER, None));
    town.assert_ended_everywhere(&token, TokenError::Ended).await;
    visitor.cookie = id;
    assert!(!visitor.is_in().await, "the cookie opens nothing, whoever kept it");
    assert!(on_another_device.is_in().await);
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_before_and_its_tokens_everywhere() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    let token = town.token_of(&visitor).await;
    town.later(SignedDuration::from_mins(1));
    let page = visitor.sign_in(NAME, PASSWORD, &app.code(town.now())).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    town.assert_ended_everywhere(&token, TokenError::Ended).await;
    assert!(visitor.is_in().await);
}

#[tokio::test]
async fn signing_out_ends_what_is_open() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let visitor = town.signed_in(&app).await;
    let mut same_browser = town.visitor();
    same_browser.cookie.clone_from(&visitor.cookie);
    let sign_out = async { assert_eq!(same_browser.post("/sign-out", &[]).await.status, 303) };
    assert_stream_ends(&visitor, sign_out).await;
}

#[tokio::test]
async fn where_no_office_can_be_told_the_session_ends_all_the_same() {
    let town = Town::without_offices().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    let id = visitor.cookie.clone();
    let page = visitor.post("/sign-out", &[]).await;
    assert!(page.status == StatusCode::OK && page.html.contains("最大5分"), "{}", page.html);
    visitor.cookie = id;
    assert!(!visitor.is_in().await);
}

#[tokio::test]
async fn an_account_officer_of_the_same_agency_signs_somebody_out_everywhere() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    let token = town.token_of(&visitor).await;
    let colleague = Principal { staff: "s-colleague".into(), ..principal(HOSPITAL) };
    let refused = end_access(&town, &colleague).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    // Elsewhere somebody else may have the same code.
    let stranger = Principal { agency: "center-kakuu-isogo".into(), ..officer() };
    assert_eq!(end_access(&town, &stranger).await.unwrap_err().code(), Code::Unauthenticated);
    assert!(visitor.is_in().await);
    let mut reader = town.visitor();
    reader.cookie.clone_from(&visitor.cookie);
    let ended = async { end_access(&town, &officer()).await.unwrap() };
    assert_stream_ends(&reader, ended).await;
    town.assert_ended_everywhere(&token, TokenError::Ended).await;
    assert_out(&mut visitor).await;
    // Signing in again works at once, and so does everything from there.
    town.later(SignedDuration::from_mins(1));
    let mut again = town.signed_in(&app).await;
    assert!(again.is_in().await);
    let token = town.token_of(&again).await;
    assert!(town.elsewhere.verify(&token).await.is_ok());
}

#[tokio::test]
async fn a_change_of_roles_ends_what_was_issued_before() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    let token = town.token_of(&visitor).await;
    let account = town.accounts.change_roles(NAME, &["account-officer".into()]).await.unwrap();
    let end = StaffAccessEnded {
        reason: StaffAccessEndReason::RolesChanged.into(),
        ..StaffAccessEnded::default()
    };
    let (log, clock) = (&town.log_elsewhere, &town.world.clock);
    let ended = office::end_staff_access(log, &town.world.vault, clock, &account.principal, end);
    ended.await.unwrap();
    town.assert_ended_everywhere(&token, TokenError::Ended).await;
    assert!(!visitor.is_in().await);
    town.later(SignedDuration::from_mins(1));
    let again = town.signed_in(&app).await;
    let token = town.token_of(&again).await;
    assert_eq!(town.elsewhere.verify(&token).await.unwrap().roles, ["account-officer"]);
}

#[tokio::test]
async fn whoever_works_for_a_retired_agency_is_out() {
    let town = Town::begin().await;
    let app = town.enrolled().await;
    let mut visitor = town.signed_in(&app).await;
    let token = town.token_of(&visitor).await;
    let retired = AgencyRetired { agency_id: HOSPITAL.into(), retired_on: "2025-06-01".into() };
    town.world.record_in(("agency", HOSPITAL), CITY, "2025-06-01", retired).await;
    town.assert_ended_everywhere(&token, TokenError::UnknownAgency).await;
    assert_out(&mut visitor).await;
    town.later(SignedDuration::from_mins(1));
    let mut again = town.visitor();
    again.sign_in(NAME, PASSWORD, &app.code(town.now())).await;
    assert!(!again.is_in().await);
}
