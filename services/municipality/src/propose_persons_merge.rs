//! Proposes that two files are about one person. Another officer decides.

use casework::{Context, Decided, Pair, Refusal};
use contracts::events::PersonsMergeProposed;

use crate::free_to_merge::free_to_merge;

/// Proposes it, unless one of the two is merged or the same proposal waits.
pub fn decide(
    pair: &Pair<'_>,
    mut proposal: PersonsMergeProposed,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let surviving = &pair.surviving.person;
    if proposal.merged_person_id == surviving.as_str() {
        return Err(Refusal::MergedWithItself);
    }
    free_to_merge(pair)?;
    let mut proposals = pair.surviving.proposals.values();
    let same = [surviving.as_str(), &proposal.merged_person_id];
    let is_same = |one: &[&str; 2]| same.iter().all(|side| one.contains(side));
    if proposals.any(|one| one.is_open && is_same(&[one.surviving.as_str(), one.merged.as_str()])) {
        return Err(Refusal::MergeProposalExists);
    }
    proposal.surviving_person_id = surviving.to_string();
    proposal.proposed_by = pair.officer.to_owned();
    Ok(Decided::of_person(proposal.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{GivenPair, MERGED, OFFICER, SURVIVING, given_pair};

    use super::*;

    fn proposal(merged: &str) -> PersonsMergeProposed {
        PersonsMergeProposed { merged_person_id: merged.into(), ..Default::default() }
    }

    #[test]
    fn it_says_who_proposed_to_merge_whom() {
        let proposed: PersonsMergeProposed =
            given_pair().when(decide, proposal(MERGED)).records_one();
        assert_eq!(proposed.surviving_person_id, SURVIVING);
        assert_eq!(proposed.merged_person_id, MERGED);
        assert_eq!(proposed.proposed_by, OFFICER);
    }

    #[test]
    fn nobody_is_merged_with_themselves() {
        let then = given_pair().when(decide, proposal(SURVIVING));
        then.refuses(Refusal::MergedWithItself);
    }

    #[test]
    fn neither_may_be_merged_already() {
        given_pair().merged().when(decide, proposal(MERGED)).refuses(Refusal::AlreadyMerged);
        let other_way = given_pair().merged().the_other_way_round();
        other_way.when(decide, proposal(SURVIVING)).refuses(Refusal::AlreadyMerged);
    }

    #[test]
    fn the_same_proposal_waits_once_whichever_file_would_go_on() {
        let waits = |given: GivenPair, merged| {
            given.when(decide, proposal(merged)).refuses(Refusal::MergeProposalExists);
        };
        waits(given_pair().proposed(), MERGED);
        waits(given_pair().proposed().the_other_way_round(), SURVIVING);
        let declined = given_pair().proposed().declined();
        declined.when(decide, proposal(MERGED)).records(&["PersonsMergeProposed"]);
    }

    #[test]
    fn what_was_taken_apart_can_be_proposed_again() {
        let given = given_pair().merged().unmerged(&[]);
        given.when(decide, proposal(MERGED)).records(&["PersonsMergeProposed"]);
    }
}
