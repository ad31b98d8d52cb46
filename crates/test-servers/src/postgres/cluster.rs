//! A private PostgreSQL cluster in a temporary folder, on a free port of this machine only.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::{NamedTempFile, TempDir};

use super::plan::{ClusterPlan, Durability};
use super::server_programs::ServerPrograms;
use crate::processes::kill_with_children;
use crate::programs::run_quietly;

/// Starting takes under a second; a machine busy with builds gets a minute.
const START_SECONDS_MAX: u64 = 60;

/// A server and its data. Dropping it stops the one and deletes the other.
pub struct Cluster {
    programs: ServerPrograms,
    server: Child,
    port: u16,
    url: String,
    folder: TempDir,
    /// What the server says. Not beside its data: on a full disk it would fall silent.
    messages: NamedTempFile,
}

impl Cluster {
    /// Makes a cluster, starts its server, and waits until it answers.
    ///
    /// # Errors
    /// When there is no folder or port for it, or it does not start; with the server's own words.
    pub fn start(programs: &ServerPrograms, durability: Durability) -> Result<Self> {
        Self::start_as(programs, &ClusterPlan::new(durability))
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
        Self::start_as(programs, &ClusterPlan::new(durability).placed_in(place))
    }

    /// The same as planned.
    ///
    /// # Errors
    /// As for [`Cluster::start`].
    pub fn start_as(programs: &ServerPrograms, plan: &ClusterPlan) -> Result<Self> {
        let folder = make_folder(&plan.place, programs)?;
        let port = free_port()?;
        let messages = NamedTempFile::new().context("could not make a temporary file")?;
        initialise(programs, &data_folder(&folder), &plan.initdb_options)?;
        configure(&data_folder(&folder), &plan.configuration(port))?;
        let mut cluster = Self {
            server: spawn_server(programs, &folder, messages.path(), &[])?,
            programs: programs.clone(),
            port,
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            folder,
            messages,
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

    /// The folder with everything that the server keeps.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        data_folder(&self.folder)
    }

    /// Kills the server and all its processes at once with SIGKILL: none of them gets to say or
    /// write a word. A server that has ended by itself is no error.
    ///
    /// # Errors
    /// When they cannot be killed.
    pub fn kill(&mut self) -> Result<()> {
        if self.server.try_wait()?.is_none() {
            kill_with_children(self.server.id())?;
            self.server.wait()?;
        }
        Ok(())
    }

    /// Stops the server in good order.
    ///
    /// # Errors
    /// When it does not stop.
    pub fn stop_in_order(&mut self) -> Result<()> {
        self.stop("fast")
    }

    /// Whether the server has ended by itself, as it does when it cannot recover.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.server.try_wait()?.is_some())
    }

    /// Starts the server again after its end, and waits until it answers.
    ///
    /// # Errors
    /// When it does not start; with the server's own words.
    pub fn start_again(&mut self) -> Result<()> {
        self.start_again_under(&[])
    }

    /// The same under a wrapper, such as strace, which must become the server (`strace -D`).
    ///
    /// # Errors
    /// When it does not start; with the server's own words.
    pub fn start_again_under(&mut self, wrapper: &[String]) -> Result<()> {
        self.server = spawn_server(&self.programs, &self.folder, self.messages.path(), wrapper)?;
        self.wait_until_ready()
    }

    /// What the server said so far.
    #[must_use]
    pub fn messages(&self) -> String {
        fs::read_to_string(self.messages.path()).unwrap_or_default()
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
            if is_ready(&data_folder(&self.folder), self.server.id()) {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL ended at once ({status}):\n{}", self.messages());
            }
            sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL did not start in {START_SECONDS_MAX} seconds:\n{}", self.messages())
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

fn initialise(programs: &ServerPrograms, data: &Path, options: &[String]) -> Result<()> {
    run_quietly(
        programs
            .command("initdb")
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(options)
            .args(["--no-sync", "-D"])
            .arg(data),
    )?;
    Ok(())
}

fn configure(data: &Path, configuration: &str) -> Result<()> {
    let mut file = File::options().append(true).open(data.join("postgresql.conf"))?;
    file.write_all(configuration.as_bytes())?;
    Ok(())
}

fn spawn_server(
    programs: &ServerPrograms,
    folder: &TempDir,
    messages: &Path,
    wrapper: &[String],
) -> Result<Child> {
    let messages = File::options().append(true).open(messages)?;
    wrapped(programs.command("postgres"), wrapper)
        .arg("-D")
        .arg(data_folder(folder))
        .stdin(Stdio::null())
        .stdout(messages.try_clone()?)
        .stderr(messages)
        .spawn()
        .context("could not start PostgreSQL")
}

fn wrapped(command: Command, wrapper: &[String]) -> Command {
    let Some((first, rest)) = wrapper.split_first() else { return command };
    let mut wrapped = Command::new(first);
    wrapped.args(rest).arg(command.get_program()).args(command.get_args());
    wrapped
}

/// A port that nobody listens on: the system picks one, and we let it go again. Somebody could
/// take it in between; then the server says so and the errand is started again.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// The server writes its number and its state into its own file; a port that accepts says nothing
/// yet, and the file of a killed server is left behind.
fn is_ready(data: &Path, server: u32) -> bool {
    fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|state| says_ready(&state, server))
}

fn says_ready(state: &str, server: u32) -> bool {
    const STATE_LINE: usize = 7;
    let line = |number| state.lines().nth(number).map(str::trim_end);
    line(0) == Some(&server.to_string()) && line(STATE_LINE) == Some("ready")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_ready_when_its_own_file_says_so() {
        let starting = "71\n/data\n1700000000\n54321\n\n127.0.0.1\n  0  0\nstarting\n";
        let ready = starting.replace("starting", "ready   ");
        assert!(!says_ready(starting, 71));
        assert!(says_ready(&ready, 71));
        assert!(!says_ready(&ready, 72), "left behind by another");
        assert!(!says_ready("71\n/data\n", 71));
    }

    #[test]
    fn a_free_port_can_be_taken() {
        TcpListener::bind(("127.0.0.1", free_port().unwrap())).expect("nobody listens there");
    }
}
