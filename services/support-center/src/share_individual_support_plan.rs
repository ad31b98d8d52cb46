//! Shares the individual support plan with agencies of the team.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::{Topic, events::IndividualSupportPlanShared};

use crate::revise_individual_support_plan::version_in_force;

/// Shares the version in force with agencies that may be shown it.
pub fn decide(
    file: &PersonFile,
    mut share: IndividualSupportPlanShared,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    share.version = version_in_force(file.case_at_work(&id)?, &share.plan_id)?;
    file.may_be_shown(&share.recipient_agency_ids, &id, Topic::Support, context.today())?;
    Ok(Decided::of_case(id, share.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{CareTeamMemberAdded, CareTeamMemberRemoved};
    use office::testing::{PLAN, UNKNOWN, given_plan, refuses_unless_case_at_work};

    use super::*;
    use crate::revise_individual_support_plan::{self, tests::revision};

    pub(crate) fn share(plan: &str, recipients: &[&str]) -> IndividualSupportPlanShared {
        IndividualSupportPlanShared {
            plan_id: plan.into(),
            recipient_agency_ids: recipients.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        }
    }

    pub(crate) fn joined(agency: &str) -> CareTeamMemberAdded {
        CareTeamMemberAdded { agency_id: agency.into(), ..Default::default() }
    }

    #[test]
    fn the_version_in_force_is_shared_with_the_team() {
        let given = given_plan().event(joined("ward-a"));
        let given = given.after(revise_individual_support_plan::decide, revision(PLAN));
        let then = given.when(decide, share(PLAN, &["hospital-a", "ward-a"]));
        assert_eq!(then.records_one::<IndividualSupportPlanShared>().version, 2);
    }

    #[test]
    fn it_must_be_the_plan_of_the_case() {
        let other = share(UNKNOWN, &["hospital-a"]);
        given_plan().when(decide, other).refuses(Refusal::UnknownPlan);
    }

    #[test]
    fn every_recipient_must_be_in_the_team() {
        let outsider = share(PLAN, &["hospital-a", "core-a"]);
        given_plan().when(decide, outsider.clone()).refuses(Refusal::NotInTeam);
        let left = CareTeamMemberRemoved { agency_id: "core-a".into(), ..Default::default() };
        let given = given_plan().event(joined("core-a")).event(left);
        given.when(decide, outsider).refuses(Refusal::NotInTeam);
    }

    #[test]
    fn consent_must_cover_every_recipient() {
        let given = given_plan().event(joined("center-b"));
        given.when(decide, share(PLAN, &["center-b"])).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_case_at_work(given_plan, decide, share(PLAN, &["hospital-a"]));
    }
}
