//! The handle: what the gateway asks.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use access::Clock;
use casework::{AgencyId, CaseId, FiscalYear, PersonId, Viewer, outcomes::BreakGlassFigures};
use event_log::EventLog;
use jiff::{Timestamp, civil::Date};
use tokio::sync::{Mutex, Notify, RwLock, RwLockReadGuard, watch};

use crate::{
    Judged, OutcomesAsked, Parked, PersonView, Progress, ReadError, RecordPage, RecordsAsked,
    Registered, Replayed, Replaying, SeenEvent, WorkPage, WorkPlace, finding,
    freshness::Freshness,
    generation::{Generation, Surroundings},
    history, judged, outcomes, parked, records,
    replay::replay,
    store,
    view::Reading,
    work_list::{self, Which},
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

/// A person's history, watched.
pub struct Watched {
    /// The last position of it shortly before the watch began.
    pub present: u64,
    /// The last position of it whenever it has grown; none: it may have grown.
    pub changes: watch::Receiver<Option<u64>>,
}

impl Watched {
    /// Nothing, and nothing will come.
    pub fn nothing() -> Self {
        Self { present: 0, changes: watch::channel(None).1 }
    }
}

/// A read model and its projector. Clones share both.
#[derive(Clone)]
pub struct ReadModel {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    around: Surroundings,
    freshness: Freshness,
    /// The file that answers. Every question holds on to it until it is answered, so that it is
    /// exchanged between questions; none when it could not be opened again.
    serving: RwLock<Option<Generation>>,
    /// One at a time builds another file.
    rebuilding: Mutex<()>,
}

impl Inner {
    /// Puts the file beside the serving one in its place.
    async fn exchange(&self) -> Result<(), ReadError> {
        // Waits until the questions under way are answered; new ones wait behind it.
        let mut serving = self.serving.write().await;
        let closed = match serving.take() {
            Some(old) => old.close().await,
            None => Ok(()),
        };
        let replaced = match closed {
            Ok(()) => store::replace(&self.path).await,
            Err(error) => Err(error),
        };
        *serving = Some(Generation::open_known(&self.path, &self.around).await?);
        replaced
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
        let (progress, new_day) = (watch::Sender::default(), Arc::new(Notify::new()));
        let freshness =
            Freshness::new(log.clone(), clock.clone(), progress.subscribe(), new_day.clone());
        let around = Surroundings { log, clock, progress, changes: Arc::default(), new_day };
        let serving = RwLock::new(Some(Generation::open(path, &around).await?));
        let (path, rebuilding) = (path.to_owned(), Mutex::default());
        Ok(Self { inner: Arc::new(Inner { path, around, freshness, serving, rebuilding }) })
    }

    /// Builds another file from the log beside the one that answers, and exchanges them when it has
    /// caught up. Questions are answered all along; those that come at the moment of the exchange
    /// wait for it. Is the process killed meanwhile, the old file is as it was.
    ///
    /// # Errors
    /// When the log cannot be read or has a hole, or the file cannot be written. The old file goes
    /// on answering then.
    pub async fn rebuild(&self, on_progress: impl FnMut(Replaying)) -> Result<Replayed, ReadError> {
        let Inner { path, around, rebuilding, .. } = &*self.inner;
        let _one_at_a_time = rebuilding.lock().await;
        let next = store::beside(path);
        let clock = around.clock.clone();
        let rebuilt = match replay(&next, &around.log, clock, on_progress).await {
            Ok(replayed) => self.exchange().await.map(|()| replayed),
            Err(error) => Err(error),
        };
        if rebuilt.is_err() {
            store::remove(&next)?;
        }
        rebuilt
    }

    /// Exchanges the files in a task of its own: whoever asked for it may leave in the middle.
    async fn exchange(&self) -> Result<(), ReadError> {
        let inner = self.inner.clone();
        let exchanged = tokio::spawn(async move { inner.exchange().await }).await;
        exchanged.unwrap_or(Err(ReadError::Behind))
    }

    /// The persons whose histories this version cannot take in: whose, and which event it is.
    pub async fn parked(&self) -> Result<Vec<Parked>, ReadError> {
        let serving = self.serving().await?;
        parked::all(&serving.readers).await
    }

    async fn serving(&self) -> Result<RwLockReadGuard<'_, Generation>, ReadError> {
        let serving = self.inner.serving.read().await;
        RwLockReadGuard::try_map(serving, Option::as_ref).map_err(|_| ReadError::Behind)
    }

    /// How far it has come, and a hint whenever it comes further.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.inner.freshness.progress()
    }

    /// Waits until everything in the log is known here. Every other question begins with it.
    pub async fn confirm(&self) -> Result<Judged, ReadError> {
        self.inner.freshness.confirm(None).await
    }

    /// Whether what was judged may be told now: nothing is told that was hidden longer ago than the
    /// look at the log's head is shared, however long the answer had to wait.
    pub async fn still_holds(&self, judged: &[(PersonId, Judged)]) -> Result<bool, ReadError> {
        if judged.iter().all(|(_, judged)| judged.is_fresh()) {
            return Ok(true);
        }
        let serving = self.serving().await?;
        self.confirm().await?;
        Ok(!judged::is_outdated(&serving.readers, judged).await?)
    }

    /// The person as this reader sees them; none when there is nothing that the reader may see.
    pub async fn person(
        &self,
        viewer: &Viewer,
        person: &PersonId,
        moment: &Moment,
    ) -> Result<Option<PersonView>, ReadError> {
        let serving = self.serving().await?;
        let reading = self.reading(viewer, moment).await?;
        let history = history::of_person(&serving.readers, person, Some(&viewer.agency)).await?;
        PersonView::of(&history, &reading)
    }

    /// The person whose case this is; none when there is nothing of it that the reader may see.
    pub async fn person_of_case(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        moment: &Moment,
    ) -> Result<Option<PersonView>, ReadError> {
        let serving = self.serving().await?;
        let reading = self.reading(viewer, moment).await?;
        let history = history::of_case(&serving.readers, case, &viewer.agency).await?;
        let view = PersonView::of(&history, &reading)?;
        Ok(view.filter(|view| view.shows_case(case)))
    }

    /// Of these persons those of whom the reader sees something today, each once.
    pub async fn persons_among(
        &self,
        viewer: &Viewer,
        persons: &[PersonId],
    ) -> Result<Vec<PersonView>, ReadError> {
        let serving = self.serving().await?;
        let reading = self.reading(viewer, &Moment::default()).await?;
        finding::seen_among(&serving.readers, &reading, persons).await
    }

    /// What these persons are registered as, in the order asked. For identity officers; to anybody
    /// else none.
    pub async fn registered(
        &self,
        viewer: &Viewer,
        persons: &[PersonId],
    ) -> Result<Vec<Registered>, ReadError> {
        let serving = self.serving().await?;
        self.confirm().await?;
        finding::registered(&serving.readers, viewer, persons).await
    }

    /// Watches the history that this case belongs to: whether looking again is worth while. For
    /// nobody's eyes. None when there is no such case.
    pub async fn watch_case(&self, case: &CaseId) -> Result<Option<Watched>, ReadError> {
        let found = history::person_of_case(&self.serving().await?.readers, case).await?;
        Ok(found.map(|(person, present)| {
            let changes = self.inner.around.changes.watch(&person);
            Watched { present, changes }
        }))
    }

    /// What waits for the reader's agency, the oldest first.
    pub async fn work_list(
        &self,
        viewer: &Viewer,
        first: usize,
        after: Option<WorkPlace>,
        min_position: Option<u64>,
    ) -> Result<WorkPage, ReadError> {
        self.list(Which::Waiting, viewer, (first, after), min_position).await
    }

    /// The open cases that the reader's agency leads, the longest unchanged first.
    pub async fn cases_in_hand(
        &self,
        viewer: &Viewer,
        first: usize,
        after: Option<WorkPlace>,
        min_position: Option<u64>,
    ) -> Result<WorkPage, ReadError> {
        self.list(Which::CasesInHand, viewer, (first, after), min_position).await
    }

    async fn list(
        &self,
        which: Which,
        viewer: &Viewer,
        (first, after): (usize, Option<WorkPlace>),
        min_position: Option<u64>,
    ) -> Result<WorkPage, ReadError> {
        let moment = Moment { min_position, ..Moment::default() };
        let serving = self.serving().await?;
        let mut reading = self.reading(viewer, &moment).await?;
        let position = reading.judged.position;
        reading.moment.day = self.inner.freshness.confirm_work(position).await?;
        work_list::page(&serving.readers, &reading, which, first, after).await
    }

    /// What lies in no person's stream, as this reader sees it, the newest first.
    pub async fn records(
        &self,
        viewer: &Viewer,
        asked: &RecordsAsked,
        first: usize,
        before: Option<u64>,
        min_position: Option<u64>,
    ) -> Result<RecordPage, ReadError> {
        let serving = self.serving().await?;
        self.inner.freshness.confirm(min_position).await?;
        records::page(&serving.readers, viewer, asked, first, before).await
    }

    /// The records at these positions, as far as this reader sees them.
    pub async fn records_at(
        &self,
        viewer: &Viewer,
        positions: &[u64],
        min_position: Option<u64>,
    ) -> Result<Vec<SeenEvent>, ReadError> {
        let serving = self.serving().await?;
        self.inner.freshness.confirm(min_position).await?;
        records::at(&serving.readers, viewer, positions).await
    }

    /// The outcomes of discharges over all persons: figures, and nobody in particular.
    pub async fn discharge_outcomes(
        &self,
        asked: &OutcomesAsked,
        known_at: Option<Timestamp>,
    ) -> Result<casework::outcomes::DischargeOutcomes, ReadError> {
        let serving = self.serving().await?;
        self.confirm().await?;
        let up_to = self.up_to(known_at).await?;
        outcomes::of_discharges(&serving.readers, asked, up_to).await
    }

    /// How break-glass access was used in a fiscal year: figures, and nobody in particular.
    pub async fn break_glass(&self, year: FiscalYear) -> Result<BreakGlassFigures, ReadError> {
        let serving = self.serving().await?;
        self.confirm().await?;
        outcomes::of_break_glass(&serving.readers, year).await
    }

    /// Whose accesses an agency may be told when it asks for those to this person: the person's, and
    /// those of all whose files are merged with theirs; none unless the agency answers for the
    /// person. Without an agency, for those who may ask about everybody. An erased person is nobody.
    pub async fn accesses_to(
        &self,
        asking: Option<&AgencyId>,
        person: &PersonId,
    ) -> Result<Vec<PersonId>, ReadError> {
        let serving = self.serving().await?;
        self.confirm().await?;
        let history = history::of_person(&serving.readers, person, asking).await?;
        let may_ask = asking.is_none_or(|agency| history.file.is_responsible(agency));
        let is_anybody = history.file.erased_on.is_none();
        Ok(if is_anybody && may_ask { history.persons_held() } else { Vec::new() })
    }

    /// Who reads what, from a file that stands at the log's head.
    async fn reading(&self, viewer: &Viewer, moment: &Moment) -> Result<Reading, ReadError> {
        let judged = self.inner.freshness.confirm(moment.min_position).await?;
        Ok(Reading {
            viewer: viewer.clone(),
            moment: self.inner.around.clock.now().into(),
            as_of: moment.as_of,
            up_to: self.up_to(moment.known_at).await?,
            judged,
        })
    }

    async fn up_to(&self, known_at: Option<Timestamp>) -> Result<u64, ReadError> {
        match known_at {
            Some(known_at) => Ok(self.inner.around.log.position_at(known_at).await?),
            None => Ok(u64::MAX),
        }
    }
}
