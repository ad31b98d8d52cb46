//! Takes an agency out of the care team; from then on it sees what it recorded itself.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::events::CareTeamMemberRemoved;

/// Removes a current member.
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
    fn who_is_not_in_the_team_cannot_leave_it() {
        given_case().in_case(CASE).when(decide, member("core-a")).refuses(Refusal::NotInTeam);
    }
}
