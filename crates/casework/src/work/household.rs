//! What waits in an emergency, and with households that could hardly count on support in one.

use contracts::events::HomeContinuationOutcome;
use jiff::civil::Date;

use super::{WorkItem, WorkKind};
use crate::{AgencyId, CaseId, Emergency, Notice, PersonFile, Plan};

/// What waits in an open emergency. Its next step waits for the agency mainly responsible; where
/// none is named, for the one that took the call.
pub(super) fn of_emergency<'f>(
    file: &'f PersonFile,
    emergency: &'f Emergency,
) -> impl Iterator<Item = WorkItem> {
    let case = emergency.case_id.as_ref();
    let agency = file.primary_supporter.as_ref().unwrap_or(&emergency.reported_by);
    let next = next_step(emergency).map(|(kind, since)| item(kind, agency, case, since));
    let told = emergency.notices.values().filter(|notice| waits_for_answer(emergency, notice));
    let to_coordinate = told.map(move |notice| {
        item(WorkKind::SpecialPlacementToCoordinate, &notice.to, case, notice.told_on)
    });
    next.into_iter().chain(to_coordinate)
}

/// A ward office looks for a place as long as none takes the person in.
fn waits_for_answer(emergency: &Emergency, notice: &Notice) -> bool {
    emergency.is_open() && !notice.is_answered && emergency.first_accepted_on().is_none()
}

fn next_step(emergency: &Emergency) -> Option<(WorkKind, Date)> {
    let accepted_on = emergency.first_accepted_on();
    match accepted_on {
        _ if !emergency.is_open() => None,
        Some(accepted_on) => match emergency.meeting_on {
            None => Some((WorkKind::PostEmergencyMeetingToHold, accepted_on)),
            Some(met_on) => all_stays_ended(emergency, met_on),
        },
        None if emergency.home == Some(HomeContinuationOutcome::Enough) => {
            Some((WorkKind::EmergencyToClose, emergency.reported_on))
        }
        None => Some(place_to_find(emergency)),
    }
}

/// As long as an emergency is open it is shown without a consent, so it must not be forgotten.
fn all_stays_ended(emergency: &Emergency, met_on: Date) -> Option<(WorkKind, Date)> {
    let ends = emergency.stays.values().map(|stay| stay.ended_on);
    let ends: Option<Vec<_>> = ends.collect();
    let since = ends?.into_iter().chain([met_on]).max()?;
    Some((WorkKind::EmergencyToClose, since))
}

/// A place is to be found.
fn place_to_find(emergency: &Emergency) -> (WorkKind, Date) {
    let asked_on = emergency.placements.values().map(|placement| placement.requested_on).max();
    (WorkKind::EmergencyPlacementToFind, asked_on.unwrap_or(emergency.reported_on))
}

/// Somebody to be named, a plan to be made.
pub(super) fn of_household(file: &PersonFile) -> impl Iterator<Item = WorkItem> {
    let household = file.household_at_risk.as_ref();
    let has_plan = file.emergency_plans.values().any(Plan::is_active);
    let supporter = household.filter(|_| file.primary_supporter.is_none()).map(|household| {
        let (agency, case) = (&household.identified_by, household.case_id.as_ref());
        item(WorkKind::PrimarySupporterToName, agency, case, household.identified_on)
    });
    let plan = household.filter(|_| !has_plan).map(|household| {
        let agency = file.primary_supporter.as_ref().unwrap_or(&household.identified_by);
        let case = household.case_id.as_ref();
        item(WorkKind::EmergencyPlanToMake, agency, case, household.identified_on)
    });
    supporter.into_iter().chain(plan)
}

fn item(kind: WorkKind, agency: &AgencyId, case: Option<&CaseId>, since: Date) -> WorkItem {
    WorkItem { kind, agency: agency.clone(), case_id: case.cloned(), since }
}
