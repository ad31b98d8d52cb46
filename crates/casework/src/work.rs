//! What waits for whom.
//!
//! Work is a matter of state: an item is there while the file says so and is gone as soon as
//! somebody has done what it asks. Nobody ticks it off.

mod asked;
mod break_glass;
mod discharge;
mod household;
mod kind;

use jiff::civil::Date;

pub use kind::WorkKind;

use crate::{
    AgencyId, BenefitApplication, Case, CaseId, CaseState, Episode, PersonFile, Plan, Settlement,
    VisitRequest, calendar::days_after,
};

/// The days after a discharge on which somebody asks where the person lives.
pub const CHECKPOINT_DAYS: [u32; 3] = [90, 180, 365];

/// From so many days of waiting on, whoever asked is reminded that an answer is still out. It is a
/// hint of this house and no rule of any city; days on which the answer itself was waiting for
/// something do not count.
pub const WAITING_LONG_DAYS: i64 = 14;

/// One piece of work that waits for an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkItem {
    /// What is waited for.
    pub kind: WorkKind,
    /// Who is waited for.
    pub agency: AgencyId,
    /// The case it belongs to, if it belongs to one.
    pub case_id: Option<CaseId>,
    /// Since when.
    pub since: Date,
}

/// All work that waits for somebody on this day, the oldest first.
pub fn work_items(file: &PersonFile, today: Date) -> Vec<WorkItem> {
    let mut items = asked::items(file, today);
    items.extend(break_glass::items(file));
    if let Some(died_on) = file.died_on {
        items.extend(file.cases.iter().filter_map(|(id, case)| after_death(id, case, died_on)));
    } else {
        items.extend(file.visit_requests.values().filter_map(|request| of_visit(file, request)));
        items.extend(file.cases.iter().flat_map(|(id, case)| of_case(file, id, case, today)));
        items.extend(file.episodes.iter().filter_map(|episode| overdue(episode, today)));
        items.extend(discharge::items(file));
        items.extend(file.benefit_applications.iter().map(to_decide));
        items.extend(file.emergency_plans.values().filter_map(|plan| review(file, plan, today)));
        items.extend(file.emergencies.values().flat_map(|one| household::of_emergency(file, one)));
        items.extend(household::of_household(file));
        items.extend(file.service_use_plans.values().filter_map(|plan| monitoring(plan, today)));
    }
    items.sort_by_key(|item| (item.since, item.kind));
    items
}

/// The open cases, each for the agency that leads it, the longest unchanged first. A case is here
/// also when nothing waits in it, so that none is out of everybody's sight.
pub fn cases_in_hand(file: &PersonFile) -> Vec<WorkItem> {
    let open = file.cases.iter();
    let in_hand =
        open.filter_map(|(id, case)| case_item(id, case, WorkKind::CaseInHand, case.since));
    let mut items: Vec<_> = in_hand.collect();
    items.sort_by_key(|item| item.since);
    items
}

fn of_visit(file: &PersonFile, request: &VisitRequest) -> Option<WorkItem> {
    let case = request.case_id.as_ref().and_then(|id| file.cases.get(id));
    let nobody_waits = request.answered || case.is_some_and(Case::is_closed);
    (!nobody_waits).then(|| WorkItem {
        kind: WorkKind::VisitRequestToAnswer,
        agency: request.hospital.clone(),
        case_id: request.case_id.clone(),
        since: request.requested_on,
    })
}

fn after_death(id: &CaseId, case: &Case, died_on: Date) -> Option<WorkItem> {
    case_item(id, case, WorkKind::CaseToCloseAfterDeath, died_on)
}

fn of_case(file: &PersonFile, id: &CaseId, case: &Case, today: Date) -> Vec<WorkItem> {
    let mut due = Vec::new();
    due.extend(next_step(case).map(|kind| (kind, case.since)));
    due.extend(settlement_to_pause(file, case));
    due.extend(consent_ended(file, case, today).map(|since| (WorkKind::ConsentEnded, since)));
    due.extend(plan_review(case, today).map(|since| (WorkKind::SupportPlanReviewDue, since)));
    let checkpoints = checkpoints_due(file, case, today);
    due.extend(checkpoints.map(|since| (WorkKind::CheckpointDue, since)));
    due.into_iter().filter_map(|(kind, since)| case_item(id, case, kind, since)).collect()
}

/// Work of a case waits for the agency that leads it, as long as it is open.
fn case_item(id: &CaseId, case: &Case, kind: WorkKind, since: Date) -> Option<WorkItem> {
    let agency = case.lead.clone().filter(|_| case.is_open())?;
    Some(WorkItem { kind, agency, case_id: Some(id.clone()), since })
}

