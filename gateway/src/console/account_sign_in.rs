//! Signing in with an account: what the browser holds opens a session, and each session has a token
//! of a few minutes that never leaves this process but to an office.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use access::{Issuer, Principal};
use accounts::{Accounts, AccountsError, Session};
use jiff::{SignedDuration, Timestamp};

use super::provider_sign_in::ProviderSignIn;

/// How long a token of a session is good for: what somebody who got hold of one has left.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// A token is renewed when it has less left, so that no request sets out with one that is over
/// before it arrives.
const TOKEN_LEFT_MIN: SignedDuration = SignedDuration::from_mins(1);

/// Tokens at hand; beyond it all are forgotten and made anew.
const TOKENS_MAX: usize = 10_000;

/// Signing in with an account. Clones share everything.
#[derive(Clone)]
pub struct AccountSignIn {
    pub(super) accounts: Accounts,
    issuer: Arc<Issuer>,
    forwarded_by: Arc<[IpAddr]>,
    tokens: Arc<Mutex<HashMap<String, Minted>>>,
    provider: Option<Arc<ProviderSignIn>>,
}

struct Minted {
    token: String,
    principal: Principal,
    until: Timestamp,
}

impl AccountSignIn {
    /// With these accounts, and an issuer whose tokens open the doors. What `forwarded_by` says about
    /// where a request comes from is believed: the addresses of proxies.
    pub fn new(accounts: Accounts, issuer: Issuer, forwarded_by: &[IpAddr]) -> Self {
        let (issuer, forwarded_by) = (Arc::new(issuer), forwarded_by.into());
        Self { accounts, issuer, forwarded_by, tokens: Arc::default(), provider: None }
    }

    /// The same, and by an identity provider as well.
    #[must_use]
    pub fn with_provider(self, provider: ProviderSignIn) -> Self {
        Self { provider: Some(Arc::new(provider)), ..self }
    }

    pub(super) fn provider(&self) -> Option<&ProviderSignIn> {
        self.provider.as_deref()
    }

    pub(super) fn believes(&self, peer: IpAddr) -> bool {
        self.forwarded_by.contains(&peer)
    }

    /// The session that the browser's cookie opens. `is_there` says whether the request is a sign
    /// that somebody sits before it.
    pub(super) async fn session(
        &self,
        id: &str,
        is_there: bool,
    ) -> Result<Option<Session>, AccountsError> {
        if is_there { self.accounts.see_session(id).await } else { self.accounts.session(id).await }
    }

    /// A token of this session. It says what the account says now.
    pub(super) fn token(&self, session: &Session, now: Timestamp) -> String {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let known = tokens.get(&session.tokens.id);
        let good = known.filter(|minted| {
            minted.principal == session.principal && minted.until - TOKEN_LEFT_MIN > now
        });
        if let Some(minted) = good {
            return minted.token.clone();
        }
        let until = session.ends_at.min(now + TOKEN_LIFE);
        let principal = session.principal.clone();
        let token = self.issuer.issue_in_session(&principal, &session.tokens, now, until);
        if tokens.len() >= TOKENS_MAX {
            tokens.clear();
        }
        let minted = Minted { token: token.clone(), principal, until };
        tokens.insert(session.tokens.id.clone(), minted);
        token
    }

    /// Forgets the token of a session that has ended.
    pub(super) fn forget(&self, session: &Session) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.remove(&session.tokens.id);
    }
}
