//! Every flag, once where it belongs and once where it does not.

use std::collections::BTreeSet;

use casework::{Flag, PersonFile, Resources};
use contracts::{Topic, annotations::Subject, events::*};

use crate::{emergency_flags::of_emergencies, history::*, scenario::scenario};

/// What the last event of a history raises.
fn raised(history: &History) -> Vec<Flag> {
    let (last, before) = history.events().split_last().expect("an event");
    if last.event.kind().subject() == Subject::Resource {
        let mut resources = Resources::default();
        before.iter().for_each(|recorded| drop(resources.apply(recorded)));
        return resources.apply(last);
    }
    PersonFile::folded(before).apply(last)
}

fn inpatient() -> History {
    history().registered().on("2025-04-10").admitted(STAY)
}

fn home() -> History {
    inpatient().on("2025-06-01").discharged(STAY)
}

fn case_at_home() -> History {
    inpatient()
        .by(CENTER)
        .in_case(CASE)
        .opened(Track::DischargeSupport)
        .planned()
        .by(HOSPITAL)
        .on("2025-06-01")
        .discharged(STAY)
        .by(CENTER)
}

fn consented() -> History {
    inpatient().consented("consent-1", &[Topic::Support], &[CENTER])
}

fn benefit() -> History {
    inpatient().by(WARD_OFFICE).then(BenefitDecisionIssued {
        benefit_id: "benefit-1".into(),
        valid_from: "2025-05-01".into(),
        valid_to: "2025-05-31".into(),
        ..Default::default()
    })
}

fn started(benefit: &str) -> CommunityTransitionSupportStarted {
    CommunityTransitionSupportStarted { benefit_id: benefit.into(), ..Default::default() }
}

fn moved_from(ward: &str) -> ResidenceWardChanged {
    ResidenceWardChanged { from_ward: ward.into(), to_ward: "naka".into(), ..Default::default() }
}

/// A flag, a history whose last event raises it, and one whose last event does not.
pub type Provoked = (Flag, History, History);

fn of_stays() -> Vec<Provoked> {
    let back = |day| home().by(OTHER_HOSPITAL).on(day);
    vec![
        (
            Flag::OverlappingStay,
            back("2025-05-31").admitted("stay-2"),
            back("2025-06-01").admitted("stay-2"),
        ),
        (Flag::OverlappingStay, inpatient().by(OTHER_HOSPITAL).admitted("stay-2"), inpatient()),
        (Flag::EndedBeforeAdmission, inpatient().on("2025-04-09").discharged(STAY), home()),
        (Flag::StayAlreadyEnded, home().on("2025-06-02").discharged(STAY), home()),
        (Flag::StayUnknown, inpatient().discharged("stay-9"), home()),
        (Flag::StayUnknown, inpatient().by(OTHER_HOSPITAL).discharged(STAY), home()),
        (
            Flag::StayUnknown,
            inpatient().by(CENTER).visited("stay-9"),
            inpatient().by(CENTER).visited(STAY),
        ),
        (
            Flag::VisitOutsideStay,
            home().by(CENTER).on("2025-06-02").visited(STAY),
            home().by(CENTER).visited(STAY),
        ),
        (
            Flag::NoEarlierStay,
            history().registered().readmitted(STAY),
            back("2025-07-01").readmitted("stay-2"),
        ),
    ]
}

fn of_persons() -> Vec<Provoked> {
    let died = || home().on("2025-07-01").died();
    vec![
        (Flag::RegisteredTwice, inpatient().registered(), history().registered()),
        (
            Flag::WardDiffers,
            inpatient().then(moved_from("kohoku")),
            inpatient().then(moved_from("isogo")),
        ),
        (
            Flag::AfterDeath,
            died().on("2025-07-02").then(moved_from("isogo")),
            died().then(moved_from("isogo")),
        ),
        (Flag::DeathRecordedTwice, died().on("2025-07-02").died(), died()),
    ]
}

fn of_consents() -> Vec<Provoked> {
    let withdrawn = || consented().on("2025-05-01").withdrew("consent-1");
    let rescoped = |day| {
        let scope = || ConsentScopeChanged { consent_id: "consent-1".into(), ..Default::default() };
        consented().on("2025-05-05").then(scope()).on(day).then(scope())
    };
    vec![
        (Flag::ConsentNotInForce, withdrawn().on("2025-05-02").withdrew("consent-1"), withdrawn()),
        (Flag::OlderThanTheScope, rescoped("2025-05-04"), rescoped("2025-05-05")),
        (Flag::ConsentUnknown, consented().withdrew("consent-9"), withdrawn()),
    ]
}

