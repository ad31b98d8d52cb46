//! `growth`: what a log of a million events costs over one of ten thousand, for the same work.
//!
//! On both logs the same number of cases is in work, chosen from all that are on file. A lone
//! client records a visit in each over gRPC and waits, around and around; then a lone client of
//! the hospital asks for the timeline of one after the other over HTTP. The first time around is
//! counted by itself: neither office nor gateway had these cases in memory.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{super::Setting, commands::Worker, subscription::Reader};
use crate::chance::Chance;
use crate::closed_loop::percentile;
use crate::fill::{EVENTS_PER_PERSON, Filed};
use crate::filled_town::FilledTown;
use crate::report::Measured;

/// Cases in work.
const CASES: usize = 200;
/// Times around after the first.
const ROUNDS: usize = 10;
const ROUNDS_QUICK: usize = 2;

/// Half a screen of a case's timeline with its contents, as the console shows it.
const TIMELINE: &str =
    "query($id: ID!) { case(id: $id) { state timeline(first: 20) { edges { node {
    occurredOn label agency { name } sight fields { label value } } } } } }";
const ENTRIES: usize = 20;

/// What was measured at one size. Latencies are medians in milliseconds, memory is in megabytes.
pub struct Grown {
    append: f64,
    append_first: f64,
    timeline: f64,
    timeline_first: f64,
    service: f64,
    gateway: f64,
}

/// Starts what is measured, and measures.
pub async fn measure(town: &mut FilledTown, quick: bool) -> Result<Grown> {
    town.serve().await?;
    let cases = chosen(&town.persons);
    let rounds = if quick { ROUNDS_QUICK } else { ROUNDS };
    let mut worker = Worker::of(town).await?;
    let (append_first, append) =
        around(&cases, rounds, async |filed| worker.record_visit(&filed).await.map(|_| ())).await?;
    let reader = Reader::of(town)?;
    let (timeline_first, timeline) =
        around(&cases, rounds, async |filed| ask(&reader, &filed).await).await?;
    let service = town.resident_megabytes("support-center")?;
    let gateway = town.resident_megabytes("gateway")?;
    Ok(Grown { append, append_first, timeline, timeline_first, service, gateway })
}

/// The figures at the large size beside those at the small one.
pub fn report(setting: &mut Setting<'_>, small: usize, before: &Grown, after: &Grown) {
    let peer = format!("at {} events", small * EVENTS_PER_PERSON);
    let rows = [
        ("append", "ms", before.append, after.append),
        ("append/first", "ms", before.append_first, after.append_first),
        ("timeline", "ms", before.timeline, after.timeline),
        ("timeline/first", "ms", before.timeline_first, after.timeline_first),
        ("memory/service", "MB", before.service, after.service),
        ("memory/gateway", "MB", before.gateway, after.gateway),
    ];
    for (row, unit, before, after) in rows {
        let figure = Measured::alone(&format!("growth/{row}"), after, unit);
        setting.report.add(figure.against(&peer, before));
    }
}

/// Different ones, from all over the log; in a small log, all.
fn chosen(persons: &[Filed]) -> Vec<Filed> {
    let (mut chance, mut rest) = (Chance::seeded(0), persons.to_vec());
    let count = CASES.min(rest.len());
    (0..count).map(|_| rest.swap_remove(chance.below(rest.len()))).collect()
}

/// The medians of the first time around and of all others, in milliseconds.
async fn around(
    cases: &[Filed],
    rounds: usize,
    mut act: impl AsyncFnMut(Filed) -> Result<()>,
) -> Result<(f64, f64)> {
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        for filed in cases {
            let started = Instant::now();
            act(filed.clone()).await?;
            let took = started.elapsed().as_secs_f64() * 1000.0;
            if round == 0 { first.push(took) } else { others.push(took) }
        }
    }
    first.sort_by(f64::total_cmp);
    others.sort_by(f64::total_cmp);
    Ok((percentile(&first, 0.5), percentile(&others, 0.5)))
}

/// The timeline of one case.
pub async fn ask(reader: &Reader, filed: &Filed) -> Result<()> {
    let answer = reader.ask(TIMELINE, &json!({ "id": filed.case.to_string() })).await?;
    let entries = answer["data"]["case"]["timeline"]["edges"].as_array();
    let entries = entries.with_context(|| format!("no timeline: {}", answer["errors"]))?;
    ensure!(entries.len() == ENTRIES, "a timeline of {} entries", entries.len());
    Ok(())
}
