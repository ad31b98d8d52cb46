//! The line of counts that every fault test prints.

use crate::checker::Findings;
use crate::ledger::Counts;

/// What was done, and what was found.
pub struct Report {
    /// Which fault.
    pub fault: &'static str,
    /// On which store.
    pub store: &'static str,
    /// The seed that chose the moments.
    pub seed: u64,
    /// What this fault counts beside the rest, such as kills.
    pub done: Vec<(&'static str, u64)>,
    /// What the ledger counted.
    pub counts: Counts,
    /// How many events lie in the log.
    pub events: u64,
    /// What is wrong.
    pub findings: Findings,
}

impl Report {
    /// One line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { fault, store, seed, events, counts, findings, .. } = self;
        let done: String =
            self.done.iter().map(|(what, count)| format!("{what} {count}, ")).collect();
        format!(
            "{fault} on {store} (seed {seed}): {done}requests {}, acknowledged {}, retried {}, \
             replayed {}, events {events}; missing {}, invented {}, doubled {}, halved {}, \
             skipped {}",
            counts.requests,
            counts.acknowledged,
            counts.retried,
            counts.replayed,
            findings.missing,
            findings.invented,
            findings.doubled,
            findings.halved,
            findings.skipped,
        )
    }
}
