//! `hiding`: whether the time of an answer tells who is hidden from who does not exist.
//!
//! The reader's agency has nothing to do with anybody on file. It asks for somebody who is there and
//! for somebody who is not, in pairs, in an order that chance decides anew for each, so that whatever
//! else the machine does hits both alike.

use std::time::Instant;

use acceptance::World;
use anyhow::{Context, Result, bail, ensure};
use contracts::{
    Office,
    office::{ExportPersonFileRequest, records_service_client::RecordsServiceClient},
};
use jiff::Timestamp;
use reqwest::{Client, StatusCode};
use scenario::Scenario;
use serde_json::{Value, json};
use tonic::{Code, Request, transport::Channel};
use uuid::Uuid;

use super::Setting;
use crate::chance::Chance;
use crate::ranks::Larger;
use crate::report::Measured;
use crate::rounds::median;

const BEGINNING: &str = "2021-09-01T00:00:00Z";
const NOW: &str = "2026-11-30T03:00:00Z";

/// Who asks; and who could be answered.
const READER: &str = "support-center-2";
const INVOLVED: &str = "support-center";

/// Persons who are hidden, each with the whole of scenario A on file; and as many who are not there.
const PERSONS: usize = 6;

/// What they are called differs in two characters: a search forgives one.
const HIDDEN: [&str; PERSONS] = ["架壱壱", "架弐弐", "架参参", "架肆肆", "架伍伍", "架陸陸"];
const ABSENT: [&str; PERSONS] = ["仮漆漆", "仮捌捌", "仮玖玖", "仮拾拾", "仮佰佰", "仮阡阡"];

/// Pairs for each way of reading; fewer of exports, each of which takes a tenth of a second.
const PAIRS: usize = 4_000;
const PAIRS_OF_EXPORTS: usize = 1_000;
const PAIRS_QUICK: usize = 100;

/// Pairs that are not measured: they open connections and fill what is remembered.
const WARM_UP: usize = 50;

/// The ways of reading, by the names of their figures.
const WAYS: [&str; 6] = ["person", "case", "accesses", "search", "page", "export"];

/// Somebody to ask for, be they there or not.
struct Asked {
    person: String,
    case: String,
    name: String,
}

/// Measures each way of reading.
pub async fn run(setting: &mut Setting<'_>) -> Result<()> {
    if !setting.arguments.wants("hiding") {
        return Ok(());
    }
    let world = World::on_postgres(BEGINNING.parse::<Timestamp>()?).await?;
    let mut asking = Asking::of(&world).await?;
    for way in WAYS {
        let pairs = match way {
            _ if setting.arguments.quick => PAIRS_QUICK,
            "export" => PAIRS_OF_EXPORTS,
            _ => PAIRS,
        };
        let (hidden, absent) = asking.measured(way, pairs).await.context(way)?;
        let (name, larger) = (format!("hiding/{way}"), Larger::of(&hidden, &absent));
        let figure = Measured::alone(&name, median(&hidden), "ms");
        setting.report.add(figure.against("absent", median(&absent)));
        let told = if larger.is_alike() { "alike" } else { "NOT alike" };
        let percent = [larger.low, larger.high].map(|end| end * 100.0);
        let unit = format!("% slower, 95 %: {:.1} to {:.1}; {told}", percent[0], percent[1]);
        setting.report.add(Measured::alone(&format!("{name}/rank"), larger.share * 100.0, &unit));
    }
    drop(asking);
    world.stop().await?;
    Ok(())
}

/// Somebody who asks for both kinds.
struct Asking {
    client: Client,
    http: String,
    token: String,
    office: RecordsServiceClient<Channel>,
    hidden: Vec<Asked>,
    absent: Vec<Asked>,
    chance: Chance,
}

impl Asking {
    async fn of(world: &World) -> Result<Self> {
        let now: Timestamp = NOW.parse()?;
        let hidden = on_file(world, now).await?;
        world.clock.set(now);
        let query = "query ($name: String!) { searchPersons(name: $name) { edges { cursor } } }";
        let found = world.graphql(INVOLVED, query, json!({"name": hidden[0].name})).await?;
        let found = found["searchPersons"]["edges"].as_array().map(Vec::len);
        ensure!(found == Some(1), "others find who is hidden from the reader: {found:?}");
        let mut chance = Chance::seeded(1);
        let mut id = || -> Result<String> {
            let bytes: [u8; 16] = chance.bytes(16).try_into().ok().context("sixteen bytes")?;
            Ok(Uuid::from_bytes(bytes).to_string())
        };
        let absent = ABSENT.into_iter().map(|family| {
            Ok(Asked { person: id()?, case: id()?, name: format!("{family} 一郎") })
        });
        Ok(Self {
            client: Client::new(),
            http: format!("http://{}", world.running.http),
            token: world.token(READER)?,
            office: RecordsServiceClient::new(world.channel(Office::SupportCenter)?),
            absent: absent.collect::<Result<_>>()?,
            hidden,
            chance: Chance::seeded(2),
        })
    }

