//! The municipality's office: it keeps the register of agencies.
//!
//! One file per decision; `server` lists which door leads to which.

mod register_agency;
mod retire_agency;
mod server;

pub use server::Municipality;
