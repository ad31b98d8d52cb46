//! What one agency has asked of another: referrals, early consultations, hand-overs.
//!
//! Whoever is asked finds the question; whoever asked finds the answer, or that it takes long.

use jiff::civil::Date;

use super::{WAITING_LONG_DAYS, WorkItem, WorkKind};
use crate::{
    AgencyId, Case, CaseId, Consultation, ConsultationState, PersonFile, Referral, ReferralState,
    calendar::days_between,
};

pub(super) fn items(file: &PersonFile, today: Date) -> Vec<WorkItem> {
    let referrals = file.referrals.values().filter(|referral| referral.is_open());
    let consultations = file.consultations.values().filter(|consultation| consultation.is_open());
    let mut items: Vec<_> =
        referrals.flat_map(|referral| of_referral(file, referral, today)).collect();
    items.extend(consultations.flat_map(|one| of_consultation(file, one, today)));
    items.extend(file.cases.iter().flat_map(|(id, case)| of_handover(id, case, today)));
    items
}

fn of_referral(file: &PersonFile, referral: &Referral, today: Date) -> Vec<WorkItem> {
    let item = |kind, agency: &AgencyId, since| WorkItem {
        kind,
        agency: agency.clone(),
        case_id: Some(referral.case_id.clone()),
        since,
    };
    let mut items = vec![match referral.state {
        ReferralState::Returned => {
            item(WorkKind::ReferralToSupplement, &referral.from, referral.since)
        }
        _ => item(WorkKind::ReferralToAnswer, &referral.to, referral.since),
    }];
    if let Some((core, since)) = &referral.escalated {
        items.push(item(WorkKind::ReferralToHelpWith, core, *since));
    }
    if let Some((_, since)) = file.outdated(referral.submitted_on) {
        let sides = [&referral.to, &referral.from];
        items.extend(sides.map(|side| item(WorkKind::ReferralToLapse, side, since)));
    } else if is_waiting_long(referral, today) {
        items.push(item(WorkKind::AnswerWaitingLong, &referral.from, referral.since));
    }
    items
}

fn is_waiting_long(referral: &Referral, today: Date) -> bool {
    let waits = referral.state == ReferralState::Waiting;
    let clock = referral.clock(today).filter(|_| waits);
    clock.is_some_and(|clock| clock.counted_days() >= WAITING_LONG_DAYS)
}

fn of_consultation(file: &PersonFile, asked: &Consultation, today: Date) -> Vec<WorkItem> {
    let item = |kind, agency: &AgencyId, since| WorkItem {
        kind,
        agency: agency.clone(),
        case_id: None,
        since,
    };
    let mut items = vec![match asked.state {
        ConsultationState::Joined => {
            item(WorkKind::ConsultationToConclude, &asked.from, asked.since)
        }
        _ => item(WorkKind::ConsultationToAnswer, &asked.to, asked.since),
    }];
    if let Some((_, since)) = file.outdated(asked.requested_on) {
        let sides = [&asked.to, &asked.from];
        items.extend(sides.map(|side| item(WorkKind::ConsultationToLapse, side, since)));
    } else if asked.state == ConsultationState::Waiting && is_long(asked.since, today) {
        items.push(item(WorkKind::AnswerWaitingLong, &asked.from, asked.since));
    }
    items
}

fn of_handover(id: &CaseId, case: &Case, today: Date) -> Vec<WorkItem> {
    let item = |kind, agency: &AgencyId, since| WorkItem {
        kind,
        agency: agency.clone(),
        case_id: Some(id.clone()),
        since,
    };
    let mut items = Vec::new();
    if let Some(handover) = &case.handover {
        items.push(item(WorkKind::HandoverToAnswer, &handover.to, handover.since));
    }
    let Some(lead) = case.lead.as_ref().filter(|_| case.is_open()) else { return items };
    let long = case.handover.as_ref().filter(|handover| is_long(handover.since, today));
    items.extend(long.map(|handover| item(WorkKind::AnswerWaitingLong, lead, handover.since)));
    let declined = case.handover_declined_on;
    items.extend(declined.map(|on| item(WorkKind::HandoverDeclined, lead, on)));
    items
}

fn is_long(since: Date, today: Date) -> bool {
    days_between(since, today) >= WAITING_LONG_DAYS
}
