//! The flow against a provider that others have made.

mod provider;

use jiff::Timestamp;
use provider::{Client, Others, Way};
use relying_party::{Answer, OidcError};

/// The provider has a clock of its own, and it is the machine's.
#[expect(clippy::disallowed_methods, reason = "the other process asks the same clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

#[tokio::test]
async fn somebody_signs_in_at_a_provider_that_others_have_made() {
    for way in [Way::Secret, Way::PrivateKey] {
        let provider = Others::start(way).await;
        let party = provider.party();
        let (address, begun) = party.begin(now()).await.expect("it begins");
        let answer = Client::default().sign_in(address, "subject-1", "pwd otp").await;
        let told = party.finish(&begun, &answer, now()).await;
        assert_eq!(told.expect("it holds").0, "subject-1");
        // A code is good once, and its answer belongs to nobody else.
        let again = party.finish(&begun, &answer, now()).await;
        assert!(matches!(again, Err(OidcError::Refused)));
        let nowhere = Answer { iss: None, ..answer };
        let told = party.finish(&begun, &nowhere, now()).await;
        assert!(matches!(told, Err(OidcError::Foreign)), "this provider says that it names itself");
    }
}

#[tokio::test]
async fn a_password_alone_is_too_weak() {
    let provider = Others::start(Way::Secret).await;
    let party = provider.party();
    let (address, begun) = party.begin(now()).await.expect("it begins");
    let answer = Client::default().sign_in(address, "subject-1", "pwd").await;
    let told = party.finish(&begun, &answer, now()).await;
    assert!(matches!(told, Err(OidcError::TooWeak)));
}
