//! `verify`: events per second of recomputing the hash chain over the whole log, against a paged
//! `SELECT` of the same rows.

use std::time::Instant;

use anyhow::{Result, ensure};

use super::{super::Setting, paged_select::PagedSelect};
use crate::filled_town::FilledTown;
use crate::report::Measured;
use crate::rounds::Rounds;

/// Measures both sides in turns.
pub async fn run(setting: &mut Setting<'_>, town: &FilledTown, select: &PagedSelect) -> Result<()> {
    let log = &town.house.log;
    let events = log.head().await?;
    let rounds = Rounds::alternate(
        setting.arguments.rounds,
        async |_| {
            let started = Instant::now();
            let verified = log.verify(|_, _| {}).await?;
            let rate = events as f64 / started.elapsed().as_secs_f64();
            ensure!(verified.head == events, "{} of {events} were verified", verified.head);
            println!("  verify: {rate:.0}/s");
            Ok(rate)
        },
        async |_| select.measure(events).await,
    )
    .await?;
    let figure = Measured::alone("verify", rounds.ours(), "events/s");
    setting.report.add(figure.against(&select.name(), rounds.peer()));
    Ok(())
}
