//! Visits to the ward: asked for, answered, held.

use contracts::Event;
use jiff::civil::Date;

use super::PersonFile;
use crate::{AgencyId, CaseId, EpisodeId, Flag, RecordId, Recorded};

/// A request to visit a person in hospital.
#[derive(Debug, Clone)]
pub struct VisitRequest {
    /// The case it belongs to.
    pub case_id: Option<CaseId>,
    /// Who asks.
    pub from: AgencyId,
    /// The hospital that is asked.
    pub hospital: AgencyId,
    /// When it was asked.
    pub requested_on: Date,
    /// Whether the hospital has answered, or the visit has taken place all the same.
    pub answered: bool,
}

impl PersonFile {
    pub(super) fn evolve_visit(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::HospitalVisitRequested(event) => {
                let request = VisitRequest {
                    case_id: recorded.case_id.clone(),
                    from: recorded.agency.clone(),
                    hospital: AgencyId::from(event.hospital_agency_id.as_str()),
                    requested_on: recorded.occurred_on,
                    answered: false,
                };
                let id = RecordId::from(event.visit_request_id.as_str());
                self.visit_requests.insert(id, request);
            }
            Event::HospitalVisitScheduled(event) => self.answer(&event.visit_request_id),
            Event::HospitalVisitDeclined(event) => self.answer(&event.visit_request_id),
            Event::WardVisitRecorded(event) => {
                let episode = self.episode(&EpisodeId::from(event.episode_id.as_str()));
                match episode {
                    None => flags.push(Flag::StayUnknown),
                    Some(episode) if !episode.includes(recorded.occurred_on) => {
                        flags.push(Flag::VisitOutsideStay);
                    }
                    Some(_) => {}
                }
                self.answer(&event.visit_request_id);
            }
            _ => {}
        }
    }

    /// Whether a visit to this hospital was asked for in this case.
    pub fn asks_for_visit(&self, hospital: &AgencyId, case: &CaseId) -> bool {
        let asks = |request: &VisitRequest| {
            request.hospital == *hospital && request.case_id.as_ref() == Some(case)
        };
        self.visit_requests.values().any(asks)
    }

    fn answer(&mut self, id: &str) {
        if let Some(request) = self.visit_requests.get_mut(&RecordId::from(id)) {
            request.answered = true;
        }
    }
}
