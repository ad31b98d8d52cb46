//! Follows the log and keeps the file at its head.
//!
//! A batch of events and the checkpoint behind it are one transaction, so the file is always the
//! state at exactly one position of the log. Only then is the position published.
//!
//! Every batch must continue the hash chain of what was taken in before it. Where it does not, the
//! log has lost its end and gone on another way, and the file is built anew. Whether the chain holds
//! within the log is not asked here: that is what `EventLog::verify` is for.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use access::Clock;
use casework::{PersonFile, PersonId, today};
use event_log::{Follower, LogError, StoredEvent};
use jiff::civil::Date;
use sqlx::{Connection, sqlite::SqliteConnection};
use tokio::{
    select,
    sync::{Notify, watch},
    time::sleep,
};

use crate::{
    ReadError,
    history::{self, PERSON_CATEGORY},
    store::{self, Checkpoint},
    work,
};

/// After a failure: long enough not to flood the log of errors, short enough to go unnoticed.
const RETRY: Duration = Duration::from_secs(1);

/// How often somebody looks whether a new day has begun, when no reader asks.
const DAY_CHECK: Duration = Duration::from_secs(30);

/// How far the read model has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last position of the log that was taken in.
    pub position: u64,
    /// The day for which all work items were computed.
    pub worked_on: Option<Date>,
    /// How many events of persons this version could not read.
    pub unreadable: u64,
}

pub(crate) struct Projector {
    connection: SqliteConnection,
    clock: Arc<dyn Clock>,
    progress: watch::Sender<Progress>,
    /// The log's chain hash at the last position that was taken in.
    chain_hash: [u8; 32],
    /// A reader saw that a new day has begun.
    new_day: Arc<Notify>,
}

impl Projector {
    pub(crate) fn new(
        connection: SqliteConnection,
        clock: Arc<dyn Clock>,
        from: Checkpoint,
        new_day: Arc<Notify>,
    ) -> Self {
        let Checkpoint { position, chain_hash, unreadable } = from;
        let progress = Progress { position, worked_on: None, unreadable };
        Self { connection, clock, progress: watch::Sender::new(progress), chain_hash, new_day }
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Runs until the log is closed, or cannot be trusted any more.
    pub(crate) async fn run(mut self, mut follower: Follower) {
        // While the file is built anew: the position where the log had parted from it.
        let mut parted_at = None;
        loop {
            let events = match self.next(&mut follower).await {
                Ok(events) => events,
                Err(LogError::Closed) => return,
                Err(error @ LogError::Hole { .. }) => {
                    tracing::error!(%error, "the projector stops: the log has a hole");
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, "the projector cannot read the log; it tries again");
                    sleep(RETRY).await;
                    continue;
                }
            };
            let parts = events.first().filter(|event| !event.continues(&self.chain_hash));
            match parts.map(|event| event.position) {
                Some(position) if parted_at.is_none() => {
                    tracing::error!(position, "the log has become another; the file is built anew");
                    parted_at = Some(position);
                    self.start_anew().await;
                    follower.restart();
                    continue;
                }
                // It comes from the log alone by now, so the break is the log's own. To begin
                // again would not mend it and might never end.
                Some(position) => tracing::error!(position, "the log's hash chain is broken"),
                None => {}
            }
            self.apply_until_done(&events).await;
            parted_at = parted_at.filter(|at| *at > follower.position());
        }
    }

    async fn start_anew(&mut self) {
        // Told first: nobody may take the empty file for an answer.
        self.progress.send_replace(Progress { position: 0, worked_on: None, unreadable: 0 });
        self.chain_hash = [0; 32];
        while let Err(error) = store::clear(&mut self.connection).await {
            tracing::error!(%error, "the read model's file could not be emptied; trying again");
            sleep(RETRY).await;
        }
    }

    /// The next events. While there are none, work items are brought to the present day.
    async fn next(&mut self, follower: &mut Follower) -> Result<Vec<StoredEvent>, LogError> {
        let mut next = pin!(follower.next());
        loop {
            let is_of_today = self.progress.borrow().worked_on == Some(today(self.clock.now()));
            select! {
                biased;
                events = &mut next => return events,
                () = wait_for_work(is_of_today, &self.new_day) => {}
            }
            if let Err(error) = self.refresh().await {
                tracing::error!(%error, "work items could not be brought to the present day");
                sleep(RETRY).await;
            }
        }
    }

    async fn refresh(&mut self) -> Result<(), ReadError> {
        let today = today(self.clock.now());
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        let is_done = work::refresh_some(&mut transaction, today).await?;
        transaction.commit().await?;
        if is_done {
            self.progress.send_if_modified(|progress| {
                let is_news = progress.worked_on != Some(today);
                progress.worked_on = Some(today);
                is_news
            });
        }
        Ok(())
    }

    async fn apply_until_done(&mut self, events: &[StoredEvent]) {
        while let Err(error) = self.apply(events).await {
            tracing::error!(%error, "the read model's file could not be written; trying again");
            sleep(RETRY).await;
        }
    }

    async fn apply(&mut self, events: &[StoredEvent]) -> Result<(), ReadError> {
        let Some(last) = events.last() else { return Ok(()) };
        let today = today(self.clock.now());
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut files = BTreeMap::new();
        let mut unreadable = 0;
        for stored in events.iter().filter(|event| event.stream.category == PERSON_CATEGORY) {
            let file = file_of(&mut transaction, &mut files, stored).await?;
            if !history::insert(&mut transaction, file, stored).await? {
                let position = stored.position;
                tracing::error!(position, "the event at {position} cannot be read by this version");
                unreadable += 1;
            }
        }
        for (person, file) in &files {
            work::rewrite(&mut transaction, person, file, today).await?;
        }
        set_checkpoint(&mut transaction, last, unreadable).await?;
        transaction.commit().await?;
        self.chain_hash = last.chain_hash;
        self.progress.send_modify(|progress| {
            progress.position = last.position;
            progress.unreadable += unreadable;
        });
        Ok(())
    }
}

/// The file of the event's person before the event: folded from the earlier rows once a batch.
async fn file_of<'a>(
    connection: &mut SqliteConnection,
    files: &'a mut BTreeMap<PersonId, PersonFile>,
    stored: &StoredEvent,
) -> Result<&'a mut PersonFile, ReadError> {
    let person = PersonId::from(stored.stream.key.as_str());
    match files.entry(person.clone()) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(unknown) => {
            let file = history::of_person(connection, &person).await?.file();
            Ok(unknown.insert(file))
        }
    }
}

async fn set_checkpoint(
    connection: &mut SqliteConnection,
    last: &StoredEvent,
    unreadable: u64,
) -> Result<(), ReadError> {
    sqlx::query(
        "UPDATE checkpoint SET position = ?1, chain_hash = ?2, unreadable = unreadable + ?3",
    )
    .bind(last.position.cast_signed())
    .bind(&last.chain_hash[..])
    .bind(unreadable.cast_signed())
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns at once while some items are of another day, and otherwise when that may have come.
async fn wait_for_work(is_of_today: bool, new_day: &Notify) {
    if is_of_today {
        select! {
            () = new_day.notified() => {}
            () = sleep(DAY_CHECK) => {}
        }
    }
}
