//! The support center's office in this process: its door is called without a wire in between.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use acceptance::Town;
use access::SystemClock;
use anyhow::{Context, Result};
use contracts::support_center::support_center_service_client::SupportCenterServiceClient;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinSet;
use tonic::{Code, metadata::AsciiMetadataValue, service::Routes};
use tsunagi::{Config, House};

use super::{CLIENTS, Round};
use crate::benchmarks::command_grpc::{
    cases::{CENTER, Case},
    load::visit,
};
use crate::chance::Chance;
use crate::closed_loop::{Client, Window, closed_loop};

/// What the processes of a town are told.
pub fn config(town: &Town) -> Result<Config> {
    Config::load(&town.folder().join("tsunagi.toml"))
}

/// The office, and the token that opens its door.
pub struct Office {
    house: House,
    center: SupportCenterServiceClient<Routes>,
    bearer: AsciiMetadataValue,
}

impl Office {
    /// Opens it on the town's log, beside the process that serves it there.
    pub async fn open(town: &Town) -> Result<Self> {
        let house = House::open(config(town)?, Arc::new(SystemClock)).await?;
        let routes = house.office(contracts::Office::SupportCenter).await?.into_routes();
        let token = town.token(contracts::Office::SupportCenter, CENTER);
        let bearer = format!("Bearer {token}").parse().context("a token is ASCII")?;
        Ok(Self { house, center: SupportCenterServiceClient::new(routes), bearer })
    }

    /// Gives back what it has open.
    pub async fn close(self) {
        self.house.log.close().await;
        self.house.reads.close().await;
    }

    /// How many events the town's log holds.
    pub async fn events_on_file(&self) -> Result<u64> {
        Ok(self.house.log.head().await?)
    }

    /// Records so many visits in each case.
    pub async fn visit_all(&self, cases: &[Case], visits: usize) -> Result<()> {
        let style = ProgressStyle::with_template("visiting {wide_bar} {pos}/{len}")?;
        let bar = ProgressBar::new((cases.len() * visits) as u64).with_style(style);
        let mut running = JoinSet::new();
        for some in cases.chunks(cases.len().div_ceil(CLIENTS as usize)) {
            let (some, bar, mut caller) = (some.to_vec(), bar.clone(), self.caller());
            running.spawn(async move {
                for case in some.iter().flat_map(|case| std::iter::repeat_n(case, visits)) {
                    caller.record(case).await?;
                    bar.inc(1);
                }
                anyhow::Ok(())
            });
        }
        while let Some(finished) = running.join_next().await {
            finished??;
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// One round of visits in cases picked at random.
    pub async fn measure(&self, cases: &[Case], window: Window) -> Result<Round> {
        let (cases, conflicts) = (Arc::new(cases.to_vec()), Arc::new(AtomicU64::new(0)));
        let visitor = |number| Visitor {
            caller: self.caller(),
            cases: cases.clone(),
            chance: Chance::seeded(u64::from(number)),
            conflicts: conflicts.clone(),
        };
        let load = closed_loop((0..CLIENTS).map(visitor).collect(), window).await?;
        let rate = load.said("our office in process");
        Ok(Round { rate, conflicts: conflicts.load(Ordering::Relaxed) })
    }

    fn caller(&self) -> Caller {
        Caller { center: self.center.clone(), bearer: self.bearer.clone() }
    }
}

/// Whoever stands at the door.
struct Caller {
    center: SupportCenterServiceClient<Routes>,
    bearer: AsciiMetadataValue,
}

impl Caller {
    async fn record(&mut self, case: &Case) -> Result<(), tonic::Status> {
        let mut request = tonic::Request::new(visit(case));
        request.metadata_mut().insert("authorization", self.bearer.clone());
        self.center.record_ward_visit(request).await.map(|_| ())
    }
}

struct Visitor {
    caller: Caller,
    cases: Arc<Vec<Case>>,
    chance: Chance,
    conflicts: Arc<AtomicU64>,
}

impl Client for Visitor {
    async fn act(&mut self) -> Result<()> {
        let case = &self.cases[self.chance.below(self.cases.len())];
        loop {
            match self.caller.record(case).await {
                Ok(()) => return Ok(()),
                Err(status) if status.code() == Code::Aborted => {
                    self.conflicts.fetch_add(1, Ordering::Relaxed);
                }
                Err(status) => return Err(status.into()),
            }
        }
    }
}
