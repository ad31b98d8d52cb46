//! A read model that was built at one go answers as the one that followed the log event by event;
//! and while it is built, the other one answers.

mod answers;
mod files;
mod generated;
mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use casework::PersonId;
use read_models::{Moment, ReadError, ReadModel};
use support::*;

use crate::{
    answers::{answers, caught_up, parked},
    files::{at_rest, execute},
    generated::Generator,
};

async fn open(world: &World, name: &str) -> ReadModel {
    let path = world.folder.path().join(name);
    ReadModel::open(&path, world.log.clone(), world.clock()).await.unwrap()
}

/// Now, and in both pasts.
fn moments(known_at: jiff::Timestamp) -> [Moment; 3] {
    let now = Moment::default();
    let as_of = Some("2025-06-15".parse().unwrap());
    [now, Moment { as_of, ..now }, Moment { known_at: Some(known_at), ..now }]
}

fn beside(world: &World) -> std::path::PathBuf {
    world.folder.path().join("model.sqlite.next")
}

#[tokio::test]
async fn a_rebuild_answers_as_following_did() {
    let world = World::with_agencies().await;
    let following = open(&world, "following.sqlite").await;
    world.support().await;
    world.withdraw_consent("2025-06-01").await;
    world.record(HOSPITAL, Some(CASE), "2025-06-02", discharge("2025-06-02")).await;
    let rebuilt = open(&world, "rebuilt.sqlite").await;
    let moments = moments("2025-05-31T00:00:00Z".parse().unwrap());
    let one = answers(&following, &[person_id()], &moments).await;
    assert!(one.len() > 15);
    assert_eq!(one, answers(&rebuilt, &[person_id()], &moments).await);
}

#[tokio::test]
async fn a_rebuild_of_whatever_may_be_recorded_answers_as_following_did() {
    for seed in [1, 2] {
        let world = World::with_agencies().await;
        let following = open(&world, "model.sqlite").await;
        let mut generator = Generator::new(seed, 12);
        let mut known_at = generator.recorded_at();
        let mut batches = 0;
        let mut last = 0;
        while last < 2500 {
            // Mostly one event, as offices write, so that pieces are joined again and again.
            let events = if generator.chance.below(4) > 0 { 1 } else { generator.chance.below(60) };
            last = generator.append(&world, events + 1).await;
            batches += 1;
            if batches % 5 == 0 {
                following.confirm().await.unwrap();
            }
            if last < 1200 {
                known_at = generator.recorded_at();
            }
        }
        let persons = generator.person_ids();
        let moments = moments(known_at);
        caught_up(&following).await;
        let followed = answers(&following, &persons, &moments).await;
        assert!(followed.iter().any(|answer| answer.contains("Full")));
        assert!(followed.iter().any(|answer| answer.contains("OverlappingStay")));
        following.rebuild(|_| {}).await.unwrap();
        assert_eq!(followed, answers(&following, &persons, &moments).await, "seed {seed}");
        assert_eq!(parked(&following).await.len(), 1, "the poison parks the one, in a rebuild too");
        drop(following);
        let reopened = open(&world, "model.sqlite").await;
        assert_eq!(followed, answers(&reopened, &persons, &moments).await, "seed {seed}");
    }
}

#[tokio::test]
async fn poison_parks_one_person_and_nobody_else() {
    let world = World::with_agencies().await;
    world.refer().await;
    let model = open(&world, "model.sqlite").await;
    let other = uuid::Uuid::from_u128(0x0DD);
    world.record_about(other, HOSPITAL, None, "2025-05-01", registration()).await;
    let poison = world.record_bytes(other, HOSPITAL, visit("2025-05-02", "").into(), &[0xFF]).await;
    world.record_about(other, HOSPITAL, None, "2025-05-03", admission("2025-05-03")).await;
    world.support_after_referral().await;
    let other = PersonId::from(other.to_string());
    let now = Moment::default();
    for rebuilds in 0..2 {
        assert_eq!(parked(&model).await, [(other.clone(), poison)]);
        let answer = model.person(&viewer(HOSPITAL), &other, &now).await;
        assert!(matches!(answer, Err(ReadError::Unreadable)));
        let view = model.person(&viewer(HOSPITAL), &person_id(), &now).await.unwrap().unwrap();
        assert_eq!(view.events.len(), 8, "{rebuilds}");
        assert_eq!(model.work_list(&viewer(CENTER), 9, None, None).await.unwrap().work.len(), 1);
        model.rebuild(|_| {}).await.unwrap();
    }
}

