//! Every kind of work: it appears when something waits and is gone when somebody has done it.

use casework::{CaseId, WorkItem, WorkKind, work_items};
use contracts::{Topic, events::*};

use crate::{history::*, scenario::scenario};

const CONSENT: &str = "consent-1";

fn work(history: &History, today: &str) -> Vec<WorkItem> {
    work_items(&history.file(), date(today))
}

fn kinds(history: &History, today: &str) -> Vec<WorkKind> {
    work(history, today).into_iter().map(|item| item.kind).collect()
}

#[track_caller]
fn waits(history: &History, today: &str, kind: WorkKind, agency: &str, since: &str) {
    let found = work(history, today);
    let expected = |item: &&WorkItem| item.kind == kind;
    let item = found.iter().find(expected).unwrap_or_else(|| panic!("{kind:?} in {found:?}"));
    assert_eq!((item.agency.as_str(), item.since), (agency, date(since)));
}

fn referred() -> History {
    let history = history().registered().admitted(STAY).in_case(CASE).on("2025-05-08");
    history.referred("referral-1", STAY, CENTER)
}

fn accepted() -> History {
    referred().by(CENTER).on("2025-05-15").accepted("referral-1")
}

fn home() -> History {
    let history = accepted().on("2025-06-19").planned().by(HOSPITAL);
    history.on("2025-11-04").discharged(STAY).by(CENTER)
}

fn settling() -> History {
    home().on("2025-11-05").then(SettlementSupportStarted::default())
}

fn readmitted() -> History {
    settling().by(HOSPITAL).on("2026-01-08").readmitted("stay-2").by(CENTER)
}

#[test]
fn a_referral_waits_for_its_addressee_and_then_for_its_sender() {
    let returned = ReferralReturned { referral_id: "referral-1".into(), ..Default::default() };
    let supplement =
        ReferralSupplemented { referral_id: "referral-1".into(), ..Default::default() };
    let referred = referred();
    waits(&referred, "2025-05-09", WorkKind::ReferralToAnswer, CENTER, "2025-05-08");
    let returned = referred.by(CENTER).on("2025-05-12").then(returned);
    waits(&returned, "2025-05-12", WorkKind::ReferralToSupplement, HOSPITAL, "2025-05-12");
    assert_eq!(kinds(&returned, "2025-05-12").len(), 1);
    let supplemented = returned.by(HOSPITAL).on("2025-05-13").then(supplement);
    waits(&supplemented, "2025-05-13", WorkKind::ReferralToAnswer, CENTER, "2025-05-13");
    let accepted = supplemented.by(CENTER).accepted("referral-1");
    assert_eq!(kinds(&accepted, "2025-05-13"), [WorkKind::SupportPlanToMake]);
}

#[test]
fn a_referral_still_waits_after_a_death() {
    let died = referred().died();
    let lapse = WorkKind::ReferralToLapse;
    assert_eq!(kinds(&died, "2025-06-01"), [WorkKind::ReferralToAnswer, lapse, lapse]);
}

#[test]
fn a_request_for_a_visit_waits_for_the_hospital() {
    let request = HospitalVisitRequested {
        visit_request_id: "request-1".into(),
        hospital_agency_id: HOSPITAL.into(),
        ..Default::default()
    };
    let scheduled =
        HospitalVisitScheduled { visit_request_id: "request-1".into(), ..Default::default() };
    let asked = accepted().on("2025-05-20").then(request);
    waits(&asked, "2025-05-21", WorkKind::VisitRequestToAnswer, HOSPITAL, "2025-05-20");
    let answered = asked.clone().by(HOSPITAL).then(scheduled);
    assert!(!kinds(&answered, "2025-05-21").contains(&WorkKind::VisitRequestToAnswer));
    let closed = asked.then(CaseClosed::default());
    assert_eq!(kinds(&closed, "2025-05-21"), []);
}

#[test]
fn a_new_case_waits_for_its_plan() {
    waits(&accepted(), "2025-05-15", WorkKind::SupportPlanToMake, CENTER, "2025-05-15");
    assert_eq!(kinds(&accepted().planned(), "2025-05-15"), []);
}

