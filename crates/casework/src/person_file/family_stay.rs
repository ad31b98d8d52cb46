//! A family, not the person, stays in a place of its own for a while. Where is not known here.

use contracts::Event;
use jiff::civil::Date;

use super::PersonFile;
use crate::{Flag, RecordId, Recorded};

/// A family's stay in a place of its own.
#[derive(Debug, Clone, Default)]
pub struct FamilyStay {
    /// When it began.
    pub started_on: Option<Date>,
    /// When it ended.
    pub ended_on: Option<Date>,
}

impl PersonFile {
    pub(super) fn evolve_family_stay(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let on = recorded.occurred_on;
        match &recorded.event {
            Event::FamilyEmergencyStayRequested(event) => {
                let id = RecordId::from(event.family_stay_id.as_str());
                self.family_stays.insert(id, FamilyStay::default());
            }
            Event::FamilyEmergencyStayStarted(event) => {
                if let Some(stay) = self.family_stay_mut(&event.family_stay_id) {
                    stay.started_on = Some(on);
                }
            }
            Event::FamilyEmergencyStayEnded(event) => {
                let Some(stay) = self.family_stay_mut(&event.family_stay_id) else { return };
                if stay.started_on.is_some_and(|started_on| on < started_on) {
                    flags.push(Flag::EmergencyStayReversed);
                }
                stay.ended_on = Some(on);
            }
            _ => {}
        }
    }

    fn family_stay_mut(&mut self, id: &str) -> Option<&mut FamilyStay> {
        self.family_stays.get_mut(&RecordId::from(id))
    }
}
