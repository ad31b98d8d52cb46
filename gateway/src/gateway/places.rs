//! How many streams each agency keeps open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use casework::AgencyId;

/// The places that are taken, by agency.
pub(super) struct Places {
    of_one_max: usize,
    taken: Mutex<HashMap<AgencyId, usize>>,
}

/// A place that is taken until this is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    agency: AgencyId,
}

impl Places {
    /// So many for each agency.
    pub(super) fn of(of_one_max: usize) -> Self {
        Self { of_one_max, taken: Mutex::default() }
    }

    /// A place; none when all of the agency's are taken.
    pub(super) fn take(self: &Arc<Self>, agency: &AgencyId) -> Option<Place> {
        let mut all = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = all.get(agency).copied().unwrap_or_default();
        if taken >= self.of_one_max {
            return None;
        }
        all.insert(agency.clone(), taken + 1);
        Some(Place { places: self.clone(), agency: agency.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(&self.agency) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => {
                all.remove(&self.agency);
            }
        }
    }
}
