//! What is read of persons who are merged, and of those who were taken apart again.

mod support;

use std::time::Duration;

use access::{Door, Opened};
use casework::{
    FiscalYear, PersonId,
    outcomes::{CohortUnit, Query},
};
use contracts::events::{
    InpatientEpisodeOpened, PatientDischarged, PersonsMerged, PersonsUnmerged,
};
use jiff::Timestamp;
use read_models::{Moment, PersonView, ReadModel};
use support::*;
use tokio::time::sleep;
use uuid::Uuid;

const OTHER: Uuid = Uuid::from_u128(0xB);

async fn open(world: &World) -> ReadModel {
    ReadModel::open(&world.read_model_path(), world.log.clone(), world.clock()).await.unwrap()
}

fn other_id() -> PersonId {
    PersonId::from(OTHER.to_string())
}

/// `OTHER` becomes part of `PERSON`.
async fn merge(world: &World) {
    let merge = PersonsMerged {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        merged_on: "2025-06-01".into(),
        ..Default::default()
    };
    world.record_about(PERSON, CITY, None, "2025-06-01", merge.clone()).await;
    world.record_about(OTHER, CITY, None, "2025-06-01", merge).await;
}

async fn unmerge(world: &World, events: &[Uuid]) {
    let unmerge = PersonsUnmerged {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        unmerged_on: "2025-06-01".into(),
        events_of_merged: events.iter().map(ToString::to_string).collect(),
        ..Default::default()
    };
    world.record_about(PERSON, CITY, None, "2025-06-01", unmerge.clone()).await;
    world.record_about(OTHER, CITY, None, "2025-06-01", unmerge).await;
}

/// The other center has a file of its own about somebody.
async fn other_file(world: &World) {
    world.record_about(OTHER, OTHER_CENTER, None, "2025-05-02", registration()).await;
    let visit = visit("2025-05-03", "別の窓口での面談");
    world.record_about(OTHER, OTHER_CENTER, None, "2025-05-03", visit).await;
}

async fn event_at(world: &World, position: u64) -> Uuid {
    world.log.read(position - 1, 1).await.unwrap()[0].event_id
}

async fn see(
    model: &ReadModel,
    by: &str,
    id: &PersonId,
    at: Option<Timestamp>,
) -> Option<PersonView> {
    let moment = Moment { known_at: at, ..Moment::default() };
    model.person(&viewer(by), id, &moment).await.unwrap()
}

