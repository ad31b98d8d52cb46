//! No record, no data; and what is opened is what was sealed there.

use access::{DisclosureError, Door, Opened, Purpose, SealedEvent, Shown, Way};
use casework::PersonId;
use contracts::access::Outcome;
use uuid::Uuid;

use crate::world::*;

fn person(number: u128) -> PersonId {
    PersonId::from(Uuid::from_u128(number).to_string())
}

fn text(opened: &Opened) -> &str {
    match opened {
        Opened::Personal(bytes) => std::str::from_utf8(bytes).unwrap(),
        Opened::Nothing => "(nothing)",
        Opened::Erased => "(erased)",
    }
}

#[tokio::test]
async fn what_is_opened_was_recorded() {
    let world = World::new().await;
    let about = person(1);
    let first = world.sealed(&about, "磯子区で暮らしたい").await;
    let empty = SealedEvent { sealed: Vec::new(), ..world.sealed(&about, "").await };
    let second = world.sealed(&about, "一回目の面談").await;
    let events = [first.clone(), empty, second.clone()];
    let reader = hospital();
    let opened = world.disclosure().open(&reader, Door::Graphql, &about, 7, &events).await.unwrap();
    let texts: Vec<_> = opened.iter().map(text).collect();
    assert_eq!(texts, ["磯子区で暮らしたい", "(nothing)", "一回目の面談"]);

    let reads = world.recorded_reads().await;
    assert_eq!(reads.len(), 1);
    assert_eq!(reads[0].person_id, about.as_str());
    assert_eq!((reads[0].door(), reads[0].outcome()), (Door::Graphql, Outcome::Shown));
    assert_eq!(reads[0].shown, 7);
    let ids = [first.event_id.to_string(), second.event_id.to_string()];
    assert_eq!(reads[0].opened_event_ids, ids);
    let stored = world.reads.read(0, 1).await.unwrap().remove(0);
    assert_eq!((stored.agency.as_str(), stored.staff.as_str()), (HOSPITAL, "s-reader"));
}

#[tokio::test]
async fn a_record_says_why_and_of_which_kinds() {
    let world = World::new().await;
    let about = person(1);
    let event = world.sealed(&about, "磯子区で暮らしたい").await;
    let closed = SealedEvent { sealed: Vec::new(), type_no: 9, ..event.clone() };
    let way = Way::through(Door::Console, Purpose::Case).about("case-1");
    let shown = [closed, event.clone(), event.clone()];
    world.disclosure().open(&hospital(), way, &about, 3, &shown).await.unwrap();
    let reads = world.recorded_reads().await;
    assert_eq!((reads[0].purpose(), reads[0].purpose_id.as_str()), (Purpose::Case, "case-1"));
    let mut types = vec![event.type_no, 9];
    types.sort_unstable();
    assert_eq!(reads[0].types, types);
}

#[tokio::test]
async fn a_list_is_one_append_with_a_record_for_each_person() {
    let world = World::new().await;
    let mut list = Vec::new();
    for number in 1..=3 {
        let about = person(number);
        let events = vec![world.sealed(&about, &format!("{number}人目")).await];
        let way = Way::through(Door::Graphql, Purpose::List);
        list.push(Shown { way, person: Some(about), shown: 1, events });
    }
    let opened = world.disclosure().open_all(&hospital(), &list).await.unwrap();
    let texts: Vec<_> = opened.iter().flatten().map(text).collect();
    assert_eq!(texts, ["1人目", "2人目", "3人目"]);
    let reads = world.recorded_reads().await;
    let persons: Vec<_> = reads.iter().map(|read| read.person_id.clone()).collect();
    assert_eq!(persons, [1, 2, 3].map(|number| person(number).to_string()));
    let stored = world.reads.read(0, 10).await.unwrap();
    assert!(stored.iter().all(|event| event.correlation_id == stored[0].correlation_id));
    assert!(world.disclosure().open_all(&hospital(), &[]).await.unwrap().is_empty());
    assert_eq!(world.recorded_reads().await.len(), 3, "an empty list tells of nobody");
}

#[tokio::test]
async fn the_record_comes_before_the_opening() {
    let world = World::new().await;
    let about = person(1);
    let mut broken = world.sealed(&about, "秘密").await;
    *broken.sealed.last_mut().unwrap() ^= 1;
    let opened = world.disclosure().open(&hospital(), Door::Grpc, &about, 1, &[broken]).await;
    assert!(matches!(opened, Err(DisclosureError::Broken(_))));
    assert_eq!(world.recorded_reads().await.len(), 1, "recorded although nothing could be opened");
}

#[tokio::test]
async fn without_a_record_nothing_is_opened() {
    let world = World::new().await;
    let about = person(1);
    let event = world.sealed(&about, "秘密").await;
    let disclosure = world.disclosure();
    world.reads.clone().close().await;
    let opened = disclosure.open(&hospital(), Door::Graphql, &about, 1, &[event]).await;
    assert!(matches!(opened, Err(DisclosureError::NotRecorded(_))));
    let refused = disclosure.refuse(&hospital(), Door::Graphql, about.as_str()).await;
    assert!(matches!(refused, Err(DisclosureError::NotRecorded(_))));
}

#[tokio::test]
async fn a_refusal_records_an_id_and_nothing_else_that_was_asked_for() {
    let world = World::new().await;
    let disclosure = world.disclosure();
    let id = "0d9f1c1e-5c3a-4e0f-9a44-1f2e3d4c5b6a";
    let braced = format!("{{{id}}}");
    for asked in [id, "架空花子", "", &id.to_uppercase(), &id.replace('-', ""), &braced] {
        disclosure.refuse(&hospital(), Door::Console, asked).await.unwrap();
    }
    let reads = world.recorded_reads().await;
    let asked: Vec<_> = reads.iter().map(|read| read.person_id.as_str()).collect();
    assert_eq!(asked[0], id);
    assert_eq!(asked[1..], ["malformed"; 5]);
    assert!(reads.iter().all(|read| read.outcome() == Outcome::Refused && read.shown == 0));
}

#[tokio::test]
async fn an_erased_key_opens_nothing_and_keeps_nobody_else_out() {
    let world = World::new().await;
    let (erased, kept) = (person(1), person(2));
    let gone = world.sealed(&erased, "もうない").await;
    let there = world.sealed(&kept, "まだある").await;
    world.vault.erase(&gone.subject).await.unwrap();
    let (reader, events) = (hospital(), [gone, there]);
    let opened = world.disclosure().open(&reader, Door::Graphql, &kept, 2, &events).await.unwrap();
    assert_eq!(opened.iter().map(text).collect::<Vec<_>>(), ["(erased)", "まだある"]);
}

#[tokio::test]
async fn a_sealed_part_opens_in_its_own_event_alone() {
    let world = World::new().await;
    let about = person(1);
    let disclosure = world.disclosure();
    let one = world.sealed(&about, "一つ目").await;
    let other = world.sealed(&about, "二つ目").await;
    let somebody = world.sealed(&person(2), "別の人").await;
    for moved in [
        SealedEvent { sealed: one.sealed.clone(), ..other },
        SealedEvent { type_no: 6, ..one.clone() },
        SealedEvent { subject: somebody.subject, ..one.clone() },
    ] {
        let id = moved.event_id;
        let opened = disclosure.open(&hospital(), Door::Graphql, &about, 1, &[moved]).await;
        assert!(matches!(opened, Err(DisclosureError::Broken(broken)) if broken == id));
    }
}
