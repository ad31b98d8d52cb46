//! The ways into the console.

use std::sync::Arc;

use access::Principal;

use super::account_sign_in::AccountSignIn;

/// A way into the console.
#[derive(Clone)]
pub enum WayIn {
    /// A persona of the demonstration is chosen. Only a gateway in development has it.
    Demo(DemoSignIn),
    /// An account, with password and second factor.
    Accounts(AccountSignIn),
}

/// All the ways into one console; without any, nobody signs in.
#[derive(Clone, Default)]
pub(crate) struct WaysIn(pub(crate) Vec<WayIn>);

/// The demonstration's way in: a cookie holds a token of the development issuer.
#[derive(Clone)]
pub struct DemoSignIn {
    /// Who can be chosen.
    pub personas: Vec<DemoPersona>,
    /// Issues a token for the one who was chosen.
    pub issue: Arc<dyn Fn(&Principal) -> String + Send + Sync>,
}

/// An invented member of staff.
#[derive(Debug, Clone)]
pub struct DemoPersona {
    /// A short name for forms: `hospital-2`.
    pub key: String,
    /// The name shown, as a rule that of the agency.
    pub name: String,
    /// Whom the token will name.
    pub principal: Principal,
}

impl WaysIn {
    pub(crate) fn demo(&self) -> Option<&DemoSignIn> {
        self.0.iter().find_map(|way| match way {
            WayIn::Demo(demo) => Some(demo),
            WayIn::Accounts(_) => None,
        })
    }

    pub(crate) fn accounts(&self) -> Option<&AccountSignIn> {
        self.0.iter().find_map(|way| match way {
            WayIn::Accounts(accounts) => Some(accounts),
            WayIn::Demo(_) => None,
        })
    }
}

impl DemoSignIn {
    /// The persona with this key.
    pub(super) fn persona(&self, key: &str) -> Option<&DemoPersona> {
        self.personas.iter().find(|persona| persona.key == key)
    }
}
