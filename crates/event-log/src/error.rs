//! What can go wrong, one enum per question: reading, appending, verifying.

use std::sync::Arc;

use crate::event::StreamKey;

/// The log could not be opened, read or written.
///
/// It can be cloned because one failed batch is the answer to many callers.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The address names neither a SQLite file nor a PostgreSQL database. The address is not
    /// repeated, since it may hold a password.
    #[error("a log's address begins with sqlite: (and names a file) or with postgres:")]
    Address,
    /// The SQLite linked in can corrupt a database in WAL mode.
    #[error("SQLite {found} is too old: 3.51.3 or newer is needed")]
    SqliteTooOld {
        /// The version that is linked in.
        found: String,
    },
    /// The database refused, or could not be reached. After a failed append nobody knows whether
    /// it was recorded; asking again with the same request id is safe and gives the answer.
    #[error("the log's database failed")]
    Store(#[source] Arc<sqlx::Error>),
    /// The database did not answer in time. The same holds as for `Store`.
    #[error("the log's database did not answer in time")]
    TimedOut,
    /// A position is missing. Events were lost or removed: nothing may go on as if they never were.
    #[error("the log has a hole: position {expected} should come next, but {found} does")]
    Hole {
        /// The position that should have come next.
        expected: u64,
        /// The position that came instead.
        found: u64,
    },
    /// A row cannot be an event as this crate writes them.
    #[error("the row at position {position} is malformed in its column {column}")]
    Malformed {
        /// Where the row lies.
        position: u64,
        /// The column that does not fit.
        column: &'static str,
    },
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

impl From<sqlx::Error> for LogError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolClosed => Self::Closed,
            other => Self::Store(Arc::new(other)),
        }
    }
}

/// Why an append was not recorded. Except for `Store`, nothing of it was.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// A stream is not at the version that was expected.
    #[error("stream {stream} is at version {actual_version}, which was not expected")]
    Conflict {
        /// The stream that has moved on.
        stream: StreamKey,
        /// Where it is; 0 when it does not exist.
        actual_version: u64,
    },
    /// This producer used this request id before, with other content.
    #[error("the request id was used before with other content")]
    RequestReused,
    /// A stream that was to stay as it was has changed.
    #[error("stream {stream} has changed")]
    Changed {
        /// The first such stream.
        stream: StreamKey,
    },
    /// There is nothing to append: no write, or a write without an event.
    #[error("an append needs at least one event in every write")]
    Empty,
    /// A text is too long or holds a NUL character; PostgreSQL could not store or index it.
    #[error("{field} holds a NUL character or is too long")]
    UnfitText {
        /// Which text.
        field: &'static str,
    },
    /// The request is larger than [`REQUEST_BYTES_MAX`](crate::REQUEST_BYTES_MAX).
    #[error("the request is too large: {bytes} bytes")]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
    /// The log failed. The append may or may not be recorded: ask again with the same request id.
    #[error("could not append to the log")]
    Store(#[source] LogError),
}

impl From<LogError> for AppendError {
    fn from(error: LogError) -> Self {
        Self::Store(error)
    }
}

/// What a check of the hash chain found first.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A position is missing.
    #[error("position {position} is missing")]
    Missing {
        /// The first missing position.
        position: u64,
    },
    /// The content of an event is not what was appended.
    #[error("the content at position {position} was altered")]
    ContentAltered {
        /// The first position whose content does not match its hash.
        position: u64,
    },
    /// The event does not continue the chain: its position, version, time or hash was altered, or
    /// the one before it was exchanged for another.
    #[error("the chain is broken at position {position}")]
    ChainBroken {
        /// The first position that does not follow from the one before.
        position: u64,
    },
    /// The record of requests does not fit the events: an event that no request accounts for, or a
    /// request that accounts for events of another one, or for events that are not there.
    #[error("the record of requests does not fit the event at position {position}")]
    RequestsAltered {
        /// The first position for which not exactly one request accounts.
        position: u64,
    },
    /// The log ends before a position that was signed: its end was cut off, or it was set back.
    #[error("the log ends at position {head}, but position {signed} was signed")]
    Truncated {
        /// Where the log ends.
        head: u64,
        /// The first signed position beyond its end.
        signed: u64,
    },
    /// The chain holds, but it is not the chain that was signed: the log was set back and went on
    /// differently, or was computed anew, or is another log.
    #[error(
        "position {position} is not what was signed there; the log was exchanged after position \
         {agreed}"
    )]
    NotAsSigned {
        /// The first signed position with another chain hash.
        position: u64,
        /// The last signed position that agrees; 0 when none does.
        agreed: u64,
    },
    /// The log could not be read. `Malformed` names the position of a row that is no event.
    #[error("could not read the log")]
    Store(#[source] LogError),
}

impl From<LogError> for VerifyError {
    fn from(error: LogError) -> Self {
        Self::Store(error)
    }
}
