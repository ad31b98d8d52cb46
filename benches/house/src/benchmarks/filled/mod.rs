//! What is measured on a filled log: `replay`, `verify`, `growth`, `reads`, `freshness`.
//!
//! Filling takes longer than measuring, so they share one log of a million events; `growth` needs
//! a small one as well.

mod commands;
mod freshness;
mod growth;
mod paged_select;
mod reads;
mod replay;
mod subscription;
mod verify;

use anyhow::Result;

use paged_select::PagedSelect;

use super::Setting;
use crate::filled_town::FilledTown;

/// Persons on file in the small log: with the events of each, 10 k events; and in the large one,
/// 1 M events.
const PERSONS: (usize, usize) = (200, 20_000);
/// The same when only to see that everything runs: 2 k and 20 k events.
const PERSONS_QUICK: (usize, usize) = (40, 400);

/// Measures what is wanted of them.
pub async fn run(setting: &mut Setting<'_>) -> Result<()> {
    let wants = |bench| setting.arguments.wants(bench);
    let (replays, verifies) = (wants("replay"), wants("verify"));
    let (grows, follows) = (wants("growth"), wants("freshness"));
    let asks = wants("reads");
    if !(replays || verifies || grows || follows || asks) {
        return Ok(());
    }
    let (small, large) = if setting.arguments.quick { PERSONS_QUICK } else { PERSONS };
    let before = if grows { Some(measured_small(setting, small).await?) } else { None };
    let mut town = FilledTown::begin(&setting.server, large).await?;
    // First what reads the log as it was filled, with no other process running.
    if replays || verifies {
        let events = town.house.log.head().await?;
        let select = PagedSelect::quickest(town.log_url(), events).await?;
        if replays {
            replay::run(setting, &town, &select).await?;
        }
        if verifies {
            verify::run(setting, &town, &select).await?;
        }
    }
    if asks {
        reads::run(setting, &mut town).await?;
    }
    if let Some(before) = before {
        let after = growth::measure(&mut town, setting.arguments.quick).await?;
        growth::report(setting, small, &before, &after);
    }
    if follows {
        freshness::run(setting, &mut town).await?;
    }
    town.end(&setting.server).await
}

async fn measured_small(setting: &Setting<'_>, persons: usize) -> Result<growth::Grown> {
    let mut town = FilledTown::begin(&setting.server, persons).await?;
    let grown = growth::measure(&mut town, setting.arguments.quick).await?;
    town.end(&setting.server).await?;
    Ok(grown)
}
