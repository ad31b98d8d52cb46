//! The one place where the time of day and chance enter the house.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use casework::IdSource;
use jiff::Timestamp;
use uuid::Uuid;

/// Tells the time. Handed to whoever needs it, so that tests and the demonstration can hold it.
pub trait Clock: Send + Sync {
    /// This moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed out")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands where it was last set.
#[derive(Debug, Clone)]
pub struct SettableClock(Arc<AtomicI64>);

impl SettableClock {
    /// A clock that stands at this moment.
    pub fn at(moment: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(moment.as_microsecond())))
    }

    /// Moves it to another moment.
    pub fn set(&self, moment: Timestamp) {
        self.0.store(moment.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        let microseconds = self.0.load(Ordering::SeqCst);
        Timestamp::from_microsecond(microseconds).expect("it was set from a timestamp")
    }
}

/// Random ids: version 4 for what may be told to a person, who must not be able to guess another.
#[derive(Debug, Clone, Copy)]
pub struct RandomIds;

impl RandomIds {
    /// A random UUID.
    #[expect(clippy::disallowed_methods, reason = "this is the source that is handed out")]
    pub fn random() -> Uuid {
        Uuid::new_v4()
    }
}

impl IdSource for RandomIds {
    fn next_id(&mut self) -> String {
        Self::random().to_string()
    }
}
