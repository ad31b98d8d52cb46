//! "Load the case, decide, record the visit" through other event stores, as the benchmarks ask.
//!
//! Called as `peers '<a job as JSON>'`; a measurement is answered with one line of JSON. The loop
//! that measures is the very file that ours is measured with.

mod cqrs;
mod decided;
mod visit;

#[allow(dead_code, reason = "the house's benchmarks use more of it")]
#[path = "../../house/src/chance.rs"]
mod chance;
#[allow(dead_code, reason = "the house's benchmarks use more of it")]
#[path = "../../house/src/closed_loop.rs"]
mod closed_loop;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use closed_loop::{Client, Window, closed_loop};

/// What is to be done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    store: Store,
    phase: Phase,
    /// The address of a database of this job's own.
    database: String,
    /// How many cases there are.
    cases: usize,
    /// How many events each has before anything is measured.
    history: usize,
    clients: u32,
    warm_up_seconds: u64,
    measured_seconds: u64,
}

#[derive(Deserialize)]
enum Store {
    #[serde(rename = "cqrs-es")]
    Cqrs,
    #[serde(rename = "disintegrate")]
    Disintegrate,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    Fill,
    Measure,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let job = std::env::args().nth(1).context("the job is missing")?;
    let job: Job = serde_json::from_str(&job).context("the job is not one")?;
    let pool = pool(&job).await?;
    match (&job.store, &job.phase) {
        (Store::Cqrs, Phase::Fill) => cqrs::fill(&pool, job.cases, job.history).await?,
        (Store::Disintegrate, Phase::Fill) => decided::fill(&pool, job.cases, job.history).await?,
        (Store::Cqrs, Phase::Measure) => {
            let conflicts = Arc::default();
            measure(&job, cqrs::clients(&pool, &job, &conflicts), &conflicts).await?;
        }
        (Store::Disintegrate, Phase::Measure) => {
            let conflicts = Arc::default();
            measure(&job, decided::clients(&pool, &job, &conflicts), &conflicts).await?;
        }
    }
    pool.close().await;
    Ok(())
}

/// A connection for each client, and none that is asked whether it lives each time it is lent.
async fn pool(job: &Job) -> Result<PgPool> {
    let options = job.database.parse::<PgConnectOptions>()?;
    // PostgreSQL before 16 cannot read disintegrate's function as it is installed; unchecked, it
    // can be installed all the same, and is mended before its first use.
    let options = options.options([("check_function_bodies", "off")]);
    let pool = PgPoolOptions::new().max_connections(job.clients).test_before_acquire(false);
    Ok(pool.connect_with(options).await?)
}

async fn measure(job: &Job, clients: Vec<impl Client>, conflicts: &AtomicU64) -> Result<()> {
    let window = Window {
        warm_up: Duration::from_secs(job.warm_up_seconds),
        measured: Duration::from_secs(job.measured_seconds),
    };
    let load = closed_loop(clients, window).await?;
    let answer = serde_json::json!({
        "rate": load.rate(),
        "p50": load.percentile(0.5),
        "p99": load.percentile(0.99),
        "done": load.done(),
        "conflicts": conflicts.load(Ordering::Relaxed),
    });
    println!("{answer}");
    Ok(())
}
