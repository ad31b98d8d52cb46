//! A person's file handed out: what the agency may see, each event with its proof, one read on
//! record.

use contracts::{
    access::{Door, Outcome, Purpose, ReadRecorded},
    events::{EventBody, EventCorrected, PersonRegistered},
    office::CorrectEventRequest,
};
use office::testing::{about, refused};
use prost::Message;
use serde_json::Value;

use crate::office_of_test::{TestOffice, registration, reply};

const NOBODY: &str = "00000000-0000-4000-8000-00000000ffff";

async fn reads(office: &TestOffice) -> Vec<ReadRecorded> {
    let stored = office.house.reads.read(0, 100).await.expect("the record of reads");
    stored.iter().map(|event| ReadRecorded::decode(event.body.as_slice()).unwrap()).collect()
}

fn value<'a>(line: &'a Value, field: &str) -> Option<&'a str> {
    let fields = line["fields"].as_array().expect("fields");
    let found = fields.iter().find(|found| found["name"] == field)?;
    found["values"][0].as_str()
}

#[tokio::test]
async fn the_agency_gets_what_it_sees_and_the_read_is_on_record() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let lines = office.export("hospital-a", &inpatient.person).await.expect("a file");
    let [registered, admitted, last] = lines.as_slice() else { panic!("{} lines", lines.len()) };
    assert_eq!(registered["type"], "PersonRegistered");
    assert_eq!(value(registered, "family_name"), Some("架空"));
    assert_eq!(value(admitted, "unit"), Some("三病棟"));
    assert_eq!(admitted["agency"]["id"], "hospital-a");
    assert_eq!(last["events"], 2);
    assert_eq!(last["exported_for"], "hospital-a");

    let reads = reads(&office).await;
    assert_eq!(reads.len(), 1);
    assert_eq!((reads[0].door(), reads[0].outcome()), (Door::Export, Outcome::Shown));
    assert_eq!(reads[0].purpose(), Purpose::Export);
    assert_eq!((reads[0].shown, reads[0].opened_event_ids.len()), (2, 2));
}

#[tokio::test]
async fn each_event_proves_by_its_content_that_it_lies_in_the_log() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let lines = office.export("hospital-a", &inpatient.person).await.expect("a file");
    let head = office.house.head().await;
    let stored = office.house.log.read(head - 2, 2).await.expect("the two events");
    for (line, stored) in lines.iter().zip(&stored) {
        let proof = &line["proof"][0];
        assert_eq!(proof["content_hash"], hex::encode(stored.content_hash));
        assert_eq!(proof["body"], hex::encode(&stored.body));
        let tells = ["position", "version", "chain_hash"];
        assert!(tells.iter().all(|name| proof.get(*name).is_none()), "it tells of others");
    }
}

#[tokio::test]
async fn a_corrected_event_is_handed_out_as_it_stands() {
    let office = TestOffice::open().await;
    let registered = reply(office.register("hospital-a", registration()).await);
    let person = PersonRegistered {
        given_name: "次郎".into(),
        ..registration().person.expect("a person")
    };
    let correction = EventCorrected {
        target_event_id: registered.recorded[0].event_id.clone(),
        reason: "名の誤り".into(),
        ..Default::default()
    };
    let request = CorrectEventRequest {
        context: Some(about(&registered.person_id)),
        correction: Some(correction),
        replacement: Some(EventBody { event: Some(person.into()) }),
    };
    reply(office.correct("hospital-a", request).await);
    let lines = office.export("hospital-a", &registered.person_id).await.expect("a file");
    assert_eq!(lines.len(), 2, "the correction is no event beside it");
    assert_eq!(value(&lines[0], "given_name"), Some("次郎"));
    assert_eq!(lines[0]["standing"], "CORRECTED");
    assert_eq!(lines[0]["proof"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn absent_and_hidden_get_the_same_answer_and_the_same_record() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let mut refusals = Vec::new();
    for person in [inpatient.person.as_str(), NOBODY] {
        let answer = office.export("hospital-b", person).await.map(tonic::Response::new);
        refusals.push(refused(answer));
    }
    assert_eq!(refusals[0], refusals[1]);
    assert_eq!(refusals[0].reason, "UNKNOWN_PERSON");
    let reads = reads(&office).await;
    assert!(reads.iter().all(|read| read.outcome() == Outcome::Refused && read.shown == 0));
    assert_eq!(reads.len(), 2);
    let malformed = office.export("hospital-a", "架空一郎").await.map(tonic::Response::new);
    assert_eq!(refused(malformed).reason, "INVALID_REQUEST");
}
