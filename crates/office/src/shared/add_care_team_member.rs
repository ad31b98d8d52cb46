//! Adds an agency to the care team. It will be shown things, so a consent must cover it.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Office, Topic, events::CareTeamMemberAdded};

/// Adds it to the team of the case, or to the person's own team outside any case.
pub fn decide(
    file: &PersonFile,
    member: CareTeamMemberAdded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let agency = AgencyId::from(member.agency_id.as_str());
    let registered = context.agencies.active(&agency).ok_or(Refusal::UnknownAgency)?;
    if registered.office == Office::Municipality {
        return Err(Refusal::WrongKindOfAgency);
    }
    file.alive()?;
    if let Some(case) = &context.case_id {
        file.case_at_work(case)?;
    }
    let day = context.today();
    let team = file.teams.get(&context.case_id).and_then(|team| team.get(&agency));
    if team.is_some_and(|membership| membership.is_current(day)) {
        return Err(Refusal::AlreadyInTeam);
    }
    if !file.involvement().consent_covers(&agency, Topic::Frame, day) {
        return Err(Refusal::ConsentRequired);
    }
    Ok(Decided { events: vec![(context.case_id.clone(), member.into())] })
}

#[cfg(test)]
mod tests {
    use contracts::events::CareTeamRole;

    use super::*;
    use crate::testing::{CASE, given_case, given_closed_case};

    fn member(agency: &str) -> CareTeamMemberAdded {
        CareTeamMemberAdded {
            agency_id: agency.into(),
            role: CareTeamRole::Supporter.into(),
            ..Default::default()
        }
    }

    #[test]
    fn an_agency_that_consent_covers_joins() {
        given_case().in_case(CASE).when(decide, member("core-a")).records(&["CareTeamMemberAdded"]);
    }

    #[test]
    fn an_agency_that_consent_does_not_cover_is_refused() {
        given_case()
            .in_case(CASE)
            .when(decide, member("center-b"))
            .refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn an_agency_joins_once() {
        let given = given_case().in_case(CASE).event(member("core-a"));
        given.when(decide, member("core-a")).refuses(Refusal::AlreadyInTeam);
    }

    #[test]
    fn an_agency_that_is_not_registered_is_refused() {
        given_case().in_case(CASE).when(decide, member("nobody")).refuses(Refusal::UnknownAgency);
    }

    #[test]
    fn the_municipality_reads_figures_and_joins_no_team() {
        let refused = given_case().in_case(CASE).when(decide, member("municipality"));
        refused.refuses(Refusal::WrongKindOfAgency);
    }

    #[test]
    fn nobody_joins_a_closed_case() {
        given_closed_case()
            .in_case(CASE)
            .when(decide, member("core-a"))
            .refuses(Refusal::CaseClosed);
    }
}
