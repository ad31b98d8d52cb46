//! Work lists and figures.

mod support;

use casework::{
    FiscalYear, Seen, WorkKind,
    outcomes::{CohortUnit, Query},
};
use contracts::events::Track;
use read_models::{ReadModel, WorkPage};
use support::*;
use uuid::Uuid;

async fn open(world: &World) -> ReadModel {
    ReadModel::open(&world.read_model_path(), world.log.clone(), world.clock()).await.unwrap()
}

async fn list(model: &ReadModel, agency: &str) -> WorkPage {
    model.work_list(&viewer(agency), 50, None, None).await.unwrap()
}

fn kinds(page: &WorkPage) -> Vec<WorkKind> {
    page.work.iter().map(|work| work.item.kind).collect()
}

#[tokio::test]
async fn work_waits_for_one_agency_at_a_time() {
    let world = World::with_agencies().await;
    world.refer().await;
    let model = open(&world).await;
    assert_eq!(kinds(&list(&model, CENTER).await), [WorkKind::ReferralToAnswer]);
    assert_eq!(kinds(&list(&model, HOSPITAL).await), [WorkKind::AnswerWaitingLong]);
    assert!(list(&model, OTHER_CENTER).await.work.is_empty());
}

#[tokio::test]
async fn an_open_case_is_in_the_hands_of_its_lead_also_when_nothing_waits_in_it() {
    let world = World::with_agencies().await;
    world.support().await;
    let plan = contracts::events::IndividualSupportPlanCreated {
        plan_id: "00000000-0000-0000-0000-0000000000a1".into(),
        version: 1,
        created_on: "2025-05-28".into(),
        ..Default::default()
    };
    world.record(CENTER, Some(CASE), "2025-05-28", plan).await;
    let model = open(&world).await;
    assert_eq!(kinds(&list(&model, CENTER).await), []);
    let in_hand = |agency: &'static str| {
        let model = model.clone();
        async move { model.cases_in_hand(&viewer(agency), 50, None, None).await.unwrap() }
    };
    assert_eq!(kinds(&in_hand(CENTER).await), [WorkKind::CaseInHand]);
    assert_eq!(kinds(&in_hand(HOSPITAL).await), []);
    assert_eq!(kinds(&in_hand(OTHER_CENTER).await), []);
}

#[tokio::test]
async fn work_that_follows_from_what_is_hidden_is_hidden() {
    let world = World::with_agencies().await;
    world.refer().await;
    world.withdraw_consent("2025-06-01").await;
    let model = open(&world).await;
    assert!(list(&model, CENTER).await.work.is_empty());
}

#[tokio::test]
async fn that_consent_has_ended_is_told_to_the_agency_that_leads_the_case() {
    let world = World::with_agencies().await;
    world.support().await;
    let model = open(&world).await;
    assert_eq!(kinds(&list(&model, CENTER).await), [WorkKind::SupportPlanToMake]);
    world.withdraw_consent("2025-06-01").await;
    let page = list(&model, CENTER).await;
    assert!(kinds(&page).contains(&WorkKind::ConsentEnded));
}

#[tokio::test]
async fn some_work_comes_with_the_calendar() {
    let world = World::with_agencies().await;
    world.support().await;
    let planned = contracts::events::DischargePlanned {
        episode_id: EPISODE.into(),
        planned_on: "2025-06-10".into(),
        ..Default::default()
    };
    world.record(HOSPITAL, None, "2025-05-09", planned).await;
    let model = open(&world).await;
    assert!(list(&model, HOSPITAL).await.work.is_empty());
    world.set_day("2025-06-11");
    assert_eq!(kinds(&list(&model, HOSPITAL).await), [WorkKind::DischargeOverdue]);
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page() {
    let world = World::with_agencies().await;
    for number in 0..7_u128 {
        let (person, case) = (Uuid::from_u128(0x100 + number), Uuid::from_u128(0x200 + number));
        world.record_about(person, HOSPITAL, None, "2025-05-01", registration()).await;
        world.record_about(person, HOSPITAL, None, "2025-05-07", consent(&[CENTER])).await;
        world.record_about(person, HOSPITAL, Some(case), "2025-05-08", referral()).await;
    }
    let model = open(&world).await;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = model.work_list(&viewer(CENTER), 3, after, None).await.unwrap();
        seen.extend(page.work.iter().map(|work| work.view.person.clone()));
        after = page.work.last().map(|work| work.place.clone());
        if !page.has_more {
            break;
        }
        assert_eq!(page.work.len(), 3);
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted());
}

