//! A whole house for a test: real stores, real ports, a clock that is set by hand.

mod database;
mod golden;
mod world;

pub use database::PostgresDatabases;
pub use golden::check_golden;
pub use world::{World, client_token};
