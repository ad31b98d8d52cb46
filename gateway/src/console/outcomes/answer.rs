//! The figures as GraphQL answers them.

use jiff::civil::Date;
use serde::Deserialize;

use crate::console::documents::Viewer;

/// What the document answers.
#[derive(Deserialize)]
pub(crate) struct Found {
    pub(crate) viewer: Viewer,
    pub(crate) outcomes: Option<Outcomes>,
    pub(crate) before: Option<Before>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcomes {
    pub(crate) as_of: Date,
    pub(crate) discharges: u32,
    pub(crate) median_days_referral_to_discharge: Option<f64>,
    pub(crate) readmissions: Vec<Proportion>,
    pub(crate) average_community_days: Option<f64>,
    pub(crate) referrals: Referrals,
    pub(crate) stages: Vec<Stage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Before {
    pub(crate) discharges: u32,
    pub(crate) median_days_referral_to_discharge: Option<f64>,
    pub(crate) average_community_days: Option<f64>,
}

#[derive(Deserialize)]
pub(crate) struct Proportion {
    pub(crate) days: u32,
    pub(crate) numerator: u32,
    pub(crate) denominator: u32,
    pub(crate) deaths: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Referrals {
    pub(crate) submitted: u32,
    pub(crate) accepted: u32,
    pub(crate) returned: u32,
    pub(crate) declined: u32,
    pub(crate) withdrawn: u32,
    pub(crate) lapsed: u32,
    pub(crate) waiting: u32,
    pub(crate) ever_returned: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stage {
    pub(crate) label: String,
    pub(crate) median_days: Option<f64>,
    pub(crate) cases: u32,
}
