//! Timelines as a gateway makes them, with the record and without it. What stands around both, HTTP
//! and GraphQL, is left out, so this is the most that the record can cost.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use access::{Disclosure, Door, Principal, Purpose, SealedEvent, SystemClock, Way};
use anyhow::{Context, Result};
use contracts::Office;
use read_models::{Moment, PersonView, ReadModel};
use vault::{SealContext, Vault};

use super::super::super::Setting;
use super::{READERS, reader};
use crate::closed_loop::{Client, Window, closed_loop};
use crate::fill::HOSPITAL;
use crate::filled_town::FilledTown;
use crate::report::Measured;
use crate::rounds::Rounds;

/// Cases that they read in turns: as many as a vault keeps the keys of.
const CASES: usize = 5_000;
/// Entries whose contents are opened at most.
const PAGE: usize = 100;

/// Measures both, in turns. Answers how many seconds of the whole machine one record takes.
pub async fn run(setting: &mut Setting<'_>, town: &FilledTown, folder: &Path) -> Result<f64> {
    let house = &town.house;
    let path = folder.join("read-model.sqlite");
    let model = ReadModel::open(&path, house.log.clone(), Arc::new(SystemClock)).await?;
    let head = house.log.head().await?;
    model.progress().wait_for(|progress| progress.position >= head).await?;
    let town = Arc::new(Readers {
        model,
        cases: town.persons.iter().take(CASES).map(|filed| filed.case.to_string()).collect(),
        next: AtomicUsize::new(0),
        disclosure: house.disclosure(),
        vault: house.vault.clone(),
        reader: reader(HOSPITAL, Office::Hospital, "staff-of-the-bench"),
    });
    let window = setting.arguments.window();
    let rounds = Rounds::alternate(
        setting.arguments.rounds,
        async |_| measured(&town, true, window).await,
        async |_| measured(&town, false, window).await,
    )
    .await?;
    let figure = Measured::alone("reads/timeline/64", rounds.ours(), "timelines/s");
    setting.report.add(figure.against("the same, nothing on record", rounds.peer()));
    Ok(1.0 / rounds.ours() - 1.0 / rounds.peer())
}

struct Readers {
    model: ReadModel,
    cases: Vec<String>,
    next: AtomicUsize,
    disclosure: Disclosure,
    vault: Vault,
    reader: Principal,
}

struct Reading {
    town: Arc<Readers>,
    records: bool,
}

async fn measured(town: &Arc<Readers>, records: bool, window: Window) -> Result<f64> {
    let reading = || Reading { town: town.clone(), records };
    let load = closed_loop((0..READERS).map(|_| reading()).collect(), window).await?;
    Ok(load.said(if records { "on record" } else { "not on record" }))
}

impl Client for Reading {
    async fn act(&mut self) -> Result<()> {
        let town = &self.town;
        let case = &town.cases[town.next.fetch_add(1, Ordering::Relaxed) % town.cases.len()];
        let case = casework::CaseId::from(case.as_str());
        let viewer = town.reader.viewer();
        let view = town.model.person_of_case(&viewer, &case, &Moment::default()).await?;
        let view = view.context("the hospital sees its own case")?;
        let timeline = view.timeline(&case);
        let sealed = timeline.iter().take(PAGE).map(|event| event.sealed.clone());
        let sealed: Vec<_> = sealed.collect();
        if self.records { town.read(&view, &case, &sealed).await } else { town.open(&sealed).await }
    }
}

impl Readers {
    /// As a gateway does: that the folder is opened and what is opened of it is one record.
    async fn read(
        &self,
        view: &PersonView,
        case: &casework::CaseId,
        sealed: &[SealedEvent],
    ) -> Result<()> {
        let way = Way::through(Door::Graphql, Purpose::Case).about(case.as_str());
        let (reader, person) = (&self.reader, &view.person);
        black_box(self.disclosure.open(reader, way, person, sealed.len(), sealed).await?);
        Ok(())
    }

    /// The same without a record. Only here: nothing else in the house opens a sealed part.
    async fn open(&self, sealed: &[SealedEvent]) -> Result<()> {
        for event in sealed.iter().filter(|event| !event.sealed.is_empty()) {
            let SealedEvent { event_id, type_no, subject, sealed } = event;
            let key = self.vault.key(subject).await?.context("nobody was erased")?;
            let context = SealContext { event_id: *event_id, type_no: *type_no, subject };
            black_box(key.open(&context, sealed).ok().context("what was sealed opens")?);
        }
        Ok(())
    }
}
