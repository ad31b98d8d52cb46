//! The benchmarks, called by `cargo xtask bench`.
//!
//! Every figure is a ratio: ours and a peer's, measured in turns on the same server in the same
//! run, since the same machine is twice as fast in one hour as in the next. One file per benchmark
//! in `benchmarks`; beside it what they share. There are no thresholds: figures are read, not
//! tested.

mod arguments;
mod benchmarks;
mod chance;
mod closed_loop;
mod fill;
mod filled_town;
mod ranks;
mod report;
mod rounds;
mod server;

use clap::Parser;
use mimalloc::MiMalloc;

use arguments::Arguments;
use benchmarks::command_grpc::{LoadArguments, run_load};

/// As the house's own binary has it: what is measured in this process is measured as it is served.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Two workers for the two cores of the machine that the figures in docs/performance.md are from;
/// fixed, so that ours and the peer get the same on any machine.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let words: Vec<_> = std::env::args_os().collect();
    // The process that asks over gRPC is this program once more.
    if words.get(1).is_some_and(|word| word == "load") {
        return run_load(&LoadArguments::parse_from(&words[1..])).await;
    }
    benchmarks::run(&Arguments::parse()).await
}
