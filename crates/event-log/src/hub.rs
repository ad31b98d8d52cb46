//! The hub of this process: how far the log is known to go, by whoever has seen the log itself.
//!
//! Only ever a hint to read, never a promise.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use tokio::sync::watch;

/// What was heard of the log in this process.
pub(crate) struct Hub {
    /// The last position that anybody here has written or read.
    head: watch::Sender<u64>,
    /// The last position that the writer of this process has committed.
    written: watch::Sender<u64>,
    /// The last position of each category that anybody here has written or read.
    categories: RwLock<HashMap<String, u64>>,
}

impl Hub {
    pub(crate) fn new(head: u64) -> Self {
        let categories = RwLock::default();
        Self { head: watch::Sender::new(head), written: watch::Sender::new(head), categories }
    }

    /// Wakes when the log is known to go further.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Wakes when this process has committed something that others may not have heard of.
    pub(crate) fn subscribe_to_writer(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// How far the log is known to go.
    pub(crate) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// The last position of a category that was heard of; 0 when there was none.
    pub(crate) fn heard_of(&self, category: &str) -> u64 {
        let categories = self.categories.read().unwrap_or_else(PoisonError::into_inner);
        categories.get(category).copied().unwrap_or_default()
    }

    /// The categories of which something beyond a position was heard of, each with its last one.
    pub(crate) fn heard_since(&self, position: u64) -> Vec<(String, u64)> {
        let categories = self.categories.read().unwrap_or_else(PoisonError::into_inner);
        let news = categories.iter().filter(|(_, last)| **last > position);
        news.map(|(category, last)| (category.clone(), *last)).collect()
    }

    /// The log reaches to here. News may arrive late and out of order; the hub never goes back.
    pub(crate) fn publish(&self, head: u64) {
        raise(&self.head, head);
    }

    /// Events that this process has read or committed, by category. Told before the head is, so
    /// that who wakes finds its category known.
    pub(crate) fn publish_events<'a>(&self, events: impl Iterator<Item = (&'a str, u64)>) {
        let mut latest: Vec<(&str, u64)> = Vec::new();
        for (category, position) in events {
            match latest.iter_mut().find(|(known, _)| *known == category) {
                Some((_, last)) => *last = position.max(*last),
                None => latest.push((category, position)),
            }
        }
        let mut categories = self.categories.write().unwrap_or_else(PoisonError::into_inner);
        for (category, position) in latest {
            match categories.get_mut(category) {
                Some(last) => *last = position.max(*last),
                None => _ = categories.insert(category.to_owned(), position),
            }
        }
    }

    /// The writer of this process has committed up to here.
    pub(crate) fn publish_written(&self, head: u64) {
        raise(&self.written, head);
        self.publish(head);
    }
}

fn raise(known: &watch::Sender<u64>, head: u64) {
    known.send_if_modified(|known| {
        let is_news = head > *known;
        *known = head.max(*known);
        is_news
    });
}
