//! Where the log of an experiment lies: a SQLite file or a PostgreSQL cluster of its own.

use std::path::Path;

use anyhow::Result;
use tempfile::TempDir;
use test_servers::{Cluster, ClusterPlan, Durability, ServerPrograms};

/// A database of a test's own; dropping it deletes it.
pub enum Database {
    /// A file in this folder.
    Sqlite(TempDir),
    /// A server that keeps what it commits.
    Postgres(Box<Cluster>),
}

impl Database {
    /// A SQLite file in a folder of its own.
    ///
    /// # Errors
    /// When there is no place for it.
    pub fn sqlite() -> Result<Self> {
        Self::sqlite_in(&std::env::temp_dir())
    }

    /// A SQLite file below this folder.
    ///
    /// # Errors
    /// When there is no place for it.
    pub fn sqlite_in(place: &Path) -> Result<Self> {
        Ok(Self::Sqlite(tempfile::tempdir_in(place)?))
    }

    /// A cluster of its own that keeps what it commits.
    ///
    /// # Errors
    /// When PostgreSQL cannot be had or started.
    pub fn postgres() -> Result<Self> {
        Self::postgres_as(&Self::plan())
    }

    /// A plan for a cluster that keeps what it commits. After a crash it flushes its file system as
    /// a whole and not a thousand files one by one, which takes most of the time (PostgreSQL 14).
    #[must_use]
    pub fn plan() -> ClusterPlan {
        ClusterPlan::new(Durability::Kept).with_setting("recovery_init_sync_method", "syncfs")
    }

    /// A cluster made to a plan.
    ///
    /// # Errors
    /// When PostgreSQL cannot be had or started.
    pub fn postgres_as(plan: &ClusterPlan) -> Result<Self> {
        let programs = ServerPrograms::find_or_install()?;
        Ok(Self::Postgres(Box::new(Cluster::start_as(&programs, plan)?)))
    }

    /// The log's address.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => {
                format!("sqlite:{}", folder.path().join("log.sqlite").display())
            }
            Self::Postgres(cluster) => cluster.url().to_owned(),
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// The PostgreSQL cluster.
    ///
    /// # Panics
    /// When it is a SQLite file.
    pub fn cluster(&mut self) -> &mut Cluster {
        match self {
            Self::Postgres(cluster) => cluster,
            Self::Sqlite(_) => panic!("a SQLite file has no server"),
        }
    }
}
