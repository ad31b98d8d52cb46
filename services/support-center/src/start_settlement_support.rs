//! Starts support after discharge.

use casework::{Context, Decided, PersonFile, Refusal, Settlement};
use contracts::events::SettlementSupportStarted;

/// Starts it once in a case at work, for a person who is home from hospital.
pub fn decide(
    file: &PersonFile,
    start: SettlementSupportStarted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    let case = file.case_at_work(&id)?;
    if case.settlement != Settlement::None {
        return Err(Refusal::SettlementAlreadyStarted);
    }
    file.discharged()?;
    Ok(Decided::of_case(id, start.into()))
}

#[cfg(test)]
mod tests {
    use casework::{CaseId, CaseState};
    use contracts::events::{CaseReopened, SettlementSupportEnded, SettlementSupportPaused};
    use office::testing::{
        CASE, given_discharged, given_plan, given_settling, refuses_unless_case_at_work,
    };

    use super::*;

    #[test]
    fn support_at_home_begins_after_the_discharge() {
        let given = given_discharged().after(decide, SettlementSupportStarted::default());
        let file = given.file();
        let case = file.case(&CaseId::from(CASE)).unwrap();
        assert_eq!((case.state(), case.settlement), (CaseState::Settling, Settlement::Open));
    }

    #[test]
    fn the_person_must_be_home() {
        let inpatient = given_plan();
        inpatient.when(decide, SettlementSupportStarted::default()).refuses(Refusal::NotDischarged);
        let again = given_discharged().on("2026-01-08").readmitted();
        again.when(decide, SettlementSupportStarted::default()).refuses(Refusal::NotDischarged);
    }

    #[test]
    fn it_starts_once() {
        let paused = given_settling().event(SettlementSupportPaused::default());
        let ended = given_settling().event(SettlementSupportEnded::default());
        for given in [given_settling(), paused, ended] {
            let then = given.when(decide, SettlementSupportStarted::default());
            then.refuses(Refusal::SettlementAlreadyStarted);
        }
    }

    #[test]
    fn in_a_reopened_case_it_starts_anew() {
        let given = given_settling().closed().event(CaseReopened::default());
        let then = given.when(decide, SettlementSupportStarted::default());
        then.records(&["SettlementSupportStarted"]);
    }

    #[test]
    fn the_case_must_be_at_work() {
        let start = SettlementSupportStarted::default();
        refuses_unless_case_at_work(given_discharged, decide, start);
    }
}
