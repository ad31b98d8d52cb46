//! All that is kept of a person, before an erasure officer.

use std::collections::BTreeMap;

use casework::{
    AgencyId, Context, CountedFrom, Decided, Erasing, Kept, PersonId, Recorded, Refusal, Retention,
};
use contracts::{
    Event,
    events::{
        ErasureGround, PersonErased, PersonErasureDeclined, PersonErasureRequested, PersonsMerged,
        PersonsUnmerged,
    },
};
use jiff::civil::Date;

use super::{
    Counting, Given, MERGED, OFFICER, Proposed, SURVIVING, Then, asked, date, noon, recorded,
    register,
};

/// The request of [`GivenKept::requested`].
pub const ERASURE: &str = "00000000-0000-4000-8000-0000000000d1";

/// What is on file of a person, and the circumstances of what comes next.
#[derive(Clone)]
pub struct GivenKept {
    events: Vec<(PersonId, Recorded)>,
    retention: Retention,
    officer: &'static str,
    day: Date,
}

/// This is on file, under the number [`SURVIVING`]; [`OFFICER`] is at the desk on 1 April 2031, and
/// records are kept for five years after the last entry, whatever the ground, but what was recorded
/// in error.
pub fn given_kept(given: &Given) -> GivenKept {
    let kept = |event: &Recorded| (PersonId::from(SURVIVING), event.clone());
    let years = [
        (ErasureGround::RetentionEnded, 5),
        (ErasureGround::RequestedByPerson, 5),
        (ErasureGround::RecordedInError, 0),
    ];
    let retention =
        Retention { counted_from: CountedFrom::LastEntry, years: BTreeMap::from(years) };
    let events = given.history().iter().map(kept).collect();
    GivenKept { events, retention, officer: OFFICER, day: date("2031-04-01") }
}

impl GivenKept {
    /// From here on it is this day.
    #[must_use]
    pub fn on(mut self, day: &str) -> Self {
        self.day = date(day);
        self
    }

    /// From here on this officer is at the desk.
    #[must_use]
    pub fn by_officer(mut self, officer: &'static str) -> Self {
        self.officer = officer;
        self
    }

    /// Nothing is set about this ground.
    #[must_use]
    pub fn without_years_for(mut self, ground: ErasureGround) -> Self {
        self.retention.years.remove(&ground);
        self
    }

    /// The years count from the next fiscal year.
    #[must_use]
    pub fn counted_from_next_fiscal_year(mut self) -> Self {
        self.retention.counted_from = CountedFrom::NextFiscalYear;
        self
    }

    /// This was recorded in the stream of a person.
    #[must_use]
    pub fn event_of(mut self, person: &str, event: impl Into<Event>) -> Self {
        let position = self.events.len() as u64 + 1;
        let agency = AgencyId::from("municipality");
        let event = recorded(position, None, (&agency, None), self.day, event.into());
        self.events.push((PersonId::from(person), event));
        self
    }

    /// [`OFFICER`] asked to erase these on this ground.
    #[must_use]
    pub fn requested(self, ground: ErasureGround, persons: &[&str]) -> Self {
        self.event_of(
            SURVIVING,
            PersonErasureRequested {
                erasure_id: ERASURE.into(),
                requested_by: OFFICER.into(),
                ground: ground.into(),
                person_ids: persons.iter().map(|id| (*id).to_owned()).collect(),
                ..Default::default()
            },
        )
    }

    /// And that was declined.
    #[must_use]
    pub fn declined(self) -> Self {
        let erasure_id = ERASURE.into();
        self.event_of(SURVIVING, PersonErasureDeclined { erasure_id, ..Default::default() })
    }

    /// And that was approved.
    #[must_use]
    pub fn erased(self) -> Self {
        let erasure_id = ERASURE.into();
        self.event_of(SURVIVING, PersonErased { erasure_id, ..Default::default() })
    }

    /// [`MERGED`], of whom this is on file, became part of the file.
    #[must_use]
    pub fn merged(self, event: impl Into<Event>) -> Self {
        let merge = PersonsMerged {
            surviving_person_id: SURVIVING.into(),
            merged_person_id: MERGED.into(),
            ..Default::default()
        };
        let with_other = self.event_of(MERGED, event);
        with_other.event_of(SURVIVING, merge.clone()).event_of(MERGED, merge)
    }

    /// And was parted again, taking along the event that was recorded last.
    #[must_use]
    pub fn unmerged_with_last(self) -> Self {
        let last = self.events.last().map(|(_, event)| event.event_id.clone());
        self.unmerged(last.into_iter().collect())
    }

    /// And was parted again.
    #[must_use]
    pub fn unmerged(self, events_of_merged: Vec<String>) -> Self {
        let parted = PersonsUnmerged {
            surviving_person_id: SURVIVING.into(),
            merged_person_id: MERGED.into(),
            events_of_merged,
            ..Default::default()
        };
        self.event_of(SURVIVING, parted.clone()).event_of(MERGED, parted)
    }

    /// The decision is asked about the person with this number.
    pub fn when_about<E: Proposed>(
        self,
        person: &str,
        decide: fn(&Erasing<'_>, E, &mut Context<'_>) -> Result<Decided, Refusal>,
        event: E,
    ) -> Then {
        let kept = Kept::of(&PersonId::from(person), &self.events);
        let erasing = Erasing { kept: &kept, retention: &self.retention, officer: self.officer };
        let (agency, register) = (AgencyId::from("municipality"), register());
        let mut context = Context {
            now: noon(self.day),
            agency: agency.clone(),
            staff: self.officer.to_owned(),
            on_behalf_of: None,
            case_id: None,
            agencies: &register,
            ids: &mut Counting(0),
        };
        let answer = asked(event, &mut context, |event, context| decide(&erasing, event, context));
        Then { history: Vec::new(), agency, on_behalf_of: None, day: self.day, answer }
    }

    /// The decision is asked.
    pub fn when<E: Proposed>(
        self,
        decide: fn(&Erasing<'_>, E, &mut Context<'_>) -> Result<Decided, Refusal>,
        event: E,
    ) -> Then {
        self.when_about(SURVIVING, decide, event)
    }
}
