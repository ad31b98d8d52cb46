//! Who is asking, and the only door through which sealed parts are opened.
//!
//! A [`Verifier`] turns a bearer token into a [`Principal`]. A [`Disclosure`] writes the record of
//! a read durably and only then opens what is sealed: no record, no data. [`Erasures`] destroys the
//! keys of those who were erased.
//!
//! Invariant: nothing else in the house opens a sealed part.

mod bearer;
mod clock;
mod disclosure;
mod erasures;
mod history;
mod keys;
mod position;
mod principal;
mod register;
mod token;
mod watched;

pub use bearer::TokenSession;
pub use clock::{Clock, RandomIds, SettableClock, SystemClock};
pub use contracts::access::{Door, Purpose};
pub use disclosure::{Disclosure, DisclosureError, Opened, SealedEvent, Shown, Way, read_recorded};
pub use erasures::{ErasureError, ErasureLedger, Erasures};
pub use history::recorded;
pub use keys::{KeySet, KeySetError};
pub use position::PositionCipher;
pub use principal::Principal;
pub use register::{AGENCY_CATEGORY, Agencies, RESOURCE_CATEGORY};
pub use token::{Issuer, TokenError, TokenPolicy, Verifier};
pub use watched::Watched;
