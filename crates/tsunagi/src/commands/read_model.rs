//! `tsunagi read-model`: rebuild.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use access::SystemClock;
use anyhow::{Context, bail};
use clap::Subcommand;
use event_log::EventLog;
use read_models::ReadError;

use super::DEFAULT_DATA;
use crate::{Config, DataFolder, demonstration::progress_bar};

/// Whose read model it is.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The data folder.
    #[arg(long, default_value = DEFAULT_DATA, global = true, conflicts_with = "config")]
    data: PathBuf,
    /// The configuration of a gateway, in place of a data folder.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Builds it anew from the log, beside the old one, and puts it in its place.
    Rebuild,
}

/// Works on the read model of a data folder, or of a gateway that is not running.
pub async fn run(place: &Place, what: What) -> anyhow::Result<()> {
    let config = match &place.config {
        Some(path) => Config::load(path)?,
        None => DataFolder::at(&place.data).config(([127, 0, 0, 1], 0).into())?,
    };
    let gateway = config.gateway.as_ref().context("the configuration has no [gateway]")?;
    let log = EventLog::open(&config.log.url).await.context("cannot open the log")?;
    match what {
        What::Rebuild => rebuild(&gateway.read_model, &log).await,
    }
}

async fn rebuild(path: &Path, log: &EventLog) -> anyhow::Result<()> {
    let bar = progress_bar(log.head().await?, "読み取りモデルを作り直しています");
    let rebuilt = read_models::rebuild(path, log, Arc::new(SystemClock), |replaying| {
        bar.set_position(replaying.position);
    });
    let rebuilt = rebuilt.await;
    bar.finish_and_clear();
    if matches!(rebuilt, Err(ReadError::InUse)) {
        bail!("{} is in use; send SIGHUP to its gateway, or stop it first", path.display());
    }
    let rebuilt = rebuilt.context("the read model could not be rebuilt; it is as it was")?;
    let (events, seconds) = (rebuilt.events, rebuilt.took.as_secs_f64());
    println!("{events} events in {seconds:.1} s, {} persons parked", rebuilt.parked);
    Ok(())
}
