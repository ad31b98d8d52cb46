//! Whose tokens are good no longer.
//!
//! A token names the second in which it was issued, and clocks differ from machine to machine. So
//! the house's own tokens also say how many ends of this person's access their issuer knew of: one
//! that was issued before an end knows of fewer, whatever the clocks say. A token of another issuer
//! is judged by its second, and one of the very second of the end is refused: it may be older.

use std::collections::BTreeMap;

use contracts::Event;
use jiff::{SignedDuration, Timestamp};

use crate::{AgencyId, Recorded};

/// The role that ends the access of others at one's own agency.
pub const ACCOUNT_OFFICER: &str = "account-officer";

/// No token of a session lives longer, so the end of a session is forgotten after this time.
pub const SESSION_TOKEN_LIFE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// The ends of access and of sessions, folded from the agencies' streams.
#[derive(Debug, Clone, Default)]
pub struct StaffAccess {
    ends: BTreeMap<(AgencyId, String), Ends>,
    sessions: BTreeMap<(AgencyId, String), Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Ends {
    times: u32,
    last_at: Timestamp,
}

/// What a token says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The second in which it was issued.
    pub at_second: i64,
    /// The session it belongs to, if any.
    pub session: Option<String>,
    /// How many ends of its bearer's access were known then; none from another issuer.
    pub ends_known: Option<u32>,
}

impl StaffAccess {
    /// Takes in one event of an agency's stream; events of other kinds change nothing.
    pub fn apply(&mut self, agency: &AgencyId, recorded: &Recorded) {
        let at = recorded.recorded_at;
        match &recorded.event {
            Event::StaffAccessEnded(event) => {
                let times = self.times_ended(agency, &event.staff).saturating_add(1);
                let staff = (agency.clone(), event.staff.clone());
                self.ends.insert(staff, Ends { times, last_at: at });
            }
            Event::StaffSessionEnded(event) => {
                self.sessions.retain(|_, ended| *ended + SESSION_TOKEN_LIFE_MAX > at);
                self.sessions.insert((agency.clone(), event.session_id.clone()), at);
            }
            _ => {}
        }
    }

    /// How often the access of this member of staff was ended.
    pub fn times_ended(&self, agency: &AgencyId, staff: &str) -> u32 {
        self.ends_of(agency, staff).map_or(0, |ends| ends.times)
    }

    /// Whether a token of this member of staff has outlived neither their access nor its session.
    pub fn admits(&self, agency: &AgencyId, staff: &str, issued: &Issued) -> bool {
        let session = issued.session.clone().map(|session| (agency.clone(), session));
        if session.is_some_and(|session| self.sessions.contains_key(&session)) {
            return false;
        }
        match (self.ends_of(agency, staff), issued.ends_known) {
            (None, _) => true,
            (Some(ends), Some(known)) => known >= ends.times,
            (Some(ends), None) => issued.at_second > ends.last_at.as_second(),
        }
    }

    fn ends_of(&self, agency: &AgencyId, staff: &str) -> Option<Ends> {
        self.ends.get(&(agency.clone(), staff.to_owned())).copied()
    }
}
