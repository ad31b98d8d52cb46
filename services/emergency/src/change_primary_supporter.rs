//! Hands the main responsibility for a person or household over to another agency.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Office, Topic, events::PrimarySupporterChanged};

/// The kinds of agency that can be mainly responsible.
const KINDS: [Office; 3] = [Office::SupportCenter, Office::CoreCenter, Office::WardOffice];

/// Hands it over from the one that is responsible today to another that takes part and may be shown
/// the support. Nobody lets itself in: a ward office that takes it over itself takes part already, or was
/// called to an emergency by another agency.
pub fn decide(
    file: &PersonFile,
    change: PrimarySupporterChanged,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let (from, to) = (change.from_agency_id.as_str(), change.to_agency_id.as_str());
    let (from, to) = (AgencyId::from(from), AgencyId::from(to));
    let registered = context.agencies.active(&to).ok_or(Refusal::UnknownAgency)?;
    if !KINDS.contains(&registered.office) {
        return Err(Refusal::WrongKindOfAgency);
    }
    file.alive()?;
    let case = context.case_id.as_ref();
    if let Some(case) = case {
        file.open_case(case)?;
    }
    if file.primary_supporter.as_ref() != Some(&from) {
        return Err(Refusal::PrimarySupporterDiffers);
    }
    if from == to {
        return Err(Refusal::SamePrimarySupporter);
    }
    if to == context.agency {
        file.is_let_in(&to, case, context.today())?;
    } else {
        let to = std::slice::from_ref(&change.to_agency_id);
        file.may_be_shown(to, case, Topic::Support, context.today())?;
    }
    Ok(Decided::as_asked(context, change.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{
        CareTeamMemberAdded, EmergencyReported, PrimarySupporterAssigned, PrimarySupporterBasis,
    };
    use office::testing::{CASE, Given, given_case};

    use super::*;

    /// `ward-a` is at the desk; `core-a` is in the team, and `center-a` is responsible.
    fn given_supporter() -> Given {
        let core = CareTeamMemberAdded { agency_id: "core-a".into(), ..Default::default() };
        let center = PrimarySupporterAssigned {
            supporter_agency_id: "center-a".into(),
            ..Default::default()
        };
        given_case().in_case(CASE).event(core).by("ward-a").event(center)
    }

    /// And `ward-a` too.
    fn given_ward_in_team() -> Given {
        let ward = CareTeamMemberAdded { agency_id: "ward-a".into(), ..Default::default() };
        given_supporter().by("center-a").event(ward).by("ward-a")
    }

    fn change(from: &str, to: &str) -> PrimarySupporterChanged {
        PrimarySupporterChanged {
            from_agency_id: from.into(),
            to_agency_id: to.into(),
            basis: PrimarySupporterBasis::Tripartite.into(),
            ..Default::default()
        }
    }

    #[test]
    fn one_agency_follows_another() {
        let given = given_ward_in_team().after(decide, change("center-a", "core-a"));
        assert_eq!(given.file().primary_supporter, Some("core-a".into()));
        let given = given.after(decide, change("core-a", "ward-a"));
        assert_eq!(given.file().primary_supporter, Some("ward-a".into()));
    }

    #[test]
    fn it_is_handed_over_by_the_one_that_has_it() {
        let wrong = || change("core-a", "ward-a");
        given_supporter().when(decide, wrong()).refuses(Refusal::PrimarySupporterDiffers);
        let nobody = given_case().in_case(CASE).by("ward-a");
        nobody.when(decide, wrong()).refuses(Refusal::PrimarySupporterDiffers);
        let same = change("center-a", "center-a");
        given_supporter().when(decide, same).refuses(Refusal::SamePrimarySupporter);
    }

    #[test]
    fn the_new_one_is_registered_and_of_a_kind_that_supports() {
        let refused = |to| given_supporter().when(decide, change("center-a", to));
        refused("nobody").refuses(Refusal::UnknownAgency);
        refused("hospital-a").refuses(Refusal::WrongKindOfAgency);
    }

    #[test]
    fn the_new_one_takes_part_and_consent_covers_it() {
        let outsider = change("center-a", "center-b");
        given_supporter().when(decide, outsider).refuses(Refusal::ConsentRequired);
        let given = given_supporter().consent_withdrawn();
        given.when(decide, change("center-a", "core-a")).refuses(Refusal::ConsentRequired);
        let given = given_ward_in_team().consent_withdrawn();
        given.when(decide, change("center-a", "ward-a")).records(&["PrimarySupporterChanged"]);
    }

    #[test]
    fn nobody_lets_itself_in() {
        let to_itself = || change("center-a", "ward-a");
        given_supporter().when(decide, to_itself()).refuses(Refusal::NotInTeam);
        let call = || EmergencyReported {
            informed_agency_ids: vec!["ward-a".into()],
            emergency_id: "00000000-0000-4000-8000-0000000000e9".into(),
            ..Default::default()
        };
        let by_itself = given_supporter().event(call());
        by_itself.when(decide, to_itself()).refuses(Refusal::NotInTeam);
        let called = given_supporter().by("center-a").event(call()).by("ward-a");
        called.when(decide, to_itself()).records(&["PrimarySupporterChanged"]);
    }

    #[test]
    fn the_case_must_be_open_and_the_person_alive() {
        let refused = |given: Given| given.when(decide, change("center-a", "core-a"));
        refused(given_supporter().closed()).refuses(Refusal::CaseClosed);
        refused(given_supporter().died()).refuses(Refusal::PersonDied);
    }
}
