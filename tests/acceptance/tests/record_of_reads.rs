//! No record, no data: with the record of reads broken under a running house, every door through
//! which something personal leaves refuses, and nothing personal is in what it says. (The console's
//! pages are tried beside the console.)

use acceptance::World;
use contracts::{
    Office,
    emergency::{UseBreakGlassAccessRequest, emergency_service_client::EmergencyServiceClient},
    events::{BreakGlassAccessUsed, BreakGlassReason, EventBody, PreventiveActionRecorded},
    office::{
        CommandContext, ExportPersonFileRequest, RecordActivityRequest,
        records_service_client::RecordsServiceClient,
    },
};
use futures::StreamExt;
use scenario::Scenario;
use serde_json::{Value, json};
use sqlx::{Connection, sqlite::SqliteConnection};
use tonic::{Code, Request, Status};

const READING: &str = "2026-11-30T03:00:00Z";
const LEAD: &str = "support-center";

const NAMES: &str = "{ familyName givenName }";

/// Scenario A with a marker in every personal field.
struct Told {
    world: World,
    markers: Vec<String>,
    case: String,
    person: String,
}

/// What came through a door.
struct Answer {
    door: &'static str,
    text: String,
    /// Whether it says that nothing can be shown now.
    is_unavailable: bool,
}

async fn told() -> Told {
    let world = World::on_sqlite("2021-09-01T00:00:00Z".parse().unwrap()).await.unwrap();
    let today = scenario::today(READING.parse().unwrap());
    let agencies = Scenario::agencies().unwrap().on(today).unwrap();
    let script = agencies.and(Scenario::scenario_a().unwrap().on(today).unwrap());
    let mut player = world.player().unwrap().marking_personal_texts("no-record-no-data");
    player.play(&script).await.unwrap();
    let markers = player.markers().iter().map(|marker| marker.text.clone()).collect();
    let case = player.memory().case("scenario-a", "ichiro", "a").unwrap().to_owned();
    world.clock.set(READING.parse().unwrap());
    let person = world.graphql(
        LEAD,
        "query ($id: ID!) { case(id: $id) { person { id } } }",
        json!({"id": case}),
    );
    let person = person.await.unwrap()["case"]["person"]["id"].as_str().unwrap().to_owned();
    Told { world, markers, case, person }
}

impl Told {
    async fn graphql(&self, door: &'static str, query: &str) -> Answer {
        let query = query.replace("CASE", &self.case).replace("PERSON", &self.person);
        let answer = self.world.graphql_raw(LEAD, &query, json!({})).await.unwrap();
        let is_unavailable = answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE";
        Answer { door, text: answer.to_string(), is_unavailable }
    }

    /// The first thing that a subscription says; a change that it would tell of is made meanwhile.
    async fn subscription(&self) -> Answer {
        let query = format!(
            "subscription {{ timelineAppended(caseId: \"{}\") {{ label fields {{ value }} }} }}",
            self.case
        );
        let response = reqwest::Client::new()
            .post(format!("http://{}/graphql", self.world.running.http))
            .bearer_auth(self.world.token(LEAD).unwrap())
            .header("accept", "text/event-stream")
            .json(&json!({ "query": query }))
            .send()
            .await
            .unwrap();
        let mut chunks = response.bytes_stream();
        let mut text = String::new();
        while let Some(Ok(chunk)) = chunks.next().await {
            text.push_str(&String::from_utf8_lossy(&chunk));
            if text.contains("event: next") || text.contains("event:next") || text.contains('\n') {
                break;
            }
        }
        let is_unavailable = text.contains("UNAVAILABLE");
        Answer { door: "subscription", text, is_unavailable }
    }

    async fn export(&self) -> Answer {
        let channel = self.world.channel(Office::SupportCenter).unwrap();
        let request = ExportPersonFileRequest { person_id: self.person.clone() };
        let mut service = RecordsServiceClient::new(channel);
        match service.export_person_file(self.signed(LEAD, request)).await {
            Ok(lines) => {
                let mut lines = lines.into_inner();
                let mut text = String::new();
                while let Ok(Some(line)) = lines.message().await {
                    text.push_str(&line.json);
                }
                Answer { door: "export", text, is_unavailable: false }
            }
            Err(status) => said("export", &status),
        }
    }

    /// A command that is refused: that tells whether there is such a person.
    async fn refused_command(&self) -> Answer {
        let channel = self.world.channel(Office::SupportCenter).unwrap();
        let request = UseBreakGlassAccessRequest {
            context: Some(CommandContext {
                request_id: "0e0f6c6e-7a3b-4f0a-9a59-6d0a1f3f2d01".to_owned(),
                person_id: self.person.clone(),
                ..CommandContext::default()
            }),
            access: Some(BreakGlassAccessUsed {
                reason: BreakGlassReason::LifeOrBody.into(),
                detail: "連絡がつかない".to_owned(),
                ..BreakGlassAccessUsed::default()
            }),
        };
        let mut service = EmergencyServiceClient::new(channel);
        let answer = service.use_break_glass_access(self.signed(LEAD, request)).await;
        said("refused command", &answer.map(drop).expect_err("no emergency is open"))
    }

