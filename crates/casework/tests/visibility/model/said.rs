//! What the list says of consents, teams, referrals, leads and tracks.

use casework::{AgencyId, CaseId, Recorded};
use contracts::{Event, Topic};
use jiff::civil::Date;

use super::Model;

impl Model {
    /// Whether some consent names the agency and the topic, and is in force. Any covers the frame.
    pub(super) fn consents(&self, agency: &str, topic: Topic) -> bool {
        every!(self, ConsentGiven).any(|(given, consent)| {
            let changes = every!(self, ConsentScopeChanged)
                .filter(|(_, change)| change.consent_id == consent.consent_id);
            let mut scope = (given.occurred_on, &consent.topics, &consent.agency_ids);
            for (changed, change) in changes {
                if changed.occurred_on >= scope.0 {
                    scope = (changed.occurred_on, &change.topics, &change.agency_ids);
                }
            }
            let is_withdrawn = every!(self, ConsentWithdrawn).any(|(withdrawn, withdrawal)| {
                withdrawal.consent_id == consent.consent_id && withdrawn.occurred_on <= self.day
            });
            let expires: Option<Date> = consent.valid_until.parse().ok();
            given.occurred_on <= self.day
                && expires.is_none_or(|last| self.day <= last)
                && !is_withdrawn
                && scope.2.iter().any(|named| named == agency)
                && (topic == Topic::Frame || scope.1.contains(&i32::from(topic)))
        })
    }

    /// Who let the agency into this team, if it belongs to it on the day of reading.
    pub(super) fn member(&self, case: Option<&CaseId>, agency: &str) -> Option<&str> {
        let mut inside: Option<(Date, &str, Option<Date>)> = None;
        for recorded in self.events.iter().filter(|recorded| recorded.case_id.as_ref() == case) {
            let (day, by) = (recorded.occurred_on, recorded.agency.as_str());
            match &recorded.event {
                Event::CareTeamMemberAdded(event) if event.agency_id == agency => {
                    inside = Some((day, by, None));
                }
                Event::CaseOpened(_) if leader(recorded) == agency => {
                    inside = Some((day, by, None));
                }
                Event::CaseHandoverAccepted(event) if by == agency => {
                    inside = Some((day, &event.from_agency_id, None));
                }
                Event::CaseHandoverAccepted(event) if event.from_agency_id == agency => {
                    inside = inside.map(|(from, by, _)| (from, by, Some(day)));
                }
                Event::CareTeamMemberRemoved(event) if event.agency_id == agency => {
                    inside = inside.map(|(from, by, _)| (from, by, Some(day)));
                }
                _ => {}
            }
        }
        let (from, by, until) = inside?;
        (from <= self.day && until.is_none_or(|until| self.day < until)).then_some(by)
    }

    pub(super) fn was_let_in(&self, hospital: &str, case: Option<&CaseId>) -> bool {
        let by_other = |case| self.member(case, hospital).is_some_and(|by| by != hospital);
        let is_of = |other: &CaseId| case.is_none_or(|case| case == other);
        let by_team = by_other(None)
            || self.cases().into_iter().filter(|it| is_of(it)).any(|it| by_other(Some(it)));
        by_team || case.is_some_and(|case| self.shares_referral(hospital, |of| of == case))
    }

    pub(super) fn cases(&self) -> Vec<&CaseId> {
        let mut cases: Vec<_> =
            self.events.iter().filter_map(|recorded| recorded.case_id.as_ref()).collect();
        cases.sort();
        cases.dedup();
        cases
    }

    /// The sender for good; the receiver until it says no, nobody asks any more, or it has handed the
    /// case on; a core center that was asked to help as long as the answer is awaited.
    pub(super) fn shares_referral(&self, agency: &str, is_of: impl Fn(&CaseId) -> bool) -> bool {
        every!(self, ReferralSubmitted).any(|(sent, referral)| {
            let Some(case) = sent.case_id.as_ref().filter(|case| is_of(case)) else { return false };
            let (id, state) = (&referral.referral_id, self.referral_state(&referral.referral_id));
            let asked_core = every!(self, ReferralEscalated)
                .filter(|(_, asked)| asked.referral_id == *id)
                .next_back()
                .is_some_and(|(_, asked)| asked.to_agency_id == agency);
            let receives = referral.to_agency_id == agency
                && state != "over"
                && self.led_until(case, agency).is_none();
            sent.agency.as_str() == agency || receives || (asked_core && state == "open")
        })
    }

