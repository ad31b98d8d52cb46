//! Two persons whose files may be those of one, before an identity officer.

use casework::{AgencyId, CaseId, Context, Decided, Merging, Pair, PersonId, Recorded, Refusal};
use contracts::{
    Event,
    events::{PersonsMergeDeclined, PersonsMergeProposed, PersonsMerged, PersonsUnmerged},
};
use jiff::civil::Date;

use super::{Counting, Proposed, Then, asked, date, noon, recorded, register};

/// The person whose file goes on.
pub const SURVIVING: &str = "00000000-0000-4000-8000-00000000000a";
/// The person whose file becomes part of it.
pub const MERGED: &str = "00000000-0000-4000-8000-00000000000b";
/// Somebody else.
const ANOTHER: &str = "00000000-0000-4000-8000-00000000000c";
/// The proposal of [`GivenPair::proposed`].
pub const PROPOSAL: &str = "00000000-0000-4000-8000-0000000000b1";
/// Who is at the desk, and proposes.
pub const OFFICER: &str = "officer-1";
/// Who approves.
pub const SECOND_OFFICER: &str = "officer-2";

/// What has happened to the two so far, and the circumstances of what comes next.
#[derive(Clone)]
pub struct GivenPair {
    events: Vec<(PersonId, Recorded)>,
    named: PersonId,
    other: PersonId,
    officer: &'static str,
    day: Date,
}

/// Two persons of whom nothing is on file but that they exist; [`OFFICER`] is at the desk.
pub fn given_pair() -> GivenPair {
    GivenPair {
        events: Vec::new(),
        named: PersonId::from(SURVIVING),
        other: PersonId::from(MERGED),
        officer: OFFICER,
        day: date("2025-06-01"),
    }
}

impl GivenPair {
    /// From here on this officer is at the desk.
    #[must_use]
    pub fn by_officer(mut self, officer: &'static str) -> Self {
        self.officer = officer;
        self
    }

    /// The request names the other of the two.
    #[must_use]
    pub fn the_other_way_round(mut self) -> Self {
        std::mem::swap(&mut self.named, &mut self.other);
        self
    }

    /// This was recorded in the stream of one of them.
    #[must_use]
    pub fn event_of(mut self, person: &str, case: Option<&str>, event: impl Into<Event>) -> Self {
        let position = self.events.len() as u64 + 1;
        let (agency, case) = (AgencyId::from("center-a"), case.map(CaseId::from));
        let event = recorded(position, case, (&agency, None), self.day, event.into());
        self.events.push((PersonId::from(person), event));
        self
    }

    /// [`OFFICER`] proposed to merge the two.
    #[must_use]
    pub fn proposed(self) -> Self {
        self.of_both(PersonsMergeProposed {
            surviving_person_id: SURVIVING.into(),
            merged_person_id: MERGED.into(),
            proposal_id: PROPOSAL.into(),
            proposed_by: OFFICER.into(),
            ..Default::default()
        })
    }

    /// And that was declined.
    #[must_use]
    pub fn declined(self) -> Self {
        let proposal_id = PROPOSAL.into();
        self.of_both(PersonsMergeDeclined { proposal_id, ..Default::default() })
    }

    /// It was proposed, and they were merged.
    #[must_use]
    pub fn merged(self) -> Self {
        self.proposed().of_both(PersonsMerged {
            surviving_person_id: SURVIVING.into(),
            merged_person_id: MERGED.into(),
            proposal_id: PROPOSAL.into(),
            ..Default::default()
        })
    }

    /// [`MERGED`] was merged into a third file.
    #[must_use]
    pub fn merged_elsewhere(self) -> Self {
        let merge = PersonsMerged {
            surviving_person_id: ANOTHER.into(),
            merged_person_id: MERGED.into(),
            ..Default::default()
        };
        self.event_of(ANOTHER, None, merge.clone()).event_of(MERGED, None, merge)
    }

    /// And they were parted again.
    #[must_use]
    pub fn unmerged(self, events: &[&str]) -> Self {
        self.of_both(PersonsUnmerged {
            surviving_person_id: SURVIVING.into(),
            merged_person_id: MERGED.into(),
            events_of_merged: events.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        })
    }

    fn of_both(self, event: impl Into<Event>) -> Self {
        let event = event.into();
        self.event_of(SURVIVING, None, event.clone()).event_of(MERGED, None, event)
    }

    /// The id of what was recorded last.
    pub fn last_event(&self) -> String {
        self.events.last().map(|(_, event)| event.event_id.clone()).unwrap_or_default()
    }

    /// The id of the merge, in the stream of [`SURVIVING`].
    pub fn merge_event(&self) -> String {
        let own = self.events.iter().filter(|(stream, _)| stream.as_str() == SURVIVING);
        let mut merges = own.filter(|(_, event)| matches!(event.event, Event::PersonsMerged(_)));
        merges.next().map(|(_, event)| event.event_id.clone()).unwrap_or_default()
    }

    fn side(&self, person: &PersonId) -> Merging {
        let own = self.events.iter().filter(|(stream, _)| stream == person);
        Merging::of(person, own.map(|(_, event)| event))
    }

    /// The decision is asked.
    pub fn when<E: Proposed>(
        self,
        decide: fn(&Pair<'_>, E, &mut Context<'_>) -> Result<Decided, Refusal>,
        event: E,
    ) -> Then {
        let (surviving, merged) = (self.side(&self.named), self.side(&self.other));
        let pair = Pair {
            surviving: &surviving,
            merged: Some(&merged),
            officer: self.officer,
            events: &self.events,
        };
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
        let answer = asked(event, &mut context, |event, context| decide(&pair, event, context));
        Then { history: Vec::new(), agency, on_behalf_of: None, day: self.day, answer }
    }
}
