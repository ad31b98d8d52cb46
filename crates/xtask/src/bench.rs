//! `cargo xtask bench`: builds what is measured, starts a server that waits for the disk, measures.

use std::process::Command;

use anyhow::Result;
use clap::Args;
use test_servers::{Cluster, Durability, ServerPrograms, run};

use crate::errands::{cargo, root};
use crate::steps::Steps;

/// The benchmarks that need the other event stores.
const WITH_PEERS: [&str; 2] = ["append/cqrs-es", "append/disintegrate"];

/// What is measured, and how thoroughly.
#[derive(Args)]
pub struct Wanted {
    /// Beginnings of benchmarks' names: `append` runs `append/raw` and others. Without any, all run.
    names: Vec<String>,
    /// Smaller logs and shorter rounds, to see that everything runs.
    #[arg(long)]
    quick: bool,
    /// How often each side is measured; the median counts.
    #[arg(long)]
    rounds: Option<u32>,
}

impl Wanted {
    fn needs_peers(&self) -> bool {
        let asked = |bench: &&str| self.names.iter().any(|name| bench.starts_with(name.as_str()));
        self.names.is_empty() || WITH_PEERS.iter().any(asked)
    }

    fn to_arguments(&self) -> Vec<String> {
        let quick = self.quick.then(|| "--quick".to_owned());
        let rounds = self.rounds.map(|rounds| format!("--rounds={rounds}"));
        self.names.iter().cloned().chain(quick).chain(rounds).collect()
    }
}

/// Builds, starts and measures.
pub fn bench(wanted: &Wanted) -> Result<()> {
    let mut steps = Steps::default();
    steps.run("build", || {
        cargo(&["build", "--release", "--locked", "--package", "bench", "--package", "tsunagi"])
    })?;
    if wanted.needs_peers() {
        steps.run("peers", build_peers)?;
    }
    let cluster = steps.run("PostgreSQL", || {
        Cluster::start(&ServerPrograms::find_or_install()?, Durability::Kept)
    })?;
    steps.run("measure", || run(measure(&cluster).args(wanted.to_arguments())))
}

/// A package of its own, with a target folder of its own: it shares no dependency with ours.
fn build_peers() -> Result<()> {
    let place =
        ["--manifest-path", "benches/peers/Cargo.toml", "--target-dir", "target/bench-peers"];
    cargo(&[&["build", "--release", "--locked"][..], &place].concat())
}

fn measure(cluster: &Cluster) -> Command {
    let mut command = Command::new(root().join("target/release/bench"));
    // By its variable, since the town that some benchmarks begin looks for it there too.
    command.env("TSUNAGI_TEST_POSTGRES", cluster.url()).current_dir(root());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(names: &[&str]) -> Wanted {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Wanted { names, quick: true, rounds: Some(5) }
    }

    #[test]
    fn peers_are_built_for_those_who_are_measured_against_them() {
        assert!(wanted(&[]).needs_peers());
        assert!(wanted(&["verify", "append"]).needs_peers());
        assert!(wanted(&["append/disintegrate"]).needs_peers());
        assert!(!wanted(&["append/raw", "command"]).needs_peers());
    }

    #[test]
    fn what_was_asked_is_passed_on() {
        let arguments = wanted(&["append", "verify"]).to_arguments();
        assert_eq!(arguments, ["append", "verify", "--quick", "--rounds=5"]);
    }
}
