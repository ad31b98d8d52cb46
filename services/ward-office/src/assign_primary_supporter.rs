//! Names the agency that is mainly responsible for a person or household.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Office, Topic, events::PrimarySupporterAssigned};

/// The kinds of agency that can be it.
const KINDS: [Office; 3] = [Office::SupportCenter, Office::CoreCenter, Office::WardOffice];

/// Names the first one, which takes part and may be shown the support; another follows it by a
/// change. Nobody lets itself in: a ward office that names itself takes part already, or was called to an
/// emergency by another agency.
pub fn decide(
    file: &PersonFile,
    assignment: PrimarySupporterAssigned,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let supporter = AgencyId::from(assignment.supporter_agency_id.as_str());
    let registered = context.agencies.active(&supporter).ok_or(Refusal::UnknownAgency)?;
    if !KINDS.contains(&registered.office) {
        return Err(Refusal::WrongKindOfAgency);
    }
    file.alive()?;
    if file.primary_supporter.is_some() {
        return Err(Refusal::PrimarySupporterNamed);
    }
    let case = context.case_id.as_ref();
    if let Some(case) = case {
        file.open_case(case)?;
    }
    if supporter == context.agency {
        file.is_let_in(&supporter, case, context.today())?;
    } else {
        let supporter = std::slice::from_ref(&assignment.supporter_agency_id);
        file.may_be_shown(supporter, case, Topic::Support, context.today())?;
    }
    Ok(Decided::as_asked(context, assignment.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{CareTeamMemberAdded, EmergencyReported, PrimarySupporterBasis};
    use office::testing::{CASE, UNKNOWN};

    use super::*;
    use crate::issue_benefit_decision::tests::given_ward;

    fn assignment(supporter: &str) -> PrimarySupporterAssigned {
        PrimarySupporterAssigned {
            supporter_agency_id: supporter.into(),
            basis: PrimarySupporterBasis::Specified.into(),
            ..Default::default()
        }
    }

    #[test]
    fn an_agency_of_the_team_is_named_in_the_case_or_outside_any() {
        let then = |given: office::testing::Given| given.when(decide, assignment("center-a"));
        assert_eq!(then(given_ward()).cases(), [Some(CASE.into())]);
        assert_eq!(then(given_ward().outside_cases()).cases(), [None]);
        then(given_ward()).records(&["PrimarySupporterAssigned"]);
    }

    #[test]
    fn the_ward_office_names_itself_without_consent_where_it_takes_part() {
        given_ward().when(decide, assignment("ward-a")).refuses(Refusal::NotInTeam);
        let ward = CareTeamMemberAdded { agency_id: "ward-a".into(), ..Default::default() };
        let given = given_ward().by("center-a").event(ward).by("ward-a").consent_withdrawn();
        given.when(decide, assignment("ward-a")).records(&["PrimarySupporterAssigned"]);
    }

    #[test]
    fn an_emergency_that_it_reported_lets_it_in_no_further() {
        let call = |informed: &[&str]| EmergencyReported {
            informed_agency_ids: informed.iter().map(|&agency| agency.into()).collect(),
            emergency_id: "00000000-0000-4000-8000-0000000000e9".into(),
            ..Default::default()
        };
        for informed in [&[][..], &["ward-a"], &["ward-a", "center-b"]] {
            let reported = given_ward().event(call(informed));
            reported.when(decide, assignment("ward-a")).refuses(Refusal::NotInTeam);
        }
        let called = given_ward().by("center-a").event(call(&["ward-a"])).by("ward-a");
        called.when(decide, assignment("ward-a")).records(&["PrimarySupporterAssigned"]);
    }

    #[test]
    fn there_is_one_at_a_time() {
        let given = given_ward().after(decide, assignment("center-a"));
        assert_eq!(given.file().primary_supporter, Some("center-a".into()));
        given.when(decide, assignment("ward-a")).refuses(Refusal::PrimarySupporterNamed);
    }

    #[test]
    fn the_supporter_must_be_a_registered_agency_of_a_kind_that_supports() {
        let refused = |agency| given_ward().when(decide, assignment(agency));
        refused("nobody").refuses(Refusal::UnknownAgency);
        refused("hospital-a").refuses(Refusal::WrongKindOfAgency);
        refused("municipality").refuses(Refusal::WrongKindOfAgency);
    }

    #[test]
    fn the_supporter_must_take_part() {
        given_ward().when(decide, assignment("core-a")).refuses(Refusal::NotInTeam);
        let given = given_ward().outside_cases();
        given.when(decide, assignment("core-a")).refuses(Refusal::NotInTeam);
    }

    #[test]
    fn consent_must_cover_the_supporter() {
        let given = given_ward().consent_withdrawn();
        given.when(decide, assignment("center-a")).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn the_case_that_is_named_must_be_open_and_the_person_alive() {
        let refused = |given: office::testing::Given| given.when(decide, assignment("center-a"));
        refused(given_ward().closed()).refuses(Refusal::CaseClosed);
        refused(given_ward().in_case(UNKNOWN)).refuses(Refusal::UnknownCase);
        refused(given_ward().died()).refuses(Refusal::PersonDied);
    }
}
