//! Records over real gRPC: a register is imported, an event is corrected, a file is handed out; and
//! at another office nothing of it can be had.

use acceptance::World;
use contracts::{
    Office,
    events::{EventBody, EventCorrected, InpatientEpisodeOpened},
    office::{
        CommandContext, CorrectEventRequest, ExportPersonFileRequest, ImportOutcome,
        ImportTableRequest, ImportedRow, ImportedTable, import_table_reply,
        import_table_request::Part, records_service_client::RecordsServiceClient,
    },
};
use scenario::Scenario;
use serde_json::Value;
use tonic::{Code, Request, Status, transport::Channel};

const PERSONS: &str =
    "管理番号,登録日,姓,名,生年月日,居住区\n77,令和7年4月1日,架空,八郎,昭和42年3月9日,14107\n";
const STAYS: &str = "管理番号,入院日,病棟,居住区\n77,2025-04-01,東二病棟,14107\n";

#[tokio::test]
async fn what_was_imported_is_corrected_and_handed_out() {
    let world = World::on_sqlite("2021-09-01T00:00:00Z".parse().unwrap()).await.unwrap();
    let agencies = Scenario::agencies().unwrap().on("2026-11-21".parse().unwrap()).unwrap();
    world.play(&agencies).await.unwrap();
    world.clock.set("2026-11-21T03:00:00Z".parse().unwrap());
    let hospital = ("hospital", Office::Hospital);
    let person = import(&world, "PersonRegistered", PERSONS).await.remove(0).person_id;
    let stays = import(&world, "InpatientEpisodeOpened", STAYS).await;
    assert_eq!(stays[0].person_id, person);

    let before = export(&world, hospital, &person).await.unwrap();
    let admission = before.iter().find(|line| line["type"] == "InpatientEpisodeOpened").unwrap();
    correct(&world, &person, admission["event_id"].as_str().unwrap()).await;
    let after = export(&world, hospital, &person).await.unwrap();
    assert_eq!(after.len(), before.len());
    let corrected = &after[1];
    assert_eq!(
        (&corrected["standing"], &corrected["occurred_on"]),
        (&"CORRECTED".into(), &"2025-03-31".into())
    );

    let elsewhere = export(&world, ("support-center", Office::SupportCenter), &person).await;
    assert_eq!(elsewhere.unwrap_err().code(), Code::NotFound);
    let again = import(&world, "PersonRegistered", PERSONS).await;
    assert_eq!(again[0].outcome(), ImportOutcome::AlreadyRecorded);
    world.stop().await.unwrap();
}

async fn import(world: &World, event_type: &str, csv: &str) -> Vec<ImportedRow> {
    let table = ImportedTable { event_type: event_type.to_owned(), ..ImportedTable::default() };
    let parts = [Part::Table(table), Part::Csv(csv.as_bytes().to_vec())];
    let parts = parts.map(|part| ImportTableRequest { part: Some(part) });
    let request = signed(world, "hospital", futures::stream::iter(parts));
    let mut replies =
        records(world, Office::Hospital).import_table(request).await.unwrap().into_inner();
    let mut rows = Vec::new();
    while let Some(reply) = replies.message().await.unwrap() {
        if let Some(import_table_reply::Part::Row(row)) = reply.part {
            assert_ne!(row.outcome(), ImportOutcome::Refused, "{}", row.reason);
            rows.push(row);
        }
    }
    rows
}

async fn correct(world: &World, person: &str, event: &str) {
    let admission = InpatientEpisodeOpened {
        admitted_on: "2025-03-31".to_owned(),
        unit: "東二病棟".to_owned(),
        residence_ward: "14107".to_owned(),
        ..InpatientEpisodeOpened::default()
    };
    let correction = EventCorrected {
        target_event_id: event.to_owned(),
        reason: "日付の誤り".to_owned(),
        ..EventCorrected::default()
    };
    let request = CorrectEventRequest {
        context: Some(CommandContext {
            request_id: "0e0f6c6e-7a3b-4f0a-9a59-6d0a1f3f2d77".to_owned(),
            person_id: person.to_owned(),
            ..CommandContext::default()
        }),
        correction: Some(correction),
        replacement: Some(EventBody { event: Some(admission.into()) }),
    };
    let request = signed(world, "hospital", request);
    let reply = records(world, Office::Hospital).correct_event(request).await.unwrap();
    assert_eq!(reply.into_inner().recorded.len(), 1);
}

async fn export(
    world: &World,
    (persona, office): (&str, Office),
    person: &str,
) -> Result<Vec<Value>, Status> {
    let request = ExportPersonFileRequest { person_id: person.to_owned() };
    let request = signed(world, persona, request);
    let mut lines = records(world, office).export_person_file(request).await?.into_inner();
    let mut read = Vec::new();
    while let Some(line) = lines.message().await? {
        read.push(serde_json::from_str(&line.json).unwrap());
    }
    Ok(read)
}

fn records(world: &World, office: Office) -> RecordsServiceClient<Channel> {
    RecordsServiceClient::new(world.channel(office).unwrap())
}

fn signed<T>(world: &World, persona: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", world.token(persona).unwrap()).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}
