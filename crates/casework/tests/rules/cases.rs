//! The case machine, arrow by arrow; and the referral beside it.

use casework::{Case, CaseId, CaseState, ReferralId, ReferralState, Settlement};
use contracts::events::*;

use crate::{
    history::*,
    scenario::{SECOND_STAY, scenario},
};

fn case(history: &History) -> Case {
    history.file().cases.get(&CaseId::from(CASE)).cloned().expect("the case")
}

fn state(history: &History) -> CaseState {
    case(history).state()
}

fn referred() -> History {
    let history = history().registered().admitted(STAY).in_case(CASE).on("2025-05-08");
    history.referred("referral-1", STAY, CENTER)
}

fn returned() -> History {
    let returned = ReferralReturned { referral_id: "referral-1".into(), ..Default::default() };
    referred().by(CENTER).on("2025-05-12").then(returned)
}

fn preparing() -> History {
    referred().by(CENTER).on("2025-05-15").accepted("referral-1")
}

fn supporting() -> History {
    preparing().on("2025-06-19").planned()
}

fn scheduled() -> History {
    supporting().by(HOSPITAL).on("2025-10-22").discharge_planned(STAY, "2025-11-04")
}

fn discharged() -> History {
    scheduled().on("2025-11-04").discharged(STAY).by(CENTER)
}

fn settling() -> History {
    discharged().then(SettlementSupportStarted::default())
}

fn readmitted() -> History {
    settling().by(OTHER_HOSPITAL).on("2026-01-08").readmitted(SECOND_STAY).by(CENTER)
}

fn closed() -> History {
    supporting().then(CaseClosed { reason: CaseCloseReason::Other.into(), ..Default::default() })
}

#[test]
fn a_referral_begins_a_case() {
    let case = case(&referred());
    assert_eq!((case.state(), case.lead.clone(), case.cycle), (CaseState::Referred, None, 1));
    assert_eq!(case.track(), Track::DischargeSupport);
    assert!(!case.is_open() && !case.is_closed());
}

#[test]
fn a_referral_goes_back_and_comes_again() {
    assert_eq!(state(&returned()), CaseState::Returned);
    let supplement =
        ReferralSupplemented { referral_id: "referral-1".into(), ..Default::default() };
    let supplemented = returned().by(HOSPITAL).on("2025-05-13").then(supplement);
    assert_eq!(state(&supplemented), CaseState::Referred);
    let file = supplemented.file();
    let referral = &file.referrals[&ReferralId::from("referral-1")];
    assert_eq!((referral.state, referral.since), (ReferralState::Waiting, date("2025-05-13")));
    assert_eq!(referral.submitted_on, date("2025-05-08"));
}

#[test]
fn a_referral_ends_by_the_sender_or_by_the_receiver() {
    for before in [referred(), returned()] {
        let referral_id = || "referral-1".to_owned();
        let withdrawn = ReferralWithdrawn { referral_id: referral_id(), ..Default::default() };
        let declined = ReferralDeclined { referral_id: referral_id(), ..Default::default() };
        assert_eq!(state(&before.clone().then(withdrawn)), CaseState::Withdrawn);
        assert_eq!(state(&before.then(declined)), CaseState::Declined);
    }
}

#[test]
fn an_accepted_referral_opens_its_case() {
    let case = case(&preparing());
    assert_eq!(case.state(), CaseState::Preparing);
    assert_eq!(case.lead, Some(CENTER.into()));
    assert_eq!(case.opened_on, Some(date("2025-05-15")));
    assert!(case.is_open());
}

#[test]
fn a_case_opens_without_a_referral() {
    let walk_in = history().by(CENTER).registered().in_case(CASE).opened(Track::CommunityLife);
    let case = case(&walk_in);
    assert_eq!((case.state(), case.referral), (CaseState::Preparing, None));
    assert_eq!(state(&walk_in.planned()), CaseState::Supporting);
}

#[test]
fn a_plan_makes_it_support() {
    assert_eq!(state(&supporting()), CaseState::Supporting);
    assert_eq!(case(&supporting()).support_plan, Some(("plan-1".into(), 1)));
}

#[test]
fn a_discharge_is_planned_and_given_up() {
    assert_eq!(state(&scheduled()), CaseState::DischargeScheduled);
    let cancelled = DischargePlanCancelled { episode_id: STAY.into(), ..Default::default() };
    let given_up = scheduled().then(cancelled);
    assert_eq!(state(&given_up), CaseState::Supporting);
    assert_eq!(given_up.file().episodes[0].planned_discharge, None);
}

#[test]
fn a_discharge_moves_the_case_planned_or_not() {
    assert_eq!(state(&discharged()), CaseState::Discharged);
    assert_eq!(state(&supporting().by(HOSPITAL).discharged(STAY)), CaseState::Discharged);
}

#[test]
fn a_transfer_or_a_death_is_no_discharge() {
    let moved = supporting().by(HOSPITAL).transferred(STAY, OTHER_HOSPITAL, SECOND_STAY);
    assert_eq!(state(&moved), CaseState::Supporting);
    assert_eq!(state(&supporting().died()), CaseState::Supporting);
    let home = moved.by(OTHER_HOSPITAL).on("2025-09-01").discharged(SECOND_STAY);
    assert_eq!(state(&home), CaseState::Discharged);
}

