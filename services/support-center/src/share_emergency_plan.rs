//! Shares the emergency plan with those who would act on it.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::{Topic, events::EmergencyPlanShared};

use crate::emergency_plan::active_plan;

/// Shares the version in force with agencies that may be shown it. Whoever is no agency of the
/// house can stand in no consent; then one that covers this agency must be in force.
pub fn decide(
    file: &PersonFile,
    mut share: EmergencyPlanShared,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let (case, day) = (context.case_id.as_ref(), context.today());
    file.at_work(case)?;
    share.version = active_plan(file, &share.plan_id)?.version;
    file.may_be_shown(&share.recipient_agency_ids, case, Topic::Support, day)?;
    let covered = file.involvement().consent_covers(&context.agency, Topic::Support, day);
    if !share.other_recipients.is_empty() && !covered {
        return Err(Refusal::ConsentRequired);
    }
    Ok(Decided::as_asked(context, share.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use office::testing::{PLAN, refuses_unless_at_work};

    use super::*;
    use crate::{
        emergency_plan::tests::{given_emergency_plan, refuses_unless_active},
        revise_emergency_plan::{self, tests::revision},
        share_individual_support_plan::tests::joined,
    };

    pub(crate) fn share(plan: &str, recipients: &[&str]) -> EmergencyPlanShared {
        EmergencyPlanShared {
            plan_id: plan.into(),
            recipient_agency_ids: recipients.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn the_version_in_force_is_shared_with_the_team() {
        let given = given_emergency_plan().event(joined("core-a"));
        let given = given.after(revise_emergency_plan::decide, revision(PLAN));
        let then = given.when(decide, share(PLAN, &["hospital-a", "core-a"]));
        assert_eq!(then.records_one::<EmergencyPlanShared>().version, 2);
    }

    #[test]
    fn outside_cases_it_is_shared_with_those_who_share_the_person() {
        let given = given_emergency_plan().event(joined("core-a")).outside_cases();
        given.when(decide, share(PLAN, &["core-a"])).records(&["EmergencyPlanShared"]);
        let given = given_emergency_plan().outside_cases();
        given.when(decide, share(PLAN, &["core-a"])).refuses(Refusal::NotInTeam);
    }

    #[test]
    fn every_agency_must_be_in_the_team_and_covered() {
        let outsider = share(PLAN, &["core-a"]);
        given_emergency_plan().when(decide, outsider).refuses(Refusal::NotInTeam);
        let given = given_emergency_plan().event(joined("center-b"));
        given.when(decide, share(PLAN, &["center-b"])).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn others_are_given_a_copy_while_consent_is_in_force() {
        let to_others =
            EmergencyPlanShared { other_recipients: "隣人".into(), ..share(PLAN, &[]) };
        let given = given_emergency_plan();
        given.when(decide, to_others.clone()).records(&["EmergencyPlanShared"]);
        let withdrawn = given_emergency_plan().consent_withdrawn();
        withdrawn.when(decide, to_others).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn only_a_plan_in_force_is_shared() {
        refuses_unless_active(decide, |plan| share(plan, &["hospital-a"]));
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_emergency_plan, decide, share(PLAN, &["hospital-a"]));
    }
}
