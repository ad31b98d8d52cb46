//! A private PostgreSQL cluster in a temporary folder, on a free port of this machine only.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::server_programs::ServerPrograms;
use crate::programs::run_quietly;

/// Starting takes under a second; a machine busy with builds gets a minute.
const START_SECONDS_MAX: u64 = 60;

/// Every test opens pools of its own, and all tests of a crate run at once.
const CONNECTIONS_MAX: u32 = 400;

/// Whether what is committed has to outlive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// For tests that delete everything afterwards: nothing is flushed to the disk.
    ThrownAway,
    /// As in production: a commit waits for the disk. For fault tests and benchmarks.
    Kept,
}

/// A server and its data. Dropping it stops the one and deletes the other.
pub struct Cluster {
    programs: ServerPrograms,
    server: Child,
    port: u16,
    url: String,
    folder: TempDir,
}

impl Cluster {
    /// Makes a cluster, starts its server, and waits until it answers.
    ///
    /// # Errors
    /// When there is no folder or port for it, or it does not start; with the server's own words.
    pub fn start(programs: &ServerPrograms, durability: Durability) -> Result<Self> {
        Self::start_in(&std::env::temp_dir(), programs, durability)
    }

    /// The same with its data in a folder below `place`, which every user must be able to enter.
    ///
    /// # Errors
    /// As for [`Cluster::start`].
    pub fn start_in(
        place: &Path,
        programs: &ServerPrograms,
        durability: Durability,
    ) -> Result<Self> {
        let folder = make_folder(place, programs)?;
        let port = free_port()?;
        initialise(programs, &data_folder(&folder))?;
        configure(&data_folder(&folder), port, durability)?;
        let mut cluster = Self {
            server: spawn_server(programs, &folder)?,
            programs: programs.clone(),
            port,
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            folder,
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The superuser's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port on 127.0.0.1; the same after a restart.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills the server and all its processes as a power cut would, without a word to anybody.
    ///
    /// # Errors
    /// When the server could not be asked.
    pub fn kill(&mut self) -> Result<()> {
        // `immediate` ends every process at once and writes nothing back: the next start recovers
        // from the log of changes, as after a crash. SIGKILL would leave its children behind.
        self.stop("immediate")
    }

    /// Starts the server again after [`Cluster::kill`], and waits until it answers.
    ///
    /// # Errors
    /// When it does not start; with the server's own words.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = spawn_server(&self.programs, &self.folder)?;
        self.wait_until_ready()
    }

    fn stop(&mut self, mode: &str) -> Result<()> {
        let data = data_folder(&self.folder);
        let mut stop = self.programs.command("pg_ctl");
        run_quietly(stop.arg("stop").arg("-D").arg(data).args(["-w", "-m", mode]))?;
        self.server.wait()?;
        Ok(())
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(START_SECONDS_MAX) {
            if is_ready(&data_folder(&self.folder)) {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL ended at once ({status}):\n{}", self.messages());
            }
            sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL did not start in {START_SECONDS_MAX} seconds:\n{}", self.messages())
    }

    fn messages(&self) -> String {
        fs::read_to_string(messages_file(&self.folder)).unwrap_or_default()
    }
}

impl Drop for Cluster {
    /// `immediate`, because what is stopped here is deleted next. A server that cannot be asked
    /// is killed; waiting for its end keeps it from writing into a folder being deleted.
    fn drop(&mut self) {
        if self.stop("immediate").is_err() {
            let _ = self.server.kill();
            let _ = self.server.wait();
        }
    }
}

fn data_folder(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

fn messages_file(folder: &TempDir) -> PathBuf {
    folder.path().join("messages")
}

/// A fresh folder that belongs to whoever runs the server.
fn make_folder(place: &Path, programs: &ServerPrograms) -> Result<TempDir> {
    let folder = tempfile::Builder::new()
        .prefix("tsunagi-postgres-")
        .tempdir_in(place)
        .context("could not make a temporary folder")?;
    if let Some(user) = &programs.user {
        chown(folder.path(), Some(user.number), Some(user.group))?;
    }
    Ok(folder)
}

fn initialise(programs: &ServerPrograms, data: &Path) -> Result<()> {
    run_quietly(
        programs
            .command("initdb")
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "-D"])
            .arg(data),
    )?;
    Ok(())
}

fn configure(data: &Path, port: u16, durability: Durability) -> Result<()> {
    let mut file = File::options().append(true).open(data.join("postgresql.conf"))?;
    file.write_all(settings(port, durability).as_bytes())?;
    Ok(())
}

fn settings(port: u16, durability: Durability) -> String {
    let common = format!(
        "listen_addresses = '127.0.0.1'\n\
         port = {port}\n\
         unix_socket_directories = ''\n\
         max_connections = {CONNECTIONS_MAX}\n"
    );
    match durability {
        Durability::Kept => common,
        Durability::ThrownAway => common + "fsync = off\nfull_page_writes = off\n",
    }
}

fn spawn_server(programs: &ServerPrograms, folder: &TempDir) -> Result<Child> {
    let messages = File::options().append(true).create(true).open(messages_file(folder))?;
    programs
        .command("postgres")
        .arg("-D")
        .arg(data_folder(folder))
        .stdin(Stdio::null())
        .stdout(messages.try_clone()?)
        .stderr(messages)
        .spawn()
        .context("could not start PostgreSQL")
}

/// A port that nobody listens on: the system picks one, and we let it go again. Somebody could
/// take it in between; then the server says so and the errand is started again.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// The server writes its state into its own file; a port that accepts says nothing yet.
fn is_ready(data: &Path) -> bool {
    fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|state| says_ready(&state))
}

fn says_ready(state: &str) -> bool {
    const STATE_LINE: usize = 7;
    state.lines().nth(STATE_LINE).is_some_and(|line| line.trim_end() == "ready")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_ready_when_its_own_file_says_so() {
        let starting = "71\n/data\n1700000000\n54321\n\n127.0.0.1\n  0  0\nstarting\n";
        assert!(!says_ready(starting));
        assert!(says_ready(&starting.replace("starting", "ready   ")));
        assert!(!says_ready("71\n/data\n"));
    }

    #[test]
    fn a_free_port_can_be_taken() {
        TcpListener::bind(("127.0.0.1", free_port().unwrap())).expect("nobody listens there");
    }

    #[test]
    fn the_server_listens_on_this_machine_only() {
        let settings = settings(54321, Durability::Kept);
        assert!(settings.contains("listen_addresses = '127.0.0.1'\n"));
        assert!(settings.contains("port = 54321\n"));
        assert!(settings.contains("unix_socket_directories = ''\n"));
    }

    #[test]
    fn only_what_is_thrown_away_may_be_lost() {
        assert!(settings(1, Durability::ThrownAway).contains("fsync = off"));
        assert!(!settings(1, Durability::Kept).contains("fsync"));
    }
}
