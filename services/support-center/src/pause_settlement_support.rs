//! Pauses support after discharge, while the person is in hospital for example.

use casework::{Context, Decided, PersonFile, Refusal, Settlement};
use contracts::events::SettlementSupportPaused;

/// Pauses it while it is under way.
pub fn decide(
    file: &PersonFile,
    pause: SettlementSupportPaused,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    if file.case_at_work(&case)?.settlement != Settlement::Open {
        return Err(Refusal::SettlementNotOpen);
    }
    Ok(Decided::of_case(case, pause.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{given_discharged, given_settling, refuses_unless_case_at_work};

    use super::*;

    #[test]
    fn it_is_paused_once_while_under_way() {
        let given = given_settling().after(decide, SettlementSupportPaused::default());
        let again = SettlementSupportPaused::default();
        given.when(decide, again.clone()).refuses(Refusal::SettlementNotOpen);
        given_discharged().when(decide, again).refuses(Refusal::SettlementNotOpen);
    }

    #[test]
    fn the_case_must_be_at_work() {
        let pause = SettlementSupportPaused::default();
        refuses_unless_case_at_work(given_settling, decide, pause);
    }
}
