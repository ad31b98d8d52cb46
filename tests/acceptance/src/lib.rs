//! A whole house for a test: real stores, real ports, a clock that is set by hand.

mod browser;
mod canary;
mod database;
mod golden;
mod printed;
mod relay;
mod town;
mod world;

pub use browser::Window;
pub use canary::Canaries;
pub use database::PostgresDatabases;
pub use golden::check_golden;
pub use printed::Printed;
pub use relay::{Cut, Relay};
pub use town::{Town, any_port, binary_beside_tests};
pub use world::{World, client_token};
