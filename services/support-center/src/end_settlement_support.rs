//! Ends support after discharge.

use casework::{Context, Decided, PersonFile, Refusal, Settlement};
use contracts::events::SettlementSupportEnded;

/// Ends it, under way or paused, in an open case; also after a death.
pub fn decide(
    file: &PersonFile,
    ending: SettlementSupportEnded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    let settlement = file.open_case(&case)?.settlement;
    if !matches!(settlement, Settlement::Open | Settlement::Paused) {
        return Err(Refusal::SettlementNotOpen);
    }
    Ok(Decided::of_case(case, ending.into()))
}

#[cfg(test)]
mod tests {
    use casework::{CaseId, CaseState};
    use contracts::events::SettlementSupportPaused;
    use office::testing::{CASE, given_discharged, given_settling, refuses_unless_case_open};

    use super::*;

    #[test]
    fn it_is_ended_under_way_or_paused() {
        let paused = given_settling().event(SettlementSupportPaused::default());
        for given in [given_settling(), paused] {
            let file = given.after(decide, SettlementSupportEnded::default()).file();
            assert_eq!(file.case(&CaseId::from(CASE)).unwrap().state(), CaseState::Followed);
        }
    }

    #[test]
    fn after_a_death_it_is_ended_without_remark() {
        let given = given_settling().died().on("2025-11-10");
        let then = given.when(decide, SettlementSupportEnded::default());
        then.records(&["SettlementSupportEnded"]);
    }

    #[test]
    fn what_has_not_begun_or_is_over_is_not_ended() {
        let over = given_settling().after(decide, SettlementSupportEnded::default());
        for given in [given_discharged(), over] {
            let then = given.when(decide, SettlementSupportEnded::default());
            then.refuses(Refusal::SettlementNotOpen);
        }
    }

    #[test]
    fn the_case_must_be_open() {
        refuses_unless_case_open(given_settling, decide, SettlementSupportEnded::default());
    }
}
