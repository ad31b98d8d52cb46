//! The log under faults. Processes are killed, disks fail, replies get lost; a client keeps a
//! ledger of its own outside and a follower reads along, and at the end all three are compared.
//!
//! - [`Request`]: what is asked, computed from a number, so that a process that is about to be
//!   killed need not be told much.
//! - [`Ledger`]: what was asked, and what was acknowledged with which positions.
//! - [`Clients`]: ask through a [`Door`] until they have an answer, with the same request id.
//! - [`Watcher`]: a follower that goes on through every crash and notes what it sees.
//! - [`check`]: the log, read anew, against ledger and watcher.
//! - [`Experiment`]: all of these on one [`Database`], and the line of counts at the end.

mod checker;
mod clients;
mod database;
mod disk;
mod door;
mod experiment;
mod ledger;
mod patience;
mod random;
mod report;
mod request;
mod scale;
mod server;
mod strace;
mod watcher;

pub use checker::{Findings, Recorded, check};
pub use clients::Clients;
pub use database::Database;
pub use disk::{Ballast, Tmpfs};
pub use door::{Answer, Door, Entrance, Reply};
pub use experiment::Experiment;
pub use ledger::{Counts, Ledger, SharedLedger};
pub use patience::{patiently, wait_until};
pub use random::Random;
pub use report::Report;
pub use request::{Content, PRODUCER, Request};
pub use scale::{is_full, scaled};
pub use server::{Question, ServerProcess};
pub use strace::{FailingSync, strace_runs};
pub use watcher::{Seen, Watcher};
