//! The outcomes of discharges, for the municipality.

use async_graphql::{Enum, SimpleObject};
use casework::outcomes;

use super::scalars::Day;

/// What a cohort counts.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "outcomes::CohortUnit")]
pub(crate) enum CohortUnit {
    /// People, each by their first discharge of the year.
    Person,
    /// Discharges, each for itself.
    Discharge,
}

/// The outcomes of one fiscal year.
#[derive(SimpleObject)]
pub(crate) struct DischargeOutcomes {
    /// The day from which one looked back.
    as_of: Day,
    /// People, or discharges, in the cohort.
    discharges: u32,
    /// The median from the referral to the first discharge after it.
    median_days_referral_to_discharge: Option<f64>,
    /// How many came back into hospital.
    readmissions: Vec<Proportion>,
    /// Days out of hospital in the year after the discharge, of those who lived through it.
    average_community_days: Option<f64>,
    /// What became of the referrals.
    referrals: ReferralResults,
    /// How long each step took.
    stages: Vec<StageTime>,
}

/// A part of those who could be observed for so many days.
#[derive(SimpleObject)]
struct Proportion {
    /// The days after the discharge.
    days: u32,
    /// How many came back within them.
    numerator: u32,
    /// How many were observed for as long; those who died are among them.
    denominator: u32,
    /// How many of these died within the days.
    deaths: u32,
}

/// The referrals of the year by where they stand.
#[derive(SimpleObject)]
struct ReferralResults {
    /// All.
    submitted: u32,
    /// Taken on.
    accepted: u32,
    /// Returned, and not supplemented yet.
    returned: u32,
    /// Not taken on.
    declined: u32,
    /// Taken back by the sender.
    withdrawn: u32,
    /// Not needed any more: the person had left hospital, moved away or died.
    lapsed: u32,
    /// Not answered yet.
    waiting: u32,
    /// Returned at least once, wherever they stand now.
    ever_returned: u32,
}

/// How long a step took.
#[derive(SimpleObject)]
struct StageTime {
    /// A code for the step.
    stage: &'static str,
    /// The step in Japanese.
    label: &'static str,
    /// The median; none when nobody has taken the step.
    median_days: Option<f64>,
    /// How many have.
    cases: u32,
}

impl From<outcomes::DischargeOutcomes> for DischargeOutcomes {
    fn from(found: outcomes::DischargeOutcomes) -> Self {
        Self {
            as_of: Day(found.as_of),
            discharges: found.discharges,
            median_days_referral_to_discharge: found.median_days_referral_to_discharge,
            readmissions: found.readmissions.iter().map(Proportion::from).collect(),
            average_community_days: found.average_community_days,
            referrals: ReferralResults::from(&found.referrals),
            stages: found.stages.iter().map(StageTime::from).collect(),
        }
    }
}

impl From<&outcomes::Proportion> for Proportion {
    fn from(found: &outcomes::Proportion) -> Self {
        let outcomes::Proportion { days, numerator, denominator, deaths } = *found;
        Self { days, numerator, denominator, deaths }
    }
}

impl From<&outcomes::ReferralResults> for ReferralResults {
    fn from(found: &outcomes::ReferralResults) -> Self {
        Self {
            submitted: found.submitted,
            accepted: found.accepted,
            returned: found.returned,
            declined: found.declined,
            withdrawn: found.withdrawn,
            lapsed: found.lapsed,
            waiting: found.waiting,
            ever_returned: found.ever_returned,
        }
    }
}

impl From<&outcomes::StageTime> for StageTime {
    fn from(found: &outcomes::StageTime) -> Self {
        Self {
            stage: found.stage.code(),
            label: found.stage.label_ja(),
            median_days: found.median_days,
            cases: found.cases,
        }
    }
}
