//! The browser that the console's tests drive.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::packages;
use crate::programs::{find_on_path, is_executable};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The fonts go with the browser: without them Japanese pages are drawn as empty boxes.
const PACKAGES: [&str; 2] = ["chromium", "fonts-noto-cjk"];

const INSTRUCTIONS: &str = "Chromium is needed. Install it: `apt-get install chromium \
    fonts-noto-cjk` (Debian), `dnf install chromium google-noto-sans-cjk-fonts` (Fedora), \
    or name a Chromium or Chrome in TSUNAGI_TEST_CHROMIUM";

/// A browser that is there.
pub struct Chromium {
    path: PathBuf,
}

impl Chromium {
    /// What the variable names, else what is on PATH, else what can be installed.
    ///
    /// # Errors
    /// When none can be had; with what to install.
    pub fn find_or_install(variable: &str) -> Result<Self> {
        let path = match env::var_os(variable) {
            Some(named) => check_named(variable, named.into())?,
            None => find_or_install()?,
        };
        println!("using {}", path.display());
        Ok(Self { path })
    }

    /// The program to start.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn check_named(variable: &str, path: PathBuf) -> Result<PathBuf> {
    let shown = path.display();
    ensure!(is_executable(&path), "{variable} names {shown}, which is not a program");
    Ok(path)
}

fn find_or_install() -> Result<PathBuf> {
    if let Some(path) = find_on_path(&NAMES) {
        return Ok(path);
    }
    packages::install(&PACKAGES, INSTRUCTIONS)?;
    find_on_path(&NAMES).context("Chromium was installed, but is still not on PATH")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_browser_must_be_a_program() {
        let error = check_named("TSUNAGI_TEST_CHROMIUM", "/no/such/browser".into()).unwrap_err();
        assert!(error.to_string().contains("/no/such/browser"));
        assert_eq!(check_named("ANY", "/bin/sh".into()).unwrap(), Path::new("/bin/sh"));
    }
}
