//! A town on a filled log: its databases, and processes of the real binary that serve it.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use acceptance::{Town, any_port};
use access::SystemClock;
use anyhow::{Context, Result, ensure};
use tokio::time::{interval, timeout};
use tsunagi::{Config, DataFolder, House};

use crate::fill::{Filed, fill};
use crate::server::{Database, Server};

/// How long a gateway may take to build its read model of a million events.
const CATCH_UP: Duration = Duration::from_secs(600);
/// A folder that is no disk.
const MEMORY: &str = "/dev/shm";
/// How often it is asked whether it is done.
const ASK: Duration = Duration::from_millis(50);

/// A filled log, and whoever works on it.
pub struct FilledTown {
    /// The same databases, opened by this process.
    pub house: House,
    /// The persons on file.
    pub persons: Vec<Filed>,
    /// The processes.
    pub town: Town,
    /// A second gateway, with its record of reads in memory.
    beside: Option<Town>,
    config: Config,
    log: Database,
    reads: Database,
    vault: Database,
}

impl FilledTown {
    /// Fills a log on databases of its own. No process runs yet.
    pub async fn begin(server: &Server, persons: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = DataFolder::at(folder.path());
        data.prepare()?;
        let mut databases = Vec::new();
        for _ in 0..3 {
            databases.push(server.fresh_database().await?);
        }
        let [log, reads, vault] =
            <[Database; 3]>::try_from(databases).ok().context("three were made")?;
        let mut config = data.config(any_port())?;
        config.log.url.clone_from(&log.url);
        config.reads.url.clone_from(&reads.url);
        config.vault.url.clone_from(&vault.url);
        let house = House::open(config.clone(), Arc::new(SystemClock)).await?;
        let persons = fill(&house, persons).await?;
        server.settle(&log).await?;
        let town = Town::of(&binary()?, folder, &config)?;
        Ok(Self { house, persons, town, beside: None, config, log, reads, vault })
    }

    /// The address of the log's database.
    pub fn log_url(&self) -> &str {
        &self.log.url
    }

    /// Starts the support center's office and the gateway, and waits until the gateway has read
    /// the log. What runs already stays.
    pub async fn serve(&mut self) -> Result<()> {
        if self.town.address("gateway").is_ok() {
            return Ok(());
        }
        self.town.serve("support-center")?;
        ready(self.town.serve("gateway")?).await
    }

    /// Starts a second gateway on the same log, whose record of reads lies in memory, and waits until
    /// it has read the log.
    pub async fn serve_beside(&mut self) -> Result<SocketAddr> {
        let folder = tempfile::tempdir_in(MEMORY)?;
        let mut config = self.config.clone();
        config.reads.url = format!("sqlite:{}", folder.path().join("reads.sqlite").display());
        config.reads.heads = None;
        let gateway = config.gateway.as_mut().context("a data folder has a gateway")?;
        gateway.read_model = self.town.folder().join("read-model-beside.sqlite");
        let beside = self.beside.insert(Town::of(&binary()?, folder, &config)?);
        let address = beside.serve("gateway")?;
        ready(address).await?;
        Ok(address)
    }

    /// Ends the second gateway.
    pub fn end_beside(&mut self) {
        self.beside = None;
    }

    /// Resident memory of a running process, in MB.
    pub fn resident_megabytes(&self, what: &str) -> Result<f64> {
        let status = format!("/proc/{}/status", self.town.process_id(what)?);
        let status = std::fs::read_to_string(status)?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let words = line.map(|line| line.split_whitespace().collect::<Vec<_>>());
        let words = words.context("the system tells no resident memory")?;
        ensure!(words.get(1) == Some(&"kB"), "resident memory is told in another unit");
        Ok(words[0].parse::<f64>()? * 1024.0 / 1e6)
    }

    /// Ends all processes and deletes the databases.
    pub async fn end(self, server: &Server) -> Result<()> {
        drop((self.town, self.beside));
        self.house.log.close().await;
        self.house.reads.close().await;
        for database in [self.log, self.reads, self.vault] {
            server.discard(database).await?;
        }
        Ok(())
    }
}

/// Waits until a gateway has read the log.
async fn ready(gateway: SocketAddr) -> Result<()> {
    let client = reqwest::Client::new();
    let ready = async {
        let mut again = interval(ASK);
        loop {
            again.tick().await;
            let answer = client.get(format!("http://{gateway}/readyz")).send().await?;
            if answer.status().is_success() {
                break anyhow::Ok(());
            }
        }
    };
    timeout(CATCH_UP, ready).await.context("the gateway does not catch up")?
}

/// The house's binary of the same profile.
fn binary() -> Result<PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("tsunagi");
    ensure!(binary.exists(), "build it first: cargo build --release -p tsunagi");
    Ok(binary)
}
