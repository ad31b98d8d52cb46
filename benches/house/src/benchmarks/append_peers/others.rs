//! The others' side: a program of its own, since they need another version of sqlx than we.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use super::{CASES, CLIENTS, HISTORY, Round};
use crate::benchmarks::Setting;
use crate::server::Database;

/// An event store that can do the same.
#[derive(Clone, Copy)]
pub enum Other {
    /// postgres-es, of cqrs-es.
    Cqrs,
    /// disintegrate-postgres.
    Disintegrate,
}

/// What the program says of a round.
#[derive(Deserialize)]
struct Answered {
    rate: f64,
    p50: f64,
    p99: f64,
    done: u64,
    conflicts: u64,
}

impl Other {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Cqrs, Self::Disintegrate];

    /// The benchmark in which it is the peer.
    pub fn bench(self) -> String {
        format!("append/{}", self.name())
    }

    /// What it is called in the table.
    pub fn version(self) -> &'static str {
        match self {
            Self::Cqrs => "cqrs-es, postgres-es 0.5",
            Self::Disintegrate => "disintegrate-postgres 4",
        }
    }

    /// One round on a database of its own.
    pub async fn measure(self, setting: &Setting<'_>) -> Result<Round> {
        let database = setting.server.fresh_database().await?;
        self.run(setting, &database, "fill").await?;
        setting.server.settle(&database).await?;
        let before = database.count(self.table()).await?;
        ensure!(before == (CASES * HISTORY) as u64, "{before} events were filled in");
        let said = self.run(setting, &database, "measure").await?;
        let answered: Answered = serde_json::from_str(&said).context("the peer's answer")?;
        database.ensure_at_least(self.table(), before + answered.done).await?;
        setting.server.discard(database).await?;
        let Answered { rate, p50, p99, conflicts, .. } = answered;
        let name = self.name();
        println!("  {name}: {rate:.0}/s, p50 {p50:.1} ms, p99 {p99:.1} ms, {conflicts} conflicts");
        Ok(Round { rate, conflicts })
    }

    async fn run(self, setting: &Setting<'_>, on: &Database, phase: &str) -> Result<String> {
        let window = setting.arguments.window();
        let job = json!({
            "store": self.name(),
            "phase": phase,
            "database": on.url,
            "cases": CASES,
            "history": HISTORY,
            "clients": CLIENTS,
            "warm_up_seconds": window.warm_up.as_secs(),
            "measured_seconds": window.measured.as_secs(),
        });
        let program = &setting.arguments.peers;
        let output = tokio::process::Command::new(program).arg(job.to_string()).output().await;
        let output = output.with_context(|| format!("no peers at {}", program.display()))?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "the peers ended with {}: {complaint}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cqrs => "cqrs-es",
            Self::Disintegrate => "disintegrate",
        }
    }

    fn table(self) -> &'static str {
        match self {
            Self::Cqrs => "events",
            Self::Disintegrate => "event",
        }
    }
}
