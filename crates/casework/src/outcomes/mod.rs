//! Discharge outcomes: what became of the people who left hospital in a fiscal year.
//!
//! Every figure is counted from histories. An index discharge is a discharge of a living person
//! into the community; day 0 is the day of the discharge, and a discharge is fully observed at N
//! days once N days have passed. Referrals count in the year in which they were submitted.

mod break_glass;
mod course;
mod follow_up;
mod referrals;
mod stage;

use jiff::civil::Date;

pub use break_glass::{BreakGlassFigures, break_glass_figures};
pub use course::Course;
pub use referrals::ReferralResults;
pub use stage::{Stage, StageTime};

use crate::{CHECKPOINT_DAYS, FiscalYear};
use follow_up::FollowUp;
use referrals::Submitted;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Query {
    /// The year of the discharges, and of the referrals.
    pub fiscal_year: FiscalYear,
    /// The day from which one looks back; the courses are of the same day.
    pub as_of: Date,
    /// Only people who lived in this ward on the day that counts: that of the discharge, or that
    /// of the referral.
    pub ward: Option<String>,
    /// What is counted.
    pub unit: CohortUnit,
}

impl Query {
    fn counts(&self, course: &Course, day: Date) -> bool {
        let in_ward = |ward: &String| course.ward_on(day) == Some(ward.as_str());
        self.fiscal_year.contains(day)
            && day <= self.as_of
            && self.ward.as_ref().is_none_or(in_ward)
    }
}

/// What a cohort counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CohortUnit {
    /// People, each by their first discharge of the year.
    Person,
    /// Discharges, each for itself.
    Discharge,
}

/// The outcomes of one fiscal year.
#[derive(Debug, Clone, PartialEq)]
pub struct DischargeOutcomes {
    /// The day from which one looked back.
    pub as_of: Date,
    /// People, or discharges, in the cohort.
    pub discharges: u32,
    /// From the referral to the first discharge after it, where there was one.
    pub median_days_referral_to_discharge: Option<f64>,
    /// How many came back into hospital within 90, 180 and 365 days.
    pub readmissions: Vec<Proportion>,
    /// Days out of hospital in the 365 days after the discharge, of those who lived through them.
    pub average_community_days: Option<f64>,
    /// What became of the referrals.
    pub referrals: ReferralResults,
    /// How long each step took.
    pub stages: Vec<StageTime>,
}

/// A part of those who could be observed for so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    /// The days after the discharge.
    pub days: u32,
    /// How many came back within them.
    pub numerator: u32,
    /// How many were observed for as long; those who died are among them.
    pub denominator: u32,
    /// How many of these died within the days.
    pub deaths: u32,
}

/// The outcomes of these people.
pub fn discharge_outcomes(courses: &[Course], query: &Query) -> DischargeOutcomes {
    let cohort: Vec<_> =
        courses.iter().flat_map(|course| follow_up::cohort(course, query)).collect();
    let submitted: Vec<_> = courses.iter().flat_map(|course| submitted(course, query)).collect();
    let stages: Vec<_> = Stage::ALL.iter().map(|stage| stage.time(&submitted)).collect();
    let whole_way = stages.iter().find(|time| time.stage == Stage::SubmitToDischarge);
    DischargeOutcomes {
        as_of: query.as_of,
        discharges: count(cohort.len()),
        median_days_referral_to_discharge: whole_way.and_then(|time| time.median_days),
        readmissions: CHECKPOINT_DAYS.map(|days| readmissions(&cohort, days, query)).to_vec(),
        average_community_days: average_community_days(&cohort, query),
        referrals: ReferralResults::of(&submitted),
        stages,
    }
}

fn submitted<'a>(course: &'a Course, query: &Query) -> Vec<Submitted<'a>> {
    let counted = |referral: &Submitted<'_>| query.counts(course, referral.submitted_on());
    course.submitted().filter(counted).collect()
}

fn readmissions(cohort: &[FollowUp<'_>], days: u32, query: &Query) -> Proportion {
    let observed = cohort.iter().filter(|follow_up| follow_up.is_observed(days, query.as_of));
    let readmitted = observed.clone().filter(|follow_up| follow_up.readmitted_within(days));
    let died = observed.clone().filter(|follow_up| follow_up.died_within(days));
    Proportion {
        days,
        numerator: count(readmitted.count()),
        denominator: count(observed.count()),
        deaths: count(died.count()),
    }
}

fn average_community_days(cohort: &[FollowUp<'_>], query: &Query) -> Option<f64> {
    let [.., year] = CHECKPOINT_DAYS;
    let observed = cohort.iter().filter(|follow_up| follow_up.is_observed(year, query.as_of));
    let alive = observed.filter(|follow_up| !follow_up.died_within(year));
    let days: Vec<_> = alive.filter_map(|follow_up| follow_up.community_days(year)).collect();
    (!days.is_empty()).then(|| f64::from(days.iter().sum::<u32>()) / f64::from(count(days.len())))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
