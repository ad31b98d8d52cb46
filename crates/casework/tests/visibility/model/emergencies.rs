//! Who answers an emergency, and so is shown it without a consent.

use casework::{Recorded, Viewer};
use contracts::{Event, Office};

use super::{Model, belongs_to_emergency, names};

impl Model {
    /// An open emergency needs no consent for those who answer it.
    pub(super) fn is_shown_emergency(&self, viewer: &Viewer, event: &Recorded) -> bool {
        let agency = viewer.agency.as_str();
        let Some(id) = event.event.emergency().filter(|_| belongs_to_emergency(event)) else {
            return false;
        };
        let Some((reported, _)) =
            every!(self, EmergencyReported).find(|(_, it)| it.emergency_id == id)
        else {
            return false;
        };
        if every!(self, EmergencyClosed).any(|(_, closed)| closed.emergency_id == id) {
            return false;
        }
        let was_told = self.events.iter().any(|other| {
            let of_it =
                belongs_to_emergency(other) && other.event.emergency().as_ref() == Some(&id);
            of_it && names(other, agency)
        });
        let shares = matches!(
            self.part(agency, event),
            Some("team" | "the person's team" | "referral" | "stay")
        );
        let takes_part = viewer.office != Office::Hospital && shares;
        takes_part
            || was_told
            || self.took_the_call(reported) == agency
            || self.main_supporter() == Some(agency)
    }

    /// Who recorded the call, or took the emergency over with its case.
    fn took_the_call<'a>(&'a self, reported: &'a Recorded) -> &'a str {
        let mut taker = reported.agency.as_str();
        for (recorded, event) in every!(self, CaseHandoverAccepted) {
            let of_case = recorded.case_id.is_some() && recorded.case_id == reported.case_id;
            if of_case && recorded.position > reported.position && event.from_agency_id == taker {
                taker = recorded.agency.as_str();
            }
        }
        taker
    }

    fn main_supporter(&self) -> Option<&str> {
        let mut named = self.events.iter().filter_map(|recorded| match &recorded.event {
            Event::PrimarySupporterAssigned(event) => Some(event.supporter_agency_id.as_str()),
            Event::PrimarySupporterChanged(event) => Some(event.to_agency_id.as_str()),
            _ => None,
        });
        named.next_back()
    }
}