#[test]
fn support_after_discharge_begins_rests_goes_on_and_ends() {
    let settling = settling();
    assert_eq!(
        (state(&settling), case(&settling).settlement),
        (CaseState::Settling, Settlement::Open)
    );
    let paused = settling.on("2025-12-01").then(SettlementSupportPaused::default());
    assert_eq!(
        (state(&paused), case(&paused).settlement),
        (CaseState::Settling, Settlement::Paused)
    );
    let resumed = paused.on("2025-12-15").then(SettlementSupportResumed::default());
    assert_eq!(case(&resumed).settlement, Settlement::Open);
    assert_eq!(case(&resumed).settlement_started_on, Some(date("2025-11-04")));
    let ended = resumed.then(SettlementSupportEnded::default());
    assert_eq!((state(&ended), case(&ended).settlement), (CaseState::Followed, Settlement::Ended));
    assert_eq!(state(&ended.then(CaseClosed::default())), CaseState::Closed);
}

#[test]
fn a_readmission_begins_a_new_cycle_of_the_same_case() {
    for before in [discharged(), settling()] {
        let back = before.by(OTHER_HOSPITAL).on("2026-01-08").readmitted(SECOND_STAY);
        assert_eq!((state(&back), case(&back).cycle), (CaseState::Readmitted, 2));
        assert_eq!(back.file().cases.len(), 1);
    }
    let revised = readmitted().plan_revised(2);
    assert_eq!(state(&revised), CaseState::Supporting);
    assert_eq!(case(&revised).support_plan, Some(("plan-1".into(), 2)));
}

#[test]
fn support_that_nobody_paused_goes_on_after_the_second_discharge() {
    let home =
        readmitted().plan_revised(2).by(OTHER_HOSPITAL).on("2026-02-05").discharged(SECOND_STAY);
    assert_eq!(state(&home), CaseState::Settling);
}

#[test]
fn an_open_case_rests_and_goes_on_where_it_was() {
    for before in [preparing(), supporting(), scheduled(), discharged(), settling(), readmitted()] {
        let suspended = before.clone().by(CENTER).then(CaseSuspended::default());
        assert_eq!(state(&suspended), CaseState::Suspended);
        assert_eq!(state(&suspended.then(CaseResumed::default())), state(&before));
    }
}

#[test]
fn a_suspended_case_still_follows_the_person() {
    let home = scheduled().by(CENTER).then(CaseSuspended::default());
    let home = home.by(HOSPITAL).on("2025-11-04").discharged(STAY).by(CENTER);
    assert_eq!(state(&home), CaseState::Suspended);
    assert_eq!(state(&home.then(CaseResumed::default())), CaseState::Discharged);
}

#[test]
fn a_death_ends_the_stay_and_lets_the_case_close() {
    let died = supporting().on("2025-07-01").died();
    assert_eq!(died.file().died_on, Some(date("2025-07-01")));
    assert!(died.file().open_episode().is_none());
    let reason = CaseCloseReason::Died.into();
    let closed = died.then(CaseClosed { reason, ..Default::default() });
    assert_eq!(case(&closed).close_reason, Some(CaseCloseReason::Died));
    assert_eq!(state(&closed), CaseState::Closed);
}

#[test]
fn a_closed_case_stays_closed_until_it_is_taken_up_again() {
    let closed = closed();
    let later = closed.clone().by(HOSPITAL).on("2025-11-04").discharged(STAY).readmitted("stay-3");
    assert_eq!((state(&closed), state(&later)), (CaseState::Closed, CaseState::Closed));
    let reopened = closed.then(CaseReopened::default());
    let case = case(&reopened);
    assert_eq!((case.state(), case.close_reason), (CaseState::Preparing, None));
    assert_eq!((case.support_plan, case.settlement_started_on), (None, None));
}

#[test]
fn a_case_reopened_at_home_goes_on_to_life_at_home() {
    let at_home = discharged().then(CaseClosed::default()).then(CaseReopened::default());
    assert_eq!(state(&at_home.planned()), CaseState::Discharged);
}

#[test]
fn a_case_of_community_life_does_not_move_with_stays() {
    let case =
        history().by(CENTER).registered().in_case(CASE).opened(Track::CommunityLife).planned();
    let back = case.by(HOSPITAL).admitted(STAY).on("2025-05-01").discharged(STAY);
    assert_eq!(state(&back), CaseState::Supporting);
}

#[test]
fn only_one_open_case_holds_a_track() {
    let file = supporting().file();
    assert_eq!(file.open_case_on(Track::DischargeSupport), Some(&CaseId::from(CASE)));
    assert_eq!(file.open_case_on(Track::CommunityTransition), None);
    assert_eq!(closed().file().open_case_on(Track::DischargeSupport), None);
}

#[test]
fn the_scenario_goes_through_the_machine() {
    let case = case(&scenario());
    assert_eq!((case.state(), case.cycle), (CaseState::Closed, 2));
    assert_eq!(case.close_reason, Some(CaseCloseReason::Settled));
    assert_eq!(case.track(), Track::CommunityTransition);
    assert_eq!(
        scenario().file().checkpoints,
        [(date("2025-11-04"), 90), (date("2025-11-04"), 180), (date("2025-11-04"), 365),]
    );
}
