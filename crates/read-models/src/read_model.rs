//! The handle: what the gateway asks.

use std::{path::Path, sync::Arc};

use access::Clock;
use casework::{CaseId, PersonId, Viewer, today};
use event_log::EventLog;
use jiff::{Timestamp, civil::Date};
use sqlx::SqlitePool;
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
};

use crate::{
    OutcomesAsked, PersonView, Progress, ReadError, WorkPage, WorkPlace,
    freshness::Freshness,
    history, outcomes,
    projector::Projector,
    store::{self, Store},
    view::Reading,
    work_list,
};

/// Which part of the past is asked for, and how new the answer must be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Moment {
    /// What had happened by this day.
    pub as_of: Option<Date>,
    /// What had been recorded by this time.
    pub known_at: Option<Timestamp>,
    /// The answer must know the log up to here: the reader has written it.
    pub min_position: Option<u64>,
}

/// A read model and its projector. Clones share both.
#[derive(Clone)]
pub struct ReadModel {
    inner: Arc<Inner>,
}

struct Inner {
    log: EventLog,
    clock: Arc<dyn Clock>,
    readers: SqlitePool,
    freshness: Freshness,
    projector: AbortHandle,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // What it has not committed is still in the log.
        self.projector.abort();
    }
}

impl ReadModel {
    /// Opens the file, or makes it anew when it was not made from this log by this version, and
    /// starts to follow the log.
    pub async fn open(
        path: &Path,
        log: EventLog,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ReadError> {
        let Store { mut writer, readers } = Store::open(path, &log).await?;
        let from = store::checkpoint(&mut writer).await?;
        let new_day = Arc::new(Notify::new());
        let projector = Projector::new(writer, clock.clone(), from, new_day.clone());
        let progress = projector.progress();
        let freshness = Freshness::new(log.clone(), clock.clone(), progress, new_day);
        let running = tokio::spawn(projector.run(log.follow(from.position)));
        let projector = running.abort_handle();
        let inner = Inner { log, clock, readers, freshness, projector };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How far it has come, and a hint whenever it comes further.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.inner.freshness.progress()
    }

    /// Waits until everything in the log is known here. Every other question begins with it.
    pub async fn confirm(&self) -> Result<(), ReadError> {
        self.inner.freshness.confirm(None).await
    }

    /// The person as this reader sees them; none when there is nothing that the reader may see.
    pub async fn person(
        &self,
        viewer: &Viewer,
        person: &PersonId,
        moment: &Moment,
    ) -> Result<Option<PersonView>, ReadError> {
        let reading = self.reading(viewer, moment).await?;
        let history = history::of_person(&self.inner.readers, person).await?;
        PersonView::of(&history, &reading)
    }

    /// The person whose case this is; none when there is nothing of it that the reader may see.
    pub async fn person_of_case(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        moment: &Moment,
    ) -> Result<Option<PersonView>, ReadError> {
        let reading = self.reading(viewer, moment).await?;
        let history = history::of_case(&self.inner.readers, case).await?;
        let view = PersonView::of(&history, &reading)?;
        Ok(view.filter(|view| view.shows_case(case)))
    }

    /// The last position of the history that this case belongs to; 0 when there is none. It tells
    /// whether looking again is worth while, and is for nobody's eyes.
    pub async fn last_change(&self, case: &CaseId) -> Result<u64, ReadError> {
        history::last_position(&self.inner.readers, case).await
    }

    /// What waits for the reader's agency, the oldest first.
    pub async fn work_list(
        &self,
        viewer: &Viewer,
        first: usize,
        after: Option<WorkPlace>,
        min_position: Option<u64>,
    ) -> Result<WorkPage, ReadError> {
        let moment = Moment { min_position, ..Moment::default() };
        let mut reading = self.reading(viewer, &moment).await?;
        reading.today = self.inner.freshness.confirm_day().await?;
        work_list::page(&self.inner.readers, &reading, first, after).await
    }

    /// The outcomes of discharges over all persons: figures, and nobody in particular.
    pub async fn discharge_outcomes(
        &self,
        asked: &OutcomesAsked,
        known_at: Option<Timestamp>,
    ) -> Result<casework::outcomes::DischargeOutcomes, ReadError> {
        self.confirm().await?;
        let up_to = self.up_to(known_at).await?;
        outcomes::of_discharges(&self.inner.readers, asked, up_to).await
    }

    async fn reading(&self, viewer: &Viewer, moment: &Moment) -> Result<Reading, ReadError> {
        self.inner.freshness.confirm(moment.min_position).await?;
        Ok(Reading {
            viewer: viewer.clone(),
            today: today(self.inner.clock.now()),
            as_of: moment.as_of,
            up_to: self.up_to(moment.known_at).await?,
        })
    }

    async fn up_to(&self, known_at: Option<Timestamp>) -> Result<u64, ReadError> {
        match known_at {
            Some(known_at) => Ok(self.inner.log.position_at(known_at).await?),
            None => Ok(u64::MAX),
        }
    }
}
