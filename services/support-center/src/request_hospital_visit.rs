//! Asks a hospital for a visit. The request tells the hospital that the person is supported, so a
//! consent must cover it.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Office, Topic, events::HospitalVisitRequested};

/// Asks a hospital that takes part in the case, or in which the person is, for days to come.
pub fn decide(
    file: &PersonFile,
    request: HospitalVisitRequested,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    file.case_at_work(&case)?;
    let hospital = AgencyId::from(request.hospital_agency_id.as_str());
    let registered = context.agencies.active(&hospital).ok_or(Refusal::UnknownAgency)?;
    if registered.office != Office::Hospital {
        return Err(Refusal::WrongKindOfAgency);
    }
    let (today, day) = (context.today_in_iso(), context.today());
    if request.wished_dates.iter().any(|wished| *wished < today) {
        return Err(Refusal::PlannedInThePast);
    }
    let involvement = file.involvement();
    if !involvement.consent_covers(&hospital, Topic::Support, day) {
        return Err(Refusal::ConsentRequired);
    }
    let stays_there = is_in(file, &hospital);
    if !stays_there && !involvement.takes_part_in_case(&hospital, &case, day) {
        return Err(Refusal::NotInTeam);
    }
    Ok(Decided::of_case(case, request.into()))
}

fn is_in(file: &PersonFile, hospital: &AgencyId) -> bool {
    let mut open_stays = file.episodes.iter().filter(|episode| episode.ended.is_none());
    open_stays.any(|episode| episode.hospital == *hospital)
}

#[cfg(test)]
mod tests {
    use contracts::events::ConsentScopeChanged;
    use office::testing::{
        CONSENT, Given, given_case, given_settling, refuses_unless_case_at_work,
    };

    use super::*;

    fn request(hospital: &str, wished: &[&str]) -> HospitalVisitRequested {
        HospitalVisitRequested {
            hospital_agency_id: hospital.into(),
            wished_dates: wished.iter().map(|day| (*day).to_owned()).collect(),
            ..Default::default()
        }
    }

    fn covering_hospital_b(given: Given) -> Given {
        given.event(ConsentScopeChanged {
            consent_id: CONSENT.into(),
            topics: vec![Topic::Support.into()],
            agency_ids: vec!["center-a".into(), "hospital-b".into()],
            ..Default::default()
        })
    }

    #[test]
    fn the_referring_hospital_is_asked() {
        let request = request("hospital-a", &["2025-05-15", "2025-05-29"]);
        given_case().when(decide, request).records(&["HospitalVisitRequested"]);
    }

    #[test]
    fn wished_dates_lie_ahead() {
        let request = request("hospital-a", &["2025-05-29", "2025-05-14"]);
        given_case().when(decide, request).refuses(Refusal::PlannedInThePast);
    }

    #[test]
    fn it_must_be_a_hospital_of_the_register() {
        let ward = request("ward-a", &["2025-05-29"]);
        given_case().when(decide, ward).refuses(Refusal::WrongKindOfAgency);
        let nobody = request("nobody", &["2025-05-29"]);
        given_case().when(decide, nobody).refuses(Refusal::UnknownAgency);
    }

    #[test]
    fn consent_must_cover_the_hospital() {
        let withdrawn = given_case().consent_withdrawn();
        let a = request("hospital-a", &["2025-05-29"]);
        withdrawn.when(decide, a).refuses(Refusal::ConsentRequired);
        let b = request("hospital-b", &["2025-05-29"]);
        given_case().when(decide, b).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn the_hospital_shares_the_case_or_has_the_person() {
        let request = || request("hospital-b", &["2026-01-15"]);
        let elsewhere = covering_hospital_b(given_settling());
        elsewhere.when(decide, request()).refuses(Refusal::NotInTeam);
        let there = covering_hospital_b(given_settling().on("2026-01-08").readmitted());
        there.when(decide, request()).records(&["HospitalVisitRequested"]);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_case_at_work(given_case, decide, request("hospital-a", &["2025-05-29"]));
    }
}
