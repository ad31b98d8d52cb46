//! Break-glass access: a file opened for an hour to one member of staff in an open emergency, and
//! what somebody else said about it afterwards.

use contracts::{
    Event,
    events::{BreakGlassOutcome, BreakGlassReason},
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::PersonFile;
use crate::{Agency, AgencyId, Emergency, EmergencyId, RecordId, Recorded};

/// How long glass stays broken, counted from when that was recorded.
pub const BREAK_GLASS_MINUTES: i64 = 60;

/// One use of break-glass access.
#[derive(Debug, Clone)]
pub struct BreakGlass {
    /// The event by which it began: reads name it as their ground.
    pub event_id: String,
    /// The emergency, with which it ends as well.
    pub emergency: EmergencyId,
    /// The agency of whoever used it.
    pub agency: AgencyId,
    /// The one member of staff for whom the file is open.
    pub staff: String,
    /// Why.
    pub reason: BreakGlassReason,
    /// When.
    pub used_on: Date,
    /// And at which moment.
    pub used_at: Timestamp,
    /// What somebody else said about it.
    pub review: Option<GlassReview>,
}

/// What somebody else said about a use of break-glass access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlassReview {
    /// Whether it was justified.
    pub outcome: BreakGlassOutcome,
    /// When.
    pub at: Timestamp,
}

impl BreakGlass {
    /// Whether its time has not run out at this moment.
    pub fn lasts_at(&self, at: Timestamp) -> bool {
        at < self.ends_at()
    }

    /// When its time runs out.
    pub fn ends_at(&self) -> Timestamp {
        self.used_at + SignedDuration::from_mins(BREAK_GLASS_MINUTES)
    }
}

impl PersonFile {
    /// The emergency that is open, the latest when there are several.
    pub fn emergency_under_way(&self) -> Option<(&EmergencyId, &Emergency)> {
        let open = self.emergencies.iter().filter(|(_, emergency)| emergency.is_open());
        open.max_by_key(|(_, emergency)| emergency.reported_on)
    }

    /// Whether an agency works where the person lives; one without a ward works in all of them.
    pub fn is_of_ward_of(&self, agency: &Agency) -> bool {
        let elsewhere = |ward| !agency.ward.is_empty() && ward != agency.ward;
        !self.residence.latest().is_some_and(elsewhere)
    }

    /// Whether this agency, also one that has nothing to do with the person, may use break-glass
    /// access. Who may not is told what they would be told of a person who does not exist.
    pub fn may_break_glass(&self, agency: &Agency) -> bool {
        self.emergency_under_way().is_some() && self.is_of_ward_of(agency)
    }

    /// The use by which this member of staff sees the file at this moment.
    pub fn glass_broken_by(
        &self,
        agency: &AgencyId,
        staff: &str,
        at: Timestamp,
    ) -> Option<&BreakGlass> {
        let mut own =
            self.break_glass.values().filter(|used| used.agency == *agency && used.staff == staff);
        own.find(|used| {
            let emergency = self.emergencies.get(&used.emergency);
            used.lasts_at(at) && emergency.is_some_and(Emergency::is_open)
        })
    }

    /// Whether the agency answers for the person: it is mainly responsible, or leads an open case.
    pub fn is_responsible(&self, agency: &AgencyId) -> bool {
        self.responsible_agencies().any(|responsible| responsible == agency)
    }

    /// The agencies that are told of a use and review it: those responsible for the person; where
    /// there are none, the one that took the call for help. An agency reviews its own use only where
    /// nobody else answers for the person.
    pub fn reviewers(&self, used: &BreakGlass) -> Vec<&AgencyId> {
        let mut reviewers: Vec<_> = self.responsible_agencies().collect();
        if reviewers.is_empty() {
            let emergency = self.emergencies.get(&used.emergency);
            reviewers.extend(emergency.map(|emergency| &emergency.reported_by));
        }
        reviewers.sort_unstable();
        reviewers.dedup();
        if reviewers.iter().any(|agency| **agency != used.agency) {
            reviewers.retain(|agency| **agency != used.agency);
        }
        reviewers
    }

    fn responsible_agencies(&self) -> impl Iterator<Item = &AgencyId> {
        let open = self.cases.values().filter(|case| case.is_open());
        let leads = open.filter_map(|case| case.lead.as_ref());
        self.primary_supporter.iter().chain(leads)
    }

    pub(super) fn evolve_break_glass(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::BreakGlassAccessUsed(event) => {
                let used = BreakGlass {
                    event_id: recorded.event_id.clone(),
                    emergency: EmergencyId::from(event.emergency_id.as_str()),
                    agency: recorded.agency.clone(),
                    staff: event.used_by.clone(),
                    reason: event.reason(),
                    used_on: recorded.occurred_on,
                    used_at: recorded.recorded_at,
                    review: None,
                };
                self.break_glass.insert(RecordId::from(event.access_id.as_str()), used);
            }
            Event::BreakGlassAccessReviewed(event) => {
                let used = self.break_glass.get_mut(&RecordId::from(event.access_id.as_str()));
                if let Some(used) = used {
                    let (outcome, at) = (event.outcome(), recorded.recorded_at);
                    used.review = Some(GlassReview { outcome, at });
                }
            }
            _ => {}
        }
    }
}

/// The events about break-glass access.
pub(crate) fn is_of_break_glass(event: &Event) -> bool {
    break_glass_id(event).is_some()
}

/// Which use an event is about.
pub(crate) fn break_glass_id(event: &Event) -> Option<RecordId> {
    match event {
        Event::BreakGlassAccessUsed(event) => Some(RecordId::from(event.access_id.as_str())),
        Event::BreakGlassAccessReviewed(event) => Some(RecordId::from(event.access_id.as_str())),
        _ => None,
    }
}
