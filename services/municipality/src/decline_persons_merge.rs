//! Declines a proposal to merge, or takes it back.

use casework::{Context, Decided, Pair, Refusal};
use contracts::events::PersonsMergeDeclined;

/// Ends an open proposal; whoever made it may do so as well.
pub fn decide(
    pair: &Pair<'_>,
    mut decline: PersonsMergeDeclined,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let proposal = pair.surviving.open_proposal(&decline.proposal_id);
    let proposal = proposal.ok_or(Refusal::UnknownMergeProposal)?;
    decline.surviving_person_id = proposal.surviving.to_string();
    decline.merged_person_id = proposal.merged.to_string();
    decline.declined_by = pair.officer.to_owned();
    Ok(Decided::of_person(decline.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{MERGED, OFFICER, PROPOSAL, SURVIVING, UNKNOWN, given_pair};

    use super::*;

    fn decline(proposal: &str) -> PersonsMergeDeclined {
        PersonsMergeDeclined { proposal_id: proposal.into(), ..Default::default() }
    }

    #[test]
    fn a_proposal_is_declined_once() {
        let declined: PersonsMergeDeclined =
            given_pair().proposed().when(decide, decline(PROPOSAL)).records_one();
        assert_eq!(declined.surviving_person_id, SURVIVING);
        assert_eq!((&*declined.merged_person_id, &*declined.declined_by), (MERGED, OFFICER));
        let given = given_pair().proposed().declined();
        given.when(decide, decline(PROPOSAL)).refuses(Refusal::UnknownMergeProposal);
    }

    #[test]
    fn what_was_not_proposed_or_is_merged_is_not_declined() {
        let given = given_pair().proposed();
        given.when(decide, decline(UNKNOWN)).refuses(Refusal::UnknownMergeProposal);
        let given = given_pair().merged();
        given.when(decide, decline(PROPOSAL)).refuses(Refusal::UnknownMergeProposal);
    }
}
