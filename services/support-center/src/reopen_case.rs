//! Reopens a closed case: preparation begins anew.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::CaseReopened;

/// Reopens a closed case of a living person, unless another is open on its track.
pub fn decide(
    file: &PersonFile,
    reopening: CaseReopened,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    let case = file.case(&id)?;
    if !case.is_closed() {
        return Err(Refusal::WrongCaseState);
    }
    file.alive()?;
    if file.open_case_on(case.track()).is_some() {
        return Err(Refusal::OpenCaseExists);
    }
    Ok(Decided::of_case(id, reopening.into()))
}

#[cfg(test)]
mod tests {
    use casework::{CaseId, CaseState, Settlement};
    use contracts::events::{CaseOpened, Track};
    use office::testing::{CASE, UNKNOWN, given_case, given_referral, given_settling};

    use super::*;

    #[test]
    fn a_closed_case_begins_anew() {
        let given = given_settling().closed().after(decide, CaseReopened::default());
        let file = given.file();
        let case = file.case(&CaseId::from(CASE)).unwrap();
        assert_eq!((case.state(), case.settlement), (CaseState::Preparing, Settlement::None));
        assert_eq!(case.support_plan, None);
    }

    #[test]
    fn only_a_closed_case_is_reopened() {
        for given in [given_referral, given_case] {
            given().when(decide, CaseReopened::default()).refuses(Refusal::WrongCaseState);
        }
        let outside = given_case().outside_cases();
        outside.when(decide, CaseReopened::default()).refuses(Refusal::CaseMissing);
        let unknown = given_case().in_case(UNKNOWN);
        unknown.when(decide, CaseReopened::default()).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn one_case_is_open_on_a_track() {
        let second = CaseOpened { track: Track::DischargeSupport.into(), ..Default::default() };
        let given = given_case().closed().in_case(UNKNOWN).event(second).in_case(CASE);
        given.when(decide, CaseReopened::default()).refuses(Refusal::OpenCaseExists);
    }

    #[test]
    fn nothing_is_reopened_after_death() {
        let given = given_case().closed().died();
        given.when(decide, CaseReopened::default()).refuses(Refusal::PersonDied);
    }
}
