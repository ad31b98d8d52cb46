//! Production's shape: processes of the real binary, each with one office or the gateway, by one
//! configuration file.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, ensure};
use contracts::Office;
use tempfile::TempDir;
use tonic::transport::Channel;
use tsunagi::{Config, DataFolder};

use crate::{PostgresDatabases, client_token};

/// Processes that share one log. Dropping it kills them and deletes the folder.
pub struct Town {
    binary: PathBuf,
    config: PathBuf,
    processes: Vec<Process>,
    folder: TempDir,
    keeps_logs: bool,
}

/// One process of it.
struct Process {
    what: String,
    address: SocketAddr,
    child: Child,
    /// Held open: a process that says something more must find somebody who listens.
    _said: BufReader<ChildStdout>,
}

impl Town {
    /// A town with a log that has just begun, on PostgreSQL databases of its own. No process runs.
    pub async fn begin(binary: &Path) -> anyhow::Result<Self> {
        Self::begin_with(binary, |_, _| Ok(())).await
    }

    /// The same, with a configuration that is changed before anything begins; what it names besides
    /// lies in the folder.
    pub async fn begin_with(
        binary: &Path,
        change: impl FnOnce(&mut Config, &Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = DataFolder::at(folder.path());
        data.prepare()?;
        let databases = PostgresDatabases::create().await?;
        let mut config = data.config(any_port())?;
        config.log.url = databases.url("log");
        config.reads.url = databases.url("reads");
        config.vault.url = databases.url("vault");
        change(&mut config, folder.path())?;
        let town = Self::of(binary, folder, &config)?;
        town.run(&["init"])?;
        Ok(town)
    }

    /// A town in a data folder whose keys are there, on a log that was begun already. One
    /// configuration serves all processes: with port 0 in it, each takes a port of its own.
    pub fn of(binary: &Path, folder: TempDir, config: &Config) -> anyhow::Result<Self> {
        let path = folder.path().join("tsunagi.toml");
        fs::write(&path, toml::to_string(config)?)?;
        let (binary, processes) = (binary.to_owned(), Vec::new());
        Ok(Self { binary, config: path, processes, folder, keeps_logs: false })
    }

    /// Processes that start from now on say everything there is to say, each into a file of its own.
    pub fn keep_logs(&mut self) {
        self.keeps_logs = true;
    }

    /// What a process has said so far, if it was to be kept.
    pub fn log_of(&self, what: &str) -> anyhow::Result<Vec<u8>> {
        Ok(fs::read(self.log_file(what))?)
    }

    fn log_file(&self, what: &str) -> PathBuf {
        self.folder.path().join(format!("{what}.log"))
    }

    /// Starts `gateway` or an office by its name, and waits until it says where it listens.
    pub fn serve(&mut self, what: &str) -> anyhow::Result<SocketAddr> {
        let mut command = Command::new(&self.binary);
        command.args(["serve", what, "--config"]).arg(&self.config).stdout(Stdio::piped());
        if self.keeps_logs {
            command.env("TSUNAGI_LOG", "trace").stderr(File::create(self.log_file(what))?);
        }
        let mut child = command.spawn().with_context(|| format!("cannot start {what}"))?;
        let mut said = BufReader::new(child.stdout.take().context("its output is a pipe")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let address = line.rsplit(' ').next().and_then(|word| word.trim().parse().ok());
        let Some(address) = address else {
            child.kill().ok();
            anyhow::bail!("{what} does not say where it listens ({})", child.wait()?);
        };
        self.processes.push(Process { what: what.to_owned(), address, child, _said: said });
        Ok(address)
    }

    /// What `tsunagi log` says of this town's log.
    pub fn look(&self, arguments: &[&str]) -> anyhow::Result<String> {
        self.run(&[&["log"], arguments].concat())
    }

    /// What the binary prints when it is given these arguments and this town's configuration.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--config").arg(&self.config);
        let output = command.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Kills a process as a power cut would, without a word to it.
    pub fn kill(&mut self, what: &str) -> anyhow::Result<()> {
        let index = self.processes.iter().position(|process| process.what == what);
        let mut process = self.processes.remove(index.with_context(|| nobody(what))?);
        process.end();
        Ok(())
    }

    /// Where a running process listens.
    pub fn address(&self, what: &str) -> anyhow::Result<SocketAddr> {
        self.process(what).map(|process| process.address)
    }

    /// The number of a running process.
    pub fn process_id(&self, what: &str) -> anyhow::Result<u32> {
        self.process(what).map(|process| process.child.id())
    }

    /// A channel to a running office.
    pub async fn channel(&self, office: Office) -> anyhow::Result<Channel> {
        let address = self.address(contracts::office_name(office))?;
        Ok(Channel::from_shared(format!("http://{address}"))?.connect().await?)
    }

    /// A token for an agency, good for an hour.
    ///
    /// # Panics
    /// When the town's folder holds no issuer's key.
    pub fn token(&self, office: Office, agency: &str) -> String {
        client_token(&DataFolder::at(self.folder.path()), office, agency)
    }

    /// The folder with keys, configuration and read model.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn process(&self, what: &str) -> anyhow::Result<&Process> {
        let found = self.processes.iter().find(|process| process.what == what);
        found.with_context(|| nobody(what))
    }
}

impl Process {
    fn end(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn nobody(what: &str) -> String {
    format!("no {what} runs")
}

/// A port of this machine that the system picks.
pub fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The binary of the profile that this test was built in, which `cargo test --workspace` builds
/// beside the tests.
pub fn binary_beside_tests() -> anyhow::Result<PathBuf> {
    let tests = std::env::current_exe()?;
    let folder = tests.parent().and_then(Path::parent).context("tests lie in a folder")?;
    let binary = folder.join("tsunagi");
    ensure!(binary.exists(), "build it first: cargo build -p tsunagi");
    Ok(binary)
}
