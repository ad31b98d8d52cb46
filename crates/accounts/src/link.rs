//! Accounts whose bearers sign in at an identity provider.

use crate::{Account, AccountState, Accounts, AccountsError, Admitted, SignInError, account};

/// Somebody at an identity provider (OpenID Connect's `iss` and `sub`). It cannot be printed.
#[derive(Clone, Copy)]
pub struct ProviderSubject<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Who it is there.
    pub subject: &'a str,
}

impl Accounts {
    /// Lets this subject sign in with the account, and nobody with a password any more. Its sessions
    /// end; a reset leads back to a password.
    pub async fn link(
        &self,
        login_name: &str,
        subject: ProviderSubject<'_>,
    ) -> Result<Account, AccountsError> {
        let name = account::login_name(login_name);
        let linked = self.store.link(&name, &self.hash_of(subject)).await?;
        let found = self.store.find(&name).await?.ok_or(AccountsError::Unknown)?;
        match Account::of(&found)? {
            account if linked => Ok(account),
            account if account.state == AccountState::Ended => Err(AccountsError::Unknown),
            _ => Err(AccountsError::Taken),
        }
    }

    /// Admits whom a provider has named. There is nothing to guess here, so nothing is counted.
    pub async fn sign_in_linked(
        &self,
        subject: ProviderSubject<'_>,
    ) -> Result<Admitted, SignInError> {
        let found = self.store.find_subject(&self.hash_of(subject)).await?;
        let active = AccountState::Active.number();
        let account = found.filter(|account| account.state == active);
        account.map(Admitted).ok_or(SignInError::Refused)
    }

    fn hash_of(&self, ProviderSubject { issuer, subject }: ProviderSubject<'_>) -> Vec<u8> {
        self.keys.digest_of("subject", &format!("{issuer}\0{subject}"))
    }
}
