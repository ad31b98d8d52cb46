//! Projections of the log into a local SQLite file, and the questions asked of it.
//!
//! Each gateway has a copy of its own, so there is no shared database to read from and no cache to
//! invalidate. The file is rebuilt from the log whenever it does not fit it; losing it loses
//! nothing.
//!
//! Three promises: the file is always the state at exactly one position of the log; a personal
//! read is answered only when that position was the log's head within the last half second; and
//! whatever is answered was judged, event by event, for the one who reads and the day of reading.
//!
//! Invariant: sealed parts stay sealed here. They are handed on closed, for
//! [`access::Disclosure`] to open.

mod accesses;
mod batch;
mod changes;
mod error;
mod feed;
mod finding;
mod fold;
mod freshness;
mod generation;
mod history;
mod judged;
mod outcomes;
mod packed;
mod parked;
mod projector;
mod read_model;
mod records;
mod replay;
mod store;
mod view;
mod work;
mod work_list;
mod writer;

pub use accesses::{Access, AccessPage, Accesses, AskedBy};
pub use error::ReadError;
pub use finding::Registered;
pub use history::PERSON_CATEGORY;
pub use judged::Judged;
pub use outcomes::OutcomesAsked;
pub use parked::Parked;
pub use projector::Progress;
pub use read_model::{Moment, ReadModel, Watched};
pub use records::{RecordPage, RecordsAsked};
pub use replay::{Replayed, Replaying, rebuild, replay};
pub use view::{Amended, PersonView, SeenEvent};
pub use work_list::{Work, WorkPage, WorkPlace};
pub use writer::Stages;
