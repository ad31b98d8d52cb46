//! Installs what tests need, where we may: as root on a system that has apt-get.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::programs::{find_on_path, run};

/// Whether we run as root. The owner of a file just made is who we are, on every Unix; the
/// standard library has no shorter way to ask.
pub fn we_are_root() -> Result<bool> {
    let probe = tempfile::NamedTempFile::new().context("could not make a temporary file")?;
    Ok(fs::metadata(probe.path())?.uid() == 0)
}

/// Installs Debian packages, or fails with `instructions` where that is not ours to do.
///
/// # Errors
/// As `instructions` say, or with what apt-get complained of.
pub fn install(packages: &[&str], instructions: &str) -> Result<()> {
    if !we_are_root()? || find_on_path(&["apt-get"]).is_none() {
        bail!("{instructions}");
    }
    println!("installing {}", packages.join(", "));
    apt_get(&["update"])
        .and_then(|()| apt_get(&install_arguments(packages)))
        .context(format!("could not install {}; {instructions}", packages.join(", ")))
}

fn install_arguments<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    [&["install", "--yes", "--no-install-recommends"], packages].concat()
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    run(Command::new("apt-get").arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_follow_the_options() {
        let arguments = install_arguments(&["chromium", "fonts-noto-cjk"]);
        assert_eq!(arguments[0], "install");
        assert_eq!(arguments[3..], ["chromium", "fonts-noto-cjk"]);
    }
}
