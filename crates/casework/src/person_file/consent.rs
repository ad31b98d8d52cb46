//! Consents and care teams: what the person agreed to share, and with whom.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The agencies that it named and no longer names, each with the day from which it does not.
    pub dropped: BTreeMap<AgencyId, Date>,
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

    /// Since when it no longer includes this agency, if it did and does not on this day. Nothing
    /// has ended for an agency that it never named.
    pub fn ended_for(&self, agency: &AgencyId, day: Date) -> Option<Date> {
        let dropped_on = self.dropped.get(agency).copied();
        if dropped_on.is_none() && !self.agencies.contains(agency) {
            return None;
        }
        let after_last = self.valid_until.and_then(|last| last.tomorrow().ok());
        let ends = [dropped_on, self.withdrawn_on, after_last].into_iter().flatten();
        ends.filter(|end| *end <= day).min()
    }

    /// Takes on a new scope, unless it is older than the one it would replace: the person's latest
    /// will holds. Whether it did.
    fn change_scope(
        &mut self,
        topics: BTreeSet<i32>,
        agencies: BTreeSet<AgencyId>,
        day: Date,
    ) -> bool {
        if day < self.scope_since {
            return false;
        }
        for agency in self.agencies.difference(&agencies) {
            self.dropped.insert(agency.clone(), day);
        }
        self.dropped.retain(|agency, _| !agencies.contains(agency));
        (self.topics, self.agencies, self.scope_since) = (topics, agencies, day);
        true
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
    /// Who let it in: the agency itself, where it opened the case.
    pub added_by: AgencyId,
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
                    dropped: BTreeMap::new(),
                    valid_until: event.valid_until.parse().ok(),
                    withdrawn_on: None,
                };
                self.consents.insert(ConsentId::from(event.consent_id.as_str()), consent);
            }
            Event::ConsentScopeChanged(event) => {
                let found = self.consent_on_file(&event.consent_id, recorded.occurred_on, flags);
                let (topics, agencies) =
                    (event.topics.iter().copied().collect(), agencies(&event.agency_ids));
                let is_older = found.is_some_and(|consent| {
                    !consent.change_scope(topics, agencies, recorded.occurred_on)
                });
                if is_older {
                    flags.push(Flag::OlderThanTheScope);
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
        let added_by = recorded.agency.clone();
        let membership = Membership { from: recorded.occurred_on, until: None, added_by };
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
