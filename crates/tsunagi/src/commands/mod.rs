//! The subcommands, one file each.

mod account;
mod import;
mod init;
mod log;
mod read_model;
mod serve;
mod token;
mod up;
mod vault;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};

pub use token::demo_token;
pub use up::{Doors, Running};

/// Where `up`, `init`, `token` and `log` keep and look for their data.
const DEFAULT_DATA: &str = "tsunagi-data";

/// つなぎ: brings people home from psychiatric hospitals, across every agency that helps.
#[derive(Parser)]
#[command(name = "tsunagi", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs all five offices and the gateway in one process, on SQLite (the default).
    Up(Up),
    /// Begins an empty log: keys, and the municipality's registration at position 1.
    Init(init::Init),
    /// Runs one office, or the gateway, as a configuration file says.
    Serve {
        /// hospital, support-center, core-center, ward-office, municipality or gateway.
        what: String,
        /// The configuration file (TOML).
        #[arg(long)]
        config: PathBuf,
    },
    /// Prints a token of a demo persona; development only.
    Token {
        /// The persona: hospital, support-center, core-center, ward-office, municipality; or
        /// hospital-2, support-center-2.
        #[arg(long)]
        demo: String,
        /// How many hours it is good for, a week at most.
        #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=168))]
        hours: u32,
        /// The data folder.
        #[arg(long, default_value = DEFAULT_DATA)]
        data: PathBuf,
    },
    /// Makes and changes staff accounts, and prints enrolment codes.
    Account {
        #[command(subcommand)]
        what: account::What,
        #[command(flatten)]
        place: account::Place,
    },
    /// Records the rows of a table at an office; safe to run twice.
    Import(import::Import),
    /// Works on the read model of a gateway that is not running.
    ReadModel {
        #[command(subcommand)]
        what: read_model::What,
        #[command(flatten)]
        place: read_model::Place,
    },
    /// Works on the keys.
    Vault {
        #[command(subcommand)]
        what: vault::What,
        #[command(flatten)]
        place: vault::Place,
    },
    /// Looks at the log: pseudonymous structure only, never what is sealed.
    Log {
        #[command(subcommand)]
        look: log::Look,
        #[command(flatten)]
        place: log::Place,
    },
}

#[derive(Debug, clap::Args)]
struct Up {
    /// The data folder.
    #[arg(long, default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// Where console and GraphQL listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    /// The port of the first office; the other four follow.
    #[arg(long, default_value_t = 50051)]
    grpc_port: u16,
    /// Start without the demonstration.
    #[arg(long)]
    empty: bool,
}

impl Default for Up {
    fn default() -> Self {
        Self {
            data: DEFAULT_DATA.into(),
            http: SocketAddr::from(([127, 0, 0, 1], 8080)),
            grpc_port: 50051,
            empty: false,
        }
    }
}

impl Cli {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command.unwrap_or_else(|| Command::Up(Up::default())) {
            Command::Up(up) => up::run(up).await,
            Command::Init(init) => init::run(init).await,
            Command::Serve { what, config } => serve::run(&what, &config).await,
            Command::Token { demo, hours, data } => token::run(&data, &demo, hours).await,
            Command::Account { what, place } => account::run(&place, what).await,
            Command::Import(import) => import::run(import).await,
            Command::ReadModel { what, place } => read_model::run(&place, what).await,
            Command::Vault { what, place } => vault::run(&place, what).await,
            Command::Log { look, place } => log::run(&place, look).await,
        }
    }
}
