//! Enrolling: who was invited sets a password and a second factor.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::{
    Accounts, AccountsError, Admitted, PasswordProblem, SignInError, account,
    accounts::hash_of_code, policy, secret, sign_in::Counted, store::AccountRow, totp,
};

/// How long an enrolment code is good for.
pub const ENROLMENT_HOURS: i64 = 72;

/// Who was invited, by what they enter. It cannot be printed.
pub struct Invited {
    /// The login name.
    pub login_name: String,
    /// The enrolment code.
    pub code: String,
}

/// A second factor, to be put into an authenticator app. It cannot be printed.
pub struct SecondFactor {
    /// As it is typed.
    pub secret: String,
    /// As an app reads it from a picture.
    pub address: String,
}

/// Why somebody was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The password cannot be taken.
    #[error("the password cannot be taken")]
    Password(PasswordProblem),
    /// The code of the second factor is not right.
    #[error("the code of the second factor is not right")]
    SecondFactor,
    /// As in signing in: name and enrolment code do not go together, it is too soon, or nothing can
    /// be judged.
    #[error(transparent)]
    SignIn(#[from] SignInError),
}

impl From<AccountsError> for EnrolError {
    fn from(error: AccountsError) -> Self {
        Self::SignIn(error.into())
    }
}

impl Accounts {
    /// Takes a password, and gives a second factor to set up. Until that is confirmed nobody signs
    /// in with them; doing this again gives another.
    pub async fn begin_enrolment(
        &self,
        invited: &Invited,
        password: &str,
        source: &str,
    ) -> Result<SecondFactor, EnrolError> {
        let (account, counted) = self.invited(invited, source).await?;
        let password = policy::normal(password);
        policy::check(&password, &account.login_name).map_err(EnrolError::Password)?;
        let password_hash = self.passwords.hash(password).await?;
        let secret = secret::random::<{ totp::SECRET_BYTES }>();
        let sealed = self.keys.seal(&account.account_id, secret.as_slice());
        let now = self.now().as_microsecond();
        if !self.store.prepare(&account, now, &password_hash, &sealed).await? {
            return Err(SignInError::Refused.into());
        }
        self.was_no_failure(&counted).await?;
        Ok(second_factor(secret.as_slice(), &account))
    }

    /// The second factor that waits to be confirmed, to be shown again.
    pub async fn pending_second_factor(
        &self,
        invited: &Invited,
        source: &str,
    ) -> Result<SecondFactor, EnrolError> {
        let (account, counted) = self.invited(invited, source).await?;
        let sealed = account.second_factor.as_deref().ok_or(SignInError::Refused)?;
        let secret = self.keys.open(&account.account_id, sealed)?;
        self.was_no_failure(&counted).await?;
        Ok(second_factor(&secret, &account))
    }

    /// Confirms the second factor by a code of it: the enrolment code is used up, and whoever sent
    /// both has signed in.
    pub async fn finish_enrolment(
        &self,
        invited: &Invited,
        entered: &str,
        source: &str,
    ) -> Result<Admitted, EnrolError> {
        let (account, counted) = self.invited(invited, source).await?;
        let step = self.step_of(&account, entered)?.ok_or(EnrolError::SecondFactor)?;
        if !self.store.activate(&account, self.now().as_microsecond(), step).await? {
            return Err(SignInError::Refused.into());
        }
        self.was_no_failure(&counted).await?;
        let enrolled = self.store.find(&account.login_name).await?;
        Ok(Admitted(enrolled.ok_or(SignInError::Refused)?))
    }

    /// The account that this code was made for, while it is good.
    async fn invited(
        &self,
        invited: &Invited,
        source: &str,
    ) -> Result<(AccountRow, Counted), SignInError> {
        let name = account::login_name(&invited.login_name);
        let counted = self.count_attempt(&name, source).await?;
        let entered = hash_of_code(&invited.code);
        let now = self.now().as_microsecond();
        let found = self.store.find(&name).await?;
        let account = found.filter(|account| {
            let code = account.code_hash.as_deref().unwrap_or_default();
            let is_good = account.code_until.is_some_and(|until| until > now);
            verify_slices_are_equal(code, &entered).is_ok() && is_good
        });
        Ok((account.ok_or(SignInError::Refused)?, counted))
    }
}

fn second_factor(secret: &[u8], account: &AccountRow) -> SecondFactor {
    SecondFactor { secret: totp::in_base32(secret), address: totp::address(secret, &account.staff) }
}
