//! How break-glass access was used.

use async_graphql::SimpleObject;
use casework::outcomes;

/// How break-glass access was used in a fiscal year, and how it was reviewed.
#[derive(SimpleObject)]
pub(crate) struct BreakGlassFigures {
    /// How often it was used.
    uses: u32,
    /// How many of these uses somebody else has reviewed.
    reviewed: u32,
    /// How many of these were found not justified.
    not_justified: u32,
    /// The median time from a use to its review, in minutes; none before the first review.
    median_minutes_to_review: Option<f64>,
}

impl From<outcomes::BreakGlassFigures> for BreakGlassFigures {
    fn from(figures: outcomes::BreakGlassFigures) -> Self {
        let outcomes::BreakGlassFigures { uses, reviewed, not_justified, .. } = figures;
        let median_minutes_to_review = figures.median_minutes_to_review;
        Self { uses, reviewed, not_justified, median_minutes_to_review }
    }
}
