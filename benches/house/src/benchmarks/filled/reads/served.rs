//! Timelines as they are served: GraphQL over HTTP from a process of the real binary. Beside it runs
//! the same with its record of reads in memory, where nothing waits for a disk: the house has no
//! gateway without any record, and none is made for a benchmark.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;

use super::super::super::Setting;
use super::super::{growth, subscription::Reader};
use super::READERS;
use crate::closed_loop::{Client, Window, closed_loop};
use crate::fill::Filed;
use crate::filled_town::FilledTown;
use crate::report::Measured;
use crate::rounds::Rounds;

/// Cases that they read in turns.
const CASES: usize = 5_000;

/// Measures both, in turns; and what share of a timeline's time a record is that takes so many seconds.
pub async fn run(
    setting: &mut Setting<'_>,
    town: &mut FilledTown,
    seconds_on_record: f64,
) -> Result<()> {
    town.serve().await?;
    let beside = town.serve_beside().await?;
    let cases: Arc<[Filed]> = town.persons.iter().take(CASES).cloned().collect();
    let (ours, peer) = (Reader::of(town)?, Reader::at(town, beside));
    let window = setting.arguments.window();
    let rounds = Rounds::alternate(
        setting.arguments.rounds,
        async |_| measured(&ours, &cases, window, "record on disk").await,
        async |_| measured(&peer, &cases, window, "record in memory").await,
    )
    .await?;
    town.end_beside();
    let figure = Measured::alone("reads/served/64", rounds.ours(), "timelines/s");
    setting.report.add(figure.against("the same, record in memory", rounds.peer()));
    let share = 100.0 * seconds_on_record * rounds.ours();
    setting.report.add(Measured::alone("reads/served/record", share, "% of a timeline"));
    Ok(())
}

struct Reading {
    reader: Reader,
    cases: Arc<[Filed]>,
    next: Arc<AtomicUsize>,
}

async fn measured(
    reader: &Reader,
    cases: &Arc<[Filed]>,
    window: Window,
    side: &str,
) -> Result<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let reading = || Reading { reader: reader.clone(), cases: cases.clone(), next: next.clone() };
    Ok(closed_loop((0..READERS).map(|_| reading()).collect(), window).await?.said(side))
}

impl Client for Reading {
    async fn act(&mut self) -> Result<()> {
        let next = self.next.fetch_add(1, Ordering::Relaxed) % self.cases.len();
        growth::ask(&self.reader, &self.cases[next]).await
    }
}