/// The step that the case machine waits for. A suspended case waits for nothing.
fn next_step(case: &Case) -> Option<WorkKind> {
    match (case.state(), case.settlement) {
        (CaseState::Preparing, _) => Some(WorkKind::SupportPlanToMake),
        (CaseState::Readmitted, _) => Some(WorkKind::SupportPlanToRevise),
        (CaseState::Discharged, Settlement::None) => Some(WorkKind::SettlementToStart),
        (CaseState::Discharged, Settlement::Paused) => Some(WorkKind::SettlementToResume),
        (CaseState::Followed, _) => Some(WorkKind::CaseToClose),
        _ => None,
    }
}

/// Asked as long as the person is in hospital, also when the plan was revised in the meantime.
fn settlement_to_pause(file: &PersonFile, case: &Case) -> Option<(WorkKind, Date)> {
    let stay = file.open_episode().filter(|_| case.settlement == Settlement::Open)?;
    Some((WorkKind::SettlementToPause, stay.admitted_on))
}

/// Since when no consent covers the lead. Where none was ever recorded, none has ended: an agency
/// that works alone discloses nothing.
fn consent_ended(file: &PersonFile, case: &Case, today: Date) -> Option<Date> {
    let lead = case.lead.as_ref()?;
    let in_force = file.consents.values().any(|consent| consent.includes(lead, today));
    let ends = file.consents.values().filter_map(|consent| consent.ended_for(lead, today));
    ends.max().filter(|_| !in_force)
}

/// The checkpoints of the discharge that support after discharge follows. They are due in hospital
/// too: that the person is there is an answer.
fn checkpoints_due(file: &PersonFile, case: &Case, today: Date) -> impl Iterator<Item = Date> {
    let follows = matches!(case.settlement, Settlement::Open | Settlement::Paused);
    let started_on = case.settlement_started_on.filter(|_| follows && !case.suspended);
    let discharge = started_on.and_then(|started_on| file.last_discharge_before(started_on));
    let days = discharge.into_iter().flat_map(|discharge| CHECKPOINT_DAYS.map(|n| (discharge, n)));
    let open = days.filter(|checkpoint| !file.checkpoints.contains(checkpoint));
    let due_on = open.filter_map(|(on, days)| days_after(on, days));
    due_on.filter(move |due_on| *due_on <= today)
}

/// Its writer said when the plan is to be looked at again. After a readmission it is revised anyway.
fn plan_review(case: &Case, today: Date) -> Option<Date> {
    let is_at_work = !case.suspended && case.stage != CaseState::Readmitted;
    case.support_plan_review_on.filter(|review_on| is_at_work && *review_on <= today)
}

fn to_decide(application: &BenefitApplication) -> WorkItem {
    WorkItem {
        kind: WorkKind::BenefitToDecide,
        agency: application.received_by.clone(),
        case_id: application.case_id.clone(),
        since: application.received_on,
    }
}

fn overdue(episode: &Episode, today: Date) -> Option<WorkItem> {
    let planned_on = episode.planned_discharge.filter(|_| episode.ended.is_none())?;
    (planned_on < today).then(|| WorkItem {
        kind: WorkKind::DischargeOverdue,
        agency: episode.hospital.clone(),
        case_id: None,
        since: planned_on,
    })
}

/// Whoever wrote the plan monitors it.
fn monitoring(plan: &Plan, today: Date) -> Option<WorkItem> {
    let since = plan.next_review_on.filter(|due_on| plan.active && *due_on <= today)?;
    let (agency, case_id) = (plan.written_by.clone(), plan.case_id.clone());
    Some(WorkItem { kind: WorkKind::MonitoringDue, agency, case_id, since })
}

fn review(file: &PersonFile, plan: &Plan, today: Date) -> Option<WorkItem> {
    let since = plan.next_review_on.filter(|review_on| plan.active && *review_on <= today)?;
    let (agency, case_id) = reviewer(file)?;
    Some(WorkItem { kind: WorkKind::EmergencyPlanReviewDue, agency, case_id, since })
}

/// The plan belongs to the person, so the agency mainly responsible looks at it; where none is
/// named, the lead of an open case.
fn reviewer(file: &PersonFile) -> Option<(AgencyId, Option<CaseId>)> {
    let open = file.cases.iter().filter(|(_, case)| case.is_open());
    let mut led = open.filter_map(|(id, case)| Some((case.lead.clone()?, Some(id.clone()))));
    match &file.primary_supporter {
        Some(supporter) => {
            led.find(|(lead, _)| lead == supporter).or_else(|| Some((supporter.clone(), None)))
        }
        None => led.next(),
    }
}
