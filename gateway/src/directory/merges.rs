//! What officers have said about pairs of persons: the clear part of the events of merging.

use std::collections::{BTreeMap, BTreeSet};

use casework::PersonId;
use contracts::Event;

/// A proposal that waits for another officer.
#[derive(Clone)]
pub(crate) struct OpenProposal {
    pub(crate) id: String,
    /// Whose file would go on.
    pub(crate) surviving: PersonId,
    pub(crate) merged: PersonId,
    /// The officer who made it.
    pub(crate) proposed_by: String,
    /// Where it lies in the log.
    position: u64,
}

/// Folded from the events of merging. Each lies in both streams, and is taken in twice.
#[derive(Default)]
pub(super) struct Merges {
    /// Pairs about which something was said, whatever it was, the lower id first.
    said: BTreeSet<(PersonId, PersonId)>,
    /// The merges in force, by the merged person.
    in_force: BTreeMap<PersonId, PersonId>,
    /// By id.
    open: BTreeMap<String, OpenProposal>,
    /// Answered before it was seen a second time.
    answered: BTreeSet<String>,
}

impl Merges {
    /// Takes an event in.
    pub(super) fn apply(&mut self, event: &Event, position: u64) {
        match event {
            Event::PersonsMergeProposed(event) => {
                let [surviving, merged] =
                    self.say(&event.surviving_person_id, &event.merged_person_id);
                if !self.answered.contains(&event.proposal_id) {
                    let (id, proposed_by) = (event.proposal_id.clone(), event.proposed_by.clone());
                    let proposal =
                        OpenProposal { id: id.clone(), surviving, merged, proposed_by, position };
                    self.open.entry(id).or_insert(proposal);
                }
            }
            Event::PersonsMerged(event) => {
                self.answer(&event.proposal_id);
                let [surviving, merged] =
                    self.say(&event.surviving_person_id, &event.merged_person_id);
                self.in_force.insert(merged, surviving);
            }
            Event::PersonsMergeDeclined(event) => {
                self.answer(&event.proposal_id);
                self.say(&event.surviving_person_id, &event.merged_person_id);
            }
            Event::PersonsUnmerged(event) => {
                self.in_force.remove(&PersonId::from(event.merged_person_id.as_str()));
                self.say(&event.surviving_person_id, &event.merged_person_id);
            }
            _ => {}
        }
    }

    /// What was proposed about who is erased waits no more.
    pub(super) fn forget(&mut self, person: &PersonId) {
        self.open.retain(|_, one| one.surviving != *person && one.merged != *person);
    }

    fn say(&mut self, surviving: &str, merged: &str) -> [PersonId; 2] {
        let both = [PersonId::from(surviving), PersonId::from(merged)];
        self.said.insert(in_order(&both[0], &both[1]));
        both
    }

    fn answer(&mut self, proposal: &str) {
        self.open.remove(proposal);
        self.answered.insert(proposal.to_owned());
    }

    /// Whether an officer has spoken about these two, or one of them takes part in a merge and so
    /// cannot be proposed.
    pub(super) fn has_said(&self, one: &PersonId, other: &PersonId) -> bool {
        let takes_part = |person: &PersonId| {
            self.in_force.contains_key(person) || self.in_force.values().any(|into| into == person)
        };
        self.said.contains(&in_order(one, other)) || takes_part(one) || takes_part(other)
    }

    /// Those that wait, the oldest first.
    pub(super) fn open(&self) -> Vec<OpenProposal> {
        let mut open: Vec<_> = self.open.values().cloned().collect();
        open.sort_by_key(|proposal| proposal.position);
        open
    }
}

fn in_order(one: &PersonId, other: &PersonId) -> (PersonId, PersonId) {
    let (one, other) = if one <= other { (one, other) } else { (other, one) };
    (one.clone(), other.clone())
}

#[cfg(test)]
mod tests {
    use contracts::events::{
        PersonsMergeDeclined, PersonsMergeProposed, PersonsMerged, PersonsUnmerged,
    };

    use super::*;

    fn proposed(id: &str, surviving: &str, merged: &str) -> Event {
        PersonsMergeProposed {
            surviving_person_id: surviving.into(),
            merged_person_id: merged.into(),
            proposal_id: id.into(),
            proposed_by: "officer-1".into(),
            ..Default::default()
        }
        .into()
    }

    fn merged(id: &str) -> Event {
        PersonsMerged {
            surviving_person_id: "a".into(),
            merged_person_id: "b".into(),
            proposal_id: id.into(),
            ..Default::default()
        }
        .into()
    }

    fn has_said(merges: &Merges, one: &str, other: &str) -> bool {
        merges.has_said(&PersonId::from(one), &PersonId::from(other))
    }

    /// Each event lies in two streams.
    fn fold(events: &[Event]) -> Merges {
        let mut merges = Merges::default();
        for (position, event) in (1..).zip(events.iter().flat_map(|event| [event, event])) {
            merges.apply(event, position);
        }
        merges
    }

    #[test]
    fn a_proposal_waits_until_it_is_answered() {
        let merges = fold(&[proposed("2", "c", "d"), proposed("1", "a", "b")]);
        let open: Vec<_> = merges.open().into_iter().map(|proposal| proposal.id).collect();
        assert_eq!(open, ["2", "1"], "the oldest first");
        assert!(has_said(&merges, "b", "a") && has_said(&merges, "c", "d"));
        assert!(!has_said(&merges, "a", "c"));
        let declined = PersonsMergeDeclined {
            surviving_person_id: "a".into(),
            merged_person_id: "b".into(),
            proposal_id: "1".into(),
            ..Default::default()
        };
        let merges = fold(&[proposed("1", "a", "b"), declined.into()]);
        assert!(merges.open().is_empty() && has_said(&merges, "a", "b"));
    }

    #[test]
    fn a_proposal_about_who_was_erased_waits_no_more() {
        for erased in ["a", "b"] {
            let mut merges = fold(&[proposed("1", "a", "b"), proposed("2", "c", "d")]);
            merges.forget(&PersonId::from(erased));
            let open: Vec<_> = merges.open().into_iter().map(|proposal| proposal.id).collect();
            assert_eq!(open, ["2"], "{erased}");
        }
    }

    #[test]
    fn who_takes_part_in_a_merge_is_in_no_other_pair_until_it_ends() {
        let merges = fold(&[proposed("1", "a", "b"), merged("1")]);
        assert!(merges.open().is_empty());
        assert!(has_said(&merges, "a", "c") && has_said(&merges, "c", "b"));
        let unmerged = PersonsUnmerged {
            surviving_person_id: "a".into(),
            merged_person_id: "b".into(),
            ..Default::default()
        };
        let merges = fold(&[proposed("1", "a", "b"), merged("1"), unmerged.into()]);
        assert!(has_said(&merges, "a", "b"), "they were taken apart on purpose");
        assert!(!has_said(&merges, "a", "c") && !has_said(&merges, "b", "c"));
    }
}
