//! Which streams and events make up a person's history, when two files turned out to be about one
//! person.
//!
//! No event is moved or rewritten: each stays in its stream, under that stream's key. What a merge
//! changes is whose history an event belongs to. The desk and the gateway ask [`Holders`], so they
//! cannot differ.

use std::collections::{BTreeMap, HashMap, HashSet};

use contracts::{Event, events::PersonsUnmerged};

use crate::{PersonId, RecordId, Recorded};

/// The role of those who put two files together and take them apart.
pub const IDENTITY_OFFICER: &str = "identity-officer";

/// The events by which persons are merged and unmerged.
pub fn is_of_merging(event: &Event) -> bool {
    matches!(
        event,
        Event::PersonsMergeProposed(_)
            | Event::PersonsMerged(_)
            | Event::PersonsMergeDeclined(_)
            | Event::PersonsUnmerged(_)
    )
}

/// The other person whose stream has to be read as well, when this event lies in a person's stream.
pub fn kin_of(person: &PersonId, event: &Event) -> Option<PersonId> {
    let Event::PersonsMerged(event) = event else { return None };
    let sides = [event.surviving_person_id.as_str(), event.merged_person_id.as_str()];
    sides.into_iter().find(|side| *side != person.as_str()).map(PersonId::from)
}

/// Whose history each event belongs to, over all streams that merges have ever brought together.
#[derive(Debug, Default)]
pub struct Holders {
    /// By the place of the event.
    holders: Vec<PersonId>,
    /// The places of merges and what belongs to them: they stay in their own streams.
    fixed: HashSet<usize>,
    /// The merges in force, by the merged person.
    merges: BTreeMap<PersonId, Merge>,
}

/// A merge in force.
#[derive(Debug)]
struct Merge {
    into: PersonId,
    /// The places of the events that came with it.
    brought: Vec<usize>,
    /// What lies behind it came since.
    at: usize,
}

impl Holders {
    /// As the log stood at a position. Each event comes with the person in whose stream it lies, in
    /// the order of the log.
    pub fn of<'a>(
        events: impl Iterator<Item = (&'a PersonId, &'a Recorded)> + Clone,
        up_to: u64,
    ) -> Self {
        let events = events.take_while(|(_, recorded)| recorded.position <= up_to);
        let mut holders = Self::default();
        let mut places = HashMap::new();
        for (at, (stream, recorded)) in events.clone().enumerate() {
            places.insert(recorded.event_id.as_str(), at);
            holders.take_in(stream, recorded, &places);
        }
        for (at, (_, recorded)) in events.enumerate() {
            // What changes an event goes wherever that event goes.
            if let Some(target) = recorded.amends().and_then(|target| places.get(target)) {
                holders.holders[at] = holders.holders[*target].clone();
            }
        }
        holders
    }

    fn take_in(&mut self, stream: &PersonId, recorded: &Recorded, places: &HashMap<&str, usize>) {
        if !is_of_merging(&recorded.event) {
            self.holders.push(self.person(stream).clone());
            return;
        }
        self.fixed.insert(self.holders.len());
        self.holders.push(stream.clone());
        // Both streams have it, and nothing lies between: once is enough.
        match &recorded.event {
            Event::PersonsMerged(event) if event.merged_person_id == stream.as_str() => {
                self.merge(stream, PersonId::from(event.surviving_person_id.as_str()));
            }
            Event::PersonsUnmerged(event) if event.merged_person_id == stream.as_str() => {
                self.unmerge(stream, event, places);
            }
            _ => {}
        }
    }

    fn merge(&mut self, merged: &PersonId, into: PersonId) {
        if self.merges.contains_key(merged) {
            return;
        }
        let at = self.holders.len() - 1;
        let own = |place: &usize| self.holders[*place] == *merged && !self.fixed.contains(place);
        let brought: Vec<_> = (0..at).filter(own).collect();
        for place in &brought {
            self.holders[*place] = into.clone();
        }
        self.merges.insert(merged.clone(), Merge { into, brought, at });
    }

    fn unmerge(
        &mut self,
        merged: &PersonId,
        event: &PersonsUnmerged,
        places: &HashMap<&str, usize>,
    ) {
        let Some(Merge { into, brought, at }) = self.merges.remove(merged) else { return };
        let named = event.events_of_merged.iter().filter_map(|id| places.get(id.as_str()));
        let is_since = |place: usize| place > at && self.holders[place] == into;
        let named = named.filter(|place| is_since(**place) && !self.fixed.contains(*place));
        let back: Vec<_> = brought.into_iter().chain(named.copied()).collect();
        for place in back {
            self.holders[place] = merged.clone();
        }
    }

    /// Whose history the event at this place belongs to; none when it came later.
    pub fn of_event_at(&self, place: usize) -> Option<&PersonId> {
        self.holders.get(place)
    }

    /// Whose file a person's is: the surviving one's, while the person is merged.
    pub fn person<'p>(&'p self, person: &'p PersonId) -> &'p PersonId {
        self.merges.get(person).map_or(person, |merge| &merge.into)
    }

    /// The history of one person, out of the events that were asked about.
    pub fn history_of(
        &self,
        person: &PersonId,
        events: impl Iterator<Item = Recorded>,
    ) -> Vec<Recorded> {
        let held = events.zip(&self.holders).filter(|(_, holder)| *holder == person);
        held.map(|(recorded, _)| recorded).collect()
    }
}

