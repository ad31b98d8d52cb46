//! Service-use plans and emergency plans. The individual support plan belongs to its case.

use std::collections::BTreeMap;

use contracts::Event;
use jiff::{ToSpan, civil::Date};

use super::PersonFile;
use crate::{AgencyId, CaseId, Flag, PlanId, Recorded};

/// A plan and its latest version.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The latest version, from 1.
    pub version: u32,
    /// When it is to be looked at again.
    pub next_review_on: Option<Date>,
    /// How many months lie between two looks; 0 when nobody has said.
    pub interval_months: u32,
    /// Whether it is in force.
    pub active: bool,
    /// The agency that wrote the latest version.
    pub written_by: AgencyId,
    /// The case it was written in, if any.
    pub case_id: Option<CaseId>,
}

impl Plan {
    /// Whether it is in force.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// A version of an emergency plan, which names the day of its review.
    fn reviewed_on(recorded: &Recorded, version: u32, next_review_on: &str) -> Self {
        let next_review_on = next_review_on.parse().ok();
        Self { next_review_on, ..Self::version(recorded, version) }
    }

    /// A version of a service-use plan, which is monitored every so many months.
    fn monitored(recorded: &Recorded, version: u32, interval_months: u32) -> Self {
        let next_review_on = months_after(recorded.occurred_on, interval_months);
        Self { next_review_on, interval_months, ..Self::version(recorded, version) }
    }

    fn version(recorded: &Recorded, version: u32) -> Self {
        Self {
            version,
            next_review_on: None,
            interval_months: 0,
            active: true,
            written_by: recorded.agency.clone(),
            case_id: recorded.case_id.clone(),
        }
    }
}

impl PersonFile {
    pub(super) fn evolve_plan(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::ServiceUsePlanCreated(event) => {
                let plan = Plan::monitored(recorded, event.version, event.monitoring_months);
                self.service_use_plans.insert(PlanId::from(event.plan_id.as_str()), plan);
            }
            Event::ServiceUsePlanRevised(event) => {
                let plan = Plan::monitored(recorded, event.version, event.monitoring_months);
                self.service_use_plans.insert(PlanId::from(event.plan_id.as_str()), plan);
            }
            Event::ServiceUsePlanMonitored(event) => {
                let plan = self.service_use_plans.get_mut(&PlanId::from(event.plan_id.as_str()));
                if let Some(plan) = plan {
                    let usual = months_after(recorded.occurred_on, plan.interval_months);
                    plan.next_review_on = event.next_monitoring_on.parse().ok().or(usual);
                }
            }
            Event::ServiceUsePlanEnded(event) => end(&mut self.service_use_plans, &event.plan_id),
            Event::SupportPlanReported(_)
                if self.service_use_plans.values().any(Plan::is_active) =>
            {
                flags.push(Flag::ServiceUsePlanInForce);
            }
            Event::EmergencyPlanCreated(event) => {
                let plan = Plan::reviewed_on(recorded, event.version, &event.next_review_on);
                self.emergency_plans.insert(PlanId::from(event.plan_id.as_str()), plan);
            }
            Event::EmergencyPlanRevised(event) => {
                let plan = Plan::reviewed_on(recorded, event.version, &event.next_review_on);
                self.emergency_plans.insert(PlanId::from(event.plan_id.as_str()), plan);
            }
            Event::EmergencyPlanRetired(event) => end(&mut self.emergency_plans, &event.plan_id),
            _ => {}
        }
    }
}

/// None when nobody has said how many, and beyond the calendar.
fn months_after(date: Date, months: u32) -> Option<Date> {
    let months = i64::from(months);
    (months > 0).then(|| date.checked_add(months.months()).ok()).flatten()
}

fn end(plans: &mut BTreeMap<PlanId, Plan>, id: &str) {
    if let Some(plan) = plans.get_mut(&PlanId::from(id)) {
        plan.active = false;
    }
}
