//! What a request has looked at and not put on record yet.
//!
//! That a folder was opened goes on record with whatever is opened of it, by one append. What is left
//! of that when the answer is ready goes on record then, and only then the answer leaves: if what was
//! looked at still is as it was.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use access::{Shown, Way};
use casework::PersonId;
use read_models::Judged;

/// The records that one request owes. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Owed(Arc<Mutex<Looked>>);

#[derive(Default)]
struct Looked {
    owed: Vec<(Way, PersonId)>,
    /// Everybody who is in the answer, and what the first look at them rested on.
    at: HashMap<PersonId, Judged>,
}

impl Owed {
    /// The person's folder was opened for this reason.
    pub(crate) fn add(&self, way: Way, person: PersonId) {
        self.looked().owed.push((way, person));
    }

    /// Another record has said as much.
    pub(crate) fn settle(&self, way: &Way, person: &PersonId) {
        self.looked().owed.retain(|(of, whose)| of != way || whose != person);
    }

    /// What is still owed.
    pub(crate) fn rest(&self) -> Vec<Shown> {
        let shown =
            |(way, person)| Shown { way, person: Some(person), shown: 0, events: Vec::new() };
        self.looked().owed.drain(..).map(shown).collect()
    }

    /// The person is in the answer, by this judgement.
    pub(crate) fn rests_on(&self, person: &PersonId, judged: Judged) {
        self.looked().at.entry(person.clone()).or_insert(judged);
    }

    /// What the answer rests on.
    pub(crate) fn judged(&self) -> Vec<(PersonId, Judged)> {
        self.looked().at.iter().map(|(person, judged)| (person.clone(), *judged)).collect()
    }

    fn looked(&self) -> MutexGuard<'_, Looked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
