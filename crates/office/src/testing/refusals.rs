//! What every act of a case is refused for, so that no decision forgets one of them.

use casework::Refusal;

use super::{Decide, Given, Proposed, UNKNOWN};

/// The act needs a case that is at work.
#[track_caller]
pub fn refuses_unless_case_at_work<E: Proposed>(given: fn() -> Given, decide: Decide<E>, event: E) {
    given().suspended().when(decide, event.clone()).refuses(Refusal::WrongCaseState);
    given().died().when(decide, event.clone()).refuses(Refusal::PersonDied);
    refuses_unless_case_open(given, decide, event);
}

/// The act needs a case that is open; work on it may rest, and the person may have died.
#[track_caller]
pub fn refuses_unless_case_open<E: Proposed>(given: fn() -> Given, decide: Decide<E>, event: E) {
    given().outside_cases().when(decide, event.clone()).refuses(Refusal::CaseMissing);
    given().in_case(UNKNOWN).when(decide, event.clone()).refuses(Refusal::UnknownCase);
    given().closed().when(decide, event).refuses(Refusal::CaseClosed);
}

/// The act needs a living person and, where it names a case, one that is at work.
#[track_caller]
pub fn refuses_unless_at_work<E: Proposed>(given: fn() -> Given, decide: Decide<E>, event: E) {
    given().suspended().when(decide, event.clone()).refuses(Refusal::WrongCaseState);
    given().closed().when(decide, event.clone()).refuses(Refusal::CaseClosed);
    given().in_case(UNKNOWN).when(decide, event.clone()).refuses(Refusal::UnknownCase);
    given().outside_cases().died().when(decide, event).refuses(Refusal::PersonDied);
}
