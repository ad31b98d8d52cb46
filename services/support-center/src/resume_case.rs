//! Resumes a suspended case where it stood.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::CaseResumed;

/// Resumes a case that rests, of a living person.
pub fn decide(
    file: &PersonFile,
    resumption: CaseResumed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    if !file.open_case(&case)?.suspended {
        return Err(Refusal::WrongCaseState);
    }
    file.alive()?;
    Ok(Decided::of_case(case, resumption.into()))
}

#[cfg(test)]
mod tests {
    use casework::{CaseId, CaseState};
    use office::testing::{CASE, given_case, given_settling, refuses_unless_case_open};

    use super::*;

    #[test]
    fn a_suspended_case_goes_on_where_it_stood() {
        let given = given_settling().suspended();
        let state = |file: &PersonFile| file.case(&CaseId::from(CASE)).unwrap().state();
        assert_eq!(state(&given.file()), CaseState::Suspended);
        let given = given.after(decide, CaseResumed::default());
        assert_eq!(state(&given.file()), CaseState::Settling);
    }

    #[test]
    fn a_case_at_work_cannot_be_resumed() {
        given_case().when(decide, CaseResumed::default()).refuses(Refusal::WrongCaseState);
    }

    #[test]
    fn nothing_is_resumed_after_death() {
        let given = given_case().suspended().died();
        given.when(decide, CaseResumed::default()).refuses(Refusal::PersonDied);
    }

    #[test]
    fn the_case_must_be_open() {
        let given = || given_case().suspended();
        refuses_unless_case_open(given, decide, CaseResumed::default());
    }
}
