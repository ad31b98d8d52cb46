//! The OpenID Connect provider that tests sign in at: one that others have made, run by Node.js.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::packages;
use crate::programs::{find_on_path, run};

const PACKAGES: [&str; 2] = ["nodejs", "npm"];

const INSTRUCTIONS: &str = "Node.js 18 or newer and npm are needed. Install them: `apt-get install \
    nodejs npm` (Debian), `dnf install nodejs npm` (Fedora)";

/// Its files here: the exact packages, and the script that starts it.
const FILES: [&str; 3] = ["package.json", "package-lock.json", "provider.mjs"];

/// The provider's script, beside the packages that it needs.
pub struct OidcProvider {
    script: PathBuf,
}

impl OidcProvider {
    /// Puts it into this folder, with exactly the packages that the lock file names.
    ///
    /// # Errors
    /// When Node.js can't be had; with what to install. When the packages can't be had.
    pub fn provide(folder: &Path) -> Result<Self> {
        if find_on_path(&["npm"]).is_none() || find_on_path(&["node"]).is_none() {
            packages::install(&PACKAGES, INSTRUCTIONS)?;
        }
        let script = folder.join("provider.mjs");
        if !is_current(folder) {
            put(folder)?;
        }
        Ok(Self { script })
    }

    /// The script to start with Node.js.
    #[must_use]
    pub fn script(&self) -> &Path {
        &self.script
    }
}

fn source(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc").join(file)
}

/// The mark is made last: where it is, the packages of these files are.
fn is_current(folder: &Path) -> bool {
    FILES.iter().all(|file| fs::read(source(file)).ok() == fs::read(folder.join(file)).ok())
        && folder.join("installed").exists()
}

fn put(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).context("could not make the provider's folder")?;
    let _ = fs::remove_file(folder.join("installed"));
    for file in FILES {
        fs::copy(source(file), folder.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))?;
    fs::write(folder.join("installed"), "").context("could not note that it is installed")
}
