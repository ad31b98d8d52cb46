//! Follows the record of reads and keeps the file at its head: a page and the checkpoint behind it
//! are one transaction.

use access::read_recorded;
use event_log::{EventLog, StoredEvent};
use serde_json::{Value, json};
use sqlx::{Connection, sqlite::SqliteConnection};
use tokio::{sync::watch, time::sleep};

use super::ACCESSES;
use crate::{
    ReadError,
    batch::{insert_all, set_checkpoint},
    feed::{Feed, Page, RETRY},
    store::{self, Checkpoint},
};

const INSERT: &str = "INSERT INTO access (position, person_id, agency, staff, recorded_at, door, \
    purpose, purpose_id, outcome, shown, opened, types) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, \
    value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11 \
    FROM json_each(?1)";

pub(super) struct Projector {
    writer: SqliteConnection,
    written: Checkpoint,
    position: watch::Sender<u64>,
    /// Whether the file is being made from the record alone, after the two had parted.
    is_anew: bool,
}

impl Projector {
    pub(super) async fn new(
        mut writer: SqliteConnection,
    ) -> Result<(Self, watch::Receiver<u64>), ReadError> {
        let written = store::checkpoint(&mut writer).await?;
        let (position, told) = watch::channel(written.position);
        Ok((Self { writer, written, position, is_anew: false }, told))
    }

    /// Runs until the record is closed or has a hole; from then on nobody is answered.
    pub(super) async fn run(mut self, reads: EventLog) {
        let mut feed = Feed::follow(reads.clone(), self.written.position);
        while let Some(page) = feed.next().await {
            let page = match page {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "the projector of the record of reads stops");
                    return;
                }
            };
            if self.has_parted(&page) {
                self.start_anew().await;
                feed = Feed::follow(reads.clone(), 0);
            } else {
                self.take(&page).await;
            }
        }
    }

    /// Whether the record has become another than the one that the file was made from, as after it
    /// was restored from a backup.
    fn has_parted(&self, page: &Page) -> bool {
        let first = page.events.first().filter(|_| !self.is_anew);
        first.is_some_and(|event| !event.continues(&self.written.chain_hash))
    }

    async fn start_anew(&mut self) {
        tracing::error!("the record of reads has become another; its file is built anew");
        // Told first: nobody may take the empty file for an answer.
        self.position.send_replace(0);
        while let Err(error) = store::clear_as(&mut self.writer, &ACCESSES).await {
            tracing::error!(%error, "the file of accesses could not be emptied; trying again");
            sleep(RETRY).await;
        }
        (self.written, self.is_anew) = (Checkpoint::GENESIS, true);
    }

    async fn take(&mut self, page: &Page) {
        let Some(last) = page.events.last() else { return };
        let last = Checkpoint { position: last.position, chain_hash: last.chain_hash };
        while let Err(error) = self.write(page, last).await {
            tracing::error!(%error, "the file of accesses could not be written; trying again");
            sleep(RETRY).await;
        }
        self.written = last;
        self.position.send_replace(last.position);
    }

    async fn write(&mut self, page: &Page, last: Checkpoint) -> Result<(), ReadError> {
        let rows: Vec<_> = page.events.iter().filter_map(row).collect();
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        insert_all(&mut transaction, INSERT, rows).await?;
        set_checkpoint(&mut transaction, Some(last)).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// None for what is no record of a read: a later version may write other things there.
fn row(event: &StoredEvent) -> Option<Value> {
    let read = read_recorded(event)?;
    Some(json!([
        event.position,
        read.person_id,
        event.agency,
        event.staff,
        event.recorded_at.as_microsecond(),
        read.door,
        read.purpose,
        read.purpose_id,
        read.outcome,
        read.shown,
        read.opened_event_ids.len(),
        json!(read.types).to_string(),
    ]))
}
