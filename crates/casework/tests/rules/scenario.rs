//! A long stay, a referral, a discharge, a readmission on day 65, and settlement: one invented
//! person's way from 2021 to 2026.

use contracts::{Topic, events::*};

use crate::history::*;

pub const SECOND_STAY: &str = "stay-2";
const ALL_TOPICS: [Topic; 4] =
    [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];

/// The whole way.
pub fn scenario() -> History {
    settlement(second_stay(discharge(preparation(referral(history())))))
}

fn referral(history: History) -> History {
    let destination = ReturnMissing::DestinationWish.into();
    history
        .by(HOSPITAL)
        .on("2021-09-06")
        .registered()
        .admitted(STAY)
        .on("2025-04-22")
        .then(DischargeIntentRecorded {
            episode_id: STAY.into(),
            intent: DischargeIntent::Ambivalent.into(),
            ..Default::default()
        })
        .on("2025-05-07")
        .consented("consent-1", &ALL_TOPICS, &[HOSPITAL, CENTER, CORE, WARD_OFFICE])
        .in_case(CASE)
        .on("2025-05-08")
        .referred("referral-1", STAY, CENTER)
        .by(CENTER)
        .on("2025-05-12")
        .then(ReferralReturned {
            referral_id: "referral-1".into(),
            missing: vec![destination],
            ..Default::default()
        })
        .by(HOSPITAL)
        .on("2025-05-13")
        .then(ReferralSupplemented { referral_id: "referral-1".into(), ..Default::default() })
        .by(CENTER)
        .on("2025-05-15")
        .accepted("referral-1")
        .joined(HOSPITAL)
        .joined(WARD_OFFICE)
        .joined(CORE)
}

fn preparation(history: History) -> History {
    history
        .on("2025-05-20")
        .then(HospitalVisitRequested {
            visit_request_id: "visit-request-1".into(),
            hospital_agency_id: HOSPITAL.into(),
            ..Default::default()
        })
        .by(HOSPITAL)
        .on("2025-05-22")
        .then(HospitalVisitScheduled {
            visit_request_id: "visit-request-1".into(),
            visit_on: "2025-05-29".into(),
            ..Default::default()
        })
        .by(CENTER)
        .on("2025-05-29")
        .visited(STAY)
        .on("2025-06-12")
        .visited(STAY)
        .on("2025-06-19")
        .planned()
        .on("2025-07-03")
        .then(VisitNotHeld { reason: VisitNotHeldReason::Refused.into(), ..Default::default() })
        .by(WARD_OFFICE)
        .on("2025-08-04")
        .then(BenefitDecisionIssued {
            benefit_id: "benefit-1".into(),
            service: BenefitService::CommunityTransitionSupport.into(),
            valid_from: "2025-08-05".into(),
            valid_to: "2026-02-04".into(),
            ..Default::default()
        })
        .by(CENTER)
        .on("2025-08-05")
        .then(TrackChanged {
            from_track: Track::DischargeSupport.into(),
            to_track: Track::CommunityTransition.into(),
            ..Default::default()
        })
        .then(CommunityTransitionSupportStarted {
            benefit_id: "benefit-1".into(),
            ..Default::default()
        })
        .on("2025-09-10")
        .visited(STAY)
        .on("2025-09-17")
        .plan_revised(2)
}

fn discharge(history: History) -> History {
    history
        .by(HOSPITAL)
        .on("2025-10-22")
        .discharge_planned(STAY, "2025-11-04")
        .on("2025-10-28")
        .then(MedicalSummaryShared {
            recipient_agency_ids: vec![CENTER.into()],
            ..Default::default()
        })
        .by(WARD_OFFICE)
        .on("2025-10-30")
        .then(PrimarySupporterAssigned { supporter_agency_id: CENTER.into(), ..Default::default() })
        .by(CENTER)
        .on("2025-10-31")
        .then(EmergencyPlanCreated {
            plan_id: "emergency-plan-1".into(),
            version: 1,
            next_review_on: "2026-10-31".into(),
            ..Default::default()
        })
        .by(HOSPITAL)
        .on("2025-11-04")
        .discharged(STAY)
        .by(CENTER)
        .then(CommunityTransitionSupportEnded {
            benefit_id: "benefit-1".into(),
            ..Default::default()
        })
        .then(SettlementSupportStarted::default())
        .on("2025-11-06")
        .then(SettlementFollowUpRecorded::default())
}

fn second_stay(history: History) -> History {
    let everyone = [HOSPITAL, CENTER, CORE, WARD_OFFICE, OTHER_HOSPITAL];
    history
        .by(OTHER_HOSPITAL)
        .on("2026-01-08")
        .outside_cases()
        .readmitted(SECOND_STAY)
        .by(CENTER)
        .in_case(CASE)
        .then(SettlementSupportPaused::default())
        .on("2026-01-09")
        .then(ConsentScopeChanged {
            consent_id: "consent-1".into(),
            topics: ALL_TOPICS.map(i32::from).to_vec(),
            agency_ids: everyone.map(str::to_owned).to_vec(),
            ..Default::default()
        })
        .joined(OTHER_HOSPITAL)
        .on("2026-01-15")
        .visited(SECOND_STAY)
        .on("2026-01-29")
        .plan_revised(3)
        .by(OTHER_HOSPITAL)
        .on("2026-01-30")
        .discharge_planned(SECOND_STAY, "2026-02-05")
        .by(CENTER)
        .on("2026-02-02")
        .observed(90, LivingStatus::Inpatient)
        .by(OTHER_HOSPITAL)
        .on("2026-02-05")
        .discharged(SECOND_STAY)
        .by(CENTER)
        .then(SettlementSupportResumed::default())
}

fn settlement(history: History) -> History {
    history
        .on("2026-05-03")
        .observed(180, LivingStatus::Community)
        .on("2026-10-23")
        .then(EmergencyPlanRevised {
            plan_id: "emergency-plan-1".into(),
            version: 2,
            next_review_on: "2027-10-31".into(),
            ..Default::default()
        })
        .on("2026-11-04")
        .observed(365, LivingStatus::Community)
        .then(SettlementSupportEnded::default())
        .on("2026-11-05")
        .then(CaseClosed { reason: CaseCloseReason::Settled.into(), ..Default::default() })
}
