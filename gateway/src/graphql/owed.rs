//! What a request has looked at and not put on record yet.
//!
//! That a folder was opened goes on record with whatever is opened of it, by one append. What is left
//! of that when the answer is ready goes on record then, and only then the answer leaves.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::{Shown, Way};
use casework::PersonId;

/// The records that one request owes. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Owed(Arc<Mutex<Vec<(Way, PersonId)>>>);

impl Owed {
    /// The person's folder was opened for this reason.
    pub(crate) fn add(&self, way: Way, person: PersonId) {
        self.owed().push((way, person));
    }

    /// Another record has said as much.
    pub(crate) fn settle(&self, way: &Way, person: &PersonId) {
        self.owed().retain(|(of, whose)| of != way || whose != person);
    }

    /// What is still owed.
    pub(crate) fn rest(&self) -> Vec<Shown> {
        let shown =
            |(way, person)| Shown { way, person: Some(person), shown: 0, events: Vec::new() };
        self.owed().drain(..).map(shown).collect()
    }

    fn owed(&self) -> MutexGuard<'_, Vec<(Way, PersonId)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
