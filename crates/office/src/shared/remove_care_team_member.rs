//! Takes an agency out of the care team; from then on it sees what it recorded itself.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::events::CareTeamMemberRemoved;

/// Removes a current member, but not the agency that leads the case: somebody has to see to it.
pub fn decide(
    file: &PersonFile,
    member: CareTeamMemberRemoved,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let agency = AgencyId::from(member.agency_id.as_str());
    let membership = file.teams.get(&context.case_id).and_then(|team| team.get(&agency));
    if !membership.is_some_and(|membership| membership.is_current(context.today())) {
        return Err(Refusal::NotInTeam);
    }
    let case = context.case_id.as_ref().and_then(|id| file.cases.get(id));
    if case.is_some_and(|case| case.is_open() && case.lead.as_ref() == Some(&agency)) {
        return Err(Refusal::LeadStays);
    }
    Ok(Decided { events: vec![(context.case_id.clone(), member.into())] })
}

#[cfg(test)]
mod tests {
    use contracts::events::{CareTeamMemberAdded, CareTeamRemovalReason};

    use super::*;
    use crate::testing::{CASE, given_case};

    fn member(agency: &str) -> CareTeamMemberRemoved {
        CareTeamMemberRemoved {
            agency_id: agency.into(),
            reason: CareTeamRemovalReason::RoleEnded.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_member_leaves() {
        let joined = CareTeamMemberAdded { agency_id: "core-a".into(), ..Default::default() };
        let given = given_case().in_case(CASE).event(joined);
        given.when(decide, member("core-a")).records(&["CareTeamMemberRemoved"]);
    }

    #[test]
    fn the_agency_responsible_stays_until_it_hands_over_or_closes() {
        given_case().in_case(CASE).when(decide, member("center-a")).refuses(Refusal::LeadStays);
        let closed = given_case().in_case(CASE).closed();
        closed.when(decide, member("center-a")).records(&["CareTeamMemberRemoved"]);
    }

    #[test]
    fn who_is_not_in_the_team_cannot_leave_it() {
        given_case().in_case(CASE).when(decide, member("core-a")).refuses(Refusal::NotInTeam);
    }
}
