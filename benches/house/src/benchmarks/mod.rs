//! One file per benchmark.

mod append_peers;
mod append_raw;
pub mod command_grpc;
mod filled;
mod hiding;
mod hostile;

use anyhow::Result;

use crate::arguments::Arguments;
use crate::report::Report;
use crate::server::Server;

/// What every benchmark is handed.
pub struct Setting<'a> {
    /// Sizes and times.
    pub arguments: &'a Arguments,
    /// The server of both sides.
    pub server: Server,
    /// Where figures go.
    pub report: Report,
}

/// Runs what is wanted, then prints and writes the table.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let server = Server::at(&arguments.postgres).await?;
    let mut setting = Setting { arguments, server, report: Report::default() };
    let outcome = run_each(&mut setting).await;
    // Also after a failure: what was measured until then took long enough.
    setting.report.write(&arguments.results)?;
    println!("\n{}", setting.report.markdown());
    outcome
}

async fn run_each(setting: &mut Setting<'_>) -> Result<()> {
    if setting.arguments.wants("append/raw") {
        append_raw::run(setting).await?;
    }
    append_peers::run(setting).await?;
    if setting.arguments.wants("command/grpc/64") || setting.arguments.wants("command/grpc/256") {
        command_grpc::run(setting).await?;
    }
    hostile::run(setting).await?;
    hiding::run(setting).await?;
    filled::run(setting).await
}
