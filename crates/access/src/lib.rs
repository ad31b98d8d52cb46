//! Who is asking, and the only door through which sealed parts are opened.
//!
//! A [`Verifier`] turns a bearer token into a [`Principal`]. A [`Disclosure`] writes the record of
//! a read durably and only then opens what is sealed: no record, no data. [`Erasures`] destroys the
//! keys of those who were erased.
//!
//! Invariant: nothing else in the house opens a sealed part.

mod clock;
mod disclosure;
mod erasures;
mod history;
mod position;
mod principal;
mod register;
mod token;

pub use clock::{Clock, RandomIds, SettableClock, SystemClock};
pub use contracts::access::Door;
pub use disclosure::{Disclosure, DisclosureError, Opened, SealedEvent};
pub use erasures::{ErasureError, ErasureLedger, Erasures};
pub use history::recorded;
pub use position::PositionCipher;
pub use principal::Principal;
pub use register::{AGENCY_CATEGORY, Agencies, RESOURCE_CATEGORY};
pub use token::{Issuer, TokenError, Verifier};
