//! Why a question was not answered.

use event_log::LogError;

/// A read model could not be built or asked. No message holds what was asked or found.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log's head could not be reached in time; an older answer might show what must not be
    /// shown any more.
    #[error("the read model is behind the log")]
    Behind,
    /// The person's history holds an event that this version cannot read. Who may see what cannot
    /// be judged without it.
    #[error("a history holds an event that this version cannot read")]
    Unreadable,
    /// The log could not be read.
    #[error("the log could not be read")]
    Log(#[from] LogError),
    /// The file of the read model failed.
    #[error("the read model's file failed")]
    Store(#[from] sqlx::Error),
    /// The file of the read model could not be replaced.
    #[error("the read model's file could not be replaced")]
    File(#[from] std::io::Error),
    /// A piece of a history is not as this version writes them.
    #[error("a piece of a history in the read model is malformed")]
    MalformedHistory,
    /// A row of a work list is not as this version writes them.
    #[error("a row of a work list in the read model is malformed")]
    MalformedWork,
    /// A row of the accesses is not as this version writes them.
    #[error("a row of the accesses is malformed")]
    MalformedAccess,
    /// The file is open elsewhere, so no other can be put in its place.
    #[error("the read model's file is in use")]
    InUse,
    /// The SQLite linked in can corrupt a database in WAL mode.
    #[error("SQLite {0} is too old: 3.51.3 or newer is needed")]
    SqliteTooOld(String),
}
