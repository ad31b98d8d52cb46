//! How break-glass access was used in a fiscal year, and how it was reviewed.

use contracts::events::BreakGlassOutcome;

use crate::{BreakGlass, FiscalYear, PersonFile, Recorded};

/// The uses of one fiscal year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BreakGlassFigures {
    /// How often it was used.
    pub uses: u32,
    /// How many of these uses somebody else has reviewed.
    pub reviewed: u32,
    /// How many of these were found not justified.
    pub not_justified: u32,
    /// The median time from a use to its review, in minutes; none before the first review.
    pub median_minutes_to_review: Option<f64>,
}

/// The figures over these histories, as they stand after their corrections.
pub fn break_glass_figures<'h>(
    histories: impl Iterator<Item = &'h Vec<Recorded>>,
    year: FiscalYear,
) -> BreakGlassFigures {
    let (mut figures, mut minutes) = (BreakGlassFigures::default(), Vec::new());
    for history in histories {
        let mut file = PersonFile::default();
        for recorded in history {
            file.apply(recorded);
        }
        for used in file.break_glass.values().filter(|used| year.contains(used.used_on)) {
            figures.uses += 1;
            minutes.extend(figures.count_review(used));
        }
    }
    figures.median_minutes_to_review = median(minutes);
    figures
}

impl BreakGlassFigures {
    /// Counts the review of a use, if there was one, and says after how many minutes it came.
    fn count_review(&mut self, used: &BreakGlass) -> Option<f64> {
        let review = used.review.as_ref()?;
        self.reviewed += 1;
        self.not_justified += u32::from(review.outcome == BreakGlassOutcome::NotJustified);
        Some(review.at.duration_since(used.used_at).as_secs_f64() / 60.0)
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let lower = if values.len().is_multiple_of(2) { values[middle - 1] } else { upper };
    Some(f64::midpoint(lower, upper))
}
