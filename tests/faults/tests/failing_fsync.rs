//! Fault: the disk does not keep what it is given. strace lets `fsync` and `fdatasync` fail with
//! EIO; what was acknowledged before must be there when the log is opened without it.

use std::sync::Arc;

use anyhow::Result;
use faults::{
    Database, Door, Experiment, FailingSync, ServerProcess, scaled, strace_runs, wait_until,
};

const SERVER: &str = env!("CARGO_BIN_EXE_append-server");
const CALLS: &str = "fsync,fdatasync";
/// How many calls of a thread may succeed at most before all of its later ones fail.
const SUCCEEDING_MAX: u64 = 60;
/// SQLite flushes three times for the first commit into a new write-ahead log: its head, its folder,
/// the commit. So the fourth call is the earliest that may fail: were it an earlier one, no new
/// connection would ever have anything to acknowledge.
const EARLIEST_TO_FAIL: u64 = 4;
/// PostgreSQL's processes flush a few times on their way up.
const SUCCEEDING_MIN: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    let Some(rounds) = rounds("sqlite") else { return Ok(()) };
    let mut experiment = Experiment::begin("failing fsync", Database::sqlite()?, SERVER).await?;
    let clients = experiment.clients(0);
    let mut failed = 0;
    for _ in 0..rounds {
        let failing =
            FailingSync::new(CALLS, EARLIEST_TO_FAIL + experiment.random.below(SUCCEEDING_MAX))?;
        // It may fail as early as on opening the log; then the next one has a try.
        let Ok(server) = experiment.start_under(&failing.wrapper()) else {
            failed += failing.failed();
            continue;
        };
        experiment.entrance.open(vec![Door::Process(server.clone())]);
        live_with_failures(&mut experiment, &failing).await;
        end(&experiment, &server);
        failed += failing.failed();
    }
    let servers = experiment.start_servers(1)?;
    experiment.ledger.wait_for_more(1).await;
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    assert!(failed >= rounds, "flushing failed in every round");
    experiment.finish(vec![("rounds", rounds), ("failed calls", failed)]).await?;
    Ok(())
}

/// A process goes on after its first failures, with new connections whose first calls succeed; a
/// little later it is killed, as an operator would end it.
async fn live_with_failures(experiment: &mut Experiment, failing: &FailingSync) {
    wait_until_it_fails(failing).await;
    experiment.wait_for_a_moment().await;
}

fn end(experiment: &Experiment, server: &Arc<ServerProcess>) {
    experiment.entrance.close();
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    let Some(rounds) = rounds("postgres") else { return Ok(()) };
    let mut experiment = Experiment::begin("failing fsync", Database::postgres()?, SERVER).await?;
    let servers = experiment.start_servers(2)?;
    let clients = experiment.clients(0);
    let (mut failed, mut panics) = (0, 0);
    for _ in 0..rounds {
        experiment.wait_for_a_moment().await;
        // In good order, since a server that recovers flushes every file before it serves.
        experiment.database.cluster().stop_in_order()?;
        let after = SUCCEEDING_MIN + experiment.random.below(SUCCEEDING_MAX);
        let failing = FailingSync::new(CALLS, after)?;
        experiment.database.cluster().start_again_under(&failing.wrapper())?;
        wait_until_it_fails(&failing).await;
        // A flush that failed ends every process of the server (PANIC). It then tries to recover,
        // in vain while flushing fails, until it is taken off that disk.
        panics = wait_for_panics(&mut experiment, panics + 1).await;
        experiment.database.cluster().kill()?;
        failed += failing.failed();
        experiment.database.cluster().start_again()?;
    }
    experiment.ledger.wait_for_more(1).await;
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    let done = vec![("rounds", rounds), ("failed calls", failed), ("panics", panics)];
    experiment.finish(done).await?;
    Ok(())
}

/// Waits until the server has said so this often, and tells how often it has.
async fn wait_for_panics(experiment: &mut Experiment, wanted: u64) -> u64 {
    let mut panics = 0;
    wait_until("the server gives up (PANIC)", || {
        panics = experiment.database.cluster().messages().matches("PANIC:").count() as u64;
        panics >= wanted
    })
    .await;
    panics
}

/// Says loudly when it cannot be done here.
fn rounds(store: &str) -> Option<u64> {
    if let Err(reason) = strace_runs() {
        println!("failing fsync on {store}: SKIPPED, NOTHING WAS TESTED: {reason:#}");
        return None;
    }
    Some(scaled(2, 40))
}

async fn wait_until_it_fails(failing: &FailingSync) {
    wait_until("flushing fails", || failing.failed() > 0).await;
}
