//! Service-use plans and emergency plans. The individual support plan belongs to its case.

use std::collections::BTreeMap;

use contracts::Event;
use jiff::civil::Date;

use super::PersonFile;
use crate::{PlanId, Recorded};

/// A plan and its latest version.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The latest version, from 1.
    pub version: u32,
    /// When it is to be looked at again.
    pub next_review_on: Option<Date>,
    /// Whether it is in force.
    pub active: bool,
}

impl Plan {
    /// Whether it is in force.
    pub fn is_active(&self) -> bool {
        self.active
    }
}

impl PersonFile {
    pub(super) fn evolve_plan(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::ServiceUsePlanCreated(event) => {
                write(&mut self.service_use_plans, &event.plan_id, event.version, "");
            }
            Event::ServiceUsePlanRevised(event) => {
                write(&mut self.service_use_plans, &event.plan_id, event.version, "");
            }
            Event::ServiceUsePlanEnded(event) => end(&mut self.service_use_plans, &event.plan_id),
            Event::EmergencyPlanCreated(event) => {
                let review = &event.next_review_on;
                write(&mut self.emergency_plans, &event.plan_id, event.version, review);
            }
            Event::EmergencyPlanRevised(event) => {
                let review = &event.next_review_on;
                write(&mut self.emergency_plans, &event.plan_id, event.version, review);
            }
            Event::EmergencyPlanRetired(event) => end(&mut self.emergency_plans, &event.plan_id),
            _ => {}
        }
    }
}

fn write(plans: &mut BTreeMap<PlanId, Plan>, id: &str, version: u32, next_review_on: &str) {
    let plan = Plan { version, next_review_on: next_review_on.parse().ok(), active: true };
    plans.insert(PlanId::from(id), plan);
}

fn end(plans: &mut BTreeMap<PlanId, Plan>, id: &str) {
    if let Some(plan) = plans.get_mut(&PlanId::from(id)) {
        plan.active = false;
    }
}
