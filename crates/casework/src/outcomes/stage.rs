//! How long the steps on the way home took.

use super::{count, referrals::Submitted};
use crate::days_between;

macro_rules! stages {
    ($($(#[$doc:meta])* $name:ident => $code:literal, $japanese:literal;)*) => {
        /// A step on the way home, from one day to another.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Stage { $($(#[$doc])* $name,)* }

        impl Stage {
            /// Every stage, in the order of the way.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// A code that a program can act on.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// For the person at the screen.
            pub fn label_ja(self) -> &'static str {
                match self { $(Self::$name => $japanese,)* }
            }
        }
    };
}

stages! {
    /// From the referral to its acceptance.
    SubmitToAccept => "SUBMIT_TO_ACCEPT", "紹介から受理まで";
    /// From the acceptance to the first visit that was held.
    AcceptToFirstVisit => "ACCEPT_TO_FIRST_VISIT", "受理から初回訪問まで";
    /// From the referral to the first visit that was held.
    SubmitToFirstVisit => "SUBMIT_TO_FIRST_VISIT", "紹介から初回訪問まで";
    /// From the acceptance to the first plan.
    AcceptToPlan => "ACCEPT_TO_PLAN", "受理から個別支援計画の作成まで";
    /// From the day set for the discharge to that of the discharge; 0 when it was kept.
    PlannedToActualDischarge => "PLANNED_TO_ACTUAL_DISCHARGE", "退院予定日から実際の退院日まで";
    /// From the referral to the first discharge after it.
    SubmitToDischarge => "SUBMIT_TO_DISCHARGE", "紹介から退院まで";
}

/// How long a step took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageTime {
    /// The step.
    pub stage: Stage,
    /// The median; none when nobody has taken the step.
    pub median_days: Option<f64>,
    /// How many have.
    pub cases: u32,
}

impl Stage {
    pub(super) fn time(self, referrals: &[Submitted<'_>]) -> StageTime {
        let days: Vec<_> = referrals.iter().filter_map(|referral| self.days(referral)).collect();
        StageTime { stage: self, cases: count(days.len()), median_days: median(days) }
    }

    fn days(self, referral: &Submitted<'_>) -> Option<i32> {
        let submitted_on = referral.submitted_on();
        let accepted_on = referral.accepted_on();
        let (from, to) = match self {
            Self::SubmitToAccept => (submitted_on, accepted_on?),
            Self::AcceptToFirstVisit => (accepted_on?, referral.first_visit_from(accepted_on?)?),
            Self::SubmitToFirstVisit => (submitted_on, referral.first_visit_from(submitted_on)?),
            Self::AcceptToPlan => (accepted_on?, referral.first_plan_from(accepted_on?)?),
            Self::PlannedToActualDischarge => {
                let (discharged_on, stay) = referral.discharge()?;
                (stay.planned_on?, discharged_on)
            }
            Self::SubmitToDischarge => (submitted_on, referral.discharge()?.0),
        };
        i32::try_from(days_between(from, to)).ok()
    }
}

fn median(mut days: Vec<i32>) -> Option<f64> {
    days.sort_unstable();
    let middle = days.len() / 2;
    let upper = *days.get(middle)?;
    let lower = if days.len().is_multiple_of(2) { days[middle - 1] } else { upper };
    Some(f64::from(lower + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_lies_in_the_middle_or_between_the_two_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![9]), Some(9.0));
        assert_eq!(median(vec![9, 1, 2]), Some(2.0));
        assert_eq!(median(vec![9, 1, 2, 3]), Some(2.5));
        assert_eq!(median(vec![-3, 1]), Some(-1.0));
    }
}
