//! A provider of services, as its stream tells.

use std::collections::BTreeMap;

use contracts::{
    Event,
    events::{Answer, ProviderKind, VacancyKind},
};
use jiff::{ToSpan, civil::Date};

use super::{Latest, Resources, holds};
use crate::{AgencyId, Flag, ProviderId, Recorded, days_between};

/// The guideline expects a sheet about once a year; a year after its date one is shown as old.
const SHEET_MONTHS: i32 = 12;

/// A provider of services. It has no office of the house; others record for it.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// Its name.
    pub name: String,
    /// What it offers.
    pub kind: ProviderKind,
    /// The ward it lies in.
    pub ward: String,
    /// The agency that registered it.
    pub registered_by: AgencyId,
    /// When it was retired.
    pub retired_on: Option<Date>,
    /// When it was last asked for its sheet.
    pub sheet_requested_on: Option<Date>,
    /// Its sheet.
    pub sheet: Option<Latest>,
    /// Its free places, by their kind.
    pub vacancies: BTreeMap<i32, Vacancy>,
    /// Whether it takes on new service-use plans, as it said last.
    pub accepts_plans: Option<(Latest, Answer)>,
}

/// How many places of one kind are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vacancy {
    /// What kind of place.
    pub kind: VacancyKind,
    /// How many; 0 when it is full.
    pub places: u32,
    /// As of when.
    pub latest: Latest,
}

impl Provider {
    /// Whether it is still there.
    pub fn is_active(&self) -> bool {
        self.retired_on.is_none()
    }

    /// Whether its sheet is too old to rely on; one that was never handed in is as well.
    pub fn sheet_is_stale(&self, today: Date) -> bool {
        self.sheet.is_none_or(|sheet| sheet.on.saturating_add(SHEET_MONTHS.months()) < today)
    }
}

impl Vacancy {
    /// For how many days it has stood.
    pub fn age_days(&self, today: Date) -> i64 {
        days_between(self.latest.on, today)
    }
}

impl Resources {
    pub(super) fn evolve_provider(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        if let Event::ProviderRegistered(event) = &recorded.event {
            let id = ProviderId::from(event.provider_id.as_str());
            let provider = Provider {
                id: id.clone(),
                name: event.name.clone(),
                kind: event.kind(),
                ward: event.ward.clone(),
                registered_by: recorded.agency.clone(),
                retired_on: None,
                sheet_requested_on: None,
                sheet: None,
                vacancies: BTreeMap::new(),
                accepts_plans: None,
            };
            self.providers.insert(id, provider);
            return;
        }
        let id = ProviderId::from(recorded.event.first_id());
        let Some(provider) = self.providers.get_mut(&id) else { return };
        if !provider.is_active() {
            flags.push(Flag::ProviderRetired);
        }
        provider.evolve(recorded, flags);
    }
}

impl Provider {
    fn evolve(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let on = recorded.occurred_on;
        let latest = Latest { on, position: recorded.position };
        match &recorded.event {
            Event::ProviderRetired(_) => {
                self.retired_on.get_or_insert(on);
            }
            Event::ProviderSheetRequested(_) => self.sheet_requested_on = Some(on),
            Event::ProviderSheetUpdated(_) => {
                let before = self.sheet;
                if holds(before, on, flags) {
                    self.sheet = Some(latest);
                }
            }
            Event::VacancyReported(event) => {
                let before = self.vacancies.get(&event.kind).map(|vacancy| vacancy.latest);
                if holds(before, on, flags) {
                    let (kind, places) = (event.kind(), event.places_count);
                    self.vacancies.insert(event.kind, Vacancy { kind, places, latest });
                }
            }
            Event::ProviderCapacitySurveyed(event) => {
                let before = self.accepts_plans.map(|(latest, _)| latest);
                if holds(before, on, flags) {
                    self.accepts_plans = Some((latest, event.accepts()));
                }
            }
            _ => {}
        }
    }
}
