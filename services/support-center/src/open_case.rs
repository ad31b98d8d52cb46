//! Opens a case for somebody who came without a referral. The case gets a number of its own.

use casework::{AgencyId, CaseId, Context, Decided, PersonFile, Refusal};
use contracts::events::CaseOpened;
use jiff::civil::Date;

/// Opens a case on a track on which none is open. A case with a referral is opened by accepting it;
/// who only answers an emergency of the person is referred to first.
pub fn decide(
    file: &PersonFile,
    opening: CaseOpened,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    is_more_than_called(file, &context.agency, context.today())?;
    if !opening.referral_id.is_empty() {
        return Err(Refusal::UnknownReferral);
    }
    if file.open_case_on(opening.track()).is_some() {
        return Err(Refusal::OpenCaseExists);
    }
    let case = CaseId::from(context.next_id());
    Ok(Decided::of_case(case, opening.into()))
}

/// Whoever leads a case belongs to the care of the person and is told who saw them: too much to be
/// had by reporting an emergency.
fn is_more_than_called(file: &PersonFile, agency: &AgencyId, today: Date) -> Result<(), Refusal> {
    let takes_part = file.involvement().takes_part_beyond_emergencies(agency, today);
    if takes_part || file.is_responsible(agency) { Ok(()) } else { Err(Refusal::NotInTeam) }
}

#[cfg(test)]
mod tests {
    use casework::CaseState;
    use contracts::events::{EmergencyReported, PersonRegistered, Track};
    use office::testing::{REFERRAL, given, given_case, given_referral, given_registered};

    use super::*;

    fn opening(track: Track) -> CaseOpened {
        CaseOpened { track: track.into(), ..Default::default() }
    }

    #[test]
    fn a_case_is_opened_under_a_number_of_its_own() {
        let registered = given().by("center-a").event(PersonRegistered::default());
        let given = registered.after(decide, opening(Track::CommunityLife));
        let file = given.file();
        let case = &file.cases[file.open_case_on(Track::CommunityLife).unwrap()];
        assert_eq!((case.state(), &case.referral), (CaseState::Preparing, &None));
    }

    #[test]
    fn answering_an_emergency_opens_no_case() {
        let called = given_registered().by("center-a").event(EmergencyReported::default());
        called.when(decide, opening(Track::CommunityLife)).refuses(Refusal::NotInTeam);
    }

    #[test]
    fn one_case_is_open_on_a_track() {
        let second = opening(Track::DischargeSupport);
        given_case().when(decide, second).refuses(Refusal::OpenCaseExists);
        given_case().when(decide, opening(Track::CommunityLife)).records(&["CaseOpened"]);
        let again = opening(Track::DischargeSupport);
        given_case().closed().when(decide, again).records(&["CaseOpened"]);
    }

    #[test]
    fn a_referral_is_accepted_instead() {
        let referred = CaseOpened { referral_id: REFERRAL.into(), ..opening(Track::Jimokura) };
        given_referral().when(decide, referred).refuses(Refusal::UnknownReferral);
    }

    #[test]
    fn no_case_is_opened_after_death() {
        let given = given_registered().died();
        given.when(decide, opening(Track::CommunityLife)).refuses(Refusal::PersonDied);
    }
}