fn of_cases() -> Vec<Provoked> {
    let settling = || case_at_home().then(SettlementSupportStarted::default());
    let follow_up = SettlementFollowUpRecorded::default;
    let closed = || settling().then(CaseClosed::default());
    let observed = || settling().on("2025-08-30").observed(90, LivingStatus::Community);
    let preparing = inpatient().by(CENTER).in_case(CASE).opened(Track::DischargeSupport);
    vec![
        (Flag::SettlementNotOpen, case_at_home().then(follow_up()), settling().then(follow_up())),
        (
            Flag::CaseClosed,
            closed().then(follow_up()),
            closed().observed(90, LivingStatus::Community),
        ),
        (
            Flag::CheckpointTwice,
            observed().observed(90, LivingStatus::Community),
            observed().observed(180, LivingStatus::Community),
        ),
        (
            Flag::UnexpectedInCase,
            preparing.clone().by(HOSPITAL).discharged(STAY),
            preparing.planned().by(HOSPITAL).discharged(STAY),
        ),
        (
            Flag::OutsideBenefitPeriod,
            benefit().on("2025-06-01").then(started("benefit-1")),
            benefit().on("2025-05-31").then(started("benefit-1")),
        ),
        (
            Flag::BenefitUnknown,
            benefit().on("2025-05-31").then(started("benefit-9")),
            benefit().on("2025-05-31").then(started("benefit-1")),
        ),
    ]
}

fn of_referrals() -> Vec<Provoked> {
    let stall = ReferralStallNoted { referral_id: "referral-1".into(), ..Default::default() };
    let referred = || inpatient().in_case(CASE).referred("referral-1", STAY, CENTER).by(CENTER);
    vec![(
        Flag::ReferralAnswered,
        referred().accepted("referral-1").then(stall.clone()),
        referred().then(stall),
    )]
}

fn of_barriers() -> Vec<Provoked> {
    let barrier = |owner: &str| BarrierIdentified {
        barrier_id: "barrier-1".into(),
        owner_agency_id: owner.into(),
        ..Default::default()
    };
    let resolved = || BarrierResolved { barrier_id: "barrier-1".into(), ..Default::default() };
    let barred = || inpatient().on("2025-05-01").then(barrier(HOSPITAL));
    vec![
        (Flag::OwnerNotInvolved, inpatient().then(barrier(CENTER)), barred()),
        (
            Flag::BarrierAlreadyResolved,
            barred().then(resolved()).then(resolved()),
            barred().then(resolved()),
        ),
        (
            Flag::EndedBeforeItBegan,
            barred().on("2025-04-30").then(resolved()),
            barred().then(resolved()),
        ),
        (Flag::BarriersOpen, barred().discharged(STAY), barred().then(resolved()).discharged(STAY)),
    ]
}

fn of_readiness() -> Vec<Provoked> {
    let ready = || ReadyForDischargeDeclared { episode_id: STAY.into(), ..Default::default() };
    let not_ready = || ReadyForDischargeWithdrawn { episode_id: STAY.into(), ..Default::default() };
    let declared = || inpatient().on("2025-05-01").then(ready());
    vec![
        (Flag::OutsideTheStay, inpatient().on("2025-04-09").then(ready()), declared()),
        (Flag::StayUnknown, inpatient().by(OTHER_HOSPITAL).then(ready()), declared()),
        (Flag::AlreadyReady, declared().then(ready()), declared()),
        (Flag::NotReady, inpatient().then(not_ready()), declared().then(not_ready())),
    ]
}