#[test]
fn a_readmission_asks_for_a_revised_plan_and_a_rest() {
    let readmitted = readmitted();
    waits(&readmitted, "2026-01-08", WorkKind::SupportPlanToRevise, CENTER, "2026-01-08");
    waits(&readmitted, "2026-01-08", WorkKind::SettlementToPause, CENTER, "2026-01-08");
    let revised = readmitted.on("2026-01-29").plan_revised(2);
    assert_eq!(kinds(&revised, "2026-01-29"), [WorkKind::SettlementToPause]);
    let paused = revised.then(SettlementSupportPaused::default());
    assert_eq!(kinds(&paused, "2026-01-29"), []);
}

#[test]
fn who_is_home_waits_for_support_to_start_or_to_go_on() {
    waits(&home(), "2025-11-04", WorkKind::SettlementToStart, CENTER, "2025-11-04");
    assert_eq!(kinds(&settling(), "2025-11-05"), []);
    let paused = readmitted().then(SettlementSupportPaused::default());
    let home_again = paused.plan_revised(2).by(HOSPITAL).on("2026-01-20").discharged("stay-2");
    waits(&home_again, "2026-01-20", WorkKind::SettlementToResume, CENTER, "2026-01-20");
    let resumed = home_again.by(CENTER).then(SettlementSupportResumed::default());
    assert_eq!(kinds(&resumed, "2026-01-20"), []);
}

#[test]
fn ended_support_asks_for_the_case_to_be_closed() {
    let ended = settling().on("2025-12-01").then(SettlementSupportEnded::default());
    waits(&ended, "2025-12-02", WorkKind::CaseToClose, CENTER, "2025-12-01");
    assert_eq!(kinds(&ended.then(CaseClosed::default()), "2025-12-02"), []);
}

#[test]
fn a_death_leaves_only_the_closing() {
    let died = readmitted().on("2026-01-10").died();
    waits(&died, "2026-12-01", WorkKind::CaseToCloseAfterDeath, CENTER, "2026-01-10");
    assert_eq!(kinds(&died, "2026-12-01").len(), 1);
    assert_eq!(kinds(&died.then(CaseClosed::default()), "2026-12-01"), []);
}

#[test]
fn a_consent_that_ended_asks_for_a_look_at_the_case() {
    let planned = accepted().planned();
    assert_eq!(kinds(&planned, "2025-06-01"), [], "no consent was recorded, so none has ended");
    let consented = planned.clone().consented(CONSENT, &[Topic::Support], &[CENTER]);
    assert_eq!(kinds(&consented, "2025-06-01"), []);
    let withdrawn = consented.on("2025-06-02").withdrew(CONSENT);
    waits(&withdrawn, "2025-06-02", WorkKind::ConsentEnded, CENTER, "2025-06-02");
    let again = withdrawn.on("2025-06-09").consented("consent-2", &[Topic::Support], &[CENTER]);
    assert_eq!(kinds(&again, "2025-06-09"), []);
}

#[test]
fn a_consent_ends_for_the_lead_by_its_term_or_its_scope() {
    let until = ConsentGiven {
        consent_id: CONSENT.into(),
        agency_ids: vec![CENTER.into()],
        valid_until: "2025-06-30".into(),
        ..Default::default()
    };
    let narrowed = ConsentScopeChanged { consent_id: CONSENT.into(), ..Default::default() };
    let consented = accepted().planned().then(until);
    assert_eq!(kinds(&consented, "2025-06-30"), []);
    waits(&consented, "2025-07-01", WorkKind::ConsentEnded, CENTER, "2025-07-01");
    let narrowed = consented.on("2025-06-10").then(narrowed);
    waits(&narrowed, "2025-06-10", WorkKind::ConsentEnded, CENTER, "2025-06-10");
}

#[test]
fn a_consent_that_never_named_the_lead_has_not_ended_for_it() {
    let others = accepted().planned().consented(CONSENT, &[Topic::Support], &[WARD_OFFICE]);
    assert_eq!(kinds(&others, "2025-06-01"), []);
    let withdrawn = others.clone().on("2025-06-02").withdrew(CONSENT);
    assert_eq!(kinds(&withdrawn, "2025-06-02"), []);
    let narrowed = ConsentScopeChanged { consent_id: CONSENT.into(), ..Default::default() };
    assert_eq!(kinds(&others.on("2025-06-02").then(narrowed), "2025-06-02"), []);
}

