//! `tsunagi log`: verify, sign-head, export, tail, stats.

mod export;
mod glance;
mod verify;

use std::{path::PathBuf, sync::Arc};

use access::SystemClock;
use anyhow::Context;
use clap::Subcommand;
use event_log::EventLog;

use super::DEFAULT_DATA;
use crate::{
    Config, DataFolder,
    config::LogConfig,
    heads::{Exported, HeadsExport},
};

/// Which log to look at.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The data folder.
    #[arg(long, default_value = DEFAULT_DATA, global = true, conflicts_with = "config")]
    data: PathBuf,
    /// The configuration of a production process, in place of a data folder.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// The record of reads, in place of the shared log.
    #[arg(long, global = true)]
    reads: bool,
}

/// What to look at.
#[derive(Debug, Subcommand)]
pub enum Look {
    /// Recomputes the hash chain over the whole log, compares it with the signed heads, and names
    /// the first bad position.
    Verify(verify::Verify),
    /// Signs how far the log has come, into the file of heads.
    SignHead,
    /// Writes the log as JSON Lines, with all that its hashes are made of; what is sealed stays
    /// sealed.
    Export {
        /// A new file, in place of the standard output.
        #[arg(long)]
        to: Option<PathBuf>,
    },
    /// Prints the last events: position, date, kind, agency.
    Tail {
        /// How many.
        #[arg(long, default_value_t = 20)]
        last: u64,
    },
    /// Counts events by kind.
    Stats,
}

/// Looks at the log of a data folder or of a production process.
pub async fn run(place: &Place, look: Look) -> anyhow::Result<()> {
    let config = log_config(place)?;
    let log = EventLog::open(&config.url).await.context("cannot open the log")?;
    let name_of = if place.reads { glance::name_of_read } else { glance::name_of_event };
    match look {
        Look::Verify(options) => verify::run(&log, &options, config.heads.as_ref()).await,
        Look::SignHead => sign_head(log, &config).await,
        Look::Export { to } => export::run(&log, to.as_deref()).await,
        Look::Tail { last } => glance::tail(&log, name_of, last).await,
        Look::Stats => glance::stats(&log, name_of).await,
    }
}

fn log_config(place: &Place) -> anyhow::Result<LogConfig> {
    let config = match &place.config {
        Some(path) => Config::load(path)?,
        None => DataFolder::at(&place.data).config(([127, 0, 0, 1], 0).into())?,
    };
    Ok(if place.reads { config.reads } else { config.log })
}

async fn sign_head(log: EventLog, config: &LogConfig) -> anyhow::Result<()> {
    let heads = config.heads.as_ref().context("the configuration has no [log.heads]")?;
    let file = heads.file.display();
    match HeadsExport::try_new(log, heads, Arc::new(SystemClock))?.export().await? {
        Exported::Signed(signed) => {
            println!("signed position {} into {file}", signed.head.position);
        }
        Exported::NothingNew => println!("the last head in {file} is as far as the log"),
        Exported::Empty => println!("the log is empty: there is nothing to sign"),
        Exported::Busy => println!("another process is signing into {file} right now"),
    }
    Ok(())
}
