//! Where PostgreSQL's server programs are, and as whom they run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::packages::{self, we_are_root};
use crate::programs::{folders_on_path, is_executable, newest_version, run_quietly};

/// Debian keeps server programs off PATH, one folder for each version.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";

const NEEDED: [&str; 3] = ["initdb", "postgres", "pg_ctl"];

const INSTRUCTIONS: &str = "PostgreSQL's server programs (initdb, postgres, pg_ctl) are needed. \
    Install them: `apt-get install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` \
    (Fedora), `brew install postgresql` (macOS); or name a superuser's address in \
    TSUNAGI_TEST_POSTGRES";

/// Who may run a server when we are root, by preference: the server programs refuse root.
const USERS_INSTEAD_OF_ROOT: [&str; 2] = ["postgres", "nobody"];

/// The server programs of one PostgreSQL installation.
#[derive(Clone)]
pub struct ServerPrograms {
    folder: PathBuf,
    /// As whom they run; none: as ourselves.
    pub(crate) user: Option<User>,
}

/// A user of the machine, in numbers.
#[derive(Clone)]
pub(crate) struct User {
    pub number: u32,
    pub group: u32,
}

impl ServerPrograms {
    /// On PATH, else the newest that Debian has, else installed where we may.
    ///
    /// # Errors
    /// When they cannot be had; with what to install.
    pub fn find_or_install() -> Result<Self> {
        let folder = match find() {
            Some(folder) => folder,
            None => {
                packages::install(&["postgresql"], INSTRUCTIONS)?;
                find().context("PostgreSQL was installed, but its server programs are missing")?
            }
        };
        let user = if we_are_root()? { Some(User::instead_of_root()?) } else { None };
        Ok(Self { folder, user })
    }

    /// A server program, as the user who may run it. `setpriv` becomes the program, so that the
    /// process we started is the server itself.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let program = self.folder.join(program);
        let Some(user) = &self.user else { return Command::new(program) };
        let mut command = Command::new("setpriv");
        command
            .arg(format!("--reuid={}", user.number))
            .arg(format!("--regid={}", user.group))
            .args(["--clear-groups", "--"])
            .arg(program);
        command
    }
}

impl User {
    fn instead_of_root() -> Result<Self> {
        let mut known = USERS_INSTEAD_OF_ROOT.iter().filter_map(|name| Self::by_name(name).ok());
        known.next().context("a server cannot run as root: neither `postgres` nor `nobody` exists")
    }

    fn by_name(name: &str) -> Result<Self> {
        let ask = |option| run_quietly(Command::new("id").args([option, name]));
        Ok(Self { number: ask("-u")?.parse()?, group: ask("-g")?.parse()? })
    }
}

fn find() -> Option<PathBuf> {
    folders_on_path().into_iter().chain(newest_debian_folder()).find(|folder| is_complete(folder))
}

fn is_complete(folder: &Path) -> bool {
    NEEDED.iter().all(|program| is_executable(&folder.join(program)))
}

fn newest_debian_folder() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::fs::read_dir(DEBIAN_FOLDER)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| is_complete(&folder.join("bin")))
        .collect();
    newest_version(&folders).map(|folder| folder.join("bin"))
}
