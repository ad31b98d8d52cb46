//! What became of referrals.

use jiff::civil::Date;

use super::{Course, count, course::Stay};
use crate::{CaseId, Referral, ReferralState};

/// The referrals of a year by where they stand; `submitted` is their sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReferralResults {
    /// All.
    pub submitted: u32,
    /// Taken on.
    pub accepted: u32,
    /// Returned, and not supplemented yet.
    pub returned: u32,
    /// Not taken on.
    pub declined: u32,
    /// Taken back by the sender.
    pub withdrawn: u32,
    /// Not needed any more: the person had left hospital, moved away or died.
    pub lapsed: u32,
    /// Not answered yet.
    pub waiting: u32,
    /// Returned at least once, wherever they stand now.
    pub ever_returned: u32,
}

impl ReferralResults {
    pub(super) fn of(referrals: &[Submitted<'_>]) -> Self {
        let standing = |state| count(referrals.iter().filter(|one| one.state() == state).count());
        Self {
            submitted: count(referrals.len()),
            accepted: standing(ReferralState::Accepted),
            returned: standing(ReferralState::Returned),
            declined: standing(ReferralState::Declined),
            withdrawn: standing(ReferralState::Withdrawn),
            lapsed: standing(ReferralState::Lapsed),
            waiting: standing(ReferralState::Waiting),
            ever_returned: count(referrals.iter().filter(|one| one.ever_returned).count()),
        }
    }
}

/// A referral and the person's course around it.
pub(super) struct Submitted<'a> {
    course: &'a Course,
    referral: &'a Referral,
    ever_returned: bool,
}

impl Course {
    pub(super) fn submitted(&self) -> impl Iterator<Item = Submitted<'_>> {
        self.file.referrals.iter().map(|(id, referral)| Submitted {
            course: self,
            referral,
            ever_returned: self.returned.contains(id),
        })
    }
}

impl Submitted<'_> {
    pub(super) fn submitted_on(&self) -> Date {
        self.referral.submitted_on
    }

    pub(super) fn accepted_on(&self) -> Option<Date> {
        (self.state() == ReferralState::Accepted).then_some(self.referral.since)
    }

    /// The first visit to the ward in its case from this day on.
    pub(super) fn first_visit_from(&self, day: Date) -> Option<Date> {
        first_from(&self.course.visits, &self.referral.case_id, day)
    }

    /// The first plan of its case from this day on.
    pub(super) fn first_plan_from(&self, day: Date) -> Option<Date> {
        first_from(&self.course.plans, &self.referral.case_id, day)
    }

    /// The first discharge after it. A referral that was declined, taken back or never answered led
    /// to none.
    pub(super) fn discharge(&self) -> Option<(Date, &Stay)> {
        let led_nowhere = matches!(
            self.state(),
            ReferralState::Declined | ReferralState::Withdrawn | ReferralState::Lapsed
        );
        let mut after = self.course.discharges().filter(|(day, _)| *day >= self.submitted_on());
        after.next().filter(|_| !led_nowhere)
    }

    fn state(&self) -> ReferralState {
        self.referral.state
    }
}

fn first_from(days: &[(CaseId, Date)], case: &CaseId, from: Date) -> Option<Date> {
    let of_case = days.iter().filter(|(id, day)| id == case && *day >= from);
    of_case.map(|(_, day)| *day).min()
}
