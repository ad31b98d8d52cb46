//! `append/cqrs-es` and `append/disintegrate`: "load the case, decide, record the visit", against
//! the same through two other event stores.
//!
//! 64 clients, 2,000 cases with 30 events each, every client picking cases at random and waiting
//! until its visit is durable. Ours is measured twice: as a whole RPC from another process, with
//! token, rules, sealing, request id and chain; and, as `…/library`, with the office called in the
//! process of the clients, which is how the others run. They check the same rule, and do none of
//! the rest. Conflicts are counted on every side.

mod office;
mod others;

use std::fs;
use std::path::PathBuf;

use acceptance::Town;
use anyhow::{Result, ensure};

use super::Setting;
use super::command_grpc::{ask, cases, tsunagi_binary};
use crate::report::{Measured, Report};
use crate::rounds::median;
use office::Office;
use others::Other;

/// The clients of every side.
const CLIENTS: u32 = 64;
/// How many cases visits are recorded in.
const CASES: usize = 2000;
/// How many events each case has before anything is measured.
const HISTORY: usize = 30;
/// Municipality, hospital and support center: an event each.
const AGENCIES: u64 = 3;

/// Measures all sides in turns: each round has one of everybody's.
pub async fn run(setting: &mut Setting<'_>) -> Result<()> {
    let wanted = |other: &Other| setting.arguments.wants(&other.bench());
    let others: Vec<Other> = Other::ALL.into_iter().filter(wanted).collect();
    if others.is_empty() {
        return Ok(());
    }
    let house = House::begin().await?;
    let (mut rpc, mut library) = (Side::default(), Side::default());
    let mut peers: Vec<(Other, Side)> =
        others.into_iter().map(|other| (other, Side::default())).collect();
    for _ in 0..setting.arguments.rounds {
        rpc.add(&house.over_grpc(setting).await?);
        library.add(&house.in_process(setting).await?);
        for (other, side) in &mut peers {
            side.add(&other.measure(setting).await?);
        }
    }
    for (other, theirs) in &peers {
        other.report(&mut setting.report, "", &rpc, theirs);
        other.report(&mut setting.report, "/library", &library, theirs);
    }
    Ok(())
}

/// One side's round.
pub struct Round {
    /// Visits recorded per second.
    pub rate: f64,
    /// How often a decision was made on what was no longer so.
    pub conflicts: u64,
}

/// All rounds of one side.
#[derive(Default)]
struct Side {
    rates: Vec<f64>,
    conflicts: u64,
}

impl Side {
    fn add(&mut self, round: &Round) {
        self.rates.push(round.rate);
        self.conflicts += round.conflicts;
    }
}

impl Other {
    fn report(self, report: &mut Report, how: &str, ours: &Side, theirs: &Side) {
        let (bench, peer) = (format!("{}{how}", self.bench()), self.version());
        let rate = Measured::alone(&bench, median(&ours.rates), "commands/s");
        report.add(rate.against(peer, median(&theirs.rates)));
        let conflicts = format!("{bench}/conflicts");
        let conflicts = Measured::alone(&conflicts, ours.conflicts as f64, "in all rounds");
        report.add(conflicts.against(peer, theirs.conflicts as f64));
    }
}

/// Our own side: a town with the support center running, and what its clients have to know.
struct House {
    town: Town,
    cases: Vec<cases::Case>,
    file: PathBuf,
    log: String,
}

impl House {
    async fn begin() -> Result<Self> {
        let mut town = Town::begin(&tsunagi_binary()?).await?;
        let cases = cases::begin(&mut town, CASES).await?;
        let file = town.folder().join("cases.json");
        fs::write(&file, serde_json::to_vec(&cases)?)?;
        let log = office::config(&town)?.log.url;
        let house = Self { town, cases, file, log };
        house.give_histories().await?;
        Ok(house)
    }

    /// Through the office itself, which is closed again before anything is measured.
    async fn give_histories(&self) -> Result<()> {
        let office = Office::open(&self.town).await?;
        office.visit_all(&self.cases, HISTORY - cases::EVENTS_OF_A_CASE).await?;
        let persons = office.events_on_file().await? - AGENCIES;
        office.close().await;
        // What every other store begins with, too.
        ensure!(persons == (CASES * HISTORY) as u64, "{persons} events are on file about persons");
        Ok(())
    }

    async fn over_grpc(&self, setting: &Setting<'_>) -> Result<Round> {
        setting.server.settle_at(&self.log).await?;
        let window = setting.arguments.window();
        let answered = ask(&self.town, &self.file, CLIENTS, window).await?;
        Ok(Round { rate: answered.rate, conflicts: answered.conflicts })
    }

    async fn in_process(&self, setting: &Setting<'_>) -> Result<Round> {
        setting.server.settle_at(&self.log).await?;
        let office = Office::open(&self.town).await?;
        let round = office.measure(&self.cases, setting.arguments.window()).await;
        office.close().await;
        round
    }
}
