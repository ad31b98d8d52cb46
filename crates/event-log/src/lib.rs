//! The shared append-only log: append, read, follow, on SQLite and PostgreSQL alike.
//!
//! Every office appends to one log and every read model is computed from it, so this crate makes
//! three promises and tests them on both stores:
//!
//! - **Positions are dense and in commit order** (1, 2, 3 …). A reader asserts that the next
//!   position is the last one plus one; loss is therefore an alarm and never silence.
//! - **A request is recorded once.** The same producer and request id answer with the same
//!   positions again, however often a reply was lost; the same id with other content is refused.
//! - **Nothing written changes.** The stores refuse UPDATE and DELETE, and a hash chain over
//!   every event names the first position at which somebody got round that.
//!
//! How an append travels: [`EventLog::append`] checks and hashes the request, then hands it to the
//! one `writer` task of this process. The writer takes whatever is queued, locks the log, looks up
//! what its `memory` cannot prove, lets `judge` decide each request, writes one array per table,
//! commits and answers all. Sixty-four waiting clients thus cost one flush of the disk.
//!
//! How a reader learns of it: there is one way to read ([`EventLog::read`], `position > after`).
//! Wake-ups, from this process or from PostgreSQL's notifications, only say *look now*.
//!
//! Invariants: this crate knows bytes and numbers, never what an event means. It has no clock and
//! no randomness: times and ids are handed in (how the filter of request ids scatters them is
//! different in each process, and no answer depends on it). Everything the two stores do differently is behind
//! the two traits in `store`; batching, judging, versions and hashing are written once.

mod append;
mod error;
mod event;
mod export;
mod follow;
mod hash;
mod heads;
mod hub;
mod judge;
mod log;
mod memory;
mod patience;
mod postgres;
mod queue;
mod request_filter;
mod rows;
mod sql;
mod sqlite;
mod store;
mod verify;
mod writer;

pub use append::{
    Append, Appended, ExpectedVersion, KnownRequest, REQUEST_BYTES_MAX, StreamWrite,
    TEXT_BYTES_MAX, UnlessChanged,
};
pub use error::{AppendError, LogError, VerifyError};
pub use event::{NewEvent, StoredEvent, StreamKey};
pub use follow::{Filter, Follower, Step};
pub use heads::{Head, HeadError, HeadSigner, SignedHead};
pub use log::EventLog;
pub use patience::Patience;
pub use verify::Verified;