fn of_plans() -> Vec<Provoked> {
    let history = || inpatient().by(CENTER).on("2025-05-01");
    let assessed = |day| history().on(day).then(FacilityTransitionAssessed::default());
    let started = FacilityTransitionStarted::default;
    let plan = ServiceUsePlanCreated { plan_id: "plan-2".into(), ..Default::default() };
    let ended = ServiceUsePlanEnded { plan_id: "plan-2".into(), ..Default::default() };
    let planned = || history().then(plan.clone());
    let reported = SupportPlanReported::default;
    let matching_id = || "matching-1".to_owned();
    let candidate =
        PlanMatchingCandidateExtracted { matching_id: matching_id(), ..Default::default() };
    let proposal = PlanMatchingProposed { matching_id: matching_id(), ..Default::default() };
    let accepted = || PlanMatchingAccepted { matching_id: matching_id(), ..Default::default() };
    let proposed = || history().then(candidate.clone()).then(proposal.clone());
    vec![
        (
            Flag::NotAssessedBefore,
            assessed("2025-05-02").on("2025-05-01").then(started()),
            assessed("2025-05-01").then(started()),
        ),
        (Flag::NotAssessedBefore, history().then(started()), assessed("2025-05-01")),
        (
            Flag::ServiceUsePlanInForce,
            planned().then(reported()),
            planned().then(ended).then(reported()),
        ),
        (
            Flag::MatchingNotProposed,
            proposed().then(accepted()).then(accepted()),
            proposed().then(accepted()),
        ),
    ]
}

fn of_resources() -> Vec<Provoked> {
    let provider_id = || "provider-1".to_owned();
    let provider = ProviderRegistered { provider_id: provider_id(), ..Default::default() };
    let registered = || history().by(CORE).on("2025-05-01").then(provider.clone());
    let retired = ProviderRetired { provider_id: provider_id(), ..Default::default() };
    let sheet = || ProviderSheetUpdated { provider_id: provider_id(), ..Default::default() };
    let inquiry_id = || "inquiry-1".to_owned();
    let inquiry = ResourceInquirySent { inquiry_id: inquiry_id(), ..Default::default() };
    let closed = ResourceInquiryClosed { inquiry_id: inquiry_id(), ..Default::default() };
    let answer = || ResourceInquiryAnswered { inquiry_id: inquiry_id(), ..Default::default() };
    let asked = || history().by(CORE).then(inquiry.clone());
    vec![
        (
            Flag::ProviderRetired,
            registered().then(retired).then(sheet()),
            registered().then(sheet()),
        ),
        (Flag::InquiryClosed, asked().then(closed).then(answer()), asked().then(answer())),
        (
            Flag::OlderThanOnFile,
            registered().then(sheet()).on("2025-04-30").then(sheet()),
            registered().then(sheet()).then(sheet()),
        ),
    ]
}

fn provoked() -> Vec<Provoked> {
    let all = [
        of_stays(),
        of_persons(),
        of_consents(),
        of_cases(),
        of_emergencies(),
        of_referrals(),
        of_barriers(),
        of_readiness(),
        of_plans(),
        of_resources(),
    ];
    all.into_iter().flatten().collect()
}

#[test]
fn every_flag_is_raised_where_it_belongs_and_nowhere_else() {
    for (flag, wrong, right) in provoked() {
        assert_eq!(raised(&wrong), [flag], "{}", flag.code());
        assert_eq!(raised(&right), [], "{}", flag.code());
    }
}

#[test]
fn no_flag_is_forgotten() {
    let seen: BTreeSet<_> = provoked().into_iter().map(|(flag, ..)| flag).collect();
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), Flag::ALL);
}

#[test]
fn the_scenario_raises_none() {
    let mut file = PersonFile::default();
    for recorded in scenario().events() {
        assert_eq!(file.apply(recorded), [], "{:?} {}", recorded.event, recorded.occurred_on);
    }
}

#[test]
fn what_ends_work_may_follow_a_death() {
    let died = || case_at_home().then(SettlementSupportStarted::default()).on("2025-07-01").died();
    let after = || died().on("2025-07-08");
    let removed = CareTeamMemberRemoved { agency_id: CENTER.into(), ..Default::default() };
    for ending in [
        after().then(SettlementSupportEnded::default()),
        after().then(CaseClosed::default()),
        after().then(removed),
        after().observed(90, LivingStatus::Dead),
    ] {
        assert_eq!(raised(&ending), []);
    }
}

#[test]
fn a_stay_that_breaks_a_rule_is_taken_in_all_the_same() {
    let overlapping = inpatient().by(OTHER_HOSPITAL).on("2025-05-01").admitted("stay-2");
    assert_eq!(overlapping.file().episodes.len(), 2);
    let still_in = overlapping.on("2025-06-01").discharged("stay-2");
    assert_eq!(
        still_in.file().open_episode().map(|stay| stay.id.as_str().to_owned()),
        Some(STAY.into())
    );
}
