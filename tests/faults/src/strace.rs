//! A disk that does not keep its promise: strace makes `fsync` and `fdatasync` fail.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;
use test_servers::{find_on_path, install, run_quietly};

const INSTRUCTIONS: &str = "strace is needed. Install it: `apt-get install strace` (Debian), \
    `dnf install strace` (Fedora)";

/// Whether strace is there, or could be installed, and may trace a process here. If not, why not.
///
/// # Errors
/// What stood in the way.
pub fn strace_runs() -> Result<()> {
    if find_on_path(&["strace"]).is_none() {
        install(&["strace"], INSTRUCTIONS)?;
    }
    run_quietly(Command::new("strace").args(["-D", "-f", "-o", "/dev/null", "true"]))?;
    Ok(())
}

/// One time that flushing fails, and strace's account of it.
pub struct FailingSync {
    calls: String,
    after: u64,
    account: TempDir,
}

impl FailingSync {
    /// From its `after`-th call on, each thread's `calls` (`fsync,fdatasync`) fail.
    ///
    /// # Errors
    /// When there is no place for the account.
    pub fn new(calls: &str, after: u64) -> Result<Self> {
        Ok(Self { calls: calls.to_owned(), after, account: tempfile::tempdir()? })
    }

    fn file(&self) -> PathBuf {
        self.account.path().join("strace")
    }

    /// What to put before a program and its arguments. The program stays the process that is
    /// started (`-D`), so that who kills it kills it and not strace.
    #[must_use]
    pub fn wrapper(&self) -> Vec<String> {
        let Self { calls, after, .. } = self;
        let file = self.file().display().to_string();
        let trace = format!("trace={calls}");
        let inject = format!("inject={calls}:error=EIO:when={after}+");
        ["strace", "-D", "-f", "-qq", "-o", &file, "-e", &trace, "-e", &inject]
            .map(str::to_owned)
            .to_vec()
    }

    /// How many calls failed so far.
    #[must_use]
    pub fn failed(&self) -> u64 {
        let account = fs::read_to_string(self.file()).unwrap_or_default();
        account.lines().filter(|line| line.ends_with("(INJECTED)")).count() as u64
    }
}
