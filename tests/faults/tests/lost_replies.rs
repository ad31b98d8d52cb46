//! Fault: replies get lost after the commit. Who asks again with the same request id learns the
//! same positions, however often and however early; who uses the id for something else is refused.

use anyhow::Result;
use faults::{Database, Experiment, scaled};

const SERVER: &str = env!("CARGO_BIN_EXE_append-server");
/// One reply in three is lost.
const LOSING_ONE_IN: u64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    lose_replies(Database::sqlite()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    lose_replies(Database::postgres()?).await
}

/// Two processes, so that a request is often asked again where nobody remembers it.
async fn lose_replies(database: Database) -> Result<()> {
    let experiment = Experiment::begin("lost replies", database, SERVER).await?;
    let servers = experiment.start_servers(2)?;
    let clients = experiment.clients(LOSING_ONE_IN);
    experiment.ledger.wait_for_more(scaled(600, 20_000)).await;
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    let forgeries = experiment.ledger.lock().counts().forgeries;
    let report = experiment.finish(vec![("forgeries refused", forgeries)]).await?;
    assert!(report.counts.replayed > 0 && forgeries > 0, "some reply was lost");
    Ok(())
}
