//! The keys in use, unwrapped, in memory: bounded, and emptied of what is erased.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use crate::subject::{Subject, SubjectKey};

/// Two generations stand in for an order of use: a key asked for moves to the young one, and when
/// that is full the old one is dropped whole. Whatever was used lately stays; nothing is sorted.
pub struct KeyCache {
    generation_size: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    young: HashMap<Subject, SubjectKey>,
    old: HashMap<Subject, SubjectKey>,
    /// Counts what was forgotten, so that a read begun before an erasure is not kept after it.
    erasures: u64,
}

/// When a read began, in erasures.
#[derive(Clone, Copy)]
pub struct Moment(u64);

impl KeyCache {
    pub fn new(capacity: usize) -> Self {
        Self { generation_size: (capacity / 2).max(1), state: Mutex::default() }
    }

    pub fn get(&self, subject: &Subject) -> Option<SubjectKey> {
        let mut state = self.state();
        if let Some(key) = state.young.get(subject) {
            return Some(key.clone());
        }
        let (subject, key) = state.old.remove_entry(subject)?;
        self.put_young(&mut state, subject, key.clone());
        Some(key)
    }

    /// To be asked before the store is read.
    pub fn moment(&self) -> Moment {
        Moment(self.state().erasures)
    }

    /// Keeps what was read since that moment, unless something was erased in between.
    pub fn put(&self, read_since: Moment, subject: Subject, key: SubjectKey) {
        let mut state = self.state();
        if state.erasures == read_since.0 {
            self.put_young(&mut state, subject, key);
        }
    }

    pub fn forget(&self, subject: &Subject) {
        let mut state = self.state();
        state.erasures += 1;
        state.young.remove(subject);
        state.old.remove(subject);
    }

    fn put_young(&self, state: &mut State, subject: Subject, key: SubjectKey) {
        if state.young.len() >= self.generation_size {
            state.old = std::mem::take(&mut state.young);
        }
        state.young.insert(subject, key);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the cache")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(number: usize) -> Subject {
        Subject::new("person", number.to_string())
    }

    fn put(cache: &KeyCache, number: usize) {
        cache.put(cache.moment(), subject(number), SubjectKey::new(&[7; 32]));
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let cache = KeyCache::new(10);
        for number in 0..1_000 {
            put(&cache, number);
            let state = cache.state();
            assert!(state.young.len() + state.old.len() <= 10);
        }
    }

    #[test]
    fn what_is_in_use_stays() {
        let cache = KeyCache::new(10);
        put(&cache, 0);
        for number in 1..1_000 {
            put(&cache, number);
            assert!(cache.get(&subject(0)).is_some(), "after {number}");
        }
        assert!(cache.get(&subject(1)).is_none());
    }

    #[test]
    fn what_is_forgotten_is_gone_from_both_generations() {
        let cache = KeyCache::new(4);
        (0..4).for_each(|number| put(&cache, number));
        (0..4).for_each(|number| cache.forget(&subject(number)));
        assert!((0..4).all(|number| cache.get(&subject(number)).is_none()));
    }

    #[test]
    fn a_read_that_an_erasure_overtook_is_not_kept() {
        let cache = KeyCache::new(10);
        let before = cache.moment();
        cache.forget(&subject(1));
        cache.put(before, subject(1), SubjectKey::new(&[7; 32]));
        assert!(cache.get(&subject(1)).is_none());
    }
}
