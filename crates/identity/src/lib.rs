//! Names and dates of birth as people write them: an index of them in memory, searched with one
//! typo forgiven, and which two entries may be one person.
//!
//! - [`Identity`] is what an entry is made of. It is folded at once: width, kana, old and new forms
//!   of kanji make no difference afterwards.
//! - [`Index`] finds entries by a [`Query`] and keeps the pairs that may be one person, with how
//!   likely that is ([`Candidate`]).
//!
//! Invariant: no async, no SQL, no clock, no randomness. Who may be shown what was found is not
//! known here. Nothing that is kept has a `Debug`, and its texts are wiped when they are dropped.

mod born;
mod folding;
mod index;
mod kanji;
mod lexicon;
mod matching;
mod query;
mod word;

pub use index::{Identity, Index};
pub use matching::{Candidate, Reason};
pub use query::{Hit, NotAsked, Quality, Query};
