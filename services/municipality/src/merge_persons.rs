//! Approves a proposal: from then on the two files are one.

use casework::{Context, Decided, Pair, Refusal};
use contracts::events::PersonsMerged;

use crate::free_to_merge::free_to_merge;

/// Merges the two of an open proposal that another officer made.
pub fn decide(
    pair: &Pair<'_>,
    mut merge: PersonsMerged,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let proposal = pair.surviving.open_proposal(&merge.proposal_id);
    let proposal = proposal.ok_or(Refusal::UnknownMergeProposal)?;
    if proposal.proposed_by == pair.officer {
        return Err(Refusal::SameOfficer);
    }
    free_to_merge(pair)?;
    merge.surviving_person_id = proposal.surviving.to_string();
    merge.merged_person_id = proposal.merged.to_string();
    merge.approved_by = pair.officer.to_owned();
    Ok(Decided::of_person(merge.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{
        MERGED, OFFICER, PROPOSAL, SECOND_OFFICER, SURVIVING, UNKNOWN, given_pair,
    };

    use super::*;

    fn merge(proposal: &str) -> PersonsMerged {
        PersonsMerged { proposal_id: proposal.into(), ..Default::default() }
    }

    #[test]
    fn another_officer_merges_the_two_of_the_proposal() {
        let merged: PersonsMerged = given_pair()
            .proposed()
            .by_officer(SECOND_OFFICER)
            .when(decide, merge(PROPOSAL))
            .records_one();
        assert_eq!(merged.surviving_person_id, SURVIVING);
        assert_eq!(merged.merged_person_id, MERGED);
        assert_eq!(merged.approved_by, SECOND_OFFICER);
    }

    #[test]
    fn nobody_approves_their_own_proposal() {
        let then = given_pair().proposed().by_officer(OFFICER).when(decide, merge(PROPOSAL));
        then.refuses(Refusal::SameOfficer);
    }

    #[test]
    fn only_a_proposal_that_waits_is_approved_and_as_it_was_made() {
        let refused = |given: office::testing::GivenPair, proposal| {
            let then = given.by_officer(SECOND_OFFICER).when(decide, merge(proposal));
            then.refuses(Refusal::UnknownMergeProposal);
        };
        refused(given_pair().proposed(), UNKNOWN);
        refused(given_pair().proposed().declined(), PROPOSAL);
        refused(given_pair().merged(), PROPOSAL);
        refused(given_pair().proposed().the_other_way_round(), PROPOSAL);
    }

    #[test]
    fn neither_may_have_been_merged_since() {
        let given = given_pair().merged_elsewhere().proposed().by_officer(SECOND_OFFICER);
        given.when(decide, merge(PROPOSAL)).refuses(Refusal::AlreadyMerged);
    }
}