    pub(super) fn referral_state(&self, id: &str) -> &'static str {
        let mut states = self.events.iter().filter_map(|recorded| match &recorded.event {
            Event::ReferralSubmitted(event) if event.referral_id == id => Some("open"),
            Event::ReferralReturned(event) if event.referral_id == id => Some("open"),
            Event::ReferralSupplemented(event) if event.referral_id == id => Some("open"),
            Event::ReferralAccepted(event) if event.referral_id == id => Some("accepted"),
            Event::ReferralDeclined(event) if event.referral_id == id => Some("over"),
            Event::ReferralWithdrawn(event) if event.referral_id == id => Some("over"),
            Event::ReferralLapsed(event) if event.referral_id == id => Some("over"),
            _ => None,
        });
        states.next_back().unwrap_or("over")
    }

    /// Who leads the case, or led it when it was closed.
    pub(super) fn lead<'a>(&'a self, case: &'a CaseId) -> Option<&'a str> {
        let leads = self.events_of(case).filter_map(|recorded| match &recorded.event {
            Event::CaseOpened(_) => Some(leader(recorded)),
            Event::CaseHandoverAccepted(_) => Some(recorded.agency.as_str()),
            _ => None,
        });
        leads.last()
    }

    pub(super) fn is_open(&self, case: &CaseId) -> bool {
        let turns = self.events_of(case).filter_map(|recorded| match &recorded.event {
            Event::CaseOpened(_) | Event::CaseReopened(_) => Some(true),
            Event::CaseClosed(_) => Some(false),
            _ => None,
        });
        turns.last().unwrap_or(false)
    }

    /// Where in the log the agency handed the case on, unless it leads it again.
    pub(super) fn led_until(&self, case: &CaseId, agency: &str) -> Option<u64> {
        let mut until = None;
        for (recorded, event) in every!(self, CaseHandoverAccepted) {
            if recorded.case_id.as_ref() != Some(case) {
                continue;
            }
            if recorded.agency.as_str() == agency {
                until = None;
            } else if event.from_agency_id == agency {
                until = Some(recorded.position);
            }
        }
        until
    }

    pub(super) fn asked_to_take_over<'a>(&'a self, case: &'a CaseId) -> Option<&'a str> {
        let mut asked = None;
        for recorded in self.events_of(case) {
            match &recorded.event {
                Event::CaseHandedOver(event) => asked = Some(event.to_agency_id.as_str()),
                Event::CaseHandoverAccepted(_)
                | Event::CaseHandoverDeclined(_)
                | Event::CaseHandoverWithdrawn(_)
                | Event::CaseClosed(_) => asked = None,
                _ => {}
            }
        }
        asked
    }

    pub(super) fn thinks_along(&self, agency: &str) -> bool {
        every!(self, EarlyConsultationRequested).any(|(_, asked)| {
            let is_over = self.events.iter().any(|recorded| {
                let id = match &recorded.event {
                    Event::EarlyConsultationDeclined(event) => &event.consultation_id,
                    Event::EarlyConsultationConcluded(event) => &event.consultation_id,
                    Event::EarlyConsultationLapsed(event) => &event.consultation_id,
                    _ => return false,
                };
                *id == asked.consultation_id
            });
            asked.to_agency_id == agency && !is_over
        })
    }

    pub(super) fn track(&self, case: &CaseId, position: u64) -> &'static str {
        let tracks = self.events_of(case).filter_map(|recorded| match &recorded.event {
            Event::ReferralSubmitted(event) => Some((recorded.position, event.track_requested())),
            Event::CaseOpened(event) => Some((recorded.position, event.track())),
            Event::TrackChanged(event) => Some((recorded.position, event.to_track())),
            _ => None,
        });
        let tracks: Vec<_> = tracks.collect();
        let then = tracks.iter().rfind(|(at, _)| *at <= position).or(tracks.first());
        then.map_or("TRACK_UNSPECIFIED", |(_, track)| track.as_str_name())
    }

    pub(super) fn events_of<'a>(&'a self, case: &'a CaseId) -> impl Iterator<Item = &'a Recorded> {
        self.events.iter().filter(move |recorded| recorded.case_id.as_ref() == Some(case))
    }
}

/// Who leads a case from its opening: where it was accepted by telephone, who said so.
fn leader(opened: &Recorded) -> &str {
    let said_by = opened.on_behalf_of.as_ref().map(AgencyId::as_str);
    said_by.unwrap_or(opened.agency.as_str())
}
