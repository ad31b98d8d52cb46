//! Adds an agency to the care team. It will be shown things, so a consent must cover it, and
//! nobody lets themselves in.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Office, Topic, events::CareTeamMemberAdded};

/// Adds it to the team of the case, or to the person's own team outside any case. Who adds it is
/// a party to the case, or shares the person, today.
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
    if agency == context.agency {
        return Err(Refusal::MustBeAddedByAnother);
    }
    file.alive()?;
    if let Some(case) = &context.case_id {
        file.case_at_work(case)?;
    }
    let (involvement, day) = (file.involvement(), context.today());
    if !involvement.is_party(&context.agency, context.case_id.as_ref(), day) {
        return Err(Refusal::NotInTeam);
    }
    // First, so that who is already in the team is not told to somebody without consent.
    if !involvement.consent_covers(&agency, Topic::Frame, day) {
        return Err(Refusal::ConsentRequired);
    }
    let team = file.teams.get(&context.case_id).and_then(|team| team.get(&agency));
    if team.is_some_and(|membership| membership.is_current(day)) {
        return Err(Refusal::AlreadyInTeam);
    }
    Ok(Decided { events: vec![(context.case_id.clone(), member.into())] })
}

#[cfg(test)]
mod tests {
    use contracts::events::CareTeamRole;

    use super::*;
    use crate::testing::{
        CASE, consent_to, given_case, given_closed_case, given_discharged, given_inpatient,
        given_registered,
    };

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
        let given = || given_case().in_case(CASE).event(member("core-a"));
        given().when(decide, member("core-a")).refuses(Refusal::AlreadyInTeam);
        let withdrawn = given().consent_withdrawn();
        withdrawn.when(decide, member("core-a")).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn nobody_lets_themselves_in() {
        for agency in ["hospital-a", "center-a"] {
            let refused = given_case().by(agency).in_case(CASE).when(decide, member(agency));
            refused.refuses(Refusal::MustBeAddedByAnother);
            let refused = given_case().by(agency).outside_cases().when(decide, member(agency));
            refused.refuses(Refusal::MustBeAddedByAnother);
        }
    }

    #[test]
    fn who_adds_to_a_case_is_a_party_to_it() {
        let given = || given_case().in_case(CASE);
        given().by("hospital-a").when(decide, member("core-a")).records(&["CareTeamMemberAdded"]);
        given().by("ward-a").when(decide, member("core-a")).refuses(Refusal::NotInTeam);
        let joined = given().event(member("ward-a")).by("ward-a");
        joined.when(decide, member("core-a")).records(&["CareTeamMemberAdded"]);
    }

    #[test]
    fn who_adds_to_the_persons_own_team_shares_the_person_today() {
        let consent = || consent_to("2025-04-01", &["center-a"]);
        let there = given_inpatient().event(consent());
        there.when(decide, member("center-a")).records(&["CareTeamMemberAdded"]);
        let registered = given_registered().event(consent());
        registered.when(decide, member("center-a")).refuses(Refusal::NotInTeam);
        let once_there = given_discharged().readmitted().on("2026-02-05").by("hospital-b");
        let once_there = once_there.outside_cases().event(contracts::events::PatientDischarged {
            episode_id: crate::testing::SECOND_EPISODE.into(),
            ..Default::default()
        });
        once_there.when(decide, member("core-a")).refuses(Refusal::NotInTeam);
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
