//! Who waits for news of whom: a wake-up for the readers of one person, and for nobody else.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

/// How far the histories of those persons go whom somebody watches; none when that is not known.
#[derive(Default)]
pub(crate) struct Changes {
    watched: Mutex<HashMap<String, watch::Sender<Option<u64>>>>,
}

impl Changes {
    /// Tells of a person from now on.
    pub(crate) fn watch(&self, person: &str) -> watch::Receiver<Option<u64>> {
        let mut watched = self.watched();
        watched.entry(person.to_owned()).or_default().subscribe()
    }

    /// The history of a person goes up to here now, and the file says so.
    pub(crate) fn note<'p>(&self, changed: impl Iterator<Item = (&'p str, u64)>) {
        let mut watched = self.watched();
        if watched.is_empty() {
            return;
        }
        for (person, position) in changed {
            let Some(watchers) = watched.get(person) else { continue };
            if watchers.receiver_count() == 0 {
                watched.remove(person);
            } else {
                watchers.send_replace(Some(position));
            }
        }
    }

    /// The file is another one: everybody looks again.
    pub(crate) fn wake_all(&self) {
        self.watched().values().for_each(|watchers| _ = watchers.send_replace(None));
    }

    // Nothing that is done under the lock can panic.
    fn watched(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<Option<u64>>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_watches_the_person_is_woken() {
        let changes = Changes::default();
        let (mut one, mut other) = (changes.watch("one"), changes.watch("other"));
        changes.note([("one", 7), ("a third", 8)].into_iter());
        assert!(one.has_changed().unwrap() && !other.has_changed().unwrap());
        assert_eq!(*one.borrow_and_update(), Some(7));
        changes.wake_all();
        assert!(one.has_changed().unwrap() && other.has_changed().unwrap());
        assert_eq!(*other.borrow_and_update(), None, "how far it goes is not known");
    }

    #[test]
    fn whom_nobody_watches_any_more_is_forgotten() {
        let changes = Changes::default();
        drop(changes.watch("one"));
        changes.note([("one", 7)].into_iter());
        assert!(changes.watched().is_empty());
    }
}
