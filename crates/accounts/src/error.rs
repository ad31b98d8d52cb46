//! What can go wrong. No message names a person, a secret or an address.

use std::io;

use thiserror::Error;

/// The accounts could not do what they were asked.
#[derive(Debug, Error)]
pub enum AccountsError {
    /// Neither a file nor a server. Accounts held in memory only would be lost with the process.
    #[error("the address of the accounts must be sqlite:/path/of/a/file or postgres://…")]
    Address,
    /// The bundled SQLite is one that can corrupt a database in WAL mode.
    #[error("SQLite {found} is too old: 3.51.3 or newer is needed")]
    OldSqlite {
        /// What SQLite calls itself.
        found: String,
    },
    /// The database file could not be made.
    #[error("could not make the file of the accounts")]
    File(#[source] io::Error),
    /// The database did not answer, or not as it should.
    #[error("could not reach the database of the accounts")]
    Store(#[from] sqlx::Error),
    /// What is stored is not what was stored.
    #[error("what is stored of an account is damaged")]
    Damaged,
    /// More passwords wait to be verified than can be in time.
    #[error("too many passwords wait to be verified")]
    Busy,
    /// A login name that cannot be used.
    #[error("a login name has 3 to 64 characters and no spaces")]
    LoginName,
    /// A staff code, an agency or a role that cannot stand in a token.
    #[error("staff codes, agencies and roles are lower-case letters, digits and hyphens")]
    Code,
    /// The login name, or the staff code at this agency, belongs to an account.
    #[error("the login name or the staff code is taken")]
    Taken,
    /// There is no such account, or it has ended.
    #[error("there is no such account that has not ended")]
    Unknown,
}
