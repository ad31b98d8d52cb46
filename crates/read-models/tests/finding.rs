//! Many persons at once are judged as each would be alone.

mod support;

use casework::PersonId;
use contracts::events::{
    CareTeamMemberAdded, EventCorrected, EventRetracted, PersonErased, PersonRegistered,
    PersonsMerged,
};
use read_models::{Moment, ReadModel, SeenEvent};
use support::*;
use uuid::Uuid;

const OTHER: Uuid = Uuid::from_u128(0xB);
const THIRD: Uuid = Uuid::from_u128(0xD);
const NOBODY: Uuid = Uuid::from_u128(0xE);

async fn open(world: &World) -> ReadModel {
    ReadModel::open(&world.read_model_path(), world.log.clone(), world.clock()).await.unwrap()
}

fn all() -> Vec<PersonId> {
    [PERSON, OTHER, THIRD, NOBODY].map(|id| PersonId::from(id.to_string())).to_vec()
}

/// For every agency, what is seen among all is what is seen of each.
async fn agree(world: &World) {
    let model = open(world).await;
    for agency in AGENCIES {
        let among = model.persons_among(&viewer(agency), &all()).await.unwrap();
        let mut among: Vec<_> =
            among.into_iter().map(|view| (view.person.clone(), view.events.len())).collect();
        among.sort();
        let mut alone = Vec::new();
        for person in all() {
            let view = model.person(&viewer(agency), &person, &Moment::default()).await.unwrap();
            alone.extend(view.map(|view| (view.person.clone(), view.events.len())));
        }
        alone.sort();
        alone.dedup();
        assert_eq!(among, alone, "{agency}");
    }
}

async fn three(world: &World) {
    world.support().await;
    world.record_about(OTHER, OTHER_CENTER, None, "2025-05-02", registration()).await;
    world.record_about(THIRD, HOSPITAL, None, "2025-05-02", registration()).await;
}

#[tokio::test]
async fn whoever_is_seen_alone_is_seen_among_many() {
    let world = World::with_agencies().await;
    three(&world).await;
    agree(&world).await;
    world.record(HOSPITAL, None, "2025-05-28", consent(&[HOSPITAL, CENTER, WARD_OFFICE])).await;
    let member =
        CareTeamMemberAdded { agency_id: WARD_OFFICE.into(), ..CareTeamMemberAdded::default() };
    world.record(CENTER, Some(CASE), "2025-05-29", member).await;
    agree(&world).await;
    world.withdraw_consent("2025-05-30").await;
    agree(&world).await;
}

#[tokio::test]
async fn who_is_let_in_by_a_correction_is_seen_as_well() {
    let world = World::with_agencies().await;
    world.support().await;
    world.record(HOSPITAL, None, "2025-05-28", consent(&[HOSPITAL, CENTER, WARD_OFFICE])).await;
    let wrong =
        CareTeamMemberAdded { agency_id: OTHER_CENTER.into(), ..CareTeamMemberAdded::default() };
    let position = world.record(CENTER, Some(CASE), "2025-05-29", wrong).await;
    let target = world.log.read(position - 1, 1).await.unwrap()[0].event_id;
    let right: contracts::Event =
        CareTeamMemberAdded { agency_id: WARD_OFFICE.into(), ..Default::default() }.into();
    let split = right.split();
    let correction = EventCorrected {
        target_event_id: target.to_string(),
        corrected_on: "2025-05-30".into(),
        replacement_type: right.number(),
        replacement_clear: split.clear,
        replacement_personal: split.personal,
        ..Default::default()
    };
    world.record(CENTER, Some(CASE), "2025-05-30", correction).await;
    let model = open(&world).await;
    let seen = model.persons_among(&viewer(WARD_OFFICE), &all()).await.unwrap();
    assert_eq!(seen.len(), 1, "the ward office is named by the correction alone");
    agree(&world).await;
}

#[tokio::test]
async fn who_is_merged_is_seen_once_by_those_of_either_file() {
    let world = World::with_agencies().await;
    three(&world).await;
    let merge = PersonsMerged {
        surviving_person_id: PERSON.to_string(),
        merged_person_id: OTHER.to_string(),
        merged_on: "2025-06-01".into(),
        ..Default::default()
    };
    world.record_about(PERSON, CITY, None, "2025-06-01", merge.clone()).await;
    world.record_about(OTHER, CITY, None, "2025-06-01", merge).await;
    agree(&world).await;
    let model = open(&world).await;
    for agency in [HOSPITAL, OTHER_CENTER] {
        let asked = [PersonId::from(OTHER.to_string()), person_id()];
        let seen = model.persons_among(&viewer(agency), &asked).await.unwrap();
        assert_eq!(seen.len(), 1, "{agency}");
        assert_eq!(seen[0].person, person_id());
    }
}

#[tokio::test]
async fn what_a_person_is_registered_as_is_for_identity_officers() {
    let world = World::with_agencies().await;
    world.refer().await;
    let position = world.record_about(OTHER, CENTER, None, "2025-05-02", registration()).await;
    let target = world.log.read(position - 1, 1).await.unwrap()[0].event_id;
    let model = open(&world).await;
    for agency in AGENCIES {
        assert!(model.registered(&viewer(agency), &all()).await.unwrap().is_empty(), "{agency}");
    }
    let mut officer = viewer(CITY);
    officer.is_identity_officer = true;
    let registered = model.registered(&officer, &all()).await.unwrap();
    let known: Vec<_> = registered.iter().map(|one| one.registration.is_some()).collect();
    assert_eq!(known, [true, true, false, false]);
    let right: contracts::Event =
        PersonRegistered { given_name: "次郎".into(), ..registration() }.into();
    let split = right.split();
    let correction = EventCorrected {
        target_event_id: target.to_string(),
        corrected_on: "2025-05-30".into(),
        replacement_type: right.number(),
        replacement_clear: split.clear,
        replacement_personal: split.personal,
        ..Default::default()
    };
    world.record_about(OTHER, CENTER, None, "2025-05-30", correction).await;
    let registered = model.registered(&officer, &all()).await.unwrap();
    assert!(registered[1].registration.as_ref().is_some_and(SeenEvent::is_corrected));
    let retraction = EventRetracted {
        target_event_id: target.to_string(),
        retracted_on: "2025-05-31".into(),
        reason: "誤り".into(),
    };
    world.record_about(OTHER, CENTER, None, "2025-05-31", retraction).await;
    let registered = model.registered(&officer, &all()).await.unwrap();
    assert!(registered[1].registration.is_none(), "it does not stand any more");
    let erasure = PersonErased { person_ids: vec![PERSON.to_string()], ..Default::default() };
    world.record(CITY, None, "2025-06-01", erasure).await;
    let registered = model.registered(&officer, &all()).await.unwrap();
    assert!(registered[0].registration.is_none(), "nobody was registered");
}
