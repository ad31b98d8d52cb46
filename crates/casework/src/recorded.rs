//! One event of a history, as the rules see it.

use contracts::Event;
use jiff::{Timestamp, civil::Date};

use crate::{AgencyId, CaseId};

/// An event with its envelope. Only the clear part: personal fields are empty here.
#[derive(Clone)]
pub struct Recorded {
    /// Its place in the log.
    pub position: u64,
    /// Its id.
    pub event_id: String,
    /// The case it belongs to, if it belongs to one.
    pub case_id: Option<CaseId>,
    /// The agency that recorded it.
    pub agency: AgencyId,
    /// The agency on whose behalf it was recorded, if another.
    pub on_behalf_of: Option<AgencyId>,
    /// When it happened, in Asia/Tokyo.
    pub occurred_on: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: Event,
}
