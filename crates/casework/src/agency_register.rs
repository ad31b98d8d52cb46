//! The agencies of the municipality, folded from their streams, and the providers beside them.

use std::collections::BTreeMap;

use contracts::{Event, Office};

use crate::{AgencyId, CityRecords, Resources, StaffAccess};

/// One agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Its id.
    pub id: AgencyId,
    /// Its name.
    pub name: String,
    /// What kind of agency it is: the office whose door it uses.
    pub office: Office,
    /// The ward it works in, if it works in one.
    pub ward: String,
    retired: bool,
}

impl Agency {
    /// Whether it has not been retired.
    pub fn is_active(&self) -> bool {
        !self.retired
    }
}

/// All agencies by id.
#[derive(Debug, Clone, Default)]
pub struct AgencyRegister {
    agencies: BTreeMap<AgencyId, Agency>,
    /// The providers, which work without an office of the house, and the inquiries to them.
    pub resources: Resources,
    /// What agencies have recorded that later acts rest on.
    pub records: CityRecords,
    /// Whose tokens are good no longer.
    pub staff: StaffAccess,
}

impl AgencyRegister {
    /// Takes in one event of an agency's stream; events of other kinds change nothing.
    pub fn apply(&mut self, id: &AgencyId, event: &Event) {
        match event {
            Event::AgencyRegistered(event) => {
                let agency = Agency {
                    id: id.clone(),
                    name: event.name.clone(),
                    office: event.kind(),
                    ward: event.ward.clone(),
                    retired: false,
                };
                self.agencies.insert(id.clone(), agency);
            }
            Event::AgencyRetired(_) => {
                if let Some(agency) = self.agencies.get_mut(id) {
                    agency.retired = true;
                }
            }
            event => self.records.apply(event),
        }
    }

    /// The agency with this id, retired or not.
    pub fn get(&self, id: &AgencyId) -> Option<&Agency> {
        self.agencies.get(id)
    }

    /// The agency with this id, if it has not been retired.
    pub fn active(&self, id: &AgencyId) -> Option<&Agency> {
        self.get(id).filter(|agency| agency.is_active())
    }

    /// Every agency, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Agency> {
        self.agencies.values()
    }
}