#[tokio::test]
async fn work_that_follows_from_where_a_case_stands_is_told_to_its_lead_whichever_office_it_is() {
    let world = World::with_agencies().await;
    let of_all_topics = contracts::events::ConsentGiven {
        topics: (1..=30).filter(|topic| contracts::Topic::try_from(*topic).is_ok()).collect(),
        ..consent(&[HOSPITAL, WARD_OFFICE])
    };
    let opening = contracts::events::CaseOpened { track: Track::Jimokura.into(), ..opening() };
    let plan = contracts::events::IndividualSupportPlanCreated {
        plan_id: "00000000-0000-0000-0000-0000000000a1".into(),
        version: 1,
        created_on: "2025-05-16".into(),
        ..Default::default()
    };
    world.record(HOSPITAL, None, "2025-05-01", registration()).await;
    world.record(HOSPITAL, None, "2025-05-01", admission("2025-05-01")).await;
    world.record(HOSPITAL, None, "2025-05-07", of_all_topics).await;
    world.record(WARD_OFFICE, Some(CASE), "2025-05-15", opening).await;
    world.record(WARD_OFFICE, Some(CASE), "2025-05-16", plan).await;
    world.record(HOSPITAL, None, "2025-05-30", discharge("2025-05-30")).await;
    let model = open(&world).await;
    let page = list(&model, WARD_OFFICE).await;
    assert_eq!(kinds(&page), [WorkKind::SettlementToStart]);
    let view = &page.work[0].view;
    let discharged = view.events.last().unwrap();
    assert_eq!(discharged.seen, Seen::Full, "who is responsible sees what a center would");
}

#[tokio::test]
async fn each_agency_s_items_are_numbered_by_themselves() {
    let world = World::with_agencies().await;
    world.refer().await;
    let planned = contracts::events::DischargePlanned {
        episode_id: EPISODE.into(),
        planned_on: "2025-05-10".into(),
        ..Default::default()
    };
    world.record(HOSPITAL, None, "2025-05-09", planned).await;
    let model = open(&world).await;
    let of_hospital = vec![WorkKind::AnswerWaitingLong, WorkKind::DischargeOverdue];
    for (agency, expected) in [(CENTER, vec![WorkKind::ReferralToAnswer]), (HOSPITAL, of_hospital)]
    {
        let page = list(&model, agency).await;
        assert_eq!(kinds(&page), expected);
        assert_eq!(page.work[0].place.ordinal, 0, "it does not count the other's");
    }
}

#[tokio::test]
async fn outcomes_are_counted_over_the_year() {
    let world = World::with_agencies().await;
    world.support().await;
    world.record(HOSPITAL, None, "2025-06-01", discharge("2025-06-01")).await;
    let known_before = "2025-05-31T00:00:00Z".parse().unwrap();
    let model = open(&world).await;
    let asked = Query {
        fiscal_year: FiscalYear::beginning_in(2025).unwrap(),
        as_of: "2025-12-01".parse().unwrap(),
        ward: None,
        unit: CohortUnit::Person,
    };
    let found = model.discharge_outcomes(&asked, None).await.unwrap();
    assert_eq!((found.discharges, found.referrals.accepted), (1, 1));
    assert_eq!(found.median_days_referral_to_discharge, Some(24.0));
    let nothing = model.discharge_outcomes(&asked, Some(known_before)).await.unwrap();
    assert_eq!((nothing.discharges, nothing.referrals.submitted), (0, 0));
    let elsewhere = Query { ward: Some("naka".into()), ..asked };
    assert_eq!(model.discharge_outcomes(&elsewhere, None).await.unwrap().discharges, 0);
}
