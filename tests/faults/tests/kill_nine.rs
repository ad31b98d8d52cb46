//! Fault: the process that appends is killed with SIGKILL at random moments under load.

use anyhow::Result;
use faults::{Database, Experiment, scaled};

const SERVER: &str = env!("CARGO_BIN_EXE_append-server");

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    kill_at_random_moments(Database::sqlite()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    kill_at_random_moments(Database::postgres()?).await
}

async fn kill_at_random_moments(database: Database) -> Result<()> {
    let kills = scaled(12, 300);
    let mut experiment = Experiment::begin("kill -9", database, SERVER).await?;
    let mut servers = experiment.start_servers(1)?;
    let clients = experiment.clients(0);
    for kill in 0..kills {
        experiment.wait_for_a_moment().await;
        // Every other time nobody else has the log open: on SQLite the next one to open it must
        // then recover it from its journal alone.
        let alone = kill % 2 == 1;
        if alone {
            experiment.watcher.pause().await;
        }
        experiment.entrance.close();
        servers.iter().for_each(|server| server.kill());
        servers = experiment.start_servers(1)?;
        if alone {
            experiment.watcher.resume().await?;
        }
    }
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    let report = experiment.finish(vec![("kills", kills)]).await?;
    assert!(report.counts.retried > 0, "some kill must have hit a request in flight");
    Ok(())
}
