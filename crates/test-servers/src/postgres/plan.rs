//! How a cluster is to be made.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Every test opens pools of its own, and all tests of a crate run at once.
const CONNECTIONS_MAX: u32 = 400;

/// Whether what is committed has to outlive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// For tests that delete everything afterwards: nothing is flushed to the disk.
    ThrownAway,
    /// As in production: a commit waits for the disk. For fault tests and benchmarks.
    Kept,
}

/// Where a cluster lies and how its server is set.
#[derive(Clone, Debug)]
pub struct ClusterPlan {
    pub(crate) place: PathBuf,
    pub(crate) initdb_options: Vec<String>,
    durability: Durability,
    /// Lines of `postgresql.conf`; of two for one setting the later holds.
    settings: String,
}

impl ClusterPlan {
    /// A cluster in the system's temporary folder.
    #[must_use]
    pub fn new(durability: Durability) -> Self {
        let place = std::env::temp_dir();
        Self { place, initdb_options: Vec::new(), durability, settings: String::new() }
    }

    /// Its data goes into a folder below `place`, which every user must be able to enter.
    #[must_use]
    pub fn placed_in(self, place: &Path) -> Self {
        Self { place: place.to_owned(), ..self }
    }

    /// With this setting in its `postgresql.conf`. The value stands as it is given there.
    #[must_use]
    pub fn with_setting(mut self, name: &str, value: &str) -> Self {
        // Writing into a String cannot fail.
        let _ = writeln!(self.settings, "{name} = {value}");
        self
    }

    /// With this option for `initdb`.
    #[must_use]
    pub fn with_initdb_option(mut self, option: &str) -> Self {
        self.initdb_options.push(option.to_owned());
        self
    }

    /// What its `postgresql.conf` ends with.
    pub(crate) fn configuration(&self, port: u16) -> String {
        let common = format!(
            "listen_addresses = '127.0.0.1'\n\
             port = {port}\n\
             unix_socket_directories = ''\n\
             max_connections = {CONNECTIONS_MAX}\n"
        );
        let durability = match self.durability {
            Durability::Kept => "",
            Durability::ThrownAway => "fsync = off\nfull_page_writes = off\n",
        };
        common + durability + &self.settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_listens_on_this_machine_only() {
        let configuration = ClusterPlan::new(Durability::Kept).configuration(54321);
        assert!(configuration.contains("listen_addresses = '127.0.0.1'\n"));
        assert!(configuration.contains("port = 54321\n"));
        assert!(configuration.contains("unix_socket_directories = ''\n"));
    }

    #[test]
    fn only_what_is_thrown_away_may_be_lost() {
        let configuration = |durability| ClusterPlan::new(durability).configuration(1);
        assert!(configuration(Durability::ThrownAway).contains("fsync = off"));
        assert!(!configuration(Durability::Kept).contains("fsync"));
    }

    #[test]
    fn a_setting_comes_last_and_so_holds() {
        let plan = ClusterPlan::new(Durability::Kept).with_setting("max_connections", "50");
        assert!(plan.configuration(1).ends_with("max_connections = 50\n"));
    }
}
