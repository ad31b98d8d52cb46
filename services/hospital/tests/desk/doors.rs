//! Who comes in.

use access::Clock;
use contracts::Office;
use jiff::SignedDuration;
use office::testing::{refused, with_token};
use tonic::{Code, Request};

use crate::office_of_test::{TestOffice, registration};

#[tokio::test]
async fn without_a_valid_token_nobody_comes_in() {
    let office = TestOffice::open().await;
    let house = &office.house;
    let head = house.head().await;
    let good = house.token(Office::Hospital, "hospital-a");
    let shifted = format!("{}x{}", &good[..60], &good[61..]);
    let cases = [
        ("Basic YTpi".to_owned(), "TOKEN_MISSING"),
        ("Bearer".to_owned(), "TOKEN_MISSING"),
        ("Bearer not-a-token".to_owned(), "TOKEN_INVALID"),
        (format!("Bearer {shifted}"), "TOKEN_INVALID"),
        (format!("Bearer {}", house.forged_token(Office::Hospital, "hospital-a")), "TOKEN_INVALID"),
        (format!("Bearer {}", house.token(Office::Hospital, "nobody")), "TOKEN_INVALID"),
        (format!("Bearer {}", house.token(Office::Hospital, "center-a")), "TOKEN_INVALID"),
    ];
    for (header, reason) in cases {
        let mut request = Request::new(registration());
        request.metadata_mut().insert("authorization", header.parse().unwrap());
        let refused = refused(office.client().register_person(request).await);
        assert_eq!((refused.code, refused.reason.as_str()), (Code::Unauthenticated, reason));
        assert!(refused.japanese.ends_with('。'));
    }
    let silent = refused(office.client().register_person(Request::new(registration())).await);
    assert_eq!((silent.code, silent.reason.as_str()), (Code::Unauthenticated, "TOKEN_MISSING"));
    assert_eq!(house.head().await, head);
}

#[tokio::test]
async fn the_scheme_may_be_written_as_it_likes() {
    let office = TestOffice::open().await;
    let mut request = Request::new(registration());
    let header = format!("bearer {}", office.house.token(Office::Hospital, "hospital-a"));
    request.metadata_mut().insert("authorization", header.parse().unwrap());
    assert!(office.client().register_person(request).await.is_ok());
}

#[tokio::test]
async fn a_token_is_good_until_it_expires_also_when_it_is_known() {
    let office = TestOffice::open().await;
    let token = office.house.token(Office::Hospital, "hospital-a");
    let ask = async || office.client().register_person(with_token(&token, registration())).await;
    let issued = office.house.clock.now();
    office.house.clock.set(issued + SignedDuration::from_secs(3599));
    assert!(ask().await.is_ok());
    let head = office.house.head().await;
    office.house.clock.set(issued + SignedDuration::from_secs(3600));
    let refused = refused(ask().await);
    assert_eq!((refused.code, refused.reason.as_str()), (Code::Unauthenticated, "TOKEN_EXPIRED"));
    assert_eq!(office.house.head().await, head);
}

#[tokio::test]
async fn a_retired_agency_is_told_what_a_forger_is_told() {
    let office = TestOffice::open().await;
    assert!(office.register("hospital-b", registration()).await.is_ok());
    office.house.retire("hospital-b").await;
    let head = office.house.head().await;
    let retired = refused(office.register("hospital-b", registration()).await);
    assert_eq!(retired.reason, "TOKEN_INVALID");
    let forged = office.house.forged_token(Office::Hospital, "hospital-b");
    let forged = office.client().register_person(with_token(&forged, registration())).await;
    assert_eq!(retired.bytes, refused(forged).bytes);
    assert_eq!(office.house.head().await, head);
}

#[tokio::test]
async fn other_offices_have_doors_of_their_own() {
    let office = TestOffice::open().await;
    let head = office.house.head().await;
    for agency in ["center-a", "core-a", "ward-a", "municipality"] {
        let refused = refused(office.register(agency, registration()).await);
        let found = (refused.code, refused.reason.as_str());
        assert_eq!(found, (Code::PermissionDenied, "WRONG_OFFICE"));
    }
    assert_eq!(office.house.head().await, head);
}
