//! `freshness`: how long after its commit an event is seen by another agency's subscription.
//!
//! Commands come at a fixed rate whether or not earlier ones were answered (an open loop), spread
//! over the cases that somebody at the hospital watches. The commit lies between the request and
//! its reply: from the reply on is the figure, and from the request on is what it cannot exceed.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::super::Setting;
use super::commands::Worker;
use super::subscription::{Reader, Watch};
use crate::closed_loop::{Window, percentile};
use crate::fill::Filed;
use crate::filled_town::FilledTown;
use crate::report::Measured;

/// Commands per second.
const RATE: u32 = 500;
/// Watched cases. The gateway lets one agency hold 64 streams.
const WATCHED: usize = 50;
/// How long the last ones may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// An event's position as the house shows it, and a moment.
type Came = (String, Instant);

/// A command that was carried out.
struct Done {
    position: String,
    sent: Instant,
    replied: Instant,
}

/// Opens the subscriptions, sends the commands, and compares.
pub async fn run(setting: &mut Setting<'_>, town: &mut FilledTown) -> Result<()> {
    town.serve().await?;
    let cases: Vec<Filed> = town.persons.iter().take(WATCHED).cloned().collect();
    let reader = Reader::of(town)?;
    let worker = Worker::of(town).await?;
    let (sender, came) = mpsc::unbounded_channel();
    let mut watching = JoinSet::new();
    for filed in &cases {
        watching.spawn(pass_on(opened(&reader, &worker, filed).await?, sender.clone()));
    }
    drop(sender);
    let (begin, done) = commands(&worker, &cases, setting.arguments.window()).await?;
    let came = all_seen(came, &mut watching, done.len()).await?;
    let (mut from_reply, mut from_request) = (Vec::new(), Vec::new());
    for done in done {
        let seen = came.get(&done.position).context("an event was never seen")?;
        if done.sent >= begin {
            // One that was seen before its reply came was seen at once.
            from_reply.push(seen.saturating_duration_since(done.replied).as_secs_f64() * 1e3);
            from_request.push(seen.saturating_duration_since(done.sent).as_secs_f64() * 1e3);
        }
    }
    report(setting, "freshness", from_reply);
    report(setting, "freshness/from-request", from_request);
    Ok(())
}

fn report(setting: &mut Setting<'_>, name: &str, mut latencies: Vec<f64>) {
    latencies.sort_by(f64::total_cmp);
    for (rank, share) in [("p50", 0.5), ("p99", 0.99)] {
        let latency = percentile(&latencies, share);
        setting.report.add(Measured::alone(&format!("{name}/{rank}"), latency, "ms"));
    }
}

/// A subscription that surely works: a visit was recorded after it, and seen.
async fn opened(reader: &Reader, worker: &Worker, filed: &Filed) -> Result<Watch> {
    let mut worker = worker.clone();
    let behind = worker.record_visit(filed).await?;
    let mut watch = reader.watch(filed, &behind).await?;
    let recorded = worker.record_visit(filed).await?;
    let (seen, _) = timeout(PATIENCE, watch.next()).await.context("nothing is seen")??;
    ensure!(seen == recorded, "something else is seen than was recorded");
    Ok(watch)
}

async fn pass_on(mut watch: Watch, to: mpsc::UnboundedSender<Came>) -> Result<()> {
    loop {
        let came = watch.next().await?;
        if to.send(came).is_err() {
            return Ok(());
        }
    }
}

/// All commands, and when those begin that count.
async fn commands(
    worker: &Worker,
    cases: &[Filed],
    window: Window,
) -> Result<(Instant, Vec<Done>)> {
    let started = Instant::now();
    let end = started + window.warm_up + window.measured;
    let mut ticks = interval(Duration::from_secs(1) / RATE);
    // A rate is kept by catching up.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut running = JoinSet::new();
    for filed in cases.iter().cycle() {
        let due = ticks.tick().await.into_std();
        if due >= end {
            break;
        }
        let (mut worker, filed) = (worker.clone(), filed.clone());
        running.spawn(async move {
            let position = worker.record_visit(&filed).await?;
            anyhow::Ok(Done { position, sent: due, replied: Instant::now() })
        });
    }
    let mut done = Vec::new();
    while let Some(finished) = running.join_next().await {
        done.push(finished??);
    }
    println!("  {} commands in {:.1} s", done.len(), started.elapsed().as_secs_f64());
    Ok((started + window.warm_up, done))
}

/// When each event was first seen. None may be missing, doubled, or come from nowhere.
async fn all_seen(
    mut came: mpsc::UnboundedReceiver<Came>,
    watching: &mut JoinSet<Result<()>>,
    expected: usize,
) -> Result<HashMap<String, Instant>> {
    let mut seen = HashMap::with_capacity(expected);
    let all = async {
        while seen.len() < expected {
            tokio::select! {
                entry = came.recv() => {
                    let (position, at) = entry.context("all subscriptions have ended")?;
                    let is_new = seen.insert(position, at).is_none();
                    ensure!(is_new, "an event was seen twice");
                }
                Some(ended) = watching.join_next() => ended??,
            }
        }
        anyhow::Ok(())
    };
    let outcome = timeout(PATIENCE, all).await;
    watching.abort_all();
    outcome.with_context(|| format!("{} of {expected} were seen", seen.len()))??;
    Ok(seen)
}