#[test]
fn a_consent_ended_when_it_dropped_the_lead_whatever_changed_later() {
    let scope = |agencies: &[&str]| ConsentScopeChanged {
        consent_id: CONSENT.into(),
        agency_ids: agencies.iter().map(|id| (*id).to_owned()).collect(),
        ..Default::default()
    };
    let consented = accepted().planned().consented(CONSENT, &[Topic::Support], &[CENTER]);
    let dropped = consented.on("2025-06-10").then(scope(&[WARD_OFFICE]));
    let changed = dropped.on("2025-06-20").then(scope(&[WARD_OFFICE, CORE]));
    waits(&changed, "2025-07-01", WorkKind::ConsentEnded, CENTER, "2025-06-10");
    let withdrawn = changed.clone().on("2025-06-25").withdrew(CONSENT);
    waits(&withdrawn, "2025-07-01", WorkKind::ConsentEnded, CENTER, "2025-06-10");
    let named_again = changed.on("2025-06-30").then(scope(&[CENTER]));
    assert_eq!(kinds(&named_again, "2025-07-01"), []);
    let later = named_again.on("2025-07-02").withdrew(CONSENT);
    waits(&later, "2025-07-02", WorkKind::ConsentEnded, CENTER, "2025-07-02");
}

#[test]
fn a_planned_discharge_that_passed_waits_for_the_hospital() {
    let scheduled = accepted().planned().by(HOSPITAL).discharge_planned(STAY, "2025-11-04");
    assert_eq!(kinds(&scheduled, "2025-11-04"), []);
    waits(&scheduled, "2025-11-05", WorkKind::DischargeOverdue, HOSPITAL, "2025-11-04");
    let cancelled = DischargePlanCancelled { episode_id: STAY.into(), ..Default::default() };
    assert_eq!(kinds(&scheduled.clone().then(cancelled), "2025-11-05"), []);
    let discharged = scheduled.on("2025-11-05").discharged(STAY);
    assert_eq!(kinds(&discharged, "2025-11-05"), [WorkKind::SettlementToStart]);
}

#[test]
fn checkpoints_come_due_until_somebody_looks_or_support_ends() {
    let settling = settling();
    assert_eq!(kinds(&settling, "2026-02-01"), []);
    waits(&settling, "2026-02-02", WorkKind::CheckpointDue, CENTER, "2026-02-02");
    let observed = settling.clone().on("2026-02-02").observed(90, LivingStatus::Community);
    assert_eq!(kinds(&observed, "2026-02-02"), []);
    let all = [WorkKind::CheckpointDue; 3];
    assert_eq!(kinds(&settling, "2026-11-04"), all);
    let ended = settling.then(SettlementSupportEnded::default());
    assert!(!kinds(&ended, "2026-11-04").contains(&WorkKind::CheckpointDue));
}

#[test]
fn checkpoints_follow_the_discharge_with_which_support_began() {
    let paused = readmitted().then(SettlementSupportPaused::default()).plan_revised(2);
    waits(&paused, "2026-02-02", WorkKind::CheckpointDue, CENTER, "2026-02-02");
    let observed = paused.on("2026-02-02").observed(90, LivingStatus::Inpatient);
    let home_again = observed.by(HOSPITAL).on("2026-02-05").discharged("stay-2");
    let resumed = home_again.by(CENTER).then(SettlementSupportResumed::default());
    assert_eq!(kinds(&resumed, "2026-05-02"), []);
    waits(&resumed, "2026-05-07", WorkKind::CheckpointDue, CENTER, "2026-05-03");
    let observed = resumed.on("2026-05-03").observed(180, LivingStatus::Community);
    assert_eq!(kinds(&observed, "2026-11-03"), []);
}

#[test]
fn an_emergency_plan_waits_for_its_review() {
    let plan = EmergencyPlanCreated {
        plan_id: "emergency-1".into(),
        next_review_on: "2026-10-31".into(),
        ..Default::default()
    };
    let retired = EmergencyPlanRetired { plan_id: "emergency-1".into(), ..Default::default() };
    let planned = accepted().planned().then(plan);
    assert_eq!(kinds(&planned, "2026-10-30"), []);
    waits(&planned, "2026-10-31", WorkKind::EmergencyPlanReviewDue, CENTER, "2026-10-31");
    assert_eq!(kinds(&planned.clone().then(retired), "2026-10-31"), []);
    let assigned =
        PrimarySupporterAssigned { supporter_agency_id: CORE.into(), ..Default::default() };
    let assigned = planned.by(WARD_OFFICE).then(assigned);
    waits(&assigned, "2026-10-31", WorkKind::EmergencyPlanReviewDue, CORE, "2026-10-31");
}

