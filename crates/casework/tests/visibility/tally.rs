//! What was asked, and how often each rule gave the answer: a test that asks only what is trivial
//! proves nothing.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Seen, Viewer};
use contracts::{EventKind, annotations::Subject, catalogue};

use crate::model::Answer;

/// Ways of taking part that the histories must lead to.
const PARTS: [&str; 13] = [
    "own",
    "none",
    "team",
    "the person's team",
    "referral",
    "stay",
    "asked",
    "thinks along",
    "led it then",
    "addressed in a stay",
    "told",
    "called",
    "own",
];

/// What must have decided an answer.
const DECIDED: [&str; 18] = [
    "own",
    "merging",
    "stranger",
    "not for this office",
    "no consent",
    "stub",
    "addressee",
    "not an addressee",
    "full",
    "addressed to the hospital",
    "its referral",
    "still stands",
    "in its stay",
    "outside its stay",
    "let in by others",
    "on file before the stay",
    "as the one responsible",
    "emergency without consent",
];

#[derive(Default)]
pub struct Tally {
    pub histories: u64,
    answers: BTreeMap<Answer, u64>,
    kinds: BTreeSet<u32>,
}

impl Tally {
    pub fn count(&mut self, kind: &EventKind, _viewer: &Viewer, answer: Answer) {
        *self.answers.entry(answer).or_default() += 1;
        self.kinds.insert(kind.number);
    }

    pub fn and(mut self, other: Self) -> Self {
        self.histories += other.histories;
        for (answer, count) in other.answers {
            *self.answers.entry(answer).or_default() += count;
        }
        self.kinds.extend(other.kinds);
        self
    }

    fn sum(&self, of: impl Fn(&Answer) -> bool) -> u64 {
        self.answers.iter().filter(|(answer, _)| of(answer)).map(|(_, count)| count).sum()
    }

    pub fn print(&self) {
        println!("{} histories, {} questions", self.histories, self.sum(|_| true));
        for seen in [Seen::Hidden, Seen::Stub, Seen::Clear, Seen::Full] {
            println!("  {seen:?}: {}", self.sum(|answer| answer.seen == seen));
        }
        for (answer, count) in &self.answers {
            println!("{count:>12}  {:?}: {}, {}", answer.seen, answer.part, answer.decided);
        }
    }

    /// Every event of a person was asked about, and every rule has answered.
    pub fn is_not_trivial(&self) {
        let missing = catalogue().kinds().iter().filter(|kind| {
            let is_asked = kind.subject() == Subject::Person && !kind.options.amends;
            is_asked && !NEVER.contains(&kind.name.as_str()) && !self.kinds.contains(&kind.number)
        });
        let missing: Vec<_> = missing.map(|kind| kind.name.as_str()).collect();
        assert!(missing.is_empty(), "never asked about: {missing:?}");
        for part in PARTS {
            assert!(self.sum(|answer| answer.part == part) > 0, "nobody took part by: {part}");
        }
        for decided in DECIDED.into_iter().chain(["retracted"]) {
            assert!(self.sum(|answer| answer.decided == decided) > 0, "never: {decided}");
        }
    }
}

/// What the desk writes only together with a second person's stream (`generated/merging.rs` and the
/// rules have it), and what has rules of its own (`rules/break_glass.rs`, `rules/erasing.rs`).
const NEVER: [&str; 8] = [
    "PersonsMerged",
    "PersonsMergeDeclined",
    "PersonsUnmerged",
    "BreakGlassAccessUsed",
    "BreakGlassAccessReviewed",
    "PersonErasureRequested",
    "PersonErasureDeclined",
    "PersonErased",
];
