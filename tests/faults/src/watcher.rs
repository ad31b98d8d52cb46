//! A follower that reads along through every crash and notes what it sees.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_log::{EventLog, LogError};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// A follower polls within a second; a server on its way up gets some more.
const CATCH_UP_SECONDS_MAX: u64 = 60;
/// Before it asks a log that just failed again.
const AGAIN_MILLISECONDS: u64 = 5;

/// What a follower saw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Every event, in the order in which it came.
    pub events: Vec<(u64, Uuid)>,
    /// How often the log could not be read.
    pub errors: u64,
    /// What will not mend itself: a hole.
    pub alarms: Vec<String>,
}

/// A follower at work, on a handle of its own.
pub struct Watcher {
    url: String,
    seen: Arc<Mutex<Seen>>,
    position: watch::Sender<u64>,
    work: Option<(EventLog, JoinHandle<()>)>,
}

impl Watcher {
    /// Follows the log from its first event.
    ///
    /// # Errors
    /// When the log cannot be opened.
    pub async fn start(url: &str) -> Result<Self, LogError> {
        let mut watcher = Self {
            url: url.to_owned(),
            seen: Arc::default(),
            position: watch::Sender::new(0),
            work: None,
        };
        watcher.resume().await?;
        Ok(watcher)
    }

    /// Closes its handle: nothing of this process has the log open after it.
    ///
    /// # Panics
    /// When the follower panicked.
    pub async fn pause(&mut self) {
        if let Some((log, task)) = self.work.take() {
            task.abort();
            if let Err(ended) = task.await {
                assert!(ended.is_cancelled(), "the follower panicked");
            }
            log.close().await;
        }
    }

    /// Opens the log anew and goes on where it was.
    ///
    /// # Errors
    /// When the log cannot be opened.
    pub async fn resume(&mut self) -> Result<(), LogError> {
        let log = EventLog::open(&self.url).await?;
        let work = follow(log.clone(), self.seen.clone(), self.position.clone());
        self.work = Some((log, tokio::spawn(work)));
        Ok(())
    }

    /// Waits until it has seen this position, but not for ever: the checker tells what it skipped.
    pub async fn wait_for(&self, head: u64) {
        let mut position = self.position.subscribe();
        let caught_up = position.wait_for(|position| *position >= head);
        let _ = timeout(Duration::from_secs(CATCH_UP_SECONDS_MAX), caught_up).await;
    }

    /// What it saw so far.
    ///
    /// # Panics
    /// When the follower panicked.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.seen.lock().expect("the follower lives").clone()
    }

    /// The last position it has seen.
    #[must_use]
    pub fn position(&self) -> u64 {
        *self.position.borrow()
    }
}

async fn follow(log: EventLog, seen: Arc<Mutex<Seen>>, position: watch::Sender<u64>) {
    // One follower through all errors: that it stays where it is and can be asked again is what
    // it promises.
    let mut follower = log.follow(*position.borrow());
    loop {
        let next = follower.next().await;
        match next {
            Ok(events) => {
                let last = events.last().expect("never none").position;
                let ids = events.iter().map(|event| (event.position, event.event_id));
                seen.lock().expect("nobody panics with it").events.extend(ids);
                position.send_replace(last);
            }
            Err(hole @ LogError::Hole { .. }) => {
                let mut seen = seen.lock().expect("nobody panics with it");
                seen.alarms.push(hole.to_string());
                return;
            }
            Err(LogError::Closed) => return,
            Err(_) => {
                seen.lock().expect("nobody panics with it").errors += 1;
                sleep(Duration::from_millis(AGAIN_MILLISECONDS)).await;
            }
        }
    }
}