/// A merge in force, from the side of one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InForce {
    /// The file goes on as that of another person.
    Into(PersonId),
    /// The file holds that of another person.
    Holds(PersonId),
}

/// A proposal to merge two persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeProposal {
    /// The person whose file would go on.
    pub surviving: PersonId,
    /// The person whose file would become part of it.
    pub merged: PersonId,
    /// The officer who proposed it.
    pub proposed_by: String,
    /// Whether it waits for an answer.
    pub is_open: bool,
}

/// What a person's own stream says about merges.
#[derive(Debug, Clone)]
pub struct Merging {
    /// Who it is.
    pub person: PersonId,
    /// The merge in force, if there is one.
    pub in_force: Option<InForce>,
    /// Proposals by id.
    pub proposals: BTreeMap<RecordId, MergeProposal>,
}

impl Merging {
    /// Folded from the events that lie in the person's own stream.
    pub fn of<'a>(person: &PersonId, stream: impl Iterator<Item = &'a Recorded>) -> Self {
        let proposals = BTreeMap::new();
        let mut merging = Self { person: person.clone(), in_force: None, proposals };
        stream.for_each(|recorded| merging.apply(&recorded.event));
        merging
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::PersonsMergeProposed(event) => {
                let proposal = MergeProposal {
                    surviving: PersonId::from(event.surviving_person_id.as_str()),
                    merged: PersonId::from(event.merged_person_id.as_str()),
                    proposed_by: event.proposed_by.clone(),
                    is_open: true,
                };
                self.proposals.insert(RecordId::from(event.proposal_id.as_str()), proposal);
            }
            Event::PersonsMerged(event) => {
                self.answer(&event.proposal_id);
                let [surviving, merged] = [&event.surviving_person_id, &event.merged_person_id];
                self.in_force = Some(if merged == self.person.as_str() {
                    InForce::Into(PersonId::from(surviving.as_str()))
                } else {
                    InForce::Holds(PersonId::from(merged.as_str()))
                });
            }
            Event::PersonsMergeDeclined(event) => self.answer(&event.proposal_id),
            Event::PersonsUnmerged(_) => self.in_force = None,
            _ => {}
        }
    }

    /// The open proposal of this id in which this person's file would go on.
    pub fn open_proposal(&self, id: &str) -> Option<&MergeProposal> {
        let proposal = self.proposals.get(&RecordId::from(id))?;
        (proposal.is_open && proposal.surviving == self.person).then_some(proposal)
    }

    /// Forgets what was proposed about this other person, of whom nothing is on file any more.
    pub fn forget(&mut self, other: &PersonId) {
        self.proposals.retain(|_, one| one.surviving != *other && one.merged != *other);
    }

    fn answer(&mut self, id: &str) {
        if let Some(proposal) = self.proposals.get_mut(&RecordId::from(id)) {
            proposal.is_open = false;
        }
    }
}

/// Two persons whom an identity officer decides about.
pub struct Pair<'a> {
    /// The person whom the request names.
    pub surviving: &'a Merging,
    /// The other one, as far as it is known who that is.
    pub merged: Option<&'a Merging>,
    /// The officer.
    pub officer: &'a str,
    /// All events that ever belonged to either, each with the person in whose stream it lies, in
    /// the order of the log.
    pub events: &'a [(PersonId, Recorded)],
}
