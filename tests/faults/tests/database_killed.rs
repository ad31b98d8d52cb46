//! Fault: the database itself is killed under load and started again. On PostgreSQL that is the
//! server with all its processes; on SQLite it is every process that has the file open.

use anyhow::Result;
use faults::{Database, Experiment, scaled};

const SERVER: &str = env!("CARGO_BIN_EXE_append-server");
const PROCESSES: u64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    let kills = scaled(4, 100);
    let mut experiment = Experiment::begin("database killed", Database::sqlite()?, SERVER).await?;
    let mut servers = experiment.start_servers(PROCESSES)?;
    let clients = experiment.clients(0);
    for _ in 0..kills {
        experiment.wait_for_a_moment().await;
        experiment.watcher.pause().await;
        experiment.entrance.close();
        servers.iter().for_each(|server| server.kill());
        servers = experiment.start_servers(PROCESSES)?;
        experiment.watcher.resume().await?;
    }
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    let report = experiment.finish(vec![("kills", kills)]).await?;
    assert!(report.counts.retried > 0, "some kill must have hit a request in flight");
    Ok(())
}

/// The processes that append and the follower live through it all, on the handles they have.
#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    let kills = scaled(4, 100);
    let mut experiment =
        Experiment::begin("database killed", Database::postgres()?, SERVER).await?;
    let servers = experiment.start_servers(PROCESSES)?;
    let clients = experiment.clients(0);
    for _ in 0..kills {
        experiment.wait_for_a_moment().await;
        experiment.database.cluster().kill()?;
        experiment.database.cluster().start_again()?;
    }
    experiment.ledger.wait_for_more(1).await;
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    let errors = experiment.watcher.seen().errors;
    let done = vec![("kills", kills), ("errors the follower had", errors)];
    let report = experiment.finish(done).await?;
    assert!(report.counts.retried > 0, "some kill must have hit a request in flight");
    Ok(())
}
