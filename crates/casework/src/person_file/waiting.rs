//! How long an answer has been waited for, and what it waits for. Computed on the day of reading
//! and never stored.

use contracts::events::{LapseCause, StallReason};
use jiff::civil::Date;

use super::{PersonFile, Referral};
use crate::calendar::days_between;

/// A time in which an answer was waiting for something itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stall {
    /// From when.
    pub since: Date,
    /// Until when, if it is over.
    pub until: Option<Date>,
    /// What was waited for.
    pub reason: StallReason,
}

/// The response clock of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingClock {
    /// Days since it was put to the side that has to answer.
    pub days: i64,
    /// How many of these days the answer was itself waiting for something.
    pub stalled_days: i64,
    /// What it waits for now.
    pub stalled_by: Option<StallReason>,
}

impl WaitingClock {
    /// The days that count: the clock stands still while the answer itself is waiting.
    pub fn counted_days(&self) -> i64 {
        self.days - self.stalled_days
    }
}

impl Referral {
    /// The response clock on this day; none once there is nothing to wait for.
    pub fn clock(&self, today: Date) -> Option<WaitingClock> {
        if !self.is_open() {
            return None;
        }
        let stalled_now =
            self.stalls.iter().rev().find(|stall| stall.until.is_none() && stall.since <= today);
        Some(WaitingClock {
            days: days_between(self.since, today).max(0),
            stalled_days: self.stalled_days(today),
            stalled_by: stalled_now.map(|stall| stall.reason),
        })
    }

    /// Days count once, however many reasons there were for them.
    fn stalled_days(&self, today: Date) -> i64 {
        let within = |stall: &Stall| {
            let from = stall.since.max(self.since);
            (from, stall.until.unwrap_or(today).min(today))
        };
        let mut stalls: Vec<_> = self.stalls.iter().map(within).collect();
        stalls.sort_unstable();
        let (mut days, mut counted_to) = (0, self.since);
        for (from, until) in stalls {
            days += days_between(from.max(counted_to), until).max(0);
            counted_to = counted_to.max(until);
        }
        days
    }

    pub(super) fn stall(&mut self, since: Date, reason: StallReason) {
        self.end_stall(since);
        self.stalls.push(Stall { since, until: None, reason });
    }

    pub(super) fn end_stall(&mut self, on: Date) {
        for open in self.stalls.iter_mut().filter(|stall| stall.until.is_none()) {
            open.until = Some(on.max(open.since));
        }
    }
}

impl PersonFile {
    /// Why nobody may need an answer any more that was asked for on this day, and since when: the
    /// person has died, has left hospital, or lives elsewhere now.
    pub fn outdated(&self, asked_on: Date) -> Option<(LapseCause, Date)> {
        let causes = [LapseCause::Died, LapseCause::Discharged, LapseCause::MovedOut];
        causes.into_iter().find_map(|cause| Some((cause, self.since_when(cause, asked_on)?)))
    }

    /// Since when this holds, if it came to hold after the question was asked.
    pub fn since_when(&self, cause: LapseCause, asked_on: Date) -> Option<Date> {
        let since = match cause {
            LapseCause::Died => return self.died_on,
            LapseCause::Discharged if self.open_episode().is_none() => self.last_discharge(),
            LapseCause::MovedOut => self.moved_on,
            LapseCause::Discharged | LapseCause::Unspecified => None,
        };
        since.filter(|since| *since >= asked_on)
    }
}
