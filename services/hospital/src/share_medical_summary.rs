//! Shares a medical summary with agencies of the care team.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::{Topic, events::MedicalSummaryShared};

/// Shares it within an open case that this hospital takes part in, with members whom a consent to
/// medical summaries covers. Also while work rests: an emergency does not wait for it.
pub fn decide(
    file: &PersonFile,
    summary: MedicalSummaryShared,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    file.open_case(&case)?;
    file.alive()?;
    let today = context.today();
    if !file.involvement().takes_part_in_case(&context.agency, &case, today) {
        return Err(Refusal::NotInTeam);
    }
    file.may_be_shown(&summary.recipient_agency_ids, &case, Topic::MedicalSummary, today)?;
    Ok(Decided::of_case(case, summary.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{CareTeamMemberAdded, ConsentScopeChanged};
    use office::testing::{CONSENT, Given, given_case, given_referral, refuses_unless_case_open};

    use super::*;

    fn summary(recipients: &[&str]) -> MedicalSummaryShared {
        MedicalSummaryShared {
            recipient_agency_ids: recipients.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        }
    }

    fn given_hospital() -> Given {
        given_case().by("hospital-a")
    }

    #[test]
    fn a_summary_is_shared_with_the_team() {
        let core = CareTeamMemberAdded { agency_id: "core-a".into(), ..Default::default() };
        let given = given_case().event(core).by("hospital-a");
        given.when(decide, summary(&["center-a", "core-a"])).records(&["MedicalSummaryShared"]);
    }

    #[test]
    fn a_summary_is_shared_while_work_rests() {
        let given = given_case().suspended().by("hospital-a");
        given.when(decide, summary(&["center-a"])).records(&["MedicalSummaryShared"]);
    }

    #[test]
    fn a_summary_belongs_to_an_open_case() {
        refuses_unless_case_open(given_hospital, decide, summary(&["center-a"]));
        let given = given_referral().by("hospital-a");
        given.when(decide, summary(&["center-a"])).refuses(Refusal::WrongCaseState);
    }

    #[test]
    fn a_hospital_outside_the_team_shares_nothing() {
        let given = given_case().by("hospital-b");
        given.when(decide, summary(&["center-a"])).refuses(Refusal::NotInTeam);
    }

    #[test]
    fn every_recipient_must_be_in_the_team() {
        let given = given_hospital();
        given.when(decide, summary(&["center-a", "core-a"])).refuses(Refusal::NotInTeam);
    }

    #[test]
    fn consent_must_cover_medical_summaries() {
        let scope = ConsentScopeChanged {
            consent_id: CONSENT.into(),
            changed_on: "2025-05-15".into(),
            topics: vec![Topic::Support.into()],
            agency_ids: vec!["center-a".into(), "hospital-a".into()],
        };
        let given = given_case().event(scope).by("hospital-a");
        given.when(decide, summary(&["center-a"])).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn nothing_is_shared_after_death() {
        let given = given_hospital().died();
        given.when(decide, summary(&["center-a"])).refuses(Refusal::PersonDied);
    }
}
