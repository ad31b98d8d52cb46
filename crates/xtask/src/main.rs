//! The project's own errands, called `cargo xtask <errand>`.
//!
//! CI, the README and `just` all call these, so that what passes on a desk passes in CI: the
//! commands live here once, word for word, and nowhere else.

mod bench;
mod errands;
mod steps;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Errands of the Tsunagi workspace")]
struct Arguments {
    #[command(subcommand)]
    errand: Errand,
}

#[derive(Subcommand)]
enum Errand {
    /// Runs everything CI runs, in order: format, lints, build, and every test.
    Test,
    /// Runs the fault tests in full: hundreds of kills, full disks, lost replies. Takes a while.
    Faults,
    /// Runs one command with the servers that tests need: `cargo xtask with cargo test -p vault`.
    With {
        /// The command and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Measures, in release and on a PostgreSQL that waits for the disk: `cargo xtask bench append`.
    Bench(bench::Wanted),
    /// Rewrites the files that golden tests compare, docs/catalogue.md among them.
    #[command(visible_alias = "catalogue")]
    Golden,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().errand {
        Errand::Test => errands::test(),
        Errand::Faults => errands::faults(),
        Errand::With { command } => errands::with(&command),
        Errand::Bench(wanted) => bench::bench(&wanted),
        Errand::Golden => errands::golden(),
    }
}
