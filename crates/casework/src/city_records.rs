//! What agencies have recorded about their own work that later acts rest on.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Event;

use crate::{AgencyId, RecordId, Refusal};

/// A survey among hospitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The hospitals that are asked.
    pub hospitals: Vec<AgencyId>,
    /// Whether its result is out, so that no answers are taken any more.
    pub is_published: bool,
}

/// Surveys, guidelines and stores, folded from the streams of agencies.
#[derive(Debug, Clone, Default)]
pub struct CityRecords {
    surveys: BTreeMap<RecordId, Survey>,
    /// The latest edition and revision of each guideline, by its name.
    editions: BTreeMap<String, (u32, u32)>,
    /// The stores that are partners now.
    partners: BTreeSet<RecordId>,
}

impl CityRecords {
    /// Takes in one event of an agency's stream; most change nothing.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::SurveyLaunched(event) => {
                let hospitals = event.hospital_agency_ids.iter().map(AgencyId::from).collect();
                let survey = Survey { hospitals, is_published: false };
                self.surveys.insert(RecordId::from(event.survey_id.as_str()), survey);
            }
            Event::SurveyResultPublished(event) => {
                if let Some(survey) = self.surveys.get_mut(&RecordId::from(&event.survey_id)) {
                    survey.is_published = true;
                }
            }
            Event::GuidelinePublished(event) => {
                self.editions.insert(event.name.clone(), (event.edition, event.revision));
            }
            Event::RealEstatePartnerRegistered(event) => {
                self.partners.insert(RecordId::from(event.partner_id.as_str()));
            }
            Event::RealEstatePartnerRemoved(event) => {
                self.partners.remove(&RecordId::from(event.partner_id.as_str()));
            }
            _ => {}
        }
    }

    /// A survey whose result is not out yet.
    pub fn open_survey(&self, id: &str) -> Result<&Survey, Refusal> {
        let survey = self.surveys.get(&RecordId::from(id)).ok_or(Refusal::UnknownSurvey)?;
        if survey.is_published { Err(Refusal::SurveyClosed) } else { Ok(survey) }
    }

    /// The latest edition and revision of a guideline; none before the first.
    pub fn edition(&self, name: &str) -> Option<(u32, u32)> {
        self.editions.get(name).copied()
    }

    /// The store is a partner.
    pub fn partner(&self, id: &str) -> Result<(), Refusal> {
        let is_partner = self.partners.contains(&RecordId::from(id));
        if is_partner { Ok(()) } else { Err(Refusal::UnknownPartner) }
    }
}
