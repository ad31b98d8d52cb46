//! How long a database may be silent before it counts as out of reach.

use std::time::Duration;

/// Time limits towards a database server: a network that swallows everything says nothing, and
/// would otherwise be waited for until the operating system gives up, a quarter of an hour later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one question. A page of events takes milliseconds.
    pub reading: Duration,
    /// For one batch of appends: it waits at most 10 s for the lock and seldom takes 1 s under it.
    pub writing: Duration,
}

impl Patience {
    /// What suits a production database.
    pub const USUAL: Self =
        Self { reading: Duration::from_secs(10), writing: Duration::from_secs(60) };
}

impl Default for Patience {
    fn default() -> Self {
        Self::USUAL
    }
}
