//! What followed a discharge.

use jiff::civil::Date;

use super::{CohortUnit, Course, Query};
use crate::calendar::days_after;

/// An index discharge and the person's course around it.
pub(super) struct FollowUp<'a> {
    course: &'a Course,
    discharged_on: Date,
}

/// The discharges of one person that the query counts.
pub(super) fn cohort<'a>(course: &'a Course, query: &Query) -> Vec<FollowUp<'a>> {
    let days = course.discharges().map(|(discharged_on, _)| discharged_on);
    let counted = days.filter(|day| query.counts(course, *day));
    let most = match query.unit {
        CohortUnit::Person => 1,
        CohortUnit::Discharge => usize::MAX,
    };
    counted.take(most).map(|discharged_on| FollowUp { course, discharged_on }).collect()
}

impl FollowUp<'_> {
    /// Whether so many days have passed since the discharge.
    pub(super) fn is_observed(&self, days: u32, as_of: Date) -> bool {
        self.last_day(days).is_some_and(|last| last <= as_of)
    }

    /// Whether a new stay began on one of the days after the discharge. Any admission counts:
    /// a hospital that meets the person for the first time records no readmission.
    pub(super) fn readmitted_within(&self, days: u32) -> bool {
        self.course.stays.iter().any(|stay| self.falls_within(stay.from, days))
    }

    /// Whether the person died on one of the days after the discharge.
    pub(super) fn died_within(&self, days: u32) -> bool {
        self.course.died_on.is_some_and(|died_on| self.falls_within(died_on, days))
    }

    /// How many of the days after the discharge the person was not in hospital. The day of an
    /// admission is a day in hospital, the day of leaving is not.
    pub(super) fn community_days(&self, days: u32) -> Option<u32> {
        let first = self.discharged_on.tomorrow().ok()?;
        let end = self.last_day(days)?.tomorrow().ok()?;
        let inpatient: u32 =
            self.course.stays.iter().map(|stay| stay.days_within(first, end)).sum();
        Some(days.saturating_sub(inpatient))
    }

    fn falls_within(&self, day: Date, days: u32) -> bool {
        self.discharged_on < day && self.last_day(days).is_none_or(|last| day <= last)
    }

    fn last_day(&self, days: u32) -> Option<Date> {
        days_after(self.discharged_on, days)
    }
}
