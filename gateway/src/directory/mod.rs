//! The directory of names: who is called what, in memory only.
//!
//! It is built from the log at every start and follows it. What is sealed is opened by the house
//! itself, on record; nothing of it is ever shown from here. It only says whose registration fits a
//! question, and whose two fit one another; who may be shown that is judged by the read model, and
//! what is shown is opened again, for the reader and on record.

mod feed;
mod merges;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use access::{Disclosure, Principal};
use casework::PersonId;
use event_log::EventLog;
use identity::{Identity, Index, Quality, Query, Reason};
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
    time::timeout,
};
use uuid::Uuid;

use feed::Feed;
use merges::Merges;
pub(crate) use merges::OpenProposal;

/// How long a reader waits for the directory to catch up, as for the read model.
const PATIENCE: Duration = Duration::from_secs(2);

/// The directory, and the task that keeps it at the head of the log.
pub(crate) struct Directory {
    shared: Arc<Shared>,
    feed: AbortHandle,
}

struct Shared {
    log: EventLog,
    held: RwLock<Held>,
    progress: watch::Sender<Progress>,
    /// The log has lost its end: everything is read anew.
    anew: Notify,
}

/// What is known of everybody.
#[derive(Default)]
struct Held {
    /// By the event that registered them.
    index: Index<Uuid>,
    /// In whose stream it lies; those that were retracted or erased as well.
    registrations: HashMap<Uuid, PersonId>,
    merges: Merges,
    /// What was opened of them before and comes late is not taken in.
    forgotten: HashSet<PersonId>,
}

/// How far the directory has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Everything up to here was looked at.
    pub(crate) position: u64,
    /// Whether the head that the log had at the start was reached.
    pub(crate) is_built: bool,
    /// Whether the log has a hole or is closed, so that nothing is taken in any more.
    pub(crate) has_stopped: bool,
}

/// The directory cannot answer now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReady {
    /// It is being built.
    #[error("the directory of names is being built; try again")]
    Building,
    /// The log's head could not be reached in time.
    #[error("the directory of names is behind the log; try again")]
    Behind,
}

/// A registration that fits a question.
pub(crate) struct Fitting {
    pub(crate) person: PersonId,
    /// The event.
    pub(crate) registration: Uuid,
    pub(crate) quality: Quality,
}

/// Two persons who may be one.
#[derive(Clone)]
pub(crate) struct Alike {
    pub(crate) one: PersonId,
    pub(crate) other: PersonId,
    pub(crate) percent: u8,
    pub(crate) reasons: Vec<Reason>,
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.feed.abort();
    }
}

impl Directory {
    /// Begins to build it; what is asked before it is built is refused.
    pub(crate) fn follow(log: EventLog, disclosure: Disclosure) -> Self {
        let shared = Arc::new(Shared {
            log,
            held: RwLock::default(),
            progress: watch::Sender::default(),
            anew: Notify::new(),
        });
        let feed = Feed::new(shared.clone(), disclosure, Principal::of_house("index"));
        let feed = tokio::spawn(feed.run()).abort_handle();
        Self { shared, feed }
    }

    /// How far it has come.
    pub(crate) fn progress(&self) -> Progress {
        *self.shared.progress.borrow()
    }

    /// Waits until it stands at the log's head.
    pub(crate) async fn confirm(&self) -> Result<(), NotReady> {
        if !self.progress().is_built {
            return Err(NotReady::Building);
        }
        let reached = async {
            // In this order: what is appended in between is no end that was lost.
            let known = self.progress().position;
            let head = self.shared.log.head().await.map_err(|_| NotReady::Behind)?;
            if head < known {
                self.shared.anew.notify_one();
                return Err(NotReady::Behind);
            }
            let mut progress = self.shared.progress.subscribe();
            let reached = progress.wait_for(|now| now.has_stopped || now.position >= head).await;
            let reached = reached.map_err(|_| NotReady::Behind)?;
            if reached.has_stopped { Err(NotReady::Behind) } else { Ok(()) }
        };
        timeout(PATIENCE, reached).await.unwrap_or(Err(NotReady::Behind))
    }

    /// The registrations that fit a question, the best first. For nobody's eyes.
    pub(crate) fn fitting(&self, query: &Query) -> Vec<Fitting> {
        let held = self.shared.held();
        let hits = held.index.search(query).into_iter().filter_map(|hit| {
            let person = held.registrations.get(hit.key)?.clone();
            Some(Fitting { person, registration: *hit.key, quality: hit.quality })
        });
        hits.collect()
    }

    /// Pairs of persons who may be one and about whom no officer has said anything yet, the
    /// likeliest first.
    pub(crate) fn alike(&self) -> Vec<Alike> {
        let held = self.shared.held();
        let mut pairs: Vec<Alike> = Vec::new();
        let mut known = BTreeSet::new();
        for pair in held.index.candidates() {
            let persons = [pair.one, pair.other].map(|key| held.registrations.get(key));
            let [Some(one), Some(other)] = persons else { continue };
            let (one, other) = if one <= other { (one, other) } else { (other, one) };
            if one == other || held.merges.has_said(one, other) {
                continue;
            }
            // Of several registrations of the same two the likeliest pair speaks.
            if known.insert((one.clone(), other.clone())) {
                let (one, other) = (one.clone(), other.clone());
                pairs.push(Alike { one, other, percent: pair.percent, reasons: pair.reasons });
            }
        }
        pairs
    }

    /// The proposals to merge that wait for an officer, the oldest first.
    pub(crate) fn proposals(&self) -> Vec<OpenProposal> {
        self.shared.held().merges.open()
    }

    /// Forgets a registration that nobody can open any more.
    pub(crate) fn forget_registration(&self, registration: &Uuid) {
        self.shared.held_mut().index.remove(registration);
    }

    /// Forgets what a person is called. Their key was destroyed, so it is not learnt again.
    pub(crate) fn forget(&self, person: &PersonId) {
        self.shared.held_mut().forget(person);
    }
}

impl Shared {
    // What a panic has left half done is searched no worse than before, and rebuilt at the next start.
    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn held_mut(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn forget(&mut self, person: &PersonId) {
        self.forgotten.insert(person.clone());
        self.merges.forget(person);
        let theirs = self.registrations.iter().filter(|(_, of)| *of == person);
        theirs.for_each(|(registration, _)| self.index.remove(registration));
    }

    fn put(&mut self, registration: Uuid, identity: Option<&Identity>) {
        let person = self.registrations.get(&registration);
        let is_forgotten = person.is_some_and(|person| self.forgotten.contains(person));
        match identity.filter(|_| !is_forgotten) {
            Some(identity) => self.index.put(registration, identity),
            None => self.index.remove(&registration),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_opened_before_its_person_was_forgotten_is_not_taken_in() {
        let (registration, person) = (Uuid::from_u128(1), PersonId::from("架空の人"));
        let mut name = Identity::default();
        "架空".clone_into(&mut name.family_name);
        let found = |held: &Held| held.index.search(&Query::of("架空", "").unwrap()).len();
        let mut held = Held::default();
        held.registrations.insert(registration, person.clone());
        held.put(registration, Some(&name));
        assert_eq!(found(&held), 1);
        held.forget(&person);
        held.put(registration, Some(&name));
        assert_eq!(found(&held), 0);
    }
}
