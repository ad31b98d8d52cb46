//! The file of the master key, and its exchange for another.
//!
//! A rotation writes the new key beside the old one (`.next`), wraps the vault's keys in one
//! transaction, sets the old key aside (`.old`) and puts the new one in its place. At every moment
//! exactly one of the files opens the vault: until the commit the old key, then the new one. Whoever
//! opens the vault in between, after a crash, brings that to its end.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use vault::{MasterKey, Vault, VaultError};

use crate::config::VaultConfig;

/// What a rotation came to.
pub struct Rotation {
    /// How many keys were wrapped anew; none when one was finished that had been cut short.
    pub keys: Option<u64>,
    /// Where the old key lies, for whoever destroys it.
    pub old_key: PathBuf,
}

/// The vault, opened with the key that the configuration names; after a rotation that was cut short
/// behind its commit, with the new key, which is then put in its place.
///
/// # Errors
/// When neither opens it.
pub async fn open_vault(config: &VaultConfig) -> anyhow::Result<Vault> {
    open(config).await.map(|(vault, _)| vault)
}

/// The vault, and whether a rotation was brought to its end.
async fn open(config: &VaultConfig) -> anyhow::Result<(Vault, bool)> {
    let path = &config.master_key;
    let key = MasterKey::load(path).context("cannot read the master key")?;
    match Vault::open(&config.url, key).await {
        Err(VaultError::WrongMasterKey) if beside(path, "next").exists() => {
            let key = MasterKey::load(&beside(path, "next"));
            let key = key.context("cannot read the new master key of a rotation")?;
            let vault = Vault::open(&config.url, key).await.context("cannot open the vault")?;
            put_in_place(path).context("cannot put the new master key in its place")?;
            sweep(&vault).await;
            tracing::warn!("a rotation of the master key had been cut short; it is finished now");
            Ok((vault, true))
        }
        opened => Ok((opened.context("cannot open the vault")?, false)),
    }
}

/// Makes a new master key, and wraps everything under it; or finishes a rotation that was cut short.
///
/// # Errors
/// When the vault does not open, the old key of an earlier rotation still lies there, or another
/// rotation is under way. The vault opens as before then.
pub async fn rotate(config: &VaultConfig) -> anyhow::Result<Rotation> {
    let path = &config.master_key;
    let (next, old_key) = (beside(path, "next"), beside(path, "old"));
    // Two at once would take each other's new key for theirs.
    let lock = File::open(path).context("cannot read the master key")?;
    lock.try_lock().context("another rotation of this master key is under way")?;
    let (vault, is_finished) = open(config).await?;
    if is_finished {
        return Ok(Rotation { keys: None, old_key });
    }
    ensure!(
        !old_key.exists(),
        "the old master key of an earlier rotation is still there: destroy {} first",
        old_key.display()
    );
    // Nothing is wrapped under it, since the old key opens the vault: it was made in vain.
    remove(&next).context("cannot remove a new master key that was made in vain")?;
    let to = MasterKey::generate(&next).context("cannot make the new master key")?;
    let keys = match vault.rotate(&to).await {
        Ok(keys) => keys,
        Err(VaultError::Rotated) => bail!("the master key was rotated from elsewhere"),
        Err(error) => return Err(error).context("the keys could not be wrapped anew"),
    };
    put_in_place(path).context("cannot put the new master key in its place")?;
    sweep(&Vault::open(&config.url, to).await.context("cannot open the vault")?).await;
    Ok(Rotation { keys: Some(keys), old_key })
}

/// Sets the old key aside and puts the new one in its place, durably. Done by two at once, or begun
/// anew, it comes to the same.
fn put_in_place(path: &Path) -> io::Result<()> {
    match fs::hard_link(path, beside(path, "old")) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    match fs::rename(beside(path, "next"), path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let path = path.canonicalize()?;
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
}

/// The keys are safe already; only their old wrapping may lie about a while longer.
async fn sweep(vault: &Vault) {
    if let Err(error) = vault.sweep().await {
        let error: &(dyn std::error::Error + 'static) = &error;
        tracing::error!(error, "keys wrapped under the old master key still lie in the vault");
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The file of this suffix beside the key's.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut file = path.as_os_str().to_owned();
    file.push(".");
    file.push(suffix);
    PathBuf::from(file)
}