    /// The same command, each time with the same request id: from the second time on its first
    /// answer is given again.
    async fn command_again(&self) -> Answer {
        let channel = self.world.channel(Office::SupportCenter).unwrap();
        let mut service = EmergencyServiceClient::new(channel);
        let action = PreventiveActionRecorded {
            acted_on: "2026-11-29".to_owned(),
            action: "短期入所の体験".to_owned(),
            ..PreventiveActionRecorded::default()
        };
        let request = RecordActivityRequest {
            context: Some(CommandContext {
                request_id: "0e0f6c6e-7a3b-4f0a-9a59-6d0a1f3f2d02".to_owned(),
                person_id: self.person.clone(),
                ..CommandContext::default()
            }),
            activity: Some(EventBody { event: Some(action.into()) }),
        };
        match service.record_activity(self.signed(LEAD, request)).await {
            Ok(reply) => {
                let text = format!("{} events", reply.into_inner().recorded.len());
                Answer { door: "command again", text, is_unavailable: false }
            }
            Err(status) => said("command again", &status),
        }
    }

    fn signed<T>(&self, persona: &str, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.world.token(persona).unwrap()).parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    /// Every door through which something personal leaves.
    async fn all_doors(&self) -> Vec<Answer> {
        let mut answers = Vec::new();
        for (door, query) in [
            ("person", format!("{{ person(id: \"PERSON\") {NAMES} }}")),
            ("person without names", "{ person(id: \"PERSON\") { residenceWard } }".to_owned()),
            ("case", format!("{{ case(id: \"CASE\") {{ state person {NAMES} }} }}")),
            (
                "timeline",
                "{ case(id: \"CASE\") { timeline(first: 100) { edges { node { label
                fields { value } amendment { reason { value } before { value } } } } } } }"
                    .to_owned(),
            ),
            (
                "work list",
                format!("{{ workList {{ edges {{ node {{ kind person {NAMES} }} }} }} }}"),
            ),
            ("work list, kinds alone", "{ workList { edges { node { kind } } } }".to_owned()),
            (
                "accesses",
                "{ accessesTo(personId: \"PERSON\") { edges { node { staff kinds } } } }"
                    .to_owned(),
            ),
        ] {
            answers.push(self.graphql(door, &query).await);
        }
        answers.push(self.export().await);
        answers.push(self.command_again().await);
        answers
    }

    fn markers_in(&self, answer: &Answer) -> usize {
        self.markers.iter().filter(|marker| answer.text.contains(marker.as_str())).count()
    }

    async fn break_the_record(&self) {
        let path = self.world.folder().join("reads.sqlite");
        let url = format!("sqlite:{}", path.display());
        let mut back_door = SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("ALTER TABLE event RENAME TO gone").execute(&mut back_door).await.unwrap();
    }
}

fn said(door: &'static str, status: &Status) -> Answer {
    let is_unavailable = status.code() == Code::Unavailable;
    Answer { door, text: format!("{status:?}"), is_unavailable }
}

#[tokio::test]
async fn without_a_record_no_door_gives_anything_away() {
    let told = told().await;
    let before = told.all_doors().await;
    for answer in &before {
        assert!(!answer.text.contains("\"edges\":[]"), "{}: {}", answer.door, answer.text);
        assert!(!answer.is_unavailable, "{}: {}", answer.door, answer.text);
    }
    let shows = |door: &str| {
        let answer = before.iter().find(|answer| answer.door == door).unwrap();
        told.markers_in(answer) > 0
    };
    let personal = ["person", "case", "timeline", "export"];
    for door in personal {
        assert!(shows(door), "{door} shows personal texts while there is a record");
    }
    assert!(!told.refused_command().await.is_unavailable);

    told.break_the_record().await;
    let mut after = told.all_doors().await;
    after.push(told.subscription().await);
    after.push(told.refused_command().await);
    for answer in &after {
        assert!(answer.is_unavailable, "{} answers without a record: {}", answer.door, answer.text);
        assert_eq!(told.markers_in(answer), 0, "{}", answer.door);
        let data = serde_json::from_str::<Value>(&answer.text).unwrap_or_default();
        assert!(holds_nothing(&data["data"]), "{}: {}", answer.door, answer.text);
    }
}

/// No value at all, however deep.
fn holds_nothing(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(holds_nothing),
        Value::Array(items) => items.iter().all(holds_nothing),
        _ => false,
    }
}
