//! What can be said on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::closed_loop::Window;

/// Which benchmarks run, where, and how long.
#[derive(Parser)]
#[command(name = "bench", about = "The benchmarks; `cargo xtask bench` builds and calls this")]
pub struct Arguments {
    /// Beginnings of names: `append` runs `append/raw` and others. Without any, all run.
    pub names: Vec<String>,
    /// A PostgreSQL server, by the address of a superuser. It must flush to the disk.
    #[arg(long, env = "TSUNAGI_TEST_POSTGRES")]
    pub postgres: String,
    /// Smaller logs and shorter rounds, to see that everything runs.
    #[arg(long)]
    pub quick: bool,
    /// How often each side is measured; the median counts.
    #[arg(long, default_value_t = 3)]
    pub rounds: u32,
    /// The program with the other event stores (`benches/peers`), built for release.
    #[arg(long, default_value = "target/bench-peers/release/peers")]
    pub peers: PathBuf,
    /// Where `results.json` and `results.md` are written.
    #[arg(long, default_value = "target/bench")]
    pub results: PathBuf,
}

impl Arguments {
    /// Whether a benchmark is wanted.
    pub fn wants(&self, bench: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| bench.starts_with(name.as_str()))
    }

    /// How long one side runs in one round.
    pub fn window(&self) -> Window {
        let (warm_up, measured) = if self.quick { (1, 2) } else { (3, 10) };
        Window { warm_up: Duration::from_secs(warm_up), measured: Duration::from_secs(measured) }
    }
}
