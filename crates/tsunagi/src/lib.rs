//! Everything the `tsunagi` binary does: the house put together from its crates.
//!
//! [`House`] opens the log, the keys and the record of reads and gives out desks and doors;
//! `commands` holds one file per subcommand; [`demonstration`] fills an empty log.

pub mod commands;
pub mod config;
pub mod data_folder;
pub mod demonstration;
mod front;
pub mod heads;
mod house;
mod http;
pub mod master_key;
pub mod panics;
mod provider;
mod shutdown;
mod tending;
mod tls;

pub use config::Config;
pub use data_folder::DataFolder;
pub use house::{House, OFFICES};
pub use shutdown::Shutdown;
pub use tls::{Tls, TlsError};
