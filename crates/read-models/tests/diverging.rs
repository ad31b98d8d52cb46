//! The log loses its end, as after a restore from a backup, and goes on another way.

mod files;
mod support;

use std::time::Duration;

use event_log::{Append, EventLog, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use read_models::{Moment, ReadModel};
use support::*;
use uuid::Uuid;

use crate::files::execute;

async fn open(world: &World) -> ReadModel {
    ReadModel::open(&world.read_model_path(), world.log.clone(), world.clock()).await.unwrap()
}

/// The log without its last events.
async fn cut_off(world: &World, after: u64) {
    let statements = format!(
        "BEGIN IMMEDIATE; \
         DROP TRIGGER event_no_delete; DROP TRIGGER append_request_no_delete; \
         DELETE FROM append_request WHERE last_position > {after}; \
         DELETE FROM event WHERE position > {after}; \
         COMMIT"
    );
    execute(&world.folder.path().join("log.sqlite"), &statements).await;
}

#[tokio::test]
async fn a_log_that_went_another_way_is_noticed_and_the_file_built_anew() {
    let world = World::with_agencies().await;
    world.refer().await;
    let before = world.log.head().await.unwrap();
    let lost = Uuid::from_u128(0xBAD);
    for _ in 0..3 {
        world.record_about(lost, HOSPITAL, None, "2025-05-09", registration()).await;
    }
    let model = open(&world).await;
    let moment = Moment::default();
    let lost_id = casework::PersonId::from(lost.to_string());
    let seen = model.person(&viewer(HOSPITAL), &lost_id, &moment).await.unwrap();
    assert!(seen.is_some());

    cut_off(&world, before).await;
    for day in 10..20 {
        let day = format!("2025-05-{day}");
        world.record(HOSPITAL, None, &day, registration()).await;
    }
    // It notices with the first event behind its checkpoint.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let seen = model.person(&viewer(HOSPITAL), &lost_id, &moment).await.unwrap();
    assert!(seen.is_none(), "what the log does not hold is not shown");
    let seen = model.person(&viewer(HOSPITAL), &person_id(), &moment).await.unwrap().unwrap();
    assert_eq!(seen.events.len(), 14);
    let position = model.progress().borrow().position;
    assert_eq!(position, world.log.head().await.unwrap());
    let rebuilt = Moment { min_position: Some(before + 10), ..moment };
    assert!(model.person(&viewer(HOSPITAL), &person_id(), &rebuilt).await.unwrap().is_some());
    model.work_list(&viewer(HOSPITAL), 10, None, None).await.unwrap();
}

#[tokio::test]
async fn a_chain_that_is_broken_for_good_is_not_built_anew_for_ever() {
    let world = World::with_agencies().await;
    world.refer().await;
    fill(&world.log, &world, 2_200).await;
    let head = world.log.head().await.unwrap();
    // The first positions of the first and the second page.
    let statements = "DROP TRIGGER event_no_update; \
         UPDATE event SET chain_hash = zeroblob(32) WHERE position IN (1, 2049)";
    execute(&world.folder.path().join("log.sqlite"), statements).await;
    let model = open(&world).await;
    model.confirm().await.unwrap();
    assert_eq!(model.progress().borrow().position, head);
}

async fn fill(log: &EventLog, world: &World, count: usize) {
    let events = (0..count).map(|_| NewEvent {
        event_id: world.next_id(),
        type_no: 60_000,
        case_id: None,
        agency: HOSPITAL.into(),
        staff: "s-aoi".into(),
        on_behalf_of: None,
        correlation_id: Uuid::nil(),
        causation_id: None,
        occurred_on: "2025-05-09".parse().unwrap(),
        body: vec![],
        sealed: vec![],
    });
    let append = Append {
        producer: "test".into(),
        request_id: world.next_id(),
        digest: [0; 32],
        recorded_at: "2025-05-09T00:00:00Z".parse().unwrap(),
        writes: vec![StreamWrite {
            stream: StreamKey::new("other", "one"),
            expected: ExpectedVersion::Any,
            events: events.collect(),
        }],
        unless_changed: None,
    };
    log.append(append).await.unwrap();
}
