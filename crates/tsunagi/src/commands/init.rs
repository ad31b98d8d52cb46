//! `tsunagi init`: keys, and the municipality's registration.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use access::{Clock, SystemClock};
use anyhow::Context;
use vault::MasterKey;

use super::DEFAULT_DATA;
use crate::{Config, DataFolder, House, data_folder, demonstration, heads};

/// Where to begin, and for whom.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// The data folder.
    #[arg(long, default_value = DEFAULT_DATA, conflicts_with = "config")]
    data: PathBuf,
    /// The configuration of a production process, in place of a data folder: begins the log it
    /// names, and makes the master key and the key that signs heads where they are missing.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The id of the municipality: lower-case letters, digits and hyphens.
    #[arg(long, default_value = data_folder::MUNICIPALITY_ID)]
    municipality: String,
    /// Its name.
    #[arg(long, default_value = data_folder::MUNICIPALITY_NAME)]
    name: String,
}

/// Begins an empty log, without any demonstration.
pub async fn run(init: Init) -> anyhow::Result<()> {
    let config = match &init.config {
        Some(path) => with_keys(Config::load(path)?)?,
        None => {
            let folder = DataFolder::at(&init.data);
            folder.prepare()?;
            folder.config(SocketAddr::from(([127, 0, 0, 1], 0)))?
        }
    };
    let house = House::open(config, Arc::new(SystemClock)).await?;
    demonstration::found(&house, SystemClock.now(), &init.municipality, &init.name).await?;
    println!("{} を登録しました / The log begins with {}", init.name, init.municipality);
    house.log.close().await;
    Ok(())
}

fn with_keys(config: Config) -> anyhow::Result<Config> {
    let path = &config.vault.master_key;
    if !path.exists() {
        MasterKey::generate(path).context("cannot make the master key")?;
        println!("マスターキーを作成しました / Made the master key {}", path.display());
    }
    for heads in [&config.log.heads, &config.reads.heads].into_iter().flatten() {
        heads::make_keys(heads)?;
    }
    Ok(config)
}
