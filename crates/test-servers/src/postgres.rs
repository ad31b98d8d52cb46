//! A PostgreSQL server for tests: the one that the caller names, or a private one that lives only
//! as long as the tests.

mod cluster;
mod plan;
mod server_programs;

use std::env;

use anyhow::{Result, ensure};

pub use cluster::Cluster;
pub use plan::{ClusterPlan, Durability};
pub use server_programs::ServerPrograms;

/// A server on which tests may create databases as its superuser.
pub enum TestPostgres {
    /// Somebody else's: we only pass its address on.
    Named(String),
    /// Our own: dropping it stops the server and deletes its data.
    Private(Cluster),
}

impl TestPostgres {
    /// What the variable names, else a private cluster; PostgreSQL is installed where we may.
    ///
    /// # Errors
    /// When the variable holds no address, or no server can be had; with what to install.
    pub fn find_or_start(variable: &str) -> Result<Self> {
        if let Ok(url) = env::var(variable) {
            ensure!(is_address(&url), "{variable} must start with postgres:// or postgresql://");
            println!("using the server that {variable} names");
            return Ok(Self::Named(url));
        }
        let cluster = Cluster::start(&ServerPrograms::find_or_install()?, Durability::ThrownAway)?;
        println!("started {}", cluster.url());
        Ok(Self::Private(cluster))
    }

    /// The superuser's address.
    #[must_use]
    pub fn url(&self) -> &str {
        match self {
            Self::Named(url) => url,
            Self::Private(cluster) => cluster.url(),
        }
    }
}

fn is_address(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_anything_else() {
        assert!(is_address("postgres://postgres@127.0.0.1:5432/postgres"));
        assert!(is_address("postgresql://somewhere/else"));
        assert!(!is_address("sqlite:/tmp/log"));
        assert!(!is_address(""));
    }
}
