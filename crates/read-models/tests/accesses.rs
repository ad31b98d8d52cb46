//! Who saw whom, by the record of reads.

mod support;

use access::{Door, Purpose, Way};
use casework::{AgencyId, PersonId};
use contracts::access::Outcome;
use read_models::{Accesses, AskedBy};
use sqlx::{Connection, sqlite::SqliteConnection};
use support::*;
use uuid::Uuid;

const OTHER: Uuid = Uuid::from_u128(0xB);

async fn open(world: &World) -> Accesses {
    let path = world.folder.path().join("accesses.sqlite");
    Accesses::open(&path, world.reads.clone()).await.unwrap()
}

/// Somebody of this agency is shown so many events of a person.
async fn read(world: &World, agency: &str, person: Uuid, shown: usize) {
    let way = Way::through(Door::Graphql, Purpose::Case).about(CASE.to_string());
    let person = PersonId::from(person.to_string());
    let reader = principal(agency);
    world.disclosure().open(&reader, way, &person, shown, &[]).await.unwrap();
}

fn everybody_at(agency: &str) -> AskedBy {
    AskedBy { agency: AgencyId::from(agency), staff: None }
}

#[tokio::test]
async fn who_saw_somebody_and_what_somebody_saw() {
    let world = World::with_agencies().await;
    let accesses = open(&world).await;
    read(&world, HOSPITAL, PERSON, 1).await;
    read(&world, CENTER, PERSON, 2).await;
    read(&world, HOSPITAL, OTHER, 3).await;
    world.disclosure().refuse(&principal(CITY), Door::Grpc, person_id().as_str()).await.unwrap();

    let saw = accesses.who_saw(&[person_id()], false, 10, None).await.unwrap();
    let who: Vec<_> = saw.accesses.iter().map(|one| (one.agency.as_str(), one.shown)).collect();
    assert_eq!(who, [(CENTER, 2), (HOSPITAL, 1)], "the latest first, and nobody who was refused");
    let one = &saw.accesses[0];
    assert_eq!(
        (one.staff.as_str(), one.door, one.purpose),
        ("s-reader", Door::Graphql, Purpose::Case)
    );
    assert_eq!(one.purpose_id, CASE.to_string());
    assert_eq!(one.at, access::Clock::now(&world.clock));
    let all = accesses.who_saw(&[person_id()], true, 10, None).await.unwrap();
    assert_eq!(all.accesses[0].outcome, Outcome::Refused);

    let what = accesses.what_saw(&everybody_at(HOSPITAL), 10, None).await.unwrap();
    let shown: Vec<_> = what.accesses.iter().map(|one| one.shown).collect();
    assert_eq!(shown, [3, 1]);
    let by = |staff: &str| AskedBy { staff: Some(staff.into()), ..everybody_at(HOSPITAL) };
    let own = accesses.what_saw(&by("s-reader"), 10, None).await.unwrap();
    assert_eq!(own, what);
    let nobody = accesses.what_saw(&by("s-other"), 10, None).await.unwrap();
    assert!(nobody.accesses.is_empty());
}

#[tokio::test]
async fn pages_of_several_persons_hold_everything_once() {
    let world = World::with_agencies().await;
    for number in 0..7 {
        let person = if number % 3 == 0 { OTHER } else { PERSON };
        read(&world, HOSPITAL, person, number).await;
    }
    let accesses = open(&world).await;
    let persons = [person_id(), PersonId::from(OTHER.to_string())];
    let (mut shown, mut before) = (Vec::new(), None);
    loop {
        let page = accesses.who_saw(&persons, false, 2, before).await.unwrap();
        shown.extend(page.accesses.iter().map(|one| one.shown));
        before = page.accesses.last().map(|one| one.position);
        if !page.has_more {
            break;
        }
    }
    assert_eq!(shown, [6, 5, 4, 3, 2, 1, 0]);
}

#[tokio::test]
async fn the_file_is_gone_on_with_and_made_anew_for_another_record() {
    let world = World::with_agencies().await;
    read(&world, HOSPITAL, PERSON, 1).await;
    let first = open(&world).await;
    assert_eq!(first.who_saw(&[person_id()], false, 9, None).await.unwrap().accesses.len(), 1);
    drop(first);
    read(&world, CENTER, PERSON, 2).await;
    let again = open(&world).await;
    assert_eq!(again.who_saw(&[person_id()], false, 9, None).await.unwrap().accesses.len(), 2);
    drop(again);
    let elsewhere = World::with_agencies().await;
    read(&elsewhere, WARD_OFFICE, PERSON, 5).await;
    let path = world.folder.path().join("accesses.sqlite");
    let other = Accesses::open(&path, elsewhere.reads.clone()).await.unwrap();
    let found = other.who_saw(&[person_id()], false, 9, None).await.unwrap();
    assert_eq!(found.accesses.len(), 1);
    assert_eq!(found.accesses[0].agency.as_str(), WARD_OFFICE);
}

#[tokio::test]
async fn without_the_record_nobody_is_answered() {
    let world = World::with_agencies().await;
    let accesses = open(&world).await;
    let url = format!("sqlite:{}", world.folder.path().join("reads.sqlite").display());
    let mut back_door = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("ALTER TABLE event RENAME TO gone").execute(&mut back_door).await.unwrap();
    assert!(accesses.who_saw(&[person_id()], false, 9, None).await.is_err());
    assert!(accesses.what_saw(&everybody_at(HOSPITAL), 9, None).await.is_err());
}
