//! What the decisions on emergency plans have in common.

use casework::{Context, PersonFile, Plan, PlanId, Refusal};
use contracts::events::EmergencyPlanContent;
use jiff::ToSpan;

/// When a plan is to be looked at again, unless the one who writes it says otherwise. The guideline
/// has a field for the date and states no interval: a year is our own choice.
const REVIEW_AFTER_MONTHS: i32 = 12;

/// An emergency plan in force.
pub(crate) fn active_plan<'f>(file: &'f PersonFile, id: &str) -> Result<&'f Plan, Refusal> {
    let plan = file.emergency_plans.get(&PlanId::from(id)).ok_or(Refusal::UnknownPlan)?;
    if plan.active { Ok(plan) } else { Err(Refusal::PlanNotActive) }
}

/// Any item may stay empty, but family members are named only with their own permission.
pub(crate) fn check_content(content: Option<&EmergencyPlanContent>) -> Result<(), Refusal> {
    let mut contacts = content.into_iter().flat_map(|content| &content.family_contacts);
    if contacts.all(|contact| contact.permission) {
        Ok(())
    } else {
        Err(Refusal::FamilyPermissionRequired)
    }
}

/// The next review as asked for, which lies ahead, or after the usual interval.
pub(crate) fn next_review(asked: &str, context: &Context<'_>) -> Result<String, Refusal> {
    if asked.is_empty() {
        let usual = context.today().saturating_add(REVIEW_AFTER_MONTHS.months());
        return Ok(usual.to_string());
    }
    if *asked < *context.today_in_iso() {
        return Err(Refusal::PlannedInThePast);
    }
    Ok(asked.to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{EmergencyPlanCreated, EmergencyPlanRetired, FamilyContact};
    use office::testing::{Decide, Given, PLAN, Proposed, UNKNOWN, given_case};

    use super::*;

    /// A plan that names family members with and without their permission.
    pub(crate) fn naming_family(permissions: &[bool]) -> EmergencyPlanContent {
        let contact = |permission: &bool| FamilyContact {
            name: "架空花子".into(),
            permission: *permission,
            ..Default::default()
        };
        let family_contacts = permissions.iter().map(contact).collect();
        EmergencyPlanContent { family_contacts, ..Default::default() }
    }

    pub(crate) fn retirement(plan: &str) -> EmergencyPlanRetired {
        EmergencyPlanRetired { plan_id: plan.into(), ..Default::default() }
    }

    /// A person with an emergency plan in force.
    pub(crate) fn given_emergency_plan() -> Given {
        let plan = EmergencyPlanCreated { plan_id: PLAN.into(), version: 1, ..Default::default() };
        given_case().event(plan)
    }

    #[track_caller]
    pub(crate) fn refuses_unless_active<E: Proposed>(decide: Decide<E>, about: fn(&str) -> E) {
        given_emergency_plan().when(decide, about(UNKNOWN)).refuses(Refusal::UnknownPlan);
        let retired = given_emergency_plan().event(retirement(PLAN));
        retired.when(decide, about(PLAN)).refuses(Refusal::PlanNotActive);
    }
}
