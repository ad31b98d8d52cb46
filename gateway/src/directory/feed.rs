//! Follows the log for what names persons, and opens it for the directory.
//!
//! Each batch is one record of reads, by the house itself. What cannot be opened any more is left
//! out; what is broken is told to operators, and left out as well, so that one damaged event does not
//! keep everybody else from being found.

use std::{sync::Arc, time::Duration};

use access::{Disclosure, DisclosureError, Door, Opened, Principal, Purpose, SealedEvent, Way};
use casework::{PersonId, erased_with, is_of_merging};
use contracts::{
    Event, catalogue,
    events::{EventCorrected, PersonRegistered},
};
use event_log::{Filter, Follower, LogError, Step, StoredEvent};
use identity::Identity;
use read_models::PERSON_CATEGORY;
use tokio::{select, time::sleep};
use uuid::Uuid;
use zeroize::Zeroize;

use super::{Held, Progress, Shared};

/// Registrations opened at once: one record of reads names them all.
const OPENED_AT_ONCE: usize = 500;

/// After a failure: long enough not to flood the log of errors, short enough to go unnoticed.
const RETRY: Duration = Duration::from_secs(1);

/// What says what a person is called, what officers say of two, and of whom nothing is left.
const EVENTS: [&str; 8] = [
    "PersonRegistered",
    "EventCorrected",
    "EventRetracted",
    "PersonsMergeProposed",
    "PersonsMerged",
    "PersonsMergeDeclined",
    "PersonsUnmerged",
    "PersonErased",
];

pub(super) struct Feed {
    shared: Arc<Shared>,
    disclosure: Disclosure,
    house: Principal,
}

/// What an event changes about a registration.
struct Change {
    registration: Uuid,
    /// The sealed part of the event; empty when there is nothing to learn from it.
    sealed: SealedEvent,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is the registration.
    Registers,
    /// It says what the registration should have said.
    Corrects,
    /// The registration has no effect any more.
    Ends,
}

impl Feed {
    pub(super) fn new(shared: Arc<Shared>, disclosure: Disclosure, house: Principal) -> Self {
        Self { shared, disclosure, house }
    }

