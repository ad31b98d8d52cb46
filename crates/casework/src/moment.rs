//! The moment for which it is judged who sees what.

use jiff::{Timestamp, civil::Date};

use crate::today;

/// A moment of reading. Nearly every rule asks for its day only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day in Asia/Tokyo.
    pub day: Date,
    /// The very moment. Without it, what lasts for minutes does not count: who hands a file out, or
    /// acts on it, does that on the ground of a day.
    pub at: Option<Timestamp>,
}

impl From<Date> for Moment {
    fn from(day: Date) -> Self {
        Self { day, at: None }
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self { day: today(at), at: Some(at) }
    }
}
