//! Two houses on the same databases, and the stretch of network of one of them.

use std::time::Duration;

use acceptance::{PostgresDatabases, Relay, World};
use contracts::{
    Office,
    events::{
        ConsentWithdrawn, EventBody, PreventiveActionRecorded, VisitMethod, VisitPurpose,
        WardVisitRecorded,
    },
    hospital::{WithdrawConsentRequest, hospital_service_client::HospitalServiceClient},
    office::{
        CommandContext, ExportPersonFileRequest, RecordActivityRequest,
        records_service_client::RecordsServiceClient,
    },
    support_center::{
        RecordWardVisitRequest, support_center_service_client::SupportCenterServiceClient,
    },
};
use futures::StreamExt;
use scenario::Scenario;
use serde_json::json;
use tokio::time::timeout;
use tonic::{Code, Request, transport::Channel};
use tsunagi::{Config, config::PatienceConfig};

const READING: &str = "2025-06-27T00:00:00Z";

/// Who reads on the side that is cut off, and works for this agency.
pub const READER: &str = "support-center";
pub const AGENCY: &str = "support-center-isogo";

/// By then everybody has an answer, be it that there is none.
pub const ANSWERED: Duration = Duration::from_secs(12);

pub const CASE: &str = "{ case(id: \"CASE\") { state person { familyName givenName }
    timeline(first: 100) { edges { node { agency { id } fields { value } } } } } }";

const PERSON: &str = "{ person(id: \"PERSON\") { familyName givenName } }";

const ACCESSES: &str = "{ accessesTo(personId: \"PERSON\") { edges { node { staff kinds } } } }";

const WORK: &str = "{ casesInHand { edges { node { kind person { familyName givenName } } } } }";

pub const FOLLOW: &str = "subscription { timelineAppended(caseId: \"CASE\") { fields { value } } }";

/// The house that goes on, the one beside it, and what lies between that one and its databases.
pub struct Town {
    pub world: World,
    pub cut_off: World,
    to_log: Relay,
    pub to_reads: Relay,
    to_vault: Relay,
    /// Everything personal that others than the reader's agency wrote.
    pub by_others: Vec<String>,
    pub case: String,
    pub person: String,
    stay: String,
    consent: String,
}

/// What came through a door.
pub struct Answer {
    pub door: &'static str,
    pub text: String,
    pub is_unavailable: bool,
}

impl Town {
    pub async fn build(patience: PatienceConfig) -> Self {
        let databases = PostgresDatabases::create().await.unwrap();
        let of = |purpose: &str| databases.url(purpose);
        let at = "2021-09-01T00:00:00Z".parse().unwrap();
        let direct = [of("log"), of("reads"), of("vault")];
        let world = World::start(at, |config| by_way_of(config, direct)).await.unwrap();
        let today = "2026-11-30".parse().unwrap();
        let script = Scenario::agencies().unwrap().on(today).unwrap();
        let script = script.and(Scenario::scenario_a().unwrap().on(today).unwrap());
        let script = script.until("2025-06-26T14:59:00Z".parse().unwrap());
        let mut player = world.player().unwrap().marking_personal_texts("cut-off");
        let mut by_others = Vec::new();
        for step in script.steps() {
            let before = player.markers().len();
            player.perform(step).await.unwrap();
            if step.step.by != READER {
                let written = player.markers()[before..].iter();
                by_others.extend(written.map(|marker| marker.text.clone()));
            }
        }
        world.clock.set(READING.parse().unwrap());
        let relay = async |purpose: &str| Relay::to(&of(purpose)).await.unwrap();
        let (to_log, to_reads, to_vault) =
            (relay("log").await, relay("reads").await, relay("vault").await);
        let through = [
            to_log.through(&of("log")).unwrap(),
            to_reads.through(&of("reads")).unwrap(),
            to_vault.through(&of("vault")).unwrap(),
        ];
        let cut_off = world.beside(|mut config| {
            (config.log.patience, config.reads.patience) = (patience, patience);
            by_way_of(config, through)
        });
        let memory = player.memory();
        let kept = |name| memory.kept("scenario-a", "ichiro", name).unwrap().to_owned();
        Self {
            cut_off: cut_off.await.unwrap(),
            to_log,
            to_reads,
            to_vault,
            by_others,
            case: memory.case("scenario-a", "ichiro", "a").unwrap().to_owned(),
            person: memory.person("scenario-a", "ichiro").unwrap().to_owned(),
            stay: kept("stay"),
            consent: kept("consent"),
            world,
        }
    }

    pub fn relays(&self) -> [&Relay; 3] {
        [&self.to_log, &self.to_reads, &self.to_vault]
    }

    /// On the side that goes on.
    pub async fn withdraw(&self) {
        let withdrawal = ConsentWithdrawn {
            consent_id: self.consent.clone(),
            withdrawn_on: "2025-06-27".to_owned(),
        };
        let (context, withdrawal) = (self.context(1, ""), Some(withdrawal));
        let request = WithdrawConsentRequest { context, withdrawal };
        let request = signed(&self.world, "hospital", request);
        let mut hospital = HospitalServiceClient::new(channel(&self.world, Office::Hospital));
        hospital.withdraw_consent(request).await.map(drop).unwrap();
    }

    /// A visit that the hospital may read of, until the consent is withdrawn.
    pub async fn record_a_visit(&self, summary: &str) {
        let visit = WardVisitRecorded {
            episode_id: self.stay.clone(),
            visited_on: "2025-06-27".to_owned(),
            method: VisitMethod::InPerson.into(),
            purpose: VisitPurpose::Interview.into(),
            summary: summary.to_owned(),
            ..WardVisitRecorded::default()
        };
        let (context, visit) = (self.context(2, &self.case), Some(visit));
        let request = signed(&self.world, READER, RecordWardVisitRequest { context, visit });
        let channel = channel(&self.world, Office::SupportCenter);
        let mut center = SupportCenterServiceClient::new(channel);
        center.record_ward_visit(request).await.map(drop).unwrap();
    }

