//! What one person's history says about stays, discharges, wards and referrals.

use std::collections::BTreeSet;

use contracts::Event;
use jiff::civil::Date;

use crate::{CaseId, Episode, EpisodeEnd, PersonFile, Recorded, ReferralId, is_of_erasure};

/// One person's way, as far as it had come on a day.
#[derive(Debug, Clone, Default)]
pub struct Course {
    pub(super) stays: Vec<Stay>,
    pub(super) died_on: Option<Date>,
    pub(super) file: PersonFile,
    pub(super) returned: BTreeSet<ReferralId>,
    pub(super) visits: Vec<(CaseId, Date)>,
    pub(super) plans: Vec<(CaseId, Date)>,
}

/// A time in hospital without a gap: a transfer, or an admission on the day of the discharge,
/// continues it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stay {
    /// Its first day.
    pub from: Date,
    /// The day of leaving, which is the first day outside; none while the person is in hospital.
    pub until: Option<Date>,
    /// Whether the person left it for the community, alive.
    pub discharged: bool,
    /// The day that was set for the discharge.
    pub planned_on: Option<Date>,
}

impl Course {
    /// What had happened by this day. The history is one person's, effective, in log order. Who was
    /// erased goes on being counted: it names nobody.
    pub fn of(history: &[Recorded], as_of: Date) -> Self {
        let mut course = Self::default();
        let counted = history.iter().filter(|recorded| !is_of_erasure(&recorded.event));
        for recorded in counted.filter(|recorded| recorded.occurred_on <= as_of) {
            course.file.apply(recorded);
            course.note(recorded);
        }
        course.died_on = course.file.died_on;
        course.stays = joined(&course.file.episodes, course.died_on);
        course
    }

    fn note(&mut self, recorded: &Recorded) {
        let on = recorded.occurred_on;
        let case = recorded.case_id.clone();
        match &recorded.event {
            Event::WardVisitRecorded(_) => self.visits.extend(case.map(|case| (case, on))),
            Event::IndividualSupportPlanCreated(_) => {
                self.plans.extend(case.map(|case| (case, on)));
            }
            Event::ReferralReturned(event) => {
                self.returned.insert(ReferralId::from(event.referral_id.as_str()));
            }
            _ => {}
        }
    }

    /// The ward of residence on this day; before the first that is known, the first.
    pub(super) fn ward_on(&self, day: Date) -> Option<&str> {
        self.file.residence.on(day)
    }

    /// The stays that ended with an index discharge, the earliest first.
    pub(super) fn discharges(&self) -> impl Iterator<Item = (Date, &Stay)> {
        let discharged = self.stays.iter().filter(|stay| stay.discharged);
        discharged.filter_map(|stay| Some((stay.until?, stay)))
    }
}

/// Stays that overlap or touch are one.
fn joined(episodes: &[Episode], died_on: Option<Date>) -> Vec<Stay> {
    let mut parts: Vec<_> = episodes.iter().map(|episode| stay(episode, died_on)).collect();
    parts.sort_by_key(|part| (part.from, part.until.unwrap_or(Date::MAX)));
    let mut stays: Vec<Stay> = Vec::new();
    for part in parts {
        match stays.last_mut().filter(|last| last.until.is_none_or(|until| part.from <= until)) {
            Some(last) => last.join(part),
            None => stays.push(part),
        }
    }
    stays
}

fn stay(episode: &Episode, died_on: Option<Date>) -> Stay {
    let end = episode.ended.as_ref();
    let until = end.map(EpisodeEnd::on);
    // Who died on the day of the discharge did not go home.
    let alive = died_on.is_none_or(|died_on| until.is_some_and(|until| until < died_on));
    Stay {
        // An end before the beginning is a flagged error; the stay is then that one day.
        from: until.map_or(episode.admitted_on, |until| episode.admitted_on.min(until)),
        until,
        discharged: alive && matches!(end, Some(EpisodeEnd::Discharged { .. })),
        planned_on: episode.planned_discharge,
    }
}

impl Stay {
    /// The part that ends last says how the whole ends; on one day a discharge, because a transfer
    /// goes on in the next part.
    fn join(&mut self, part: Self) {
        let end = |stay: &Self| (stay.until.unwrap_or(Date::MAX), stay.discharged);
        if end(&part) >= end(self) {
            *self = Self { from: self.from, ..part };
        }
    }

    /// The days of this stay among those from `first` until before `end`.
    pub(super) fn days_within(&self, first: Date, end: Date) -> u32 {
        let until = self.until.map_or(end, |until| until.min(end));
        u32::try_from(crate::days_between(self.from.max(first), until)).unwrap_or(0)
    }
}
