//! Resumes support after discharge once the person is home again.

use casework::{Context, Decided, PersonFile, Refusal, Settlement};
use contracts::events::SettlementSupportResumed;

/// Resumes it where it was paused, for a person who is home.
pub fn decide(
    file: &PersonFile,
    resumption: SettlementSupportResumed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    if file.case_at_work(&case)?.settlement != Settlement::Paused {
        return Err(Refusal::SettlementNotPaused);
    }
    file.discharged()?;
    Ok(Decided::of_case(case, resumption.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::SettlementSupportPaused;
    use office::testing::{Given, given_discharged, given_settling, refuses_unless_case_at_work};

    use super::*;

    fn given_paused() -> Given {
        given_settling().event(SettlementSupportPaused::default())
    }

    #[test]
    fn it_is_resumed_where_it_was_paused() {
        let given = given_paused().after(decide, SettlementSupportResumed::default());
        let again = SettlementSupportResumed::default();
        given.when(decide, again.clone()).refuses(Refusal::SettlementNotPaused);
        given_discharged().when(decide, again).refuses(Refusal::SettlementNotPaused);
    }

    #[test]
    fn not_while_the_person_is_in_hospital() {
        let given = given_paused().on("2026-01-08").readmitted();
        given.when(decide, SettlementSupportResumed::default()).refuses(Refusal::NotDischarged);
    }

    #[test]
    fn the_case_must_be_at_work() {
        let resumption = SettlementSupportResumed::default();
        refuses_unless_case_at_work(given_paused, decide, resumption);
    }
}