/// The whole text of what is seen, sealed parts opened.
async fn text(world: &World, by: &str, view: &PersonView) -> String {
    let sealed: Vec<_> = view.events.iter().map(|event| event.sealed.clone()).collect();
    let (disclosure, reader) = (world.disclosure(), principal(by));
    let opened = disclosure.open(&reader, Door::Grpc, &view.person, sealed.len(), &sealed);
    let parts = opened.await.unwrap().into_iter().map(|opened| match opened {
        Opened::Personal(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Opened::Erased => "erased".to_owned(),
        Opened::Nothing => String::new(),
    });
    parts.collect()
}

#[tokio::test]
async fn a_merged_person_is_found_in_the_surviving_file_and_all_of_it_opens() {
    let world = World::with_agencies().await;
    world.support().await;
    other_file(&world).await;
    let model = open(&world).await;
    assert!(see(&model, OTHER_CENTER, &person_id(), None).await.is_none());
    merge(&world).await;
    let later = visit("2025-05-29", "統合後の面談");
    world.record_about(PERSON, OTHER_CENTER, None, "2025-05-29", later).await;
    for id in [person_id(), other_id()] {
        let view = see(&model, OTHER_CENTER, &id, None).await.expect("a file");
        assert_eq!(view.person, person_id());
        let text = text(&world, OTHER_CENTER, &view).await;
        assert!(text.contains("別の窓口での面談") && text.contains("統合後の面談"), "{text}");
        assert!(!text.contains("erased"));
    }
    let view = see(&model, CENTER, &other_id(), None).await.expect("a file");
    assert!(text(&world, CENTER, &view).await.contains("一回目の面談"));
    assert!(see(&model, CITY, &person_id(), None).await.is_none(), "the city knows nobody");
    assert!(see(&model, CITY, &other_id(), None).await.is_none());
}

#[tokio::test]
async fn only_identity_officers_see_that_persons_were_merged() {
    let world = World::with_agencies().await;
    world.support().await;
    other_file(&world).await;
    merge(&world).await;
    let model = open(&world).await;
    let mut officer = viewer(CITY);
    officer.is_identity_officer = true;
    let view = model.person(&officer, &person_id(), &Moment::default()).await.unwrap();
    let kinds: Vec<_> =
        view.expect("the merge").events.iter().map(|event| event.recorded.event.number()).collect();
    assert_eq!(kinds, [7]);
}

#[tokio::test]
async fn after_an_unmerge_each_file_has_its_own_and_no_earlier_day_shows_more() {
    let world = World::with_agencies().await;
    world.support().await;
    other_file(&world).await;
    world.set_day("2025-06-02");
    merge(&world).await;
    let theirs = visit("2025-05-29", "あちらの面談");
    let theirs = world.record_about(PERSON, OTHER_CENTER, None, "2025-05-29", theirs).await;
    let ours = visit("2025-05-30", "こちらの面談");
    world.record(CENTER, Some(CASE), "2025-05-30", ours).await;
    let merged_at = "2025-06-02T12:00:00Z".parse().ok();
    world.set_day("2025-06-03");
    unmerge(&world, &[event_at(&world, theirs).await]).await;
    let model = open(&world).await;
    for at in [None, merged_at] {
        assert!(see(&model, OTHER_CENTER, &person_id(), at).await.is_none(), "{at:?}");
        let view = see(&model, CENTER, &person_id(), at).await.expect("a file");
        let text = text(&world, CENTER, &view).await;
        assert!(text.contains("こちらの面談") && !text.contains("あちらの面談"), "{text}");
        assert!(!text.contains("別の窓口での面談"));
    }
    let view = see(&model, OTHER_CENTER, &other_id(), None).await.expect("a file");
    assert_eq!(view.person, other_id());
    let text = text(&world, OTHER_CENTER, &view).await;
    assert!(text.contains("別の窓口での面談") && text.contains("あちらの面談"), "{text}");
    assert!(!text.contains("こちらの面談"));
}

#[tokio::test]
async fn known_at_before_the_merge_there_are_two_files() {
    let world = World::with_agencies().await;
    world.support().await;
    other_file(&world).await;
    let before = "2025-06-01T12:00:00Z".parse().ok();
    world.set_day("2025-06-02");
    merge(&world).await;
    let model = open(&world).await;
    let of_other =
        see(&model, OTHER_CENTER, &other_id(), before).await.expect("the file as it was");
    assert_eq!(of_other.events.len(), 2);
    assert!(see(&model, OTHER_CENTER, &person_id(), before).await.is_none());
    let all = see(&model, CENTER, &person_id(), before).await.expect("the file as it was");
    let now = see(&model, CENTER, &person_id(), None).await.expect("the file as it is");
    assert!(all.events.iter().all(|event| event.recorded.agency.as_str() != OTHER_CENTER));
    assert!(now.events.len() >= all.events.len());
}

#[tokio::test]
async fn whoever_is_merged_counts_once() {
    let world = World::with_agencies().await;
    for person in [PERSON, OTHER] {
        let episode_id = Uuid::from_u128(0xE0 + person.as_u128()).to_string();
        world.record_about(person, HOSPITAL, None, "2025-05-01", registration()).await;
        let stay =
            InpatientEpisodeOpened { episode_id: episode_id.clone(), ..admission("2025-05-01") };
        world.record_about(person, HOSPITAL, None, "2025-05-01", stay).await;
        let end = PatientDischarged { episode_id, ..discharge("2025-05-20") };
        world.record_about(person, HOSPITAL, None, "2025-05-20", end).await;
    }
    let model = open(&world).await;
    let before = "2025-06-01T12:00:00Z".parse().ok();
    let count = async |at| {
        let year = FiscalYear::of("2025-05-20".parse().unwrap());
        let as_of = "2025-06-03".parse().unwrap();
        let asked = Query { fiscal_year: year, as_of, ward: None, unit: CohortUnit::Person };
        model.discharge_outcomes(&asked, at).await.unwrap().discharges
    };
    assert_eq!(count(None).await, 2);
    world.set_day("2025-06-02");
    merge(&world).await;
    assert_eq!((count(None).await, count(before).await), (1, 2));
    world.set_day("2025-06-03");
    unmerge(&world, &[]).await;
    let merged_at = "2025-06-02T12:00:00Z".parse().ok();
    assert_eq!((count(None).await, count(merged_at).await, count(before).await), (2, 1, 2));
}

#[tokio::test]
async fn a_case_is_found_and_watched_and_waits_wherever_its_events_lie() {
    let world = World::with_agencies().await;
    let case = Some(CASE);
    world.record_about(OTHER, HOSPITAL, None, "2025-05-01", registration()).await;
    world.record_about(OTHER, HOSPITAL, None, "2025-05-01", admission("2025-05-01")).await;
    world.record_about(OTHER, HOSPITAL, None, "2025-05-07", consent(&[HOSPITAL, CENTER])).await;
    world.record_about(OTHER, HOSPITAL, case, "2025-05-08", referral()).await;
    world.record_about(PERSON, OTHER_CENTER, None, "2025-05-02", registration()).await;
    let model = open(&world).await;
    model.confirm().await.unwrap();
    let mut watched = model.watch_case(&case_id()).await.unwrap().expect("a case");
    merge(&world).await;
    model.confirm().await.unwrap();
    watched.changes.mark_unchanged();
    let position = world.record_about(PERSON, CENTER, case, "2025-05-15", acceptance()).await;
    let news = tokio::time::timeout(Duration::from_secs(5), watched.changes.changed()).await;
    news.expect("whoever watches the case is woken").unwrap();
    assert_eq!(*watched.changes.borrow(), Some(position));
    world.record_about(PERSON, CENTER, case, "2025-05-15", opening()).await;
    let look = async || {
        let moment = Moment::default();
        model.person_of_case(&viewer(CENTER), &case_id(), &moment).await.unwrap().expect("a case")
    };
    let view = look().await;
    assert_eq!((&view.person, view.timeline(&case_id()).len() >= 3), (&person_id(), true));
    let in_hand = async || {
        let page = model.cases_in_hand(&viewer(CENTER), 50, None, None).await.unwrap();
        page.work.iter().map(|work| work.view.person.clone()).collect::<Vec<_>>()
    };
    assert_eq!(in_hand().await, [person_id()], "it waits once");
    let since = [position, position + 1];
    let events = [event_at(&world, since[0]).await, event_at(&world, since[1]).await];
    unmerge(&world, &events).await;
    assert_eq!(look().await.person, other_id());
    assert_eq!(in_hand().await, [other_id()]);
    let rebuilt = model.rebuild(|_| {}).await.unwrap();
    assert_eq!(rebuilt.parked, 0);
    assert_eq!(in_hand().await, [other_id()], "and also in a file built anew");
}

#[tokio::test]
async fn what_was_judged_holds_until_something_comes_to_the_person_or_their_kin() {
    const THIRD: Uuid = Uuid::from_u128(0xC3);
    let world = World::with_agencies().await;
    world.support().await;
    other_file(&world).await;
    merge(&world).await;
    let model = open(&world).await;
    let judge = async || {
        let view = see(&model, CENTER, &person_id(), None).await.expect("it is seen");
        // What is new enough is told unasked.
        sleep(Duration::from_millis(500)).await;
        [(view.person.clone(), view.judged)]
    };
    let judged = judge().await;
    assert!(model.still_holds(&judged).await.unwrap(), "nothing has come");
    world.record_about(THIRD, CENTER, None, "2025-06-02", registration()).await;
    assert!(model.still_holds(&judged).await.unwrap(), "somebody else");
    world.record_about(OTHER, OTHER_CENTER, None, "2025-06-02", visit("2025-06-02", "面談")).await;
    assert!(!model.still_holds(&judged).await.unwrap(), "the other file");
    let judged = judge().await;
    assert!(model.still_holds(&judged).await.unwrap(), "judged anew");
    world.withdraw_consent("2025-06-02").await;
    assert!(!model.still_holds(&judged).await.unwrap(), "the person's own");
}

/// Also where an agency is named in one of two merged files alone.
#[tokio::test]
async fn whoever_is_named_in_either_file_reads_what_they_may() {
    let world = World::with_agencies().await;
    world.support().await;
    other_file(&world).await;
    let model = open(&world).await;
    assert!(see(&model, OTHER_CENTER, &person_id(), None).await.is_none());
    merge(&world).await;
    assert!(see(&model, OTHER_CENTER, &person_id(), None).await.is_some());
    assert!(see(&model, OTHER_CENTER, &other_id(), None).await.is_some());
    assert!(see(&model, WARD_OFFICE, &person_id(), None).await.is_none());
}
