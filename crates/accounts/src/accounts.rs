//! The accounts, and what their officers do with them.

use std::sync::Arc;

use access::{Clock, RandomIds};
use data_encoding::BASE32_NOPAD;
use jiff::{SignedDuration, Timestamp};

use crate::{
    Account, AccountState, AccountsError, ENROLMENT_HOURS, NewAccount, account,
    password::Passwords,
    secret::{self, Keys},
    store::{self, AccountRow, AccountStore},
};

/// An enrolment code has 160 bits: 32 characters, in groups of four.
const CODE_BYTES: usize = 20;
const CODE_GROUP: usize = 4;

/// Staff accounts. Clones share everything.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) store: Arc<dyn AccountStore>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What an officer hands over. It is shown once and kept nowhere.
pub struct Invitation {
    /// The account.
    pub account: Account,
    /// The enrolment code.
    pub code: String,
    /// Until when it is good.
    pub until: Timestamp,
}

impl Accounts {
    /// The purpose under which the vault derives the key that seals second factors.
    pub const SEALING_PURPOSE: &'static str = "tsunagi second factors v1";
    /// The purpose under which it derives the key that hides the names of attempts.
    pub const ATTEMPTS_PURPOSE: &'static str = "tsunagi sign-in attempts v1";

    /// Opens the accounts at `sqlite:/path` or `postgres://…`, and makes the tables if they are
    /// missing. The keys come from the vault, for the two purposes above.
    pub async fn open(
        address: &str,
        sealing: &[u8; 32],
        attempts: &[u8; 32],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AccountsError> {
        let keys = Arc::new(Keys::new(sealing, attempts));
        let passwords = Arc::new(Passwords::new().await?);
        Ok(Self { store: store::open(address).await?, keys, passwords, clock })
    }

    /// The same accounts at another time of day.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self.clone() }
    }

    /// Makes an account, for its bearer to enrol with the code.
    pub async fn add(&self, new: &NewAccount) -> Result<Invitation, AccountsError> {
        let login_name = new.checked()?;
        let (code, until) = self.new_code();
        let principal = &new.principal;
        let row = AccountRow {
            account_id: RandomIds::random().to_string(),
            login_name,
            office: i64::from(i32::from(principal.office)),
            agency: principal.agency.to_string(),
            staff: principal.staff.clone(),
            roles: principal.roles.join(" "),
            state: AccountState::Invited.number(),
            version: 1,
            password_hash: None,
            second_factor: None,
            code_hash: Some(hash_of_code(&code)),
            code_until: Some(until.as_microsecond()),
        };
        if !self.store.add(&row).await? {
            return Err(AccountsError::Taken);
        }
        Ok(Invitation { account: Account::of(&row)?, code, until })
    }

    /// Every account, by agency and staff code.
    pub async fn all(&self) -> Result<Vec<Account>, AccountsError> {
        self.store.all().await?.iter().map(Account::of).collect()
    }

    /// Gives an account these roles in place of those it has. Its sessions end; its tokens live until
    /// the end of the bearer's access is recorded as well.
    pub async fn change_roles(
        &self,
        login_name: &str,
        roles: &[String],
    ) -> Result<Account, AccountsError> {
        if !roles.iter().all(|role| contracts::is_code(role)) {
            return Err(AccountsError::Code);
        }
        let name = account::login_name(login_name);
        self.changed(self.store.set_roles(&name, &roles.join(" ")).await?, &name).await
    }

    /// Takes away password and second factor; the bearer enrols anew with the code.
    pub async fn reset(&self, login_name: &str) -> Result<Invitation, AccountsError> {
        let name = account::login_name(login_name);
        let (code, until) = self.new_code();
        let hash = hash_of_code(&code);
        let invited = self.store.invite(&name, &hash, until.as_microsecond()).await?;
        let account = self.changed(invited, &name).await?;
        Ok(Invitation { account, code, until })
    }

    /// Ends an account for good; doing it again does no harm. Its login name and staff code are never given to another.
    pub async fn end(&self, login_name: &str) -> Result<Account, AccountsError> {
        let name = account::login_name(login_name);
        self.changed(self.store.end(&name).await?, &name).await
    }

    async fn changed(&self, has: bool, login_name: &str) -> Result<Account, AccountsError> {
        let row = self.store.find(login_name).await?.filter(|_| has);
        Account::of(&row.ok_or(AccountsError::Unknown)?)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn new_code(&self) -> (String, Timestamp) {
        let code = BASE32_NOPAD.encode(secret::random::<CODE_BYTES>().as_slice());
        let groups: Vec<_> =
            code.as_bytes().chunks(CODE_GROUP).map(String::from_utf8_lossy).collect();
        let until = self.now() + SignedDuration::from_hours(ENROLMENT_HOURS);
        (groups.join("-"), until)
    }
}

/// However it was typed: case, spaces and hyphens do not matter.
pub(crate) fn hash_of_code(entered: &str) -> Vec<u8> {
    let plain = entered.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = plain.map(|char| char.to_ascii_uppercase()).collect();
    secret::hash(plain.as_bytes())
}
