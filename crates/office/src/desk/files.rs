//! The folded files of the persons whom this office worked on last.
//!
//! A command on a person at hand is decided without reading the log at all: that nobody else wrote in
//! between is proven by the version under which it appends. Commands of this process on one person
//! take turns, so they never meet as conflicts; those of other processes may, and are decided anew.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use casework::{InForce, PersonFile, PersonId};
use tokio::sync::OwnedMutexGuard;

/// What all files at hand may weigh together, as estimated: some tens of thousands of persons.
const BYTES_MAX: usize = 48 << 20;

/// A person's file as it was folded up to a version of the stream; with a merge, from other streams
/// as well.
#[derive(Default)]
pub(super) struct Known {
    pub file: PersonFile,
    /// How many events lie in the person's own stream, read or not.
    pub version: u64,
    /// Whether an event cannot be read.
    pub is_damaged: bool,
    /// The merge that the person takes part in: every one that begins or ends is an event of the
    /// stream, so the version proves it as well.
    pub in_force: Option<InForce>,
}

/// The files at hand, in two generations: when the young one is full it becomes the old one, and
/// what nobody asked for since is dropped with the old.
#[derive(Default)]
pub(super) struct Files(Mutex<Shelves>);

#[derive(Default)]
struct Shelves {
    young: HashMap<PersonId, Arc<Place>>,
    old: HashMap<PersonId, Arc<Place>>,
    /// What the young ones weigh.
    bytes: usize,
}

/// What a place weighs by itself: also one for a number that somebody guessed takes up memory.
const PLACE_BYTES: usize = 256;

/// Where one person's file lies, and the queue for it.
struct Place {
    known: Arc<tokio::sync::Mutex<Option<Known>>>,
    bytes: AtomicUsize,
}

impl Default for Place {
    fn default() -> Self {
        Self { known: Arc::default(), bytes: AtomicUsize::new(PLACE_BYTES) }
    }
}

/// The right to work on one person; the next in the queue has it when this is dropped.
pub(super) struct Turn {
    place: Arc<Place>,
    known: OwnedMutexGuard<Option<Known>>,
}

impl Files {
    /// Waits for the turn to work on this person.
    pub async fn turn(&self, person: &PersonId) -> Turn {
        let place = self.shelves().place(person);
        let known = place.known.clone().lock_owned().await;
        Turn { place, known }
    }

    /// Ends a turn and keeps what is known by now.
    pub fn keep(&self, mut turn: Turn, known: Known) {
        let bytes = PLACE_BYTES + known.file.estimated_bytes();
        let before = turn.place.bytes.swap(bytes, Ordering::Relaxed);
        *turn.known = Some(known);
        self.shelves().weigh(before, bytes);
    }

    // Nothing that is done under the lock can panic.
    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// What is known of the person. It is taken out, so that a task that ends half-way leaves
    /// nothing half-done behind.
    pub fn take(&mut self) -> Option<Known> {
        self.known.take()
    }
}

impl Shelves {
    fn place(&mut self, person: &PersonId) -> Arc<Place> {
        if let Some(place) = self.young.get(person) {
            return place.clone();
        }
        let place = self.old.remove(person).unwrap_or_default();
        self.young.insert(person.clone(), place.clone());
        self.weigh(0, place.bytes.load(Ordering::Relaxed));
        place
    }

    fn weigh(&mut self, before: usize, now: usize) {
        self.bytes = (self.bytes + now).saturating_sub(before);
        if self.bytes > BYTES_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: usize) -> PersonId {
        PersonId::from(format!("person-{number}"))
    }

    fn known(version: u64) -> Known {
        Known { version, ..Known::default() }
    }

    #[tokio::test]
    async fn what_is_kept_is_found_again() {
        let files = Files::default();
        let mut turn = files.turn(&person(1)).await;
        assert!(turn.take().is_none());
        files.keep(turn, known(7));
        let mut turn = files.turn(&person(1)).await;
        assert_eq!(turn.take().map(|known| known.version), Some(7));
        drop(turn);
        let mut turn = files.turn(&person(1)).await;
        assert!(turn.take().is_none(), "whoever took it did not bring it back");
    }

    #[tokio::test]
    async fn one_person_is_worked_on_by_one_at_a_time() {
        let files = Arc::new(Files::default());
        let turn = files.turn(&person(1)).await;
        let (other, next) = (files.clone(), files.clone());
        let _elsewhere = other.turn(&person(2)).await;
        let waiting = tokio::spawn(async move { next.turn(&person(1)).await.take() });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        files.keep(turn, known(3));
        assert_eq!(waiting.await.unwrap().map(|known| known.version), Some(3));
    }

    #[tokio::test]
    async fn no_more_is_kept_than_fits() {
        let files = Files::default();
        let one = PLACE_BYTES + known(1).file.estimated_bytes();
        for number in 0..2 * BYTES_MAX / one {
            let turn = files.turn(&person(number)).await;
            files.keep(turn, known(1));
            // One that is asked for again and again stays.
            let mut turn = files.turn(&person(0)).await;
            let first = turn.take().expect("it is in use");
            files.keep(turn, first);
        }
        let shelves = files.shelves();
        let kept = shelves.young.len() + shelves.old.len();
        assert!(kept * one <= BYTES_MAX, "{kept} files of {one} bytes");
        assert!(kept * one > BYTES_MAX / 3, "and not far fewer");
    }
}
