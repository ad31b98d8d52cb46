//! `tsunagi init`: keys, and the municipality's registration.

use std::{net::SocketAddr, path::Path, sync::Arc};

use access::{Clock, SystemClock};

use crate::{DataFolder, House, demonstration};

/// Makes a data folder ready, without any demonstration.
pub async fn run(data: &Path) -> anyhow::Result<()> {
    let folder = DataFolder::at(data);
    folder.prepare()?;
    let config = folder.config(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let house = House::open(config, Arc::new(SystemClock)).await?;
    demonstration::found(&house, SystemClock.now()).await?;
    println!("データフォルダーを用意しました / Made the data folder {}", data.display());
    house.log.close().await;
    Ok(())
}
