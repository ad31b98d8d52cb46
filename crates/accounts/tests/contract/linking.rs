//! Accounts whose bearers sign in at an identity provider.

use std::time::Duration;

use accounts::{AccountState, AccountsError, ProviderSubject};
use tokio::{task::JoinSet, time::timeout};

use crate::{databases::Database, desk::*};

const AT: ProviderSubject<'static> =
    ProviderSubject { issuer: "https://sign-in.example", subject: "subject-1" };
const ELSEWHERE: ProviderSubject<'static> =
    ProviderSubject { issuer: "https://elsewhere.example", subject: "subject-1" };

async fn is_in(desk: &Desk, subject: ProviderSubject<'_>) -> bool {
    desk.accounts.sign_in_linked(subject).await.is_ok()
}

pub async fn a_subject_is_the_only_way_into_its_account(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let session = desk.sign_in(&app).await;
    assert!(!is_in(&desk, AT).await);
    assert_eq!(desk.accounts.link(NAME, AT).await.unwrap().state, AccountState::Active);
    assert!(!desk.is_open(&session.id).await, "what was begun with a password has ended");
    desk.much_later();
    assert!(desk.try_in(NAME, PASSWORD, &app.code(desk.now())).await.is_err());
    let admitted = desk.accounts.sign_in_linked(AT).await.unwrap();
    assert_eq!(admitted.principal().unwrap().staff, "s-1");
    let begun = desk.accounts.begin_session(&admitted, 0).await.unwrap().expect("it begins");
    assert!(desk.is_open(&begun.id).await);
    assert!(!is_in(&desk, ELSEWHERE).await, "a subject means somebody at its provider alone");
}

pub async fn a_subject_belongs_to_one_account(database: &Database) {
    let desk = Desk::open(database).await;
    desk.invite(NAME, "s-1").await;
    desk.invite("another", "s-2").await;
    desk.accounts.link(NAME, AT).await.unwrap();
    desk.accounts.link(NAME, AT).await.expect("once more does no harm");
    let taken = desk.accounts.link("another", AT).await;
    assert!(matches!(taken, Err(AccountsError::Taken)));
    let unknown = desk.accounts.link("nobody", ELSEWHERE).await;
    assert!(matches!(unknown, Err(AccountsError::Unknown)));
    desk.accounts.link("another", ELSEWHERE).await.expect("another provider's word");
}

pub async fn a_reset_or_an_end_closes_the_way_of_a_subject(database: &Database) {
    let desk = Desk::open(database).await;
    desk.invite(NAME, "s-1").await;
    desk.accounts.link(NAME, AT).await.unwrap();
    let invitation = desk.accounts.reset(NAME).await.unwrap();
    assert!(!is_in(&desk, AT).await);
    let app = desk.enrol(NAME, &invitation.code).await;
    desk.much_later();
    desk.sign_in(&app).await;
    desk.accounts.link(NAME, AT).await.unwrap();
    assert!(is_in(&desk, AT).await);
    desk.accounts.end(NAME).await.unwrap();
    assert!(!is_in(&desk, AT).await);
    assert!(matches!(desk.accounts.link(NAME, AT).await, Err(AccountsError::Unknown)));
}

pub async fn accounts_of_before_can_be_linked(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    database.forget_subjects().await;
    let (now, desk) = (desk.now(), Desk::open(database).await);
    desk.clock.set(now);
    desk.sign_in(&app).await;
    desk.accounts.link(NAME, AT).await.unwrap();
    assert!(is_in(&desk, AT).await);
}

pub async fn who_reads_for_long_keeps_no_process_from_starting(database: &Database) {
    let desk = Desk::open(database).await;
    desk.invite(NAME, "s-1").await;
    let reader = database.reader().await;
    let opened = timeout(Duration::from_secs(5), Desk::open(database)).await;
    assert_eq!(opened.expect("it does not wait").accounts.all().await.unwrap().len(), 1);
    drop(reader);
}

pub async fn of_many_who_link_one_subject_one_does(database: &Database) {
    let desk = Desk::open(database).await;
    let names: Vec<_> = (0..8).map(|number| format!("aoi-{number}")).collect();
    for name in &names {
        desk.invite(name, &name.replace("aoi", "s")).await;
    }
    let mut linking = JoinSet::new();
    for name in names {
        let accounts = desk.accounts.clone();
        linking.spawn(async move { accounts.link(&name, AT).await.map(|_| ()) });
    }
    let (linked, others): (Vec<_>, Vec<_>) =
        linking.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((linked.len(), others.len()), (1, 7));
    for refused in others {
        assert!(matches!(refused, Err(AccountsError::Taken)), "{refused:?}");
    }
}
