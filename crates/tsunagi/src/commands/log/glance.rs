//! `tsunagi log tail` and `stats`: what lies in the log, at a glance.

use std::collections::BTreeMap;

use contracts::catalogue;
use event_log::{EventLog, StoredEvent};

use crate::demonstration::progress_bar;

/// How many events are read at a time.
pub const PAGE: u32 = 4096;

/// What a number means in the log that is looked at: each log numbers its kinds by itself.
pub type NameOf = fn(&StoredEvent) -> String;

/// Prints the last events.
pub async fn tail(log: &EventLog, name_of: NameOf, last: u64) -> anyhow::Result<()> {
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

/// Prints how many events there are of each kind.
pub async fn stats(log: &EventLog, name_of: NameOf) -> anyhow::Result<()> {
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

/// The name of a kind of event in the shared log.
pub fn name_of_event(event: &StoredEvent) -> String {
    let kind = catalogue().by_number(event.type_no);
    kind.map_or_else(|| format!("type {}", event.type_no), |kind| kind.name.clone())
}

/// The record of reads has one kind.
pub fn name_of_read(event: &StoredEvent) -> String {
    if event.type_no == 1 { "ReadRecorded".to_owned() } else { format!("type {}", event.type_no) }
}
