//! The `tsunagi` binary.

use clap::Parser;
use mimalloc::MiMalloc;
use tracing_subscriber::EnvFilter;
use tsunagi::{commands::Cli, panics};

/// Commands allocate on one thread and are answered on another.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("TSUNAGI_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    panics::tell_the_place_alone();
    Cli::parse().run().await
}
