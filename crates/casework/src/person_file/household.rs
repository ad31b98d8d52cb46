//! The household: whether it could count on support in an emergency, and who is mainly responsible.

use contracts::Event;
use jiff::civil::Date;

use super::PersonFile;
use crate::{AgencyId, CaseId, RecordId, Recorded};

/// A household that could hardly count on support in an emergency.
#[derive(Debug, Clone)]
pub struct HouseholdAtRisk {
    /// What joins the files of one household, if somebody gave a number.
    pub household: Option<RecordId>,
    /// The case it was said in, if it was in one.
    pub case_id: Option<CaseId>,
    /// Who said it.
    pub identified_by: AgencyId,
    /// When.
    pub identified_on: Date,
}

impl PersonFile {
    pub(super) fn evolve_household(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::HouseholdAtRiskIdentified(event) => {
                let household = Some(&event.household_id).filter(|id| !id.is_empty());
                self.household_at_risk = Some(HouseholdAtRisk {
                    household: household.map(|id| RecordId::from(id.as_str())),
                    case_id: recorded.case_id.clone(),
                    identified_by: recorded.agency.clone(),
                    identified_on: recorded.occurred_on,
                });
            }
            Event::HouseholdRiskCleared(_) => self.household_at_risk = None,
            Event::PrimarySupporterAssigned(event) => {
                self.primary_supporter = Some(AgencyId::from(event.supporter_agency_id.as_str()));
            }
            Event::PrimarySupporterChanged(event) => {
                self.primary_supporter = Some(AgencyId::from(event.to_agency_id.as_str()));
            }
            _ => {}
        }
    }
}
