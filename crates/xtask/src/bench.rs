//! `cargo xtask bench`: builds what is measured, starts a server that waits for the disk, measures.

use std::process::Command;

use anyhow::Result;
use test_servers::{Cluster, Durability, ServerPrograms, run};

use crate::errands::{cargo, root};
use crate::steps::Steps;

/// Builds, starts and measures. What the caller says is passed on to the `bench` program.
pub fn bench(arguments: &[String]) -> Result<()> {
    let mut steps = Steps::default();
    steps.run("build", build)?;
    let cluster = steps.run("PostgreSQL", || {
        Cluster::start(&ServerPrograms::find_or_install()?, Durability::Kept)
    })?;
    steps.run("measure", || run(measure(&cluster).args(arguments)))
}

fn build() -> Result<()> {
    cargo(&["build", "--release", "--locked", "--package", "bench", "--package", "tsunagi"])
}

fn measure(cluster: &Cluster) -> Command {
    let mut command = Command::new(root().join("target/release/bench"));
    // By its variable, since the town that some benchmarks begin looks for it there too.
    command.env("TSUNAGI_TEST_POSTGRES", cluster.url()).current_dir(root());
    command
}
