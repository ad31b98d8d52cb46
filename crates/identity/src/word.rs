//! A folded part of a name.

use std::cmp::Ordering;

use zeroize::Zeroize;

use crate::folding::is_kana;

/// A part of a name without the differences of spelling. Wiped when it is dropped, and never shown.
pub(crate) struct Word(String);

impl Word {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn letters(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether it is a reading: nothing but kana.
    pub(crate) fn is_reading(&self) -> bool {
        !self.0.is_empty() && self.0.chars().all(is_kana)
    }
}

impl Drop for Word {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Word {}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Word {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
