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

/// An attempt, as it was counted for its name and for its source.
pub(crate) struct Counted([CountedUnder; 2]);

/// What was counted under one key, and what stood there before.
struct CountedUnder {
    key: Vec<u8>,
    before: Option<Attempts>,
    after: Attempts,
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
        let of_source = self.keys.digest_of("source", source);
        let of_name = self.keys.digest_of("name", name);
        let of_source = self.count(of_source, &OF_SOURCE, now).await?;
        let of_name = self.count(of_name, &OF_NAME, now).await?;
        Ok(Counted([of_name, of_source]))
    }

    async fn count(
        &self,
        key: Vec<u8>,
        pace: &Pace,
        now: Timestamp,
    ) -> Result<CountedUnder, SignInError> {
        for _ in 0..TRIES_MAX {
            let before = self.store.attempts(&key).await?;
            let after = pace.next(before, now).map_err(SignInError::TooSoon)?;
            if self.store.count(&key, before, after).await? {
                return Ok(CountedUnder { key, before, after });
            }
        }
        Err(SignInError::TooSoon(SignedDuration::from_secs(1)))
    }

    /// The attempt is taken back as if it had never been, and no other. Whoever fails for somebody's
    /// name would learn by waiting less, or longer, that they have signed in meanwhile; and one good
    /// account would free a source to try out others for ever.
    pub(crate) async fn was_no_failure(&self, counted: &Counted) -> Result<(), AccountsError> {
        for CountedUnder { key, before, after } in &counted.0 {
            let before = before.unwrap_or(Attempts { failures: 0, ..*after });
            if !self.store.count(key, Some(*after), before).await? {
                // Others were counted since, and what they rest on stays.
                self.store.take_back_attempt(key).await?;
            }
        }
        let day_ago = self.now() - SignedDuration::from_hours(24);
        self.store.forget_attempts_before(day_ago.as_microsecond()).await
    }
}