    /// Runs until the log is closed or cannot be trusted any more.
    pub(super) async fn run(self) {
        let mut follower = self.shared.log.follow_filtered(filter(), 0);
        let goal = self.goal().await;
        self.advance(0, goal);
        loop {
            let step = select! {
                step = follower.step() => step,
                () = self.shared.anew.notified() => {
                    self.begin_anew(&mut follower);
                    continue;
                }
            };
            match step {
                Ok(step) => {
                    self.take(&step).await;
                    self.advance(step.position, goal);
                }
                Err(LogError::Closed) => break,
                Err(error @ LogError::Hole { .. }) => {
                    tracing::error!(%error, "the directory of names stops");
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, "the directory of names cannot read the log; it tries again");
                    sleep(RETRY).await;
                }
            }
        }
        self.shared.progress.send_modify(|progress| progress.has_stopped = true);
    }

    /// The head that has to be reached before questions are answered.
    async fn goal(&self) -> u64 {
        loop {
            match self.shared.log.head().await {
                Ok(head) => return head,
                Err(error) => {
                    tracing::error!(%error, "the directory of names cannot read the log; it tries again");
                    sleep(RETRY).await;
                }
            }
        }
    }

    fn begin_anew(&self, follower: &mut Follower) {
        tracing::error!("the log has become another; the directory of names is built anew");
        *self.shared.held_mut() = Held::default();
        self.shared.progress.send_replace(Progress { is_built: true, ..Progress::default() });
        follower.restart();
    }

    fn advance(&self, position: u64, goal: u64) {
        self.shared.progress.send_modify(|progress| {
            progress.position = position;
            progress.is_built |= position >= goal;
        });
    }

    async fn take(&self, step: &Step) {
        let changes: Vec<_> = step.events.iter().filter_map(|event| self.change(event)).collect();
        for some in changes.chunks(OPENED_AT_ONCE) {
            let opened = self.opened(some).await;
            let mut held = self.shared.held_mut();
            for (change, mut opened) in some.iter().zip(opened) {
                let identity = identity(change, &opened);
                held.put(change.registration, identity.as_ref());
                if let Opened::Personal(bytes) = &mut opened {
                    bytes.zeroize();
                }
            }
        }
    }

    /// What an event changes in the index. What it says without being opened is taken in at once.
    fn change(&self, stored: &StoredEvent) -> Option<Change> {
        // What this version cannot read names nobody here; the read model parks its person.
        let event = catalogue().by_number(stored.type_no)?.decode(&stored.body).ok()?;
        if is_of_merging(&event) {
            self.shared.held_mut().merges.apply(&event, stored.position);
            return None;
        }
        let person = PersonId::from(stored.stream.key.as_str());
        match &event {
            Event::PersonRegistered(_) => {
                let registration = stored.event_id;
                self.shared.held_mut().registrations.insert(registration, person);
                let sealed = SealedEvent::from(stored);
                Some(Change { registration, sealed, kind: Kind::Registers })
            }
            Event::EventCorrected(correction) => {
                let registration = self.registration(&correction.target_event_id)?;
                let replaced = catalogue().by_number(correction.replacement_type)?;
                let is_registration = replaced.name == "PersonRegistered";
                let sealed = SealedEvent::from(stored);
                is_registration.then_some(Change { registration, sealed, kind: Kind::Corrects })
            }
            Event::EventRetracted(retraction) => {
                let registration = self.registration(&retraction.target_event_id)?;
                // Why it was retracted is nobody's business here.
                let sealed = SealedEvent { sealed: Vec::new(), ..SealedEvent::from(stored) };
                Some(Change { registration, sealed, kind: Kind::Ends })
            }
            Event::PersonErased(_) => {
                let mut held = self.shared.held_mut();
                erased_with(&event).for_each(|person| held.forget(&person));
                None
            }
            _ => None,
        }
    }

    /// The registration that an amendment aims at, if it aims at one.
    fn registration(&self, target: &str) -> Option<Uuid> {
        let target = target.parse().ok()?;
        self.shared.held().registrations.contains_key(&target).then_some(target)
    }

    /// The sealed parts, opened on record; tried until it succeeds.
    async fn opened(&self, changes: &[Change]) -> Vec<Opened> {
        let mut events: Vec<_> = changes.iter().map(|change| change.sealed.clone()).collect();
        if events.iter().all(|event| event.sealed.is_empty()) {
            return vec![Opened::Nothing; events.len()];
        }
        loop {
            let way = Way::through(Door::Index, Purpose::Index);
            let opened = self.disclosure.open(&self.house, way, None, 0, &events).await;
            match opened {
                Ok(opened) => return opened,
                Err(DisclosureError::Broken(broken)) => {
                    tracing::error!(event = %broken, "a sealed name cannot be opened");
                    let broken = events.iter_mut().filter(|event| event.event_id == broken);
                    broken.for_each(|event| event.sealed.clear());
                }
                Err(error) => {
                    tracing::error!(%error, "the directory of names cannot open anything; it tries again");
                    sleep(RETRY).await;
                }
            }
        }
    }
}

fn filter() -> Filter {
    let kinds = EVENTS.iter().filter_map(|name| catalogue().by_name(name));
    let types = kinds.map(|kind| kind.number).collect();
    Filter { categories: vec![PERSON_CATEGORY.to_owned()], types }
}

/// What a registration says; none when it has no effect, or nobody can open it any more.
fn identity(change: &Change, opened: &Opened) -> Option<Identity> {
    let Opened::Personal(personal) = opened else { return None };
    match change.kind {
        Kind::Registers => return identity_in(personal),
        Kind::Ends => return None,
        Kind::Corrects => {}
    }
    let mut replaced = EventCorrected::replacement_personal_in(personal)?;
    let identity = identity_in(&replaced);
    replaced.zeroize();
    identity
}

fn identity_in(personal: &[u8]) -> Option<Identity> {
    let event = catalogue().by_name("PersonRegistered")?.decode(personal).ok()?;
    let mut registered = PersonRegistered::try_from(event).ok()?;
    registered.address.zeroize();
    registered.telephone.zeroize();
    Some(Identity {
        family_name: registered.family_name,
        given_name: registered.given_name,
        family_name_kana: registered.family_name_kana,
        given_name_kana: registered.given_name_kana,
        birth_date: registered.birth_date,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_that_is_followed_is_declared() {
        assert_eq!(filter().types.len(), EVENTS.len());
    }
}
