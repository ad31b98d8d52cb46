//! An office answers alike about who is not there and who is hidden, and registers alike whether or not
//! somebody similar is known: the same reply, the same statements, the same record.

#[path = "../../../../crates/read-models/tests/counting/mod.rs"]
mod counting;
#[path = "../desk/office_of_test.rs"]
#[allow(dead_code, reason = "the tests of the desk use more of it")]
mod office_of_test;

use contracts::{
    access::ReadRecorded,
    events::{EventCorrected, EventRetracted},
    office::{CorrectEventRequest, RetractEventRequest},
};
use counting::Statements;
use event_log::StreamKey;
use office::testing::about;
use office_of_test::*;
use prost::Message;
use tonic::{Response, Status};
use tonic_types::StatusExt;

const ABSENT: &str = "00000000-0000-4000-8000-00000000dead";
const OTHER: &str = "hospital-b";

#[test]
fn absent_and_hidden_are_the_same_to_another_hospital() {
    let statements = Statements::listen();
    let alone = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    alone().block_on(asking(&statements));
    alone().block_on(registering(&statements));
}

/// Code, reason, words in both languages.
fn words<T>(answer: Result<Response<T>, Status>) -> String {
    let status = answer.err().expect("it is refused");
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone());
    let japanese = details.localized_message().map(|it| it.message.clone());
    format!("{:?} {} {reason:?} {japanese:?}", status.code(), status.message())
}

async fn asking(statements: &Statements) {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let persons = [ABSENT.to_owned(), inpatient.person.clone()];
    let warm = async || _ = office.plan(OTHER, inpatient.plan()).await;

    let plan = async |side: usize| {
        let mut request = inpatient.plan();
        context(&mut request.context).person_id.clone_from(&persons[side]);
        recorded(&office, &persons[side], async || words(office.plan(OTHER, request).await)).await
    };
    same("an act", statements.of_both(&warm, plan).await);

    let discharge = async |side: usize| {
        let mut request = inpatient.discharge();
        context(&mut request.context).person_id.clone_from(&persons[side]);
        recorded(&office, &persons[side], async || words(office.discharge(OTHER, request).await))
            .await
    };
    same("a fact", statements.of_both(&warm, discharge).await);

    let retract = async |side: usize| {
        let retraction = EventRetracted {
            target_event_id: ABSENT.into(),
            reason: "誤記".into(),
            ..Default::default()
        };
        let context = Some(about(&persons[side]));
        let request = RetractEventRequest { context, retraction: Some(retraction) };
        recorded(&office, &persons[side], async || words(office.retract(OTHER, request).await))
            .await
    };
    same("a retraction", statements.of_both(&warm, retract).await);

    let correct = async |side: usize| {
        let correction = EventCorrected {
            target_event_id: ABSENT.into(),
            reason: "誤記".into(),
            ..Default::default()
        };
        let replacement = contracts::events::EventBody {
            event: inpatient.discharge().discharge.map(contracts::Event::from),
        };
        let (context, replacement) = (Some(about(&persons[side])), Some(replacement));
        let correction = Some(correction);
        let request = CorrectEventRequest { context, correction, replacement };
        recorded(&office, &persons[side], async || words(office.correct(OTHER, request).await))
            .await
    };
    same("a correction", statements.of_both(&warm, correct).await);

    let export = async |side: usize| {
        let person = &persons[side];
        recorded(&office, person, async || {
            let refused = office.export(OTHER, person).await.expect_err("it is refused");
            words::<()>(Err(refused))
        })
        .await
    };
    same("an export", statements.of_both(&warm, export).await);
}

/// What was said, and what the record of reads says of it.
async fn recorded(office: &TestOffice, person: &str, ask: impl AsyncFnOnce() -> String) -> String {
    let before = reads(office).await.len();
    let said = ask().await;
    let new = reads(office).await.split_off(before);
    let shape = new.iter().map(|read| {
        let named = read.person_id.replace(person, "ID");
        format!("{named} {} {} {} {}", read.door, read.purpose, read.outcome, read.shown)
    });
    format!("{said} {:?}", shape.collect::<Vec<_>>())
}

async fn registering(statements: &Statements) {
    let office = TestOffice::open().await;
    reply(office.register("hospital-a", registration()).await);
    let warm = async || _ = office.register(OTHER, registration_of("準備")).await;
    let register = async |side: usize| {
        // The first name is that of somebody whom another hospital has registered.
        let reply = reply(office.register(OTHER, registration_of(["架空", "別人"][side])).await);
        let (recorded, warnings) = (reply.recorded.len(), reasons(&reply).join(" "));
        format!("{recorded} [{warnings}] {} {}", reply.person_id.len(), reply.encoded_len())
    };
    same("a registration", statements.of_both(&warm, register).await);
}

fn registration_of(family_name: &str) -> contracts::hospital::RegisterPersonRequest {
    let mut request = registration();
    let person = request.person.as_mut().expect("a person");
    person.family_name = family_name.into();
    request
}

async fn reads(office: &TestOffice) -> Vec<ReadRecorded> {
    let stream = StreamKey::new("reader", OTHER);
    let events = office.house.reads.read_stream(&stream, 0, 1_000).await.expect("reads");
    let read = |event: &event_log::StoredEvent| ReadRecorded::decode(event.body.as_slice());
    events.iter().map(|event| read(event).expect("a record")).collect()
}

#[track_caller]
fn same(what: &str, [one, other]: [(String, Vec<String>); 2]) {
    println!("{what}: {} statements", one.1.len());
    assert_eq!(one.0, other.0, "{what}");
    assert_eq!(one.1, other.1, "{what}: the statements");
    assert!(!one.1.is_empty(), "{what}: nothing was counted");
}