    fn context(&self, request: u8, case_id: &str) -> Option<CommandContext> {
        Some(CommandContext {
            request_id: format!("0e0f6c6e-7a3b-4f0a-9a59-6d0a1f3f2e{request:02x}"),
            person_id: self.person.clone(),
            case_id: case_id.to_owned(),
            ..CommandContext::default()
        })
    }

    pub async fn graphql(&self, door: &'static str, query: &str) -> Answer {
        let query = query.replace("CASE", &self.case).replace("PERSON", &self.person);
        let request = self.post(READER, &query).send().await.unwrap();
        let text = request.text().await.unwrap();
        let is_unavailable = says_unavailable(&text);
        Answer { door, text, is_unavailable }
    }

    pub fn post(&self, reader: &str, query: &str) -> reqwest::RequestBuilder {
        reqwest::Client::new()
            .post(format!("http://{}/graphql", self.cut_off.running.http))
            .bearer_auth(self.cut_off.token(reader).unwrap())
            .json(&json!({ "query": query }))
    }

    async fn page(&self) -> Answer {
        let token = self.cut_off.token(READER).unwrap();
        let page = reqwest::Client::new()
            .get(format!("http://{}/cases/{}", self.cut_off.running.http, self.case))
            .header("cookie", format!("tsunagi_demo={token}"));
        let page = page.send().await.unwrap();
        let is_unavailable = page.status() == reqwest::StatusCode::SERVICE_UNAVAILABLE;
        Answer { door: "console page", text: page.text().await.unwrap(), is_unavailable }
    }

    /// A file from an office that is cut off.
    pub async fn export(&self) -> Answer {
        let request = ExportPersonFileRequest { person_id: self.person.clone() };
        let mut records = RecordsServiceClient::new(channel(&self.cut_off, Office::SupportCenter));
        let mut text = String::new();
        match records.export_person_file(signed(&self.cut_off, READER, request)).await {
            Ok(lines) => {
                let mut lines = lines.into_inner();
                while let Ok(Some(line)) = lines.message().await {
                    text.push_str(&line.json);
                }
                Answer { door: "export", text, is_unavailable: false }
            }
            Err(status) => {
                let is_unavailable = matches!(status.code(), Code::Unavailable | Code::Aborted);
                Answer { door: "export", text: format!("{status:?}"), is_unavailable }
            }
        }
    }

    /// A command at an office that is cut off: its reply says whether there is such a person.
    pub async fn command(&self) -> Code {
        let action = PreventiveActionRecorded {
            acted_on: "2025-06-26".to_owned(),
            action: "短期入所の体験".to_owned(),
            ..PreventiveActionRecorded::default()
        };
        let activity = Some(EventBody { event: Some(action.into()) });
        let request = RecordActivityRequest { context: self.context(3, &self.case), activity };
        let channel = channel(&self.cut_off, Office::SupportCenter);
        let mut center = SupportCenterServiceClient::new(channel);
        let reply = center.record_activity(signed(&self.cut_off, READER, request)).await;
        reply.map_or_else(|status| status.code(), |_| Code::Ok)
    }

    /// Everything that is told of a case from now on, once it is known that the stream has begun.
    pub async fn follow(&self, reader: &str) -> Stream {
        let before = self.world.house.reads.head().await.unwrap();
        let request = self.post(reader, &FOLLOW.replace("CASE", &self.case));
        let request = request.header("accept", "text/event-stream");
        let response = request.send().await.unwrap();
        // That there is something to follow goes on record when it begins.
        let mut records = self.world.house.reads.follow(before);
        while !records.next().await.unwrap().iter().any(|read| read.agency == agency_of(reader)) {}
        Stream(response)
    }

    pub async fn ask(&self, door: usize) -> Answer {
        match door {
            0 => self.graphql("case", CASE).await,
            1 => self.graphql("person", PERSON).await,
            2 => self.graphql("accesses", ACCESSES).await,
            3 => self.graphql("cases in hand", WORK).await,
            4 => self.page().await,
            _ => self.export().await,
        }
    }

    /// How much it tells of what others wrote; what the reader's own agency wrote it may always
    /// read.
    pub fn tells(&self, answer: &Answer) -> usize {
        let told = |marker: &&String| answer.text.contains(marker.as_str());
        self.by_others.iter().filter(told).count()
    }
}

/// The ways of reading: four questions, a page, a file.
pub const DOORS: usize = 6;

/// A stream that is told of.
pub struct Stream(reqwest::Response);

impl Stream {
    /// Everything that it says to its end.
    pub async fn rest(self) -> String {
        let mut chunks = self.0.bytes_stream();
        let mut text = String::new();
        let read = async {
            while let Some(Ok(chunk)) = chunks.next().await {
                text.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        timeout(ANSWERED, read).await.expect("the stream ends");
        text
    }
}

fn by_way_of(mut config: Config, [log, reads, vault]: [String; 3]) -> Config {
    (config.log.url, config.reads.url, config.vault.url) = (log, reads, vault);
    config
}

pub fn says_unavailable(text: &str) -> bool {
    text.contains("\"code\":\"UNAVAILABLE\"")
}

fn agency_of(reader: &str) -> &'static str {
    if reader == READER { AGENCY } else { "hospital-kakuu-minato" }
}

fn channel(world: &World, office: Office) -> Channel {
    world.channel(office).unwrap()
}

fn signed<T>(world: &World, persona: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", world.token(persona).unwrap()).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}
