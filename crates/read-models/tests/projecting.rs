//! The file follows the log, and is always what a rebuild would make of it.

mod answers;
mod files;
mod support;

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{Seek, SeekFrom, Write},
    os::unix::fs::PermissionsExt,
    time::Duration,
};

use event_log::{EventLog, NewEvent, StreamKey};
use read_models::{Moment, ReadError, ReadModel};
use support::*;

use crate::{
    answers::{answers, parked},
    files::{at_rest, execute},
};

async fn open(world: &World, name: &str) -> ReadModel {
    let path = world.folder.path().join(name);
    ReadModel::open(&path, world.log.clone(), world.clock()).await.unwrap()
}

#[tokio::test]
async fn a_file_goes_on_where_it_stood_and_is_rebuilt_for_another_log() {
    let world = World::with_agencies().await;
    world.refer().await;
    open(&world, "model.sqlite").await.confirm().await.unwrap();
    let again = open(&world, "model.sqlite").await;
    let head = world.log.head().await.unwrap();
    assert_eq!(again.progress().borrow().position, head, "nothing is read twice");
    drop(again);

    let other = World::with_agencies().await;
    for _ in 0..20 {
        other.record(HOSPITAL, None, "2025-05-01", registration()).await;
    }
    let path = world.folder.path().join("model.sqlite");
    let model = ReadModel::open(&path, other.log.clone(), other.clock()).await.unwrap();
    model.confirm().await.unwrap();
    let position = model.progress().borrow().position;
    assert_eq!(position, other.log.head().await.unwrap());
    let seen = model.person_of_case(&viewer(HOSPITAL), &case_id(), &Moment::default()).await;
    assert!(seen.unwrap().is_none(), "nothing of the other log is left");
}

#[tokio::test]
async fn a_reader_sees_what_was_appended_before_it_asked() {
    let world = World::with_agencies().await;
    let model = open(&world, "model.sqlite").await;
    for day in 10..30 {
        let day = format!("2025-05-{day}");
        let position = world.record(HOSPITAL, None, &day, registration()).await;
        let moment = Moment { min_position: Some(position), ..Moment::default() };
        let view = model.person(&viewer(HOSPITAL), &person_id(), &moment).await.unwrap().unwrap();
        assert_eq!(view.events.last().unwrap().recorded.position, position);
    }
}

#[tokio::test]
async fn what_another_process_appended_is_waited_for() {
    let mut world = World::with_agencies().await;
    let model = open(&world, "model.sqlite").await;
    model.confirm().await.unwrap();
    let address = format!("sqlite:{}", world.folder.path().join("log.sqlite").display());
    world.log = EventLog::open(&address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    world.refer().await;
    let view = model.person_of_case(&viewer(CENTER), &case_id(), &Moment::default()).await.unwrap();
    assert!(view.is_some());
}

#[tokio::test]
async fn a_position_that_never_comes_is_an_error_and_not_an_old_answer() {
    let world = World::with_agencies().await;
    let head = world.refer().await;
    let model = open(&world, "model.sqlite").await;
    let moment = Moment { min_position: Some(head + 1), ..Moment::default() };
    let answer = model.person(&viewer(HOSPITAL), &person_id(), &moment).await;
    assert!(matches!(answer, Err(ReadError::Behind)));
}

#[tokio::test]
async fn an_event_of_tomorrow_closes_the_history_and_parks_the_person() {
    let world = World::with_agencies().await;
    world.refer().await;
    let unknown = NewEvent {
        event_id: world.next_id(),
        type_no: 60_000,
        case_id: None,
        agency: HOSPITAL.into(),
        staff: "s-aoi".into(),
        on_behalf_of: None,
        correlation_id: world.next_id(),
        causation_id: None,
        occurred_on: "2025-05-09".parse().unwrap(),
        body: vec![1, 2, 3],
        sealed: vec![],
    };
    world.append_raw(StreamKey::new("person", PERSON.to_string()), unknown).await;
    let model = open(&world, "model.sqlite").await;
    let now = Moment::default();
    let involved = model.person(&viewer(HOSPITAL), &person_id(), &now).await;
    assert!(matches!(involved, Err(ReadError::Unreadable)));
    let stranger = model.person(&viewer(OTHER_CENTER), &person_id(), &now).await.unwrap();
    assert!(stranger.is_none(), "it does not tell strangers that there is a history");
    assert_eq!(parked(&model).await, [(person_id(), world.log.head().await.unwrap())]);
    drop(model);
    let again = open(&world, "model.sqlite").await;
    assert_eq!(parked(&again).await.len(), 1, "this version cannot read it any better");
}

#[tokio::test]
async fn a_damaged_file_is_built_anew() {
    let world = World::with_agencies().await;
    world.support().await;
    let path = world.folder.path().join("model.sqlite");
    let head = world.log.head().await.unwrap();
    let model = open(&world, "model.sqlite").await;
    let moments = [Moment::default()];
    let whole = answers(&model, &[person_id()], &moments).await;
    drop(model);
    // First no database at all, then one whose pages are damaged behind a sound beginning.
    for from in [0, 4096] {
        at_rest(&path).await;
        let mut file = OpenOptions::new().write(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(from)).unwrap();
        file.write_all(&[0xAB; 40_000]).unwrap();
        let model = open(&world, "model.sqlite").await;
        model.confirm().await.unwrap();
        assert_eq!(model.progress().borrow().position, head);
        assert_eq!(answers(&model, &[person_id()], &moments).await, whole);
    }
    at_rest(&path).await;
    execute(&path, "DROP TABLE checkpoint").await;
    let model = open(&world, "model.sqlite").await;
    model.confirm().await.unwrap();
    assert_eq!(model.progress().borrow().position, head);
}

#[tokio::test]
async fn only_its_owner_reads_the_file() {
    let world = World::with_agencies().await;
    world.refer().await;
    let path = world.folder.path().join("model.sqlite");
    let model = open(&world, "model.sqlite").await;
    model.confirm().await.unwrap();
    let modes = || {
        ["", "-wal", "-shm"].map(|suffix| {
            let file = world.folder.path().join(format!("model.sqlite{suffix}"));
            fs::metadata(file).unwrap().permissions().mode() & 0o777
        })
    };
    assert_eq!(modes(), [0o600; 3]);
    drop(model);
    at_rest(&path).await;
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    open(&world, "model.sqlite").await.confirm().await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