#[test]
fn a_support_plan_waits_for_the_review_that_its_writer_named() {
    let plan = IndividualSupportPlanCreated {
        plan_id: "plan-1".into(),
        version: 1,
        next_review_on: "2025-12-01".into(),
        ..Default::default()
    };
    let planned = accepted().then(plan);
    assert_eq!(kinds(&planned, "2025-11-30"), []);
    waits(&planned, "2025-12-01", WorkKind::SupportPlanReviewDue, CENTER, "2025-12-01");
    assert_eq!(kinds(&planned.clone().plan_revised(2), "2025-12-01"), []);
    assert_eq!(kinds(&planned.then(CaseSuspended::default()), "2025-12-01"), []);
}

#[test]
fn a_service_use_plan_waits_for_its_monitoring() {
    let plan = |monitoring_months: u32| ServiceUsePlanCreated {
        plan_id: "plan-2".into(),
        version: 1,
        monitoring_months,
        ..Default::default()
    };
    let monitored = |next: &str| ServiceUsePlanMonitored {
        plan_id: "plan-2".into(),
        next_monitoring_on: next.into(),
        ..Default::default()
    };
    let ended = ServiceUsePlanEnded { plan_id: "plan-2".into(), ..Default::default() };
    let case = || accepted().planned().on("2025-08-31");
    assert_eq!(kinds(&case().then(plan(0)), "2027-01-01"), [], "nobody has said how often");
    let planned = case().then(plan(6));
    assert_eq!(kinds(&planned, "2026-02-27"), []);
    waits(&planned, "2026-02-28", WorkKind::MonitoringDue, CENTER, "2026-02-28");
    let usual = planned.clone().on("2026-03-02").then(monitored(""));
    assert_eq!(kinds(&usual, "2026-09-01"), []);
    waits(&usual, "2026-09-02", WorkKind::MonitoringDue, CENTER, "2026-09-02");
    let sooner = planned.clone().on("2026-03-02").then(monitored("2026-04-01"));
    waits(&sooner, "2026-04-01", WorkKind::MonitoringDue, CENTER, "2026-04-01");
    assert_eq!(kinds(&planned.then(ended), "2026-02-28"), []);
}

#[test]
fn a_suspended_case_waits_for_nothing_and_a_closed_one_neither() {
    let suspended = home().then(CaseSuspended::default());
    assert_eq!(kinds(&suspended, "2025-11-04"), []);
    let resumed = suspended.then(CaseResumed::default());
    assert_eq!(kinds(&resumed, "2025-11-04"), [WorkKind::SettlementToStart]);
    assert_eq!(kinds(&resumed.then(CaseClosed::default()), "2025-11-04"), []);
}

#[test]
fn the_oldest_work_comes_first_and_names_its_case() {
    let items = work(&readmitted(), "2026-12-01");
    assert!(items.is_sorted_by_key(|item| item.since));
    assert!(items.iter().all(|item| item.case_id == Some(CaseId::from(CASE))));
}

#[test]
fn the_whole_scenario_leaves_no_work_but_the_emergency_plan() {
    assert_eq!(kinds(&scenario(), "2026-11-30"), []);
    assert_eq!(kinds(&scenario(), "2027-10-31"), [WorkKind::EmergencyPlanReviewDue]);
}

#[test]
fn an_application_waits_for_the_ward_office_until_it_is_decided() {
    let service = BenefitService::CommunityTransitionSupport.into();
    let applied = BenefitApplicationReceived {
        application_id: "application-1".into(),
        service,
        ..Default::default()
    };
    let decided = BenefitDecisionIssued {
        benefit_id: "benefit-1".into(),
        application_id: "application-1".into(),
        service,
        ..Default::default()
    };
    let refused = BenefitRefused { application_id: "application-1".into(), ..Default::default() };
    let applied = accepted().planned().by(WARD_OFFICE).on("2025-07-28").then(applied);
    waits(&applied, "2025-07-29", WorkKind::BenefitToDecide, WARD_OFFICE, "2025-07-28");
    assert_eq!(kinds(&applied.clone().then(decided), "2025-08-04"), []);
    assert_eq!(kinds(&applied.then(refused), "2025-08-04"), []);
}
