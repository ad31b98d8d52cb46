//! Early consultations: a hospital and a center think together before anything is settled.

use contracts::Event;
use jiff::civil::Date;

use super::PersonFile;
use crate::{AgencyId, EpisodeId, RecordId, Recorded, Refusal};

/// An early consultation and where it stands.
#[derive(Debug, Clone)]
pub struct Consultation {
    /// The hospital that asked.
    pub from: AgencyId,
    /// The center that was asked.
    pub to: AgencyId,
    /// The stay it is about.
    pub episode_id: EpisodeId,
    /// Where it stands.
    pub state: ConsultationState,
    /// When it was asked.
    pub requested_on: Date,
    /// Since when it stands where it stands.
    pub since: Date,
}

/// Where an early consultation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsultationState {
    /// The center has not answered.
    Waiting,
    /// The center thinks along.
    Joined,
    /// The center does not.
    Declined,
    /// It came to its end.
    Concluded,
    /// Nobody needed it any more.
    Lapsed,
}

impl Consultation {
    /// Whether it still waits for somebody.
    pub fn is_open(&self) -> bool {
        matches!(self.state, ConsultationState::Waiting | ConsultationState::Joined)
    }

    /// The side that this agency does not stand on; none for an outsider.
    pub fn other_side(&self, agency: &AgencyId) -> Option<&AgencyId> {
        match agency {
            one if *one == self.from => Some(&self.to),
            one if *one == self.to => Some(&self.from),
            _ => None,
        }
    }
}

impl PersonFile {
    pub(super) fn evolve_consultation(&mut self, recorded: &Recorded) {
        let (id, state) = match &recorded.event {
            Event::EarlyConsultationRequested(event) => {
                let consultation = Consultation {
                    from: recorded.agency.clone(),
                    to: AgencyId::from(event.to_agency_id.as_str()),
                    episode_id: EpisodeId::from(event.episode_id.as_str()),
                    state: ConsultationState::Waiting,
                    requested_on: recorded.occurred_on,
                    since: recorded.occurred_on,
                };
                let id = RecordId::from(event.consultation_id.as_str());
                self.consultations.insert(id, consultation);
                return;
            }
            Event::EarlyConsultationJoined(event) => {
                (&event.consultation_id, ConsultationState::Joined)
            }
            Event::EarlyConsultationDeclined(event) => {
                (&event.consultation_id, ConsultationState::Declined)
            }
            Event::EarlyConsultationConcluded(event) => {
                (&event.consultation_id, ConsultationState::Concluded)
            }
            Event::EarlyConsultationLapsed(event) => {
                (&event.consultation_id, ConsultationState::Lapsed)
            }
            _ => return,
        };
        if let Some(consultation) = self.consultations.get_mut(&RecordId::from(id.as_str())) {
            consultation.state = state;
            consultation.since = recorded.occurred_on;
        }
    }

    /// An early consultation of which this agency is one side.
    pub fn consultation(&self, id: &str, by: &AgencyId) -> Result<&Consultation, Refusal> {
        let found = self.consultations.get(&RecordId::from(id));
        let found = found.filter(|consultation| consultation.other_side(by).is_some());
        found.ok_or(Refusal::UnknownConsultation)
    }

    /// And that has not come to its end.
    pub fn open_consultation(&self, id: &str, by: &AgencyId) -> Result<&Consultation, Refusal> {
        let found = self.consultation(id, by)?;
        if found.is_open() { Ok(found) } else { Err(Refusal::ConsultationEnded) }
    }
}
