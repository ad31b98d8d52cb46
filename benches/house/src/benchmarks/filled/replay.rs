//! `replay`: events per second from the log to a complete read model, against a paged `SELECT` of
//! the same rows; and how long each stage took.
//!
//! The read model is complete when every person's history is written and their work items are
//! computed. This is the very code that a gateway runs when it has no file yet.

use std::{cell::RefCell, sync::Arc, time::Duration};

use access::SystemClock;
use anyhow::{Result, ensure};
use read_models::{Replayed, Stages, replay};

use super::{super::Setting, paged_select::PagedSelect};
use crate::filled_town::FilledTown;
use crate::report::Measured;
use crate::rounds::{Rounds, median};

/// Measures both sides in turns.
pub async fn run(setting: &mut Setting<'_>, town: &FilledTown, select: &PagedSelect) -> Result<()> {
    let events = town.house.log.head().await?;
    let all: RefCell<Vec<Replayed>> = RefCell::default();
    let rounds = Rounds::alternate(
        setting.arguments.rounds,
        async |_| {
            let replayed = replayed(town, events).await?;
            all.borrow_mut().push(replayed);
            Ok(events as f64 / replayed.took.as_secs_f64())
        },
        async |_| select.measure(events).await,
    )
    .await?;
    let figure = Measured::alone("replay", rounds.ours(), "events/s");
    setting.report.add(figure.against(&select.name(), rounds.peer()));
    for (stage, took) in STAGES {
        let seconds: Vec<f64> =
            all.borrow().iter().map(|replayed| took(&replayed.stages).as_secs_f64()).collect();
        setting.report.add(Measured::alone(&format!("replay/{stage}"), median(&seconds), "s"));
    }
    Ok(())
}

type Took = fn(&Stages) -> Duration;

/// Stages overlap, so that their times add up to more than the whole.
const STAGES: [(&str, Took); 7] = [
    ("read", |stages| stages.read),
    ("pack", |stages| stages.pack),
    ("write", |stages| stages.write),
    ("load", |stages| stages.load),
    ("decode", |stages| stages.decode),
    ("fold", |stages| stages.fold),
    ("work-items", |stages| stages.work_items),
];

async fn replayed(town: &FilledTown, events: u64) -> Result<Replayed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("read-model.sqlite");
    let replayed = replay(&path, &town.house.log, Arc::new(SystemClock), |_| {}).await?;
    ensure!(replayed.events == events, "{} of {events} were replayed", replayed.events);
    ensure!(replayed.parked == 0, "{} persons were parked", replayed.parked);
    let took = replayed.took.as_secs_f64();
    println!("  replay: {:.0}/s, {:?}", events as f64 / took, replayed.stages);
    Ok(replayed)
}
