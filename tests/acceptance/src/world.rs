//! The house under test, and the people who use it.

use std::{path::Path, sync::Arc};

use access::{Issuer, Principal, SettableClock, SystemClock};
use anyhow::{Context, ensure};
use contracts::Office;
use jiff::{SignedDuration, Timestamp};
use scenario::{GrpcTransport, Persona, Personas, Player, Script};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tonic::transport::Channel;
use tsunagi::{
    Config, DataFolder, House, Shutdown,
    commands::{Doors, Running},
    data_folder::{MUNICIPALITY_ID, MUNICIPALITY_NAME},
    demonstration::{found, principal_of},
};

use crate::{PostgresDatabases, any_port};

/// A running house with a clock that stands where it was last set.
pub struct World {
    /// What the house has open.
    pub house: House,
    /// Its clock.
    pub clock: SettableClock,
    /// Its addresses.
    pub running: Running,
    folder: Arc<TempDir>,
    stop: watch::Sender<bool>,
    client: reqwest::Client,
}

/// A player that talks to the running house over the wire.
pub type WirePlayer<K, C> = Player<GrpcTransport<Channel, K>, C>;

impl World {
    /// A house on SQLite files of its own.
    pub async fn on_sqlite(now: Timestamp) -> anyhow::Result<Self> {
        Self::start(now, |config| config).await
    }

    /// A house on PostgreSQL databases of its own.
    pub async fn on_postgres(now: Timestamp) -> anyhow::Result<Self> {
        let databases = PostgresDatabases::create().await?;
        Self::start(now, |config| databases.of(config)).await
    }

    /// A house with a configuration of its own.
    pub async fn start(now: Timestamp, on: impl FnOnce(Config) -> Config) -> anyhow::Result<Self> {
        let folder = Arc::new(tempfile::tempdir()?);
        let data = DataFolder::at(folder.path());
        data.prepare()?;
        let clock = SettableClock::at(now);
        let config = on(data.config(any_port())?);
        let house = House::open(config, Arc::new(clock.clone())).await?;
        found(&house, now, MUNICIPALITY_ID, MUNICIPALITY_NAME).await?;
        Self::of(house, clock, folder).await
    }

    /// Another house on the same databases, with the same keys and by the same clock, but with
    /// connections and read models of its own, as another process has them.
    pub async fn beside(&self, on: impl FnOnce(Config) -> Config) -> anyhow::Result<Self> {
        let mut config = self.house.config().clone();
        if let Some(gateway) = &mut config.gateway {
            let beside = format!("beside-{}", self.running.http.port());
            gateway.read_model = self.folder().join(format!("{beside}.sqlite"));
            gateway.accesses = Some(self.folder().join(format!("{beside}-accesses.sqlite")));
        }
        let house = House::open(on(config), Arc::new(self.clock.clone())).await?;
        Self::of(house, self.clock.clone(), self.folder.clone()).await
    }

    async fn of(house: House, clock: SettableClock, folder: Arc<TempDir>) -> anyhow::Result<Self> {
        let localhost = any_port();
        let (stop, wish) = watch::channel(false);
        let doors = Doors::take(localhost, 0).await?;
        let running = Running::start(&house, doors, &Shutdown::on(wish)).await?;
        let client = reqwest::Client::new();
        Ok(Self { house, clock, running, folder, stop, client })
    }

    /// The folder with everything this house keeps.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops the house and waits until every part has stopped.
    pub async fn stop(self) -> anyhow::Result<Arc<TempDir>> {
        self.stop.send(true).ok();
        self.running.stopped().await?;
        self.house.log.close().await;
        self.house.reads.close().await;
        Ok(self.folder)
    }

    /// A player of scripts over real channels, which sets the clock to each step's moment.
    pub fn player(
        &self,
    ) -> anyhow::Result<
        WirePlayer<impl Fn(&Persona) -> String + use<>, impl FnMut(Timestamp) + use<>>,
    > {
        let issuer = self.house.issuer()?;
        let clock = self.clock.clone();
        let token = move |persona: &Persona| {
            let now = access::Clock::now(&clock);
            issuer.issue(&principal_of(persona), now, now + SignedDuration::from_mins(5))
        };
        let mut transport = GrpcTransport::new(token);
        for (office, _) in &self.running.offices {
            transport = transport.reaching(*office, self.channel(*office)?);
        }
        let clock = self.clock.clone();
        Ok(Player::new(Personas::demonstration()?, transport, move |moment| clock.set(moment)))
    }

    /// Plays a script over the wire from its first step to its last.
    pub async fn play(&self, script: &Script) -> anyhow::Result<scenario::Memory> {
        let mut player = self.player()?;
        player.play(script).await?;
        Ok(player.memory().clone())
    }

    /// A channel to an office.
    pub fn channel(&self, office: Office) -> anyhow::Result<Channel> {
        let found = self.running.offices.iter().find(|(known, _)| *known == office);
        let (_, address) = found.context("no such office")?;
        Ok(Channel::from_shared(format!("http://{address}"))?.connect_lazy())
    }

    /// A token of this persona, good for an hour of the house's clock.
    pub fn token(&self, persona: &str) -> anyhow::Result<String> {
        let personas = Personas::demonstration()?;
        let persona = personas.get(persona).context("no such persona")?;
        let now = access::Clock::now(&self.clock);
        let until = now + SignedDuration::from_hours(1);
        Ok(self.house.issuer()?.issue(&principal_of(persona), now, until))
    }

    /// Asks the gateway as this persona; an error answer is a failure.
    pub async fn graphql(
        &self,
        persona: &str,
        query: &str,
        variables: Value,
    ) -> anyhow::Result<Value> {
        let answer = self.graphql_raw(persona, query, variables).await?;
        ensure!(answer.get("errors").is_none(), "GraphQL answered with errors: {answer}");
        Ok(answer["data"].clone())
    }

    /// Asks the gateway as this persona, and gives the whole answer.
    pub async fn graphql_raw(
        &self,
        persona: &str,
        query: &str,
        variables: Value,
    ) -> anyhow::Result<Value> {
        let request = self
            .client
            .post(format!("http://{}/graphql", self.running.http))
            .bearer_auth(self.token(persona)?)
            .json(&json!({ "query": query, "variables": variables }));
        Ok(request.send().await?.json().await?)
    }
}

/// A token of the development issuer of this folder for an agency, by the machine's clock.
///
/// # Panics
/// When the folder holds no issuer's key.
pub fn client_token(data: &DataFolder, office: Office, agency: &str) -> String {
    let config = data.config(([127, 0, 0, 1], 0).into()).expect("the folder is there");
    let path = config.tokens.private_key.expect("a development folder");
    let key = std::fs::read(path).expect("the issuer's key");
    let issuer = Issuer::new(&config.tokens.issuer, &config.tokens.audience, &key);
    let principal = Principal {
        office,
        agency: agency.into(),
        staff: "staff-of-the-test".to_owned(),
        roles: Vec::new(),
    };
    let now = access::Clock::now(&SystemClock);
    issuer.expect("a key").issue(&principal, now, now + SignedDuration::from_hours(1))
}