#[tokio::test]
async fn a_person_is_unparked_by_a_version_that_can_read_the_event() {
    let world = World::with_agencies().await;
    world.refer().await;
    let model = open(&world, "model.sqlite").await;
    caught_up(&model).await;
    drop(model);
    // As a version left it that could not read what this one can.
    execute(&world.folder.path().join("model.sqlite"), "UPDATE person SET parked_at = 7").await;
    let model = open(&world, "model.sqlite").await;
    assert_eq!(parked(&model).await, []);
}

#[tokio::test]
async fn questions_are_answered_all_along_while_it_is_rebuilt_and_events_arrive() {
    let world = Arc::new(World::with_agencies().await);
    let mut generator = Generator::new(7, 40);
    for _ in 0..8 {
        generator.append(&world, 500).await;
    }
    world.support().await;
    let model = open(&world, "model.sqlite").await;
    caught_up(&model).await;
    let mut watching = model.progress();
    let (done, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let asking = (0..4).map(|_| {
        let (model, world) = (model.clone(), world.clone());
        let (done, asked) = (done.clone(), asked.clone());
        tokio::spawn(async move {
            while !done.load(Ordering::SeqCst) {
                let position =
                    world.record(CENTER, Some(CASE), "2025-05-28", visit("2025-05-28", "")).await;
                let moment = Moment { min_position: Some(position), ..Moment::default() };
                let view = model.person_of_case(&viewer(CENTER), &case_id(), &moment).await;
                let view = view.unwrap().unwrap();
                assert!(view.events.iter().any(|event| event.recorded.position == position));
                model.work_list(&viewer(CENTER), 5, None, Some(position)).await.unwrap();
                asked.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    let asking: Vec<_> = asking.collect();
    for _ in 0..4 {
        let before = asked.load(Ordering::SeqCst);
        let mut told = 0;
        let rebuilt = model.rebuild(|progress| told = progress.position).await.unwrap();
        assert!(told > 4000 && rebuilt.events >= told);
        while asked.load(Ordering::SeqCst) < before + 8 {
            tokio::task::yield_now().await;
        }
    }
    done.store(true, Ordering::SeqCst);
    for asking in asking {
        asking.await.unwrap();
    }
    assert!(!beside(&world).exists());
    watching.mark_unchanged();
    world.record(CENTER, Some(CASE), "2025-05-29", visit("2025-05-29", "")).await;
    watching.changed().await.expect("who watched before the exchange still hears of news");
}

#[tokio::test]
async fn a_rebuild_that_is_given_up_changes_nothing_and_leaves_nothing() {
    let world = World::with_agencies().await;
    world.support().await;
    let model = open(&world, "model.sqlite").await;
    let moments = moments("2025-06-01T00:00:00Z".parse().unwrap());
    let before = answers(&model, &[person_id()], &moments).await;
    let (begun, mut is_begun) = tokio::sync::watch::channel(false);
    let rebuilding = tokio::spawn({
        let model = model.clone();
        async move {
            let told = model.rebuild(|_| _ = begun.send(true)).await;
            told.map(drop)
        }
    });
    let _ = is_begun.wait_for(|begun| *begun).await;
    rebuilding.abort();
    let _ = rebuilding.await;
    assert_eq!(before, answers(&model, &[person_id()], &moments).await);
    drop(model);
    // As if the process had been killed: half a file, and its side files.
    let next = beside(&world);
    for suffix in ["", "-wal", "-shm"] {
        let leftover = format!("{}{suffix}", next.display());
        std::fs::write(leftover, "half").unwrap();
    }
    let model = open(&world, "model.sqlite").await;
    assert_eq!(before, answers(&model, &[person_id()], &moments).await);
    assert!(!next.exists() && !world.folder.path().join("model.sqlite.next-wal").exists());
}

#[tokio::test]
async fn a_file_that_is_in_use_is_not_replaced_from_outside() {
    let world = World::with_agencies().await;
    world.support().await;
    let path = world.folder.path().join("model.sqlite");
    let model = open(&world, "model.sqlite").await;
    caught_up(&model).await;
    let refused = read_models::rebuild(&path, &world.log, world.clock(), |_| {}).await;
    assert!(matches!(refused, Err(ReadError::InUse)));
    assert!(!beside(&world).exists());
    world.record(CENTER, Some(CASE), "2025-05-28", visit("2025-05-28", "")).await;
    let view = model.person(&viewer(CENTER), &person_id(), &Moment::default()).await;
    assert_eq!(view.unwrap().unwrap().events.len(), 9, "it goes on");
    drop(model);
    at_rest(&path).await;
    let rebuilt = read_models::rebuild(&path, &world.log, world.clock(), |_| {}).await.unwrap();
    assert_eq!(rebuilt.events, world.log.head().await.unwrap());
    let again = open(&world, "model.sqlite").await;
    assert_eq!(again.progress().borrow().position, rebuilt.events, "it is gone on with");
}
