//! The accounts of a test, an authenticator app, and what most tests begin with.

use std::sync::Arc;

use access::{Clock, Principal, SettableClock};
use accounts::{
    Accounts, Admitted, Credentials, Invitation, Invited, NewAccount, NewSession, SignInError,
};
use aws_lc_rs::hmac;
use casework::AgencyId;
use contracts::Office;
use data_encoding::BASE32_NOPAD;
use jiff::{SignedDuration, Timestamp};

use crate::databases::Database;

pub const NAME: &str = "aoi.kakuu";
pub const PASSWORD: &str = "青い空と静かな海の夜明け前";
pub const SOURCE: &str = "192.0.2.1";

pub struct Desk {
    pub accounts: Accounts,
    pub clock: SettableClock,
}

/// The app that an enrolled person has their second factor in.
pub struct App(Vec<u8>);

impl Desk {
    pub async fn open(database: &Database) -> Self {
        let clock = SettableClock::at("2025-06-01T00:00:00Z".parse().unwrap());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let accounts = Accounts::open(database.address(), &[1; 32], &[2; 32], shared);
        Self { accounts: accounts.await.unwrap(), clock }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn later(&self, duration: SignedDuration) {
        self.clock.set(self.now() + duration);
    }

    /// Past every wait and the time step of every code.
    pub fn much_later(&self) {
        self.later(SignedDuration::from_hours(2));
    }

    pub async fn invite(&self, login_name: &str, staff: &str) -> Invitation {
        self.accounts.add(&account(login_name, staff)).await.unwrap()
    }

    /// Somebody who has enrolled, and some time has passed.
    pub async fn enrolled(&self) -> App {
        let invitation = self.invite(NAME, "s-1").await;
        let app = self.enrol(NAME, &invitation.code).await;
        self.much_later();
        app
    }

    pub async fn enrol(&self, login_name: &str, code: &str) -> App {
        let invited = invited(login_name, code);
        let begun = self.accounts.begin_enrolment(&invited, PASSWORD, SOURCE).await.ok().unwrap();
        let app = App::of(&begun.secret);
        let code = app.code(self.clock.now());
        assert!(self.accounts.finish_enrolment(&invited, &code, SOURCE).await.is_ok());
        app
    }

    pub async fn try_in(
        &self,
        login_name: &str,
        password: &str,
        code: &str,
    ) -> Result<Admitted, SignInError> {
        let credentials = Credentials {
            login_name: login_name.into(),
            password: password.to_owned().into(),
            code: code.into(),
        };
        self.accounts.sign_in(credentials, SOURCE).await
    }

    pub async fn sign_in(&self, app: &App) -> NewSession {
        let code = app.code(self.clock.now());
        let admitted = self.try_in(NAME, PASSWORD, &code).await.expect("all is right");
        self.accounts.begin_session(&admitted, 0).await.unwrap().expect("it begins")
    }

    pub async fn is_open(&self, id: &str) -> bool {
        self.accounts.session(id).await.unwrap().is_some()
    }
}

impl App {
    pub fn of(secret: &str) -> Self {
        Self(BASE32_NOPAD.decode(secret.as_bytes()).expect("it is base32"))
    }

    /// As RFC 6238 says, written down here once more.
    pub fn code(&self, now: Timestamp) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &(now.as_second() / 30).to_be_bytes());
        let at = usize::from(tag.as_ref()[19] & 15);
        let word: [u8; 4] = tag.as_ref()[at..at + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
    }

    /// What the app keeps.
    pub fn secret(&self) -> &[u8] {
        &self.0
    }

    /// A code that is not right around now.
    pub fn wrong_code(&self, now: Timestamp) -> String {
        let around = (-2..=2).map(|step| self.code(now + SignedDuration::from_secs(30 * step)));
        let around: Vec<_> = around.collect();
        let codes = (0..).map(|number| format!("{number:06}"));
        codes.into_iter().find(|code| !around.contains(code)).unwrap()
    }
}

pub fn account(login_name: &str, staff: &str) -> NewAccount {
    let principal = Principal {
        office: Office::Hospital,
        agency: AgencyId::from("hospital-a"),
        staff: staff.into(),
        roles: vec!["identity-officer".into()],
    };
    NewAccount { login_name: login_name.into(), principal }
}

pub fn invited(login_name: &str, code: &str) -> Invited {
    Invited { login_name: login_name.into(), code: code.into() }
}

pub fn is_refused<T>(answer: &Result<T, SignInError>) -> bool {
    matches!(answer, Err(SignInError::Refused))
}

pub fn wait<T>(answer: &Result<T, SignInError>) -> Option<i64> {
    match answer {
        Err(SignInError::TooSoon(wait)) => Some(wait.as_secs()),
        _ => None,
    }
}
