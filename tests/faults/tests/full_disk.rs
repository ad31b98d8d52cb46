//! Fault: the disk is full. Callers get errors, nothing acknowledged is lost, and once there is
//! space again the log goes on.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use faults::{Ballast, Database, Door, Experiment, Tmpfs, patiently, scaled};
use sqlx::{Connection, PgConnection};
use test_servers::run_quietly;
use tokio::time::sleep;

const SERVER: &str = env!("CARGO_BIN_EXE_append-server");
const MEGABYTE: u64 = 1 << 20;
/// The log of a full run and twice its journal.
const SQLITE_DISK: u64 = 96 * MEGABYTE;
/// An empty cluster takes some 25 MB; the rest is for the log of a full run.
const POSTGRES_DISK: u64 = 192 * MEGABYTE;
/// What the ballast leaves: a moment's work.
const ROOM: u64 = MEGABYTE / 4;
/// As many as there are clients, and so at least one batch.
const FAILURES: u64 = 32;
/// The server writes into files, which wake nobody.
const WATCH_INTERVAL: Duration = Duration::from_millis(20);
/// Work between two shortages.
const REQUESTS: u64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    let Some(disk) = mount(SQLITE_DISK, "sqlite") else { return Ok(()) };
    let database = Database::sqlite_in(disk.path())?;
    let experiment = Experiment::begin("full disk", database, SERVER).await?;
    let servers = experiment.start_servers(1)?;
    let clients = experiment.clients(0);
    let rounds = scaled(2, 30);
    for _ in 0..rounds {
        experiment.ledger.wait_for_more(REQUESTS).await;
        let ballast = Ballast::leave(disk.path(), ROOM)?;
        experiment.wait_for_retries(FAILURES).await;
        ballast.remove()?;
    }
    // The very process that had no space goes on.
    experiment.ledger.wait_for_more(REQUESTS).await;
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    experiment.finish(vec![("times full", rounds)]).await?;
    Ok(())
}

/// The same without being root: the process may not write beyond a size, and is then let.
#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_at_a_size_limit() -> Result<()> {
    let experiment = Experiment::begin("size limit", Database::sqlite()?, SERVER).await?;
    // By default the signal that comes with the error would end the process.
    let wrapper = ["env", "--ignore-signal=XFSZ"].map(str::to_owned);
    let server = experiment.start_under(&wrapper)?;
    experiment.entrance.open(vec![Door::Process(server.clone())]);
    let clients = experiment.clients(0);
    let rounds = scaled(2, 30);
    for _ in 0..rounds {
        experiment.ledger.wait_for_more(REQUESTS).await;
        limit_file_size(server.process(), "65536:unlimited")?;
        experiment.wait_for_retries(FAILURES).await;
        limit_file_size(server.process(), "unlimited:unlimited")?;
    }
    experiment.ledger.wait_for_more(REQUESTS).await;
    clients.finish().await;
    server.end()?;
    experiment.finish(vec![("times full", rounds)]).await?;
    Ok(())
}

fn limit_file_size(process: u32, limits: &str) -> Result<()> {
    let (process, limits) = (format!("--pid={process}"), format!("--fsize={limits}"));
    run_quietly(Command::new("prlimit").args([process, limits])).map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    let Some(disk) = mount(POSTGRES_DISK, "postgres") else { return Ok(()) };
    let database = Database::postgres_as(&small_cluster(disk.path()))?;
    let mut experiment = Experiment::begin("full disk", database, SERVER).await?;
    let servers = experiment.start_servers(2)?;
    let clients = experiment.clients(0);
    let rounds = scaled(2, 30);
    let mut restarts = 0;
    for round in 0..rounds {
        experiment.ledger.wait_for_more(REQUESTS).await;
        let panics_before = panics(&mut experiment);
        let ballast = Ballast::leave(disk.path(), ROOM)?;
        experiment.wait_for_retries(FAILURES).await;
        // First there is no space for the tables, and callers get errors. Every other time we wait
        // until there is none for the server's own log either, which ends it (PANIC).
        if round % 2 == 1 {
            wait_for_a_panic(&mut experiment, panics_before).await;
        }
        ballast.remove()?;
        restarts += go_on(&mut experiment).await?;
    }
    clients.finish().await;
    servers.iter().try_for_each(|server| server.end())?;
    let messages = experiment.database.cluster().messages();
    let complaints = messages.matches("No space left on device").count() as u64;
    let panics = panics(&mut experiment);
    assert!(complaints >= rounds, "the server had no space each time");
    assert!(panics >= rounds / 2, "the server had no space for its own log");
    let counts = [("complaints", complaints), ("panics", panics), ("restarts", restarts)];
    experiment.finish([&[("times full", rounds)], &counts[..]].concat()).await?;
    Ok(())
}

/// Appends that fail write little into the server's own log, so we have it begin new files.
async fn wait_for_a_panic(experiment: &mut Experiment, before: u64) {
    let url = experiment.database.url();
    patiently("the server ends", async {
        while panics(experiment) == before {
            // It fails when the server is gone by then, which is what is waited for.
            let _ = begin_a_file(&url).await;
            sleep(WATCH_INTERVAL).await;
        }
    })
    .await;
}

async fn begin_a_file(url: &str) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query("SELECT pg_switch_wal()").execute(&mut connection).await?;
    Ok(())
}

fn panics(experiment: &mut Experiment) -> u64 {
    experiment.database.cluster().messages().matches("PANIC:").count() as u64
}

/// Small files of its own log, none of them used again, so that it soon needs a new one.
fn small_cluster(place: &Path) -> test_servers::ClusterPlan {
    Database::plan()
        .placed_in(place)
        .with_initdb_option("--wal-segsize=1")
        .with_setting("min_wal_size", "'2MB'")
        .with_setting("max_wal_size", "'4MB'")
        .with_setting("wal_recycle", "off")
}

/// A server that finds no space for its own log ends, and may not manage to come back; then it is
/// started again. Tells how often that was needed.
async fn go_on(experiment: &mut Experiment) -> Result<u64> {
    let ledger = experiment.ledger.clone();
    let progress = ledger.wait_for_more(REQUESTS);
    let mut progress = std::pin::pin!(progress);
    let mut restarts = 0;
    loop {
        tokio::select! {
            () = &mut progress => return Ok(restarts),
            () = sleep(WATCH_INTERVAL) => {}
        }
        if experiment.database.cluster().has_ended()? {
            experiment.database.cluster().start_again()?;
            restarts += 1;
        }
    }
}

/// Says loudly when it cannot be done here.
fn mount(bytes: u64, store: &str) -> Option<Tmpfs> {
    match Tmpfs::mount(bytes) {
        Ok(disk) => Some(disk),
        Err(reason) => {
            println!("full disk on {store}: SKIPPED, NOTHING WAS TESTED: {reason:#}");
            None
        }
    }
}
