//! Staff accounts: passwords, second factors, sessions, enrolment.
//!
//! An **account** is a login name and what its bearer is to the house: agency, office, a pseudonymous
//! staff code, roles. An officer makes it and hands over an **enrolment code** that works once; the
//! person then sets a password and a second factor ([`Accounts::begin_enrolment`],
//! [`Accounts::finish_enrolment`]). Who forgets either goes to the officer again: there is no other
//! way back in.
//!
//! [`Accounts::sign_in`] asks for login name, password and code at once and says yes or no to all
//! three together. Whether an account exists is told neither by words nor by the work that is done:
//! for unknown names a password is verified too. Attempts are counted before they are judged, so
//! that many at once are not judged for free ([`attempts`]).
//!
//! A **session** is 256 random bits in the browser and their SHA-256 here. It lives while its account
//! is as it was when it began: a change of roles, a reset or the end of the account ends all of them
//! by the same statement. What the offices are shown is a short-lived token, which the gateway makes.
//!
//! Invariants: no login name, password, secret or code is in any error, log line or `Debug`. Every
//! change is one statement, so there is no transaction that a dropped caller could leave open.

mod account;
mod accounts;
mod attempts;
mod enrol;
mod error;
mod link;
mod password;
mod policy;
mod secret;
mod session;
mod sign_in;
mod store;
mod totp;

pub use account::{Account, AccountState, NewAccount};
pub use accounts::{Accounts, Invitation};
pub use enrol::{ENROLMENT_HOURS, EnrolError, Invited, SecondFactor};
pub use error::AccountsError;
pub use link::ProviderSubject;
pub use policy::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PasswordProblem};
pub use session::{NewSession, SESSION_HOURS_MAX, SESSION_IDLE_MINUTES_MAX, Session};
pub use sign_in::{Admitted, Credentials, SignInError};
