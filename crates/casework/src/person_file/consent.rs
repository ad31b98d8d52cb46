//! Consents and care teams: what the person agreed to share, and with whom.

use std::collections::BTreeSet;

use contracts::{Event, Topic};
use jiff::civil::Date;

use super::PersonFile;
use crate::{AgencyId, ConsentId, Flag, Recorded};

/// A consent as it stands now.
#[derive(Debug, Clone)]
pub struct Consent {
    /// What may be shared.
    pub topics: BTreeSet<i32>,
    /// With whom.
    pub agencies: BTreeSet<AgencyId>,
    /// From when.
    pub given_on: Date,
    /// From when topics and agencies are what they are.
    pub scope_since: Date,
    /// The last day, if it was given for a time.
    pub valid_until: Option<Date>,
    /// From when no longer, if it was withdrawn.
    pub withdrawn_on: Option<Date>,
}

impl Consent {
    /// Whether it holds on this day. A withdrawal takes effect on its own day.
    pub fn in_force(&self, day: Date) -> bool {
        self.given_on <= day
            && self.valid_until.is_none_or(|last| day <= last)
            && self.withdrawn_on.is_none_or(|withdrawn| day < withdrawn)
    }

    /// Whether it holds on this day and names this agency.
    pub fn includes(&self, agency: &AgencyId, day: Date) -> bool {
        self.in_force(day) && self.agencies.contains(agency)
    }

    /// Since when it no longer includes this agency, if it does not on this day.
    pub fn ended_for(&self, agency: &AgencyId, day: Date) -> Option<Date> {
        if !self.agencies.contains(agency) {
            return Some(self.scope_since);
        }
        let after_last = self.valid_until.and_then(|last| last.tomorrow().ok());
        let ends = [self.withdrawn_on, after_last].into_iter().flatten();
        ends.filter(|end| *end <= day).min()
    }

    /// Whether it lets this agency see this topic on this day. The frame of a case (registration,
    /// team, stays) is covered by a consent to anything.
    pub fn covers(&self, agency: &AgencyId, topic: Topic, day: Date) -> bool {
        let topic_covered = topic == Topic::Frame || self.topics.contains(&topic.into());
        self.includes(agency, day) && topic_covered
    }
}

/// An agency's time in a care team.
#[derive(Debug, Clone)]
pub struct Membership {
    /// From when.
    pub from: Date,
    /// From when no longer.
    pub until: Option<Date>,
}

impl Membership {
    /// Whether the agency belongs to the team on this day.
    pub fn is_current(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

impl PersonFile {
    pub(super) fn evolve_consent(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::ConsentGiven(event) => {
                let consent = Consent {
                    topics: event.topics.iter().copied().collect(),
                    agencies: agencies(&event.agency_ids),
                    given_on: recorded.occurred_on,
                    scope_since: recorded.occurred_on,
                    valid_until: event.valid_until.parse().ok(),
                    withdrawn_on: None,
                };
                self.consents.insert(ConsentId::from(event.consent_id.as_str()), consent);
            }
            Event::ConsentScopeChanged(event) => {
                let found = self.consent_on_file(&event.consent_id, recorded.occurred_on, flags);
                if let Some(consent) = found {
                    consent.topics = event.topics.iter().copied().collect();
                    consent.agencies = agencies(&event.agency_ids);
                    consent.scope_since = recorded.occurred_on;
                }
            }
            Event::ConsentWithdrawn(event) => {
                let found = self.consent_on_file(&event.consent_id, recorded.occurred_on, flags);
                if let Some(consent) = found {
                    let earliest = consent.withdrawn_on.unwrap_or(recorded.occurred_on);
                    consent.withdrawn_on = Some(earliest.min(recorded.occurred_on));
                }
            }
            Event::CareTeamMemberAdded(event) => {
                self.join_team(recorded, AgencyId::from(event.agency_id.as_str()));
            }
            Event::CareTeamMemberRemoved(event) => {
                let team = self.teams.entry(recorded.case_id.clone()).or_default();
                let agency = AgencyId::from(event.agency_id.as_str());
                if let Some(membership) = team.get_mut(&agency) {
                    membership.until = Some(recorded.occurred_on);
                }
            }
            _ => {}
        }
    }

    pub(super) fn join_team(&mut self, recorded: &Recorded, agency: AgencyId) {
        let membership = Membership { from: recorded.occurred_on, until: None };
        self.teams.entry(recorded.case_id.clone()).or_default().insert(agency, membership);
    }

    fn consent_on_file(
        &mut self,
        id: &str,
        day: Date,
        flags: &mut Vec<Flag>,
    ) -> Option<&mut Consent> {
        let consent = self.consents.get_mut(&ConsentId::from(id));
        match &consent {
            None => flags.push(Flag::ConsentUnknown),
            Some(consent) if !consent.in_force(day) => flags.push(Flag::ConsentNotInForce),
            Some(_) => {}
        }
        consent
    }
}

fn agencies(ids: &[String]) -> BTreeSet<AgencyId> {
    ids.iter().map(|id| AgencyId::from(id.as_str())).collect()
}
