//! Records a follow-up after discharge.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::SettlementFollowUpRecorded;

/// Records it; one that falls outside support after discharge is flagged.
pub fn decide(
    _file: &PersonFile,
    follow_up: SettlementFollowUpRecorded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    Ok(Decided::of_case(context.case()?, follow_up.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::Flag;
    use contracts::events::SettlementSupportPaused;
    use office::testing::{given_discharged, given_settling};

    use super::*;

    pub(crate) fn follow_up(on: &str) -> SettlementFollowUpRecorded {
        SettlementFollowUpRecorded { followed_up_on: on.into(), ..Default::default() }
    }

    #[test]
    fn a_follow_up_is_recorded() {
        let given = given_settling().on("2025-11-13");
        given.when(decide, follow_up("2025-11-06")).records(&["SettlementFollowUpRecorded"]);
    }

    #[test]
    fn outside_support_after_discharge_it_is_flagged() {
        let paused = given_settling().event(SettlementSupportPaused::default());
        for given in [given_discharged(), paused] {
            let then = given.on("2025-11-06").when(decide, follow_up("2025-11-06"));
            then.flags(&[Flag::SettlementNotOpen]);
        }
    }

    #[test]
    fn in_a_closed_case_or_after_death_it_is_flagged() {
        let closed = given_settling().closed().on("2025-11-06");
        closed.when(decide, follow_up("2025-11-06")).flags(&[Flag::CaseClosed]);
        let died = given_settling().died().on("2025-11-06");
        died.when(decide, follow_up("2025-11-06")).flags(&[Flag::AfterDeath]);
    }

    #[test]
    fn the_case_must_be_named() {
        let given = given_settling().outside_cases();
        given.when(decide, follow_up("2025-11-04")).refuses(Refusal::CaseMissing);
    }
}
