//! Signing in: login name, password and code, judged together.

use access::Principal;
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::{
    Account, AccountState, Accounts, AccountsError, account,
    attempts::{Attempts, OF_NAME, OF_SOURCE, Pace},
    policy,
    store::AccountRow,
    totp,
};

/// Others count at the same moment. Who loses so often comes again later.
const TRIES_MAX: usize = 8;

/// What somebody enters. It cannot be printed.
pub struct Credentials {
    /// The login name.
    pub login_name: String,
    /// The password.
    pub password: Zeroizing<String>,
    /// The code of the second factor.
    pub code: String,
}

/// Proof that somebody has signed in, with their account as it was.
pub struct Admitted(pub(crate) AccountRow);

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name, password and code do not go together. Nobody is told which of them it is.
    #[error("name, password and code do not go together")]
    Refused,
    /// Too soon after the last failures, whether there is such an account or not.
    #[error("too many attempts have failed")]
    TooSoon(SignedDuration),
    /// Nothing could be judged.
    #[error("nobody can sign in now")]
    Unavailable(#[from] AccountsError),
}

/// The keys under which an attempt was counted.
pub(crate) struct Counted {
    name: Vec<u8>,
    source: Vec<u8>,
}

impl Admitted {
    /// Whom the account stands for.
    pub fn principal(&self) -> Result<Principal, AccountsError> {
        Account::of(&self.0).map(|account| account.principal)
    }
}

impl Accounts {
    /// Judges credentials that came from this source: an address, as far as it is known.
    pub async fn sign_in(
        &self,
        entered: Credentials,
        source: &str,
    ) -> Result<Admitted, SignInError> {
        let name = account::login_name(&entered.login_name);
        let counted = self.count_attempt(&name, source).await?;
        let found = self.store.find(&name).await?;
        let active = AccountState::Active.number();
        let account = found.filter(|account| account.state == active);
        let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
        let password = policy::normal(&entered.password);
        // For unknown names as well: the time it takes tells nothing.
        let is_password = self.passwords.verify(password, hash).await?;
        let account = account.ok_or(SignInError::Refused)?;
        let step = self.step_of(&account, &entered.code)?;
        let step = step.filter(|_| is_password).ok_or(SignInError::Refused)?;
        if !self.store.use_step(&account, step).await? {
            return Err(SignInError::Refused);
        }
        self.was_no_failure(&counted).await?;
        Ok(Admitted(account))
    }

    /// The time step for which the code is right.
    pub(crate) fn step_of(
        &self,
        account: &AccountRow,
        entered: &str,
    ) -> Result<Option<i64>, AccountsError> {
        let Some(sealed) = account.second_factor.as_deref() else { return Ok(None) };
        let secret = self.keys.open(&account.account_id, sealed)?;
        Ok(totp::step_of(&secret, entered, self.now()))
    }

    /// Counts an attempt as a failure, before it is judged.
    pub(crate) async fn count_attempt(
        &self,
        name: &str,
        source: &str,
    ) -> Result<Counted, SignInError> {
        let now = self.now();
        let counted = Counted {
            name: self.keys.of_attempts("name", name),
            source: self.keys.of_attempts("source", source),
        };
        self.count(&counted.source, &OF_SOURCE, now).await?;
        self.count(&counted.name, &OF_NAME, now).await?;
        Ok(counted)
    }

    async fn count(&self, key: &[u8], pace: &Pace, now: Timestamp) -> Result<(), SignInError> {
        for _ in 0..TRIES_MAX {
            let before: Option<Attempts> = self.store.attempts(key).await?;
            let after = pace.next(before, now).map_err(SignInError::TooSoon)?;
            if self.store.count(key, before, after).await? {
                return Ok(());
            }
        }
        Err(SignInError::TooSoon(SignedDuration::from_secs(1)))
    }

    /// The name is free of its failures; of its source only this one is taken back, or somebody with
    /// one good account could try out others for ever.
    pub(crate) async fn was_no_failure(&self, counted: &Counted) -> Result<(), AccountsError> {
        self.store.forget_attempts(&counted.name).await?;
        self.store.take_back_attempt(&counted.source).await?;
        let day_ago = self.now() - SignedDuration::from_hours(24);
        self.store.forget_attempts_before(day_ago.as_microsecond()).await
    }
}
