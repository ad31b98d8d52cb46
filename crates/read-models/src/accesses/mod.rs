//! Who saw whom, and what somebody saw: the record of reads, projected into a local SQLite file of
//! its own, so that both are answered by an index and not by reading the record.
//!
//! Like the read model it is rebuilt from its log at will, and answers only once it stands at the
//! head that the log had when it was asked.

mod projector;
mod questions;

use std::{path::Path, sync::Arc, time::Duration};

use casework::{AgencyId, PersonId};
use event_log::EventLog;
use sqlx::SqlitePool;
use tokio::{sync::watch, task::AbortHandle, time::timeout};

use crate::{
    ReadError,
    store::{Shape, Store},
};
use projector::Projector;
pub use questions::{Access, AccessPage};

const ACCESSES: Shape = Shape { version: 1, schema: include_str!("schema.sql") };

/// How long somebody who asks waits for the file to catch up with the record.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whose accesses are asked for: those of an agency, or of one member of its staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedBy {
    /// The agency.
    pub agency: AgencyId,
    /// The code of the member of staff; none: everybody there.
    pub staff: Option<String>,
}

/// The file and its projector. Clones share both.
#[derive(Clone)]
pub struct Accesses {
    inner: Arc<Inner>,
}

struct Inner {
    reads: EventLog,
    readers: SqlitePool,
    /// The last position that was taken in.
    position: watch::Receiver<u64>,
    projector: AbortHandle,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // What it has not committed is still in the record.
        self.projector.abort();
    }
}

impl Accesses {
    /// Opens the file, or makes it anew when it was not made from this record by this version, and
    /// starts to follow the record.
    pub async fn open(path: &Path, reads: EventLog) -> Result<Self, ReadError> {
        let Store { writer, readers } = Store::open_as(path, &reads, &ACCESSES).await?;
        let (projector, position) = Projector::new(writer).await?;
        let projector = tokio::spawn(projector.run(reads.clone())).abort_handle();
        Ok(Self { inner: Arc::new(Inner { reads, readers, position, projector }) })
    }

    /// Who saw one of these persons, the latest first: those shown something, or also those who
    /// were refused.
    pub async fn who_saw(
        &self,
        persons: &[PersonId],
        with_refused: bool,
        first: usize,
        before: Option<u64>,
    ) -> Result<AccessPage, ReadError> {
        self.confirm().await?;
        questions::who_saw(&self.inner.readers, persons, with_refused, first, before).await
    }

    /// What somebody saw, and was refused, the latest first.
    pub async fn what_saw(
        &self,
        by: &AskedBy,
        first: usize,
        before: Option<u64>,
    ) -> Result<AccessPage, ReadError> {
        self.confirm().await?;
        questions::what_saw(&self.inner.readers, by, first, before).await
    }

    /// How far it has come in the record of reads.
    pub fn position(&self) -> watch::Receiver<u64> {
        self.inner.position.clone()
    }

    /// Waits until everything is taken in that was on record when this began.
    async fn confirm(&self) -> Result<(), ReadError> {
        let reached = async {
            let head = self.inner.reads.head().await?;
            let mut position = self.inner.position.clone();
            let waited = position.wait_for(|position| *position >= head).await;
            waited.map(drop).map_err(|_| ReadError::Behind)
        };
        timeout(PATIENCE, reached).await.unwrap_or(Err(ReadError::Behind))
    }
}
