//! `command/grpc/64` and `/256`: `RecordWardVisit` commands per second with everything on, against
//! `pgbench` inserting one row at a time.
//!
//! Ours: the real binary serves the support center on PostgreSQL; a process of its own asks it over
//! gRPC, with a token, about 2,000 cases at random; each command is checked, decided, sealed,
//! chained and durable before it is answered. The peer: as many pgbench clients, each inserting one
//! row of the same bytes and waiting until it is durable. Both on the same server.

pub mod cases;
pub mod load;
mod pgbench;

use std::fs;
use std::path::{Path, PathBuf};

use acceptance::Town;
use anyhow::{Context, Result};
use contracts::Office;

use super::Setting;
use crate::closed_loop::Window;
use crate::report::Measured;
use crate::rounds::Rounds;

pub use load::{LoadArguments, run as run_load};

/// How many persons the commands are about.
const CASES: usize = 2000;

/// The numbers of clients that are measured.
const CLIENTS: [u32; 2] = [64, 256];

/// Begins a town once, then measures both sides in turns for each number of clients.
pub async fn run(setting: &mut Setting<'_>) -> Result<()> {
    let mut town = Town::begin(&tsunagi_binary()?).await?;
    let cases = cases::begin(&mut town, CASES).await?;
    let file = town.folder().join("cases.json");
    fs::write(&file, serde_json::to_vec(&cases)?)?;
    for clients in CLIENTS {
        let bench = format!("command/grpc/{clients}");
        if setting.arguments.wants(&bench) {
            measure(setting, &town, &file, clients, &bench).await?;
        }
    }
    Ok(())
}

async fn measure(
    setting: &mut Setting<'_>,
    town: &Town,
    cases: &Path,
    clients: u32,
    bench: &str,
) -> Result<()> {
    let (window, server) = (setting.arguments.window(), &setting.server);
    let rounds = Rounds::alternate(
        setting.arguments.rounds,
        async |_| Ok(ask(town, cases, clients, window).await?.rate),
        async |_| pgbench::measure(server, clients, window).await,
    )
    .await?;
    let figure = Measured::alone(bench, rounds.ours(), "commands/s");
    let peer = format!("pgbench -M prepared -j 2 -c {clients}, one-row INSERT");
    setting.report.add(figure.against(&peer, rounds.peer()));
    Ok(())
}

/// One round: a process that does nothing but ask.
pub async fn ask(
    town: &Town,
    cases: &Path,
    clients: u32,
    window: Window,
) -> Result<load::Answered> {
    let asking = LoadArguments {
        address: town.address("support-center")?,
        token: town.token(Office::SupportCenter, cases::CENTER),
        cases: cases.to_owned(),
        clients,
        warm_up: window.warm_up.as_secs(),
        seconds: window.measured.as_secs(),
    };
    let program = std::env::current_exe().context("this program has a path")?;
    let output = tokio::process::Command::new(program).args(asking.to_words()).output().await?;
    let said = String::from_utf8_lossy(&output.stdout);
    anyhow::ensure!(
        output.status.success(),
        "the load ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let answered: load::Answered = serde_json::from_str(&said)?;
    println!("  commands over gRPC, {clients} clients: {answered}");
    Ok(answered)
}

/// The binary beside this program: `cargo xtask bench` builds both.
pub fn tsunagi_binary() -> Result<PathBuf> {
    let beside = std::env::current_exe()?.with_file_name("tsunagi");
    anyhow::ensure!(beside.exists(), "build it first: cargo build --release -p tsunagi");
    Ok(beside)
}