    /// How long each answer took, in milliseconds: for the hidden and for the absent.
    async fn measured(&mut self, way: &str, pairs: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        let mut times = [Vec::new(), Vec::new()];
        for pair in 0..WARM_UP + pairs {
            let first = self.chance.below(2);
            for side in [first, 1 - first] {
                let person = self.chance.below(PERSONS);
                let took = self.ask(way, side, person).await?;
                if pair >= WARM_UP {
                    times[side].push(took);
                }
            }
        }
        let [hidden, absent] = times;
        Ok((hidden, absent))
    }

    async fn ask(&mut self, way: &str, side: usize, person: usize) -> Result<f64> {
        let asked = &[&self.hidden, &self.absent][side][person];
        let of = |query: &str, id: &str| json!({"query": query, "variables": {"id": id}});
        match way {
            "person" => {
                let query = "query ($id: ID!) { person(id: $id) { familyName cases { state } } }";
                self.graphql(&of(query, &asked.person), "person").await
            }
            "case" => {
                let query = "query ($id: ID!) { case(id: $id) { state timeline(first: 20) {
                    edges { node { label fields { value } } } } } }";
                self.graphql(&of(query, &asked.case), "case").await
            }
            "accesses" => {
                let query = "query ($id: ID!) { accessesTo(personId: $id) { edges { cursor } } }";
                self.graphql(&of(query, &asked.person), "accessesTo").await
            }
            "search" => {
                let query =
                    "query ($id: String!) { searchPersons(name: $id) { edges { cursor } } }";
                self.graphql(&of(query, &asked.name), "searchPersons").await
            }
            "page" => self.page(&asked.case).await,
            "export" => {
                let person = asked.person.clone();
                self.export(person).await
            }
            other => bail!("there is no way {other}"),
        }
    }

    async fn graphql(&self, document: &Value, field: &str) -> Result<f64> {
        let request = self.client.post(format!("{}/graphql", self.http));
        let request = request.bearer_auth(&self.token).json(document).build()?;
        let started = Instant::now();
        let answer = self.client.execute(request).await?.bytes().await?;
        let took = started.elapsed();
        let answer: Value = serde_json::from_slice(&answer)?;
        let told = &answer["data"][field];
        let is_nothing = told.is_null() || told["edges"] == json!([]);
        ensure!(answer.get("errors").is_none() && is_nothing, "there is nobody: {answer}");
        Ok(took.as_secs_f64() * 1000.0)
    }

    async fn page(&self, case: &str) -> Result<f64> {
        let request = self.client.get(format!("{}/cases/{case}", self.http));
        let request = request.header("cookie", format!("tsunagi_demo={}", self.token)).build()?;
        let started = Instant::now();
        let answer = self.client.execute(request).await?;
        let status = answer.status();
        answer.bytes().await?;
        let took = started.elapsed();
        ensure!(status == StatusCode::NOT_FOUND, "there is no such page: {status}");
        Ok(took.as_secs_f64() * 1000.0)
    }

    async fn export(&mut self, person_id: String) -> Result<f64> {
        let mut request = Request::new(ExportPersonFileRequest { person_id });
        let bearer = format!("Bearer {}", self.token).parse()?;
        request.metadata_mut().insert("authorization", bearer);
        let started = Instant::now();
        let answer = self.office.export_person_file(request).await;
        let took = started.elapsed();
        ensure!(answer.is_err_and(|status| status.code() == Code::NotFound), "there is no file");
        Ok(took.as_secs_f64() * 1000.0)
    }
}

/// Plays scenario A with so many persons.
async fn on_file(world: &World, now: Timestamp) -> Result<Vec<Asked>> {
    let today = scenario::today(now);
    let mut script = Scenario::agencies()?.on(today)?;
    for family in HIDDEN {
        let mut scenario = Scenario::scenario_a()?.named(family);
        let registration =
            scenario.steps.iter_mut().find_map(|step| step.request.get_mut("person"));
        registration.context("a registration")?["familyName"] = json!(family);
        script = script.and(scenario.on(today)?);
    }
    let memory = world.play(&script).await?;
    let asked = |family: &str| {
        let person = memory.person(family, "ichiro").context("a person")?.to_owned();
        let case = memory.case(family, "ichiro", "a").context("a case")?.to_owned();
        Ok(Asked { person, case, name: format!("{family} 一郎") })
    };
    HIDDEN.into_iter().map(asked).collect()
}
