//! Takes two merged files apart again, and shares out what came since.

use std::collections::{BTreeMap, HashSet};

use casework::{
    CaseId, Context, Decided, Holders, InForce, Pair, PersonId, Recorded, Refusal, is_of_merging,
};
use contracts::{Event, events::PersonsUnmerged};

/// Restores the split. What the officer names goes to the merged person; all other events that came
/// since the merge stay.
pub fn decide(
    pair: &Pair<'_>,
    mut unmerge: PersonsUnmerged,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let surviving = &pair.surviving.person;
    let Some(InForce::Holds(merged)) = &pair.surviving.in_force else {
        return Err(Refusal::NotMerged);
    };
    unmerge.surviving_person_id = surviving.to_string();
    unmerge.merged_person_id = merged.to_string();
    unmerge.unmerged_by = pair.officer.to_owned();
    let since = since_the_merge(pair, surviving);
    if !unmerge.events_of_merged.iter().all(|id| since.contains(id.as_str())) {
        return Err(Refusal::NotSinceTheMerge);
    }
    if tears_a_case_apart(pair, merged, &unmerge, context) {
        return Err(Refusal::CaseTornApart);
    }
    Ok(Decided::of_person(unmerge.into()))
}

/// The events that can be shared out.
fn since_the_merge<'p>(pair: &'p Pair<'_>, surviving: &PersonId) -> HashSet<&'p str> {
    let own = pair.events.iter().filter(|(stream, _)| stream == surviving);
    let merges = own.clone().filter(|(_, event)| matches!(event.event, Event::PersonsMerged(_)));
    let merged_at = merges.map(|(_, event)| event.position).max().unwrap_or(u64::MAX);
    let since = own.filter(|(_, event)| event.position > merged_at);
    let events = since.filter(|(_, it)| !is_of_merging(&it.event) && it.amends().is_none());
    events.map(|(_, event)| event.event_id.as_str()).collect()
}

/// Whether a case would have events of both persons.
fn tears_a_case_apart(
    pair: &Pair<'_>,
    merged: &PersonId,
    unmerge: &PersonsUnmerged,
    context: &Context<'_>,
) -> bool {
    let last = Recorded {
        position: u64::MAX,
        event_id: String::new(),
        case_id: None,
        agency: context.agency.clone(),
        on_behalf_of: None,
        occurred_on: context.today(),
        recorded_at: context.now,
        event: unmerge.clone().into(),
    };
    let events = pair.events.iter().map(|(stream, event)| (stream, event));
    let after = Holders::of(events.clone().chain([(merged, &last)]), u64::MAX);
    let mut holders = BTreeMap::<&CaseId, &PersonId>::new();
    let mut of_cases = events
        .enumerate()
        .filter_map(|(at, (_, event))| Some((event.case_id.as_ref()?, after.of_event_at(at)?)));
    of_cases.any(|(case, holder)| *holders.entry(case).or_insert(holder) != holder)
}

#[cfg(test)]
mod tests {
    use contracts::events::{EventRetracted, WardVisitRecorded};
    use office::testing::{CASE, MERGED, OFFICER, SURVIVING, UNKNOWN, given_pair};

    use super::*;

    fn unmerge(events: &[&str]) -> PersonsUnmerged {
        let events_of_merged = events.iter().map(|id| (*id).to_owned()).collect();
        PersonsUnmerged { events_of_merged, ..Default::default() }
    }

    fn visit() -> WardVisitRecorded {
        WardVisitRecorded { visited_on: "2025-06-01".into(), ..Default::default() }
    }

    #[test]
    fn it_says_who_is_parted_from_whom_and_which_events_go_along() {
        let given = given_pair().merged().event_of(SURVIVING, None, visit());
        let visit = given.last_event();
        let unmerged: PersonsUnmerged = given.when(decide, unmerge(&[&visit])).records_one();
        assert_eq!(unmerged.surviving_person_id, SURVIVING);
        assert_eq!((&*unmerged.merged_person_id, &*unmerged.unmerged_by), (MERGED, OFFICER));
        assert_eq!(unmerged.events_of_merged, [visit]);
    }

    #[test]
    fn only_what_is_merged_is_taken_apart_and_from_the_side_that_goes_on() {
        given_pair().when(decide, unmerge(&[])).refuses(Refusal::NotMerged);
        let given = given_pair().merged().unmerged(&[]);
        given.when(decide, unmerge(&[])).refuses(Refusal::NotMerged);
        let given = given_pair().merged().the_other_way_round();
        given.when(decide, unmerge(&[])).refuses(Refusal::NotMerged);
    }

    #[test]
    fn only_what_came_since_the_merge_is_shared_out() {
        let given = given_pair().event_of(SURVIVING, None, visit());
        let before = given.last_event();
        let given = given.merged().event_of(SURVIVING, None, visit());
        let target_event_id = given.last_event();
        let retraction = EventRetracted { target_event_id, ..Default::default() };
        let given = given.event_of(SURVIVING, None, retraction);
        let (amendment, merge) = (given.last_event(), given.merge_event());
        for id in [UNKNOWN, &before, &amendment, &merge] {
            let then = given.clone().when(decide, unmerge(&[id]));
            then.refuses(Refusal::NotSinceTheMerge);
        }
    }

    #[test]
    fn a_case_goes_as_a_whole() {
        let case = || given_pair().merged().event_of(SURVIVING, Some(CASE), visit());
        let first = case().last_event();
        let given = case().event_of(SURVIVING, Some(CASE), visit());
        let second = given.last_event();
        given.clone().when(decide, unmerge(&[&first])).refuses(Refusal::CaseTornApart);
        given.when(decide, unmerge(&[&first, &second])).records(&["PersonsUnmerged"]);
    }

    #[test]
    fn a_case_stays_with_the_person_with_whom_it_began() {
        let begun = given_pair().event_of(MERGED, Some(CASE), visit()).merged();
        let given = begun.event_of(SURVIVING, Some(CASE), visit());
        let later = given.last_event();
        given.clone().when(decide, unmerge(&[])).refuses(Refusal::CaseTornApart);
        given.when(decide, unmerge(&[&later])).records(&["PersonsUnmerged"]);
    }
}
