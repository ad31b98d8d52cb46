//! The client's own account, kept outside the log: what was asked, what was acknowledged where.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use event_log::{Appended, StreamKey};
use tokio::sync::watch;
use uuid::Uuid;

use crate::patience::patiently;
use crate::request::{Request, sha256};

/// An event that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its own id.
    pub event_id: Uuid,
    /// Where it was to go.
    pub stream: StreamKey,
    /// SHA-256 over its body.
    pub body_digest: [u8; 32],
}

/// A request, and what is known of its fate.
pub struct Entry {
    /// Its events, in order.
    pub events: Vec<Asked>,
    /// The positions that were acknowledged, if any were so far.
    pub acknowledged: Option<(u64, u64)>,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Different requests that were asked.
    pub requests: u64,
    /// Those of them that were acknowledged.
    pub acknowledged: u64,
    /// How often a request was asked again because its fate was unknown.
    pub retried: u64,
    /// Answers that told the positions of an earlier recording.
    pub replayed: u64,
    /// Used request ids with other content that were refused.
    pub forgeries: u64,
}

/// The account of one run.
pub struct Ledger {
    entries: HashMap<u64, Entry>,
    counts: Counts,
    /// Acknowledgements that contradict an earlier one or the size of the request.
    contradictions: u64,
    acknowledgements: watch::Sender<u64>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            counts: Counts::default(),
            contradictions: 0,
            acknowledgements: watch::Sender::new(0),
        }
    }
}

impl Ledger {
    /// Notes a request before it is asked for the first time.
    pub fn ask(&mut self, request: &Request) {
        let append = request.append();
        let asked = append.writes.iter().flat_map(|write| {
            write.events.iter().map(|event| Asked {
                event_id: event.event_id,
                stream: write.stream.clone(),
                body_digest: sha256(&event.body),
            })
        });
        self.counts.requests += 1;
        let entry = Entry { events: asked.collect(), acknowledged: None };
        assert!(self.entries.insert(request.number(), entry).is_none(), "a number is used once");
    }

    /// Notes that a request is asked again.
    pub fn ask_again(&mut self) {
        self.counts.retried += 1;
    }

    /// Notes that a used request id with other content was refused.
    pub fn refuse_forgery(&mut self) {
        self.counts.forgeries += 1;
    }

    /// Notes an acknowledgement, the first one or another.
    ///
    /// # Panics
    /// When the request was never asked.
    pub fn acknowledge(&mut self, request: &Request, appended: Appended) {
        let entry = self.entries.get_mut(&request.number()).expect("it was asked");
        let positions = (appended.first_position, appended.last_position);
        self.counts.replayed += u64::from(appended.replayed);
        let events = positions.1.saturating_sub(positions.0) + 1;
        let contradicts = entry.acknowledged.is_some_and(|earlier| earlier != positions);
        self.contradictions += u64::from(contradicts || events != entry.events.len() as u64);
        if entry.acknowledged.is_none() {
            entry.acknowledged = Some(positions);
            self.counts.acknowledged += 1;
            self.acknowledgements.send_replace(self.counts.acknowledged);
        }
    }

    /// Every request.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// How much was done.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Acknowledgements that contradict an earlier one or the size of the request.
    #[must_use]
    pub fn contradictions(&self) -> u64 {
        self.contradictions
    }
}

/// A ledger that all clients of a run write into.
#[derive(Clone, Default)]
pub struct SharedLedger(Arc<Mutex<Ledger>>);

impl SharedLedger {
    /// The ledger, for a moment.
    ///
    /// # Panics
    /// When a client panicked while it wrote.
    pub fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().expect("no client panics while it writes")
    }

    /// Waits until `more` further requests are acknowledged.
    ///
    /// # Panics
    /// When nothing is acknowledged for two minutes.
    pub async fn wait_for_more(&self, more: u64) {
        let mut acknowledgements = self.lock().acknowledgements.subscribe();
        let wanted = *acknowledgements.borrow() + more;
        while *acknowledgements.borrow_and_update() < wanted {
            let changed = patiently("an acknowledgement", acknowledgements.changed()).await;
            changed.expect("the ledger lives");
        }
    }
}
