//! `tsunagi log`: verify, tail, stats.

use std::{collections::BTreeMap, path::Path};

use clap::Subcommand;
use contracts::catalogue;
use event_log::{EventLog, StoredEvent};

use crate::{DataFolder, demonstration::progress_bar};

/// How many events are read at a time.
const PAGE: u32 = 512;

/// What to look at.
#[derive(Debug, Subcommand)]
pub enum Look {
    /// Recomputes the hash chain over the whole log and names the first bad position.
    Verify,
    /// Prints the last events: position, date, kind, agency.
    Tail {
        /// How many.
        #[arg(long, default_value_t = 20)]
        last: u64,
    },
    /// Counts events by kind.
    Stats,
}

/// Looks at the log of a data folder.
pub async fn run(data: &Path, look: Look) -> anyhow::Result<()> {
    let config = DataFolder::at(data).config(([127, 0, 0, 1], 0).into())?;
    let log = EventLog::open(&config.log.url).await?;
    match look {
        Look::Verify => verify(&log).await,
        Look::Tail { last } => tail(&log, last).await,
        Look::Stats => stats(&log).await,
    }
}

async fn verify(log: &EventLog) -> anyhow::Result<()> {
    let bar = progress_bar(log.head().await?, "ハッシュ連鎖を検証しています");
    let verified = log.verify(|checked, _| bar.set_position(checked)).await?;
    bar.finish_and_clear();
    println!("{} events, the chain holds", verified.head);
    Ok(())
}

async fn tail(log: &EventLog, last: u64) -> anyhow::Result<()> {
    let mut after = log.head().await?.saturating_sub(last);
    loop {
        let events = log.read(after, PAGE).await?;
        let Some(end) = events.last() else { return Ok(()) };
        after = end.position;
        for event in &events {
            let (day, agency) = (event.occurred_on, &event.agency);
            println!("{:>8}  {day}  {:<36} {agency}", event.position, name_of(event));
        }
    }
}

async fn stats(log: &EventLog) -> anyhow::Result<()> {
    let bar = progress_bar(log.head().await?, "数えています");
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut after = 0;
    loop {
        let events = log.read(after, PAGE).await?;
        let Some(end) = events.last() else { break };
        after = end.position;
        bar.set_position(after);
        for event in &events {
            *counts.entry(name_of(event)).or_default() += 1;
        }
    }
    bar.finish_and_clear();
    for (name, count) in &counts {
        println!("{count:>8}  {name}");
    }
    println!("{after:>8}  in all");
    Ok(())
}

fn name_of(event: &StoredEvent) -> String {
    let kind = catalogue().by_number(event.type_no);
    kind.map_or_else(|| format!("type {}", event.type_no), |kind| kind.name.clone())
}
