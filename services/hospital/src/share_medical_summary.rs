//! Shares a medical summary with agencies of the care team, or with those who answer an emergency.
//!
//! In an emergency the guideline calls it indispensable that medication, seizures and medical care are
//! known to those who take somebody in, so nobody waits for a consent (「横浜市地域生活支援拠点機能構築
//! のための連携ガイドライン」緊急時の受入れ・対応).

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Topic, events::MedicalSummaryShared};

/// Shares it within an open case that this hospital takes part in, with members whom a consent to
/// medical summaries covers. Also while work rests: an emergency does not wait for it.
pub fn decide(
    file: &PersonFile,
    summary: MedicalSummaryShared,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    if !summary.emergency_id.is_empty() {
        return in_emergency(file, summary, context);
    }
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

/// Shares it with those who answer the emergency already: it brings in nobody new, and tells of
/// nobody whether they take part otherwise.
fn in_emergency(
    file: &PersonFile,
    summary: MedicalSummaryShared,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.open_emergency(&summary.emergency_id)?;
    file.alive()?;
    let involvement = file.involvement();
    let mut recipients = summary.recipient_agency_ids.iter().map(|id| AgencyId::from(id.as_str()));
    if !recipients.all(|agency| involvement.answers(&agency, emergency)) {
        return Err(Refusal::NotInTeam);
    }
    Ok(Decided::as_asked(context, summary.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{
        CareTeamMemberAdded, ConsentScopeChanged, EmergencyClosed, EmergencyReported,
    };
    use office::testing::{
        CONSENT, Given, given_case, given_inpatient, given_referral, refuses_unless_case_open,
    };

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

    const EMERGENCY: &str = "00000000-0000-4000-8000-0000000000e9";

    /// `core-a` took a call for help; nobody has consented to anything.
    fn given_emergency() -> Given {
        let call = EmergencyReported {
            emergency_id: EMERGENCY.into(),
            reported_on: "2025-05-20".into(),
            ..Default::default()
        };
        given_inpatient().on("2025-05-20").by("core-a").event(call).by("hospital-a")
    }

    fn in_emergency(recipients: &[&str]) -> MedicalSummaryShared {
        MedicalSummaryShared { emergency_id: EMERGENCY.into(), ..summary(recipients) }
    }

    #[test]
    fn in_an_emergency_those_who_answer_it_are_told_without_a_consent() {
        given_emergency()
            .when(decide, in_emergency(&["core-a"]))
            .records(&["MedicalSummaryShared"]);
    }

    #[test]
    fn an_emergency_brings_in_nobody_new_and_ends() {
        let given = given_emergency();
        given.when(decide, in_emergency(&["core-a", "center-b"])).refuses(Refusal::NotInTeam);
        let closed = EmergencyClosed { emergency_id: EMERGENCY.into(), ..Default::default() };
        let given = given_emergency().by("core-a").event(closed).by("hospital-a");
        given.when(decide, in_emergency(&["core-a"])).refuses(Refusal::EmergencyOver);
        let given = given_inpatient();
        given.when(decide, in_emergency(&["core-a"])).refuses(Refusal::UnknownEmergency);
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
