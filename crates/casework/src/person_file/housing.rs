//! Tenant information sheets, and the way out of a residential facility.

use contracts::Event;

use super::PersonFile;
use crate::{Flag, RecordId, Recorded, Refusal};

/// A tenant information sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantSheet {
    /// The latest version, from 1.
    pub version: u32,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

impl PersonFile {
    pub(super) fn evolve_housing(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::TenantInfoSheetCreated(event) => self.write_sheet(&event.sheet_id, 1),
            Event::TenantInfoSheetRevised(event) => {
                self.write_sheet(&event.sheet_id, event.version);
            }
            Event::TenantInfoSheetWithdrawn(event) => {
                if let Some(sheet) = self.tenant_sheets.get_mut(&RecordId::from(&event.sheet_id)) {
                    sheet.withdrawn = true;
                }
            }
            Event::FacilityTransitionAssessed(_) => {
                let first = self.facility_assessed_on.get_or_insert(recorded.occurred_on);
                *first = recorded.occurred_on.min(*first);
            }
            Event::FacilityTransitionStarted(_) => {
                let assessed_on = self.facility_assessed_on;
                if assessed_on.is_none_or(|assessed_on| assessed_on > recorded.occurred_on) {
                    flags.push(Flag::NotAssessedBefore);
                }
            }
            _ => {}
        }
    }

    fn write_sheet(&mut self, id: &str, version: u32) {
        let sheet = TenantSheet { version, withdrawn: false };
        self.tenant_sheets.insert(RecordId::from(id), sheet);
    }

    /// A tenant information sheet that has not been taken back.
    pub fn tenant_sheet(&self, id: &str) -> Result<&TenantSheet, Refusal> {
        let sheet = self.tenant_sheets.get(&RecordId::from(id));
        let sheet = sheet.ok_or(Refusal::UnknownTenantSheet)?;
        if sheet.withdrawn { Err(Refusal::TenantSheetWithdrawn) } else { Ok(sheet) }
    }
}
