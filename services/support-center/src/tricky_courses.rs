//! Courses in which several decisions have to fit together.

use casework::{CaseId, CaseState, Flag, PersonFile, Refusal, Settlement};
use contracts::events::*;
use office::{
    shared::{accept_referral, add_care_team_member, record_death, withdraw_consent},
    testing::*,
};

use crate::{
    close_case, create_individual_support_plan, end_settlement_support, pause_settlement_support,
    record_settlement_follow_up, record_ward_visit, request_hospital_visit,
    resume_settlement_support, revise_individual_support_plan, share_emergency_plan,
    share_individual_support_plan, share_tenant_info_sheet,
};
use crate::{
    emergency_plan::tests::given_emergency_plan,
    record_settlement_follow_up::tests::follow_up,
    record_ward_visit::tests::visit,
    revise_individual_support_plan::tests::revision,
    share_emergency_plan::tests::share as share_of_emergency_plan,
    share_individual_support_plan::tests::{joined, share},
    share_tenant_info_sheet::tests::{sheet, with_store},
};

fn standing(file: &PersonFile) -> (CaseState, Settlement, u32) {
    let case = file.case(&CaseId::from(CASE)).expect("the case");
    (case.state(), case.settlement, case.cycle)
}

fn closing(reason: CaseCloseReason) -> CaseClosed {
    CaseClosed { reason: reason.into(), ..Default::default() }
}

/// Discharged on 4 November, back in hospital on 8 January: day 65.
#[test]
fn a_readmission_during_settlement_pauses_it_in_the_same_case() {
    let given = given_settling().on("2026-01-08").readmitted();
    assert_eq!(standing(&given.file()), (CaseState::Readmitted, Settlement::Open, 2));
    let given = given.after(pause_settlement_support::decide, SettlementSupportPaused::default());
    assert_eq!(standing(&given.file()), (CaseState::Readmitted, Settlement::Paused, 2));
    let given = given
        .on("2026-01-15")
        .after(record_ward_visit::decide, visit(SECOND_EPISODE, "2026-01-15"))
        .on("2026-01-29")
        .after(revise_individual_support_plan::decide, revision(PLAN));
    assert_eq!(standing(&given.file()), (CaseState::Supporting, Settlement::Paused, 2));
    let home = PatientDischarged { episode_id: SECOND_EPISODE.into(), ..Default::default() };
    let given = given.on("2026-02-05").by("hospital-b").event(home).by("center-a");
    let given = given.after(resume_settlement_support::decide, SettlementSupportResumed::default());
    assert_eq!(standing(&given.file()), (CaseState::Settling, Settlement::Open, 2));
    assert_eq!(given.file().referrals.len(), 1);
}

#[test]
fn after_a_withdrawal_nothing_is_disclosed() {
    let given = || {
        given_emergency_plan().event(joined("core-a")).after(
            withdraw_consent::decide,
            ConsentWithdrawn { consent_id: CONSENT.into(), withdrawn_on: "2025-05-15".into() },
        )
    };
    let request = HospitalVisitRequested {
        hospital_agency_id: "hospital-a".into(),
        wished_dates: vec!["2025-05-29".into()],
        ..Default::default()
    };
    given().when(request_hospital_visit::decide, request).refuses(Refusal::ConsentRequired);
    let copy = share_of_emergency_plan(PLAN, &["core-a"]);
    given().when(share_emergency_plan::decide, copy).refuses(Refusal::ConsentRequired);
    let with_sheet = given().event(sheet());
    with_sheet
        .when(share_tenant_info_sheet::decide, with_store())
        .refuses(Refusal::ConsentRequired);
    given().when(add_care_team_member::decide, joined("ward-a")).refuses(Refusal::ConsentRequired);
    let planned = given()
        .after(create_individual_support_plan::decide, IndividualSupportPlanCreated::default());
    let file = planned.file();
    let plan = file.case(&CaseId::from(CASE)).unwrap().support_plan.clone().unwrap();
    let shared = share(&plan.0, &["hospital-a"]);
    planned.when(share_individual_support_plan::decide, shared).refuses(Refusal::ConsentRequired);
}

#[test]
fn after_a_withdrawal_facts_are_recorded_and_the_case_can_be_closed() {
    let given = || given_settling().consent_withdrawn();
    let visited = visit(EPISODE, "2025-11-04");
    given().when(record_ward_visit::decide, visited).records(&["WardVisitRecorded"]);
    let followed_up = follow_up("2025-11-04");
    let then = given().when(record_settlement_follow_up::decide, followed_up);
    then.records(&["SettlementFollowUpRecorded"]);
    let withdrawn = closing(CaseCloseReason::ConsentWithdrawn);
    given().when(close_case::decide, withdrawn).records(&["CaseClosed"]);
}

#[test]
fn a_death_in_hospital_closes_the_case_without_a_discharge() {
    let death = DeathRecorded { died_on: "2025-06-20".into(), ..Default::default() };
    let given = given_plan().on("2025-06-20").after(record_death::decide, death);
    assert_eq!(given.file().last_discharge(), None);
    let given = given.on("2025-06-23").after(close_case::decide, closing(CaseCloseReason::Died));
    assert_eq!(standing(&given.file()), (CaseState::Closed, Settlement::None, 1));
}

#[test]
fn a_death_at_home_ends_settlement_and_the_case() {
    let death = DeathRecorded { died_on: "2026-05-23".into(), ..Default::default() };
    let given = given_settling().on("2026-05-25").after(record_death::decide, death);
    let ended =
        SettlementSupportEnded { reason: SettlementEndReason::Died.into(), ..Default::default() };
    let given = given.after(end_settlement_support::decide, ended);
    let given = given.after(close_case::decide, closing(CaseCloseReason::Died));
    assert_eq!(standing(&given.file()), (CaseState::Closed, Settlement::Ended, 1));
    assert!(given.file().last_discharge().is_some());
}

#[test]
fn after_a_transfer_visits_are_recorded_against_the_new_stay() {
    let transfer = PatientTransferred {
        episode_id: EPISODE.into(),
        to_agency_id: "hospital-b".into(),
        new_episode_id: SECOND_EPISODE.into(),
        ..Default::default()
    };
    let moved = || {
        let moved = given_plan().on("2025-07-01").by("hospital-a").event(transfer.clone());
        moved.by("center-a").on("2025-07-10")
    };
    assert_eq!(standing(&moved().file()), (CaseState::Supporting, Settlement::None, 1));
    let there = visit(SECOND_EPISODE, "2025-07-10");
    moved().when(record_ward_visit::decide, there).records(&["WardVisitRecorded"]);
    let elsewhere = visit(EPISODE, "2025-07-10");
    moved().when(record_ward_visit::decide, elsewhere).flags(&[Flag::VisitOutsideStay]);
}

/// A repeated request is answered by the desk; one that is sent anew has nothing left to answer.
#[test]
fn a_referral_is_accepted_once() {
    let acceptance = || ReferralAccepted {
        referral_id: REFERRAL.into(),
        track: Track::DischargeSupport.into(),
        ..Default::default()
    };
    let given = given_referral().after(accept_referral::decide, acceptance());
    given.when(accept_referral::decide, acceptance()).refuses(Refusal::ReferralEnded);
}
