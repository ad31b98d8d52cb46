//! The servers that tests, fault tests and benchmarks lean on: a PostgreSQL that may be killed and
//! started again, a browser, and an OpenID Connect provider. Each is found, or installed where we may,
//! or asked for by name.

mod chromium;
mod packages;
mod postgres;
mod processes;
mod programs;
mod provider;

pub use chromium::Chromium;
pub use packages::install;
pub use postgres::{Cluster, ClusterPlan, Durability, ServerPrograms, TestPostgres};
pub use programs::{find_on_path, run, run_quietly};
pub use provider::OidcProvider;
