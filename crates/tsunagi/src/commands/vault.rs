//! `tsunagi vault`: rotate.

use std::path::PathBuf;

use clap::Subcommand;

use super::DEFAULT_DATA;
use crate::{
    Config, DataFolder,
    config::VaultConfig,
    master_key::{self, Rotation},
};

/// Whose keys.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The data folder.
    #[arg(long, default_value = DEFAULT_DATA, global = true, conflicts_with = "config")]
    data: PathBuf,
    /// The configuration of a production process, in place of a data folder.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Makes a new master key and wraps all keys under it. Cut short at any moment, it leaves a
    /// vault that opens; run again, it comes to its end.
    Rotate,
}

/// Works on the keys of a data folder or of a production process.
pub async fn run(place: &Place, what: What) -> anyhow::Result<()> {
    let config = match &place.config {
        Some(path) => Config::load(path)?,
        None => DataFolder::at(&place.data).config(([127, 0, 0, 1], 0).into())?,
    };
    match what {
        What::Rotate => rotate(&config.vault).await,
    }
}

async fn rotate(config: &VaultConfig) -> anyhow::Result<()> {
    let rotation = master_key::rotate(config).await?;
    let (new, old) = (config.master_key.display(), rotation.old_key.display());
    match rotation {
        Rotation { keys: Some(keys), .. } => {
            println!("{keys}個の鍵を新しいマスターキーで包み直しました / Wrapped {keys} keys anew");
        }
        Rotation { keys: None, .. } => {
            println!("中断していた切替えを完了しました / Finished the rotation that was cut short");
        }
    }
    println!("新しいマスターキー / The new master key: {new}");
    println!("  すべての機械に配り、すべてのプロセスを起動し直してください。");
    println!("  Give it to every machine, and start every process again.");
    println!("古いマスターキー / The old master key: {old}");
    println!("  鍵のデータベースの新しいバックアップを確かめたら廃棄してください。");
    println!("  以前のバックアップは、廃棄した時点で誰にも開けなくなります。");
    println!("  Destroy it once a new backup of the vault has been tried: then nobody can open an");
    println!("  older one any more.");
    Ok(())
}
