//! Whom a token speaks for, and whether it still does.

use std::sync::Arc;

use casework::{AgencyRegister, Issued, SESSION_TOKEN_LIFE_MAX};
use jiff::Timestamp;

use crate::{Principal, TokenError, keys::Keys};

/// How far an issuer's clock may be ahead of ours.
const CLOCK_AHEAD_SECONDS_MAX: i64 = 60;

/// The session for which a token is issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSession {
    /// The claim `sid`: not what the browser holds, so that a token opens no session.
    pub id: String,
    /// How many ends of the bearer's access were known when they signed in.
    pub ends_known: u32,
}

/// Whom a token speaks for, and what it says about itself.
#[derive(Clone)]
pub(crate) struct Bearer {
    pub(crate) principal: Principal,
    pub(crate) expires: i64,
    pub(crate) not_before: i64,
    pub(crate) issued: Issued,
    /// The keys by which it was verified. What they vouched for ends with them.
    pub(crate) keys: Arc<Keys>,
}

impl Bearer {
    /// Its time has come and is not over. A token from the future would outlive the end of its
    /// bearer's access, and so would one of a session that lives longer than ends are remembered.
    pub(crate) fn check_times(&self, now: Timestamp) -> Result<(), TokenError> {
        let (now, issued) = (now.as_second(), self.issued.at_second);
        if self.expires <= now {
            return Err(TokenError::Expired);
        }
        let life = self.expires.saturating_sub(issued);
        let too_long = self.issued.session.is_some() && life > SESSION_TOKEN_LIFE_MAX.as_secs();
        let begins = issued.max(self.not_before);
        if too_long || begins.saturating_sub(now) > CLOCK_AHEAD_SECONDS_MAX {
            return Err(TokenError::Invalid);
        }
        Ok(())
    }

    /// Its agency is at work in the office that it names, and its bearer's access goes on.
    pub(crate) fn check_register(&self, register: &AgencyRegister) -> Result<(), TokenError> {
        let Principal { office, agency, staff, .. } = &self.principal;
        if register.active(agency).is_none_or(|agency| agency.office != *office) {
            return Err(TokenError::UnknownAgency);
        }
        let admitted = register.staff.admits(agency, staff, &self.issued);
        if admitted { Ok(()) } else { Err(TokenError::Ended) }
    }
}
