//! One file at work: its readers, and the projector that keeps it at the log's head.

use std::{path::Path, sync::Arc, time::Duration};

use access::Clock;
use event_log::EventLog;
use sqlx::{Connection, SqlitePool};
use tokio::{
    sync::{Notify, oneshot, watch},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    Progress, ReadError,
    changes::Changes,
    fold::RULES,
    projector::{Projector, Telling},
    store::Store,
    writer::Writer,
};

/// How long a projector may take to finish what it is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// What every file of a read model has in common.
pub(crate) struct Surroundings {
    pub(crate) log: EventLog,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) changes: Arc<Changes>,
    pub(crate) new_day: Arc<Notify>,
}

pub(crate) struct Generation {
    pub(crate) readers: SqlitePool,
    projector: Running,
    stop: oneshot::Sender<()>,
}

/// A projector at work.
struct Running(JoinHandle<Writer>);

impl Drop for Running {
    fn drop(&mut self) {
        // What it has not committed is still in the log.
        self.0.abort();
    }
}

impl Generation {
    /// Opens the file, or makes it anew, and starts to follow the log.
    pub(crate) async fn open(path: &Path, around: &Surroundings) -> Result<Self, ReadError> {
        Self::start(Store::open(path, &around.log).await?, around).await
    }

    /// The same for a file that this process has built or closed just now.
    pub(crate) async fn open_known(path: &Path, around: &Surroundings) -> Result<Self, ReadError> {
        Self::start(Store::open_known(path).await?, around).await
    }

    async fn start(store: Store, around: &Surroundings) -> Result<Self, ReadError> {
        let Store { writer, readers } = store;
        let writer = Writer::new(writer, around.clock.clone(), RULES).await?;
        let telling =
            Telling { progress: around.progress.clone(), changes: around.changes.clone() };
        let projector = Projector::start(writer, telling, around.new_day.clone()).await?;
        let (stop, stopped) = oneshot::channel();
        let projector = Running(tokio::spawn(projector.run(around.log.clone(), stopped)));
        Ok(Self { readers, projector, stop })
    }

    /// Stops the projector and closes the file.
    pub(crate) async fn close(mut self) -> Result<(), ReadError> {
        let _ = self.stop.send(());
        let writer = timeout(PATIENCE, &mut self.projector.0).await;
        self.readers.close().await;
        match writer {
            Ok(Ok(writer)) => Ok(writer.into_connection().close().await?),
            // It cannot write the file, or was lost. Dropping it closes the file by and by.
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }
}
