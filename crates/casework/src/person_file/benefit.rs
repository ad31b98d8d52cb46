//! Benefit decisions and the support they pay for; checkpoints after a discharge.

use contracts::{Event, events::BenefitService};
use jiff::civil::Date;

use super::{Episode, PersonFile, date_of};
use crate::{AgencyId, BenefitId, CaseId, Flag, RecordId, Recorded, days_between};

/// A benefit decision.
#[derive(Debug, Clone)]
pub struct Benefit {
    /// The service it pays for.
    pub service: BenefitService,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// When it ended before its time.
    pub ended_on: Option<Date>,
}

/// An application that waits for a decision.
#[derive(Debug, Clone)]
pub struct BenefitApplication {
    /// Its id.
    pub id: RecordId,
    /// The service it asks for.
    pub service: BenefitService,
    /// The ward office that received it.
    pub received_by: AgencyId,
    /// The case it belongs to, if it belongs to one.
    pub case_id: Option<CaseId>,
    /// When it was received.
    pub received_on: Date,
}

impl Benefit {
    /// Whether it covers this day.
    pub fn covers(&self, day: Date) -> bool {
        (self.from..=self.last_day()).contains(&day)
    }

    /// Whether it covers any day of this period.
    pub fn overlaps(&self, from: Date, to: Date) -> bool {
        self.from <= to && from <= self.last_day()
    }

    fn last_day(&self) -> Date {
        self.ended_on.map_or(self.to, |ended_on| ended_on.min(self.to))
    }
}

impl PersonFile {
    pub(super) fn evolve_benefit(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let on = recorded.occurred_on;
        match &recorded.event {
            Event::BenefitApplicationReceived(event) => {
                self.benefit_applications.push(BenefitApplication {
                    id: RecordId::from(event.application_id.as_str()),
                    service: event.service(),
                    received_by: recorded.agency.clone(),
                    case_id: recorded.case_id.clone(),
                    received_on: on,
                });
            }
            Event::BenefitRefused(event) => self.answered(&event.application_id, event.service()),
            Event::BenefitDecisionIssued(event) => {
                self.answered(&event.application_id, event.service());
                let benefit = Benefit {
                    service: event.service(),
                    from: date_of(&event.valid_from, on),
                    to: date_of(&event.valid_to, on),
                    ended_on: None,
                };
                self.benefits.insert(BenefitId::from(event.benefit_id.as_str()), benefit);
            }
            Event::BenefitEnded(event) => {
                let id = BenefitId::from(event.benefit_id.as_str());
                match self.benefits.get_mut(&id) {
                    Some(benefit) => benefit.ended_on = Some(on),
                    None => flags.push(Flag::BenefitUnknown),
                }
            }
            Event::CommunityTransitionSupportStarted(event) => {
                self.check_benefit(&event.benefit_id, on, flags);
            }
            Event::CommunityTransitionSupportEnded(event) => {
                self.check_benefit(&event.benefit_id, on, flags);
            }
            Event::CommunityStatusObserved(event) => {
                let days = event.days_after_discharge;
                let checkpoint = (self.discharge_observed(on, days).unwrap_or(on), days);
                if self.checkpoints.contains(&checkpoint) {
                    flags.push(Flag::CheckpointTwice);
                }
                self.checkpoints.push(checkpoint);
            }
            _ => {}
        }
    }

    /// A decision answers the application it names, or every one for its service.
    fn answered(&mut self, id: &str, service: BenefitService) {
        self.benefit_applications.retain(|application| {
            if id.is_empty() {
                application.service != service
            } else {
                application.id.as_str() != id
            }
        });
    }

    fn check_benefit(&self, id: &str, on: Date, flags: &mut Vec<Flag>) {
        match self.benefits.get(&BenefitId::from(id)) {
            None => flags.push(Flag::BenefitUnknown),
            Some(benefit) if !benefit.covers(on) => flags.push(Flag::OutsideBenefitPeriod),
            Some(_) => {}
        }
    }

    /// The last discharge into the community on or before this day.
    pub fn last_discharge_before(&self, day: Date) -> Option<Date> {
        self.discharges_before(day).max()
    }

    /// The discharge that lies closest to this many days back: after a readmission and a second
    /// discharge, the checkpoints of the first still come.
    fn discharge_observed(&self, day: Date, days: u32) -> Option<Date> {
        let distance = |discharge: &Date| days_between(*discharge, day).abs_diff(i64::from(days));
        self.discharges_before(day).min_by_key(distance)
    }

    fn discharges_before(&self, day: Date) -> impl Iterator<Item = Date> {
        let discharges = self.episodes.iter().filter_map(Episode::discharged_on);
        discharges.filter(move |discharged_on| *discharged_on <= day)
    }
}
