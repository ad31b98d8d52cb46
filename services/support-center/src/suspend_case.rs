//! Suspends a case: work rests, and it keeps its place.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::CaseSuspended;

/// Suspends a case at work.
pub fn decide(
    file: &PersonFile,
    suspension: CaseSuspended,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    file.case_at_work(&case)?;
    Ok(Decided::of_case(case, suspension.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{
        given_case, given_referral, given_settling, refuses_unless_case_at_work,
    };

    use super::*;

    #[test]
    fn a_case_rests_wherever_it_stands() {
        for given in [given_case, given_settling] {
            given().when(decide, CaseSuspended::default()).records(&["CaseSuspended"]);
        }
    }

    #[test]
    fn a_case_that_is_not_open_yet_cannot_rest() {
        let given = given_referral();
        given.when(decide, CaseSuspended::default()).refuses(Refusal::WrongCaseState);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_case_at_work(given_case, decide, CaseSuspended::default());
    }
}
