//! The process that asks: many clients over a few connections, each waiting for its answer.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use contracts::{
    events::{VisitMethod, VisitPurpose, WardVisitRecorded},
    support_center::{
        RecordWardVisitRequest, support_center_service_client::SupportCenterServiceClient,
    },
};
use serde::{Deserialize, Serialize};
use tonic::{metadata::AsciiMetadataValue, transport::Channel};

use super::cases::{Case, about};
use crate::chance::Chance;
use crate::closed_loop::{Client, Window, closed_loop};

/// How many clients share a connection, as the colleagues of an agency share a gateway's.
const CLIENTS_PER_CONNECTION: u32 = 16;

/// In all some 180 bytes, which is what a short note of a visit takes up.
const ATTENDEES: &str = "本人、病棟の看護師";
const SUMMARY: &str = "落ち着いて話された。買い物の練習を続けたいとのこと。次は駅まで歩く。";

/// What the asking process is told.
#[derive(Parser)]
pub struct LoadArguments {
    /// Where the support center listens.
    #[arg(long)]
    pub address: SocketAddr,
    /// Its token.
    #[arg(long)]
    pub token: String,
    /// The file with the cases.
    #[arg(long)]
    pub cases: PathBuf,
    /// How many ask at the same time.
    #[arg(long)]
    pub clients: u32,
    /// Seconds that do not count.
    #[arg(long)]
    pub warm_up: u64,
    /// Seconds that count.
    #[arg(long)]
    pub seconds: u64,
}

impl LoadArguments {
    /// The same as words of a command line.
    pub fn to_words(&self) -> Vec<String> {
        let pairs = [
            ("--address", self.address.to_string()),
            ("--token", self.token.clone()),
            ("--cases", self.cases.display().to_string()),
            ("--clients", self.clients.to_string()),
            ("--warm-up", self.warm_up.to_string()),
            ("--seconds", self.seconds.to_string()),
        ];
        let words = pairs.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
        std::iter::once("load".to_owned()).chain(words).collect()
    }
}

/// What came of it.
#[derive(Serialize, Deserialize)]
pub struct Answered {
    /// Commands carried out per second.
    pub rate: f64,
    p50: f64,
    p99: f64,
    /// Answers with the code ABORTED: conflicts that the office did not settle by itself.
    pub conflicts: u64,
    /// Answers with another error.
    refusals: u64,
    /// Replies with a warning.
    flagged: u64,
}

impl fmt::Display for Answered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, p50, p99, conflicts, refusals, flagged } = self;
        write!(formatter, "{rate:.0}/s, p50 {p50:.1} ms, p99 {p99:.1} ms, ")?;
        write!(formatter, "{conflicts} conflicts, {refusals} refusals, {flagged} flagged")
    }
}

#[derive(Default)]
struct Counts {
    conflicts: AtomicU64,
    refusals: AtomicU64,
    flagged: AtomicU64,
}

/// Asks for as long as it is told, then prints what came of it as JSON.
pub async fn run(arguments: &LoadArguments) -> Result<()> {
    let cases: Vec<Case> = serde_json::from_slice(&fs::read(&arguments.cases)?)?;
    let (cases, counts) = (Arc::new(cases), Arc::new(Counts::default()));
    let bearer = format!("Bearer {}", arguments.token).parse().context("the token is ASCII")?;
    let mut clients = Vec::new();
    for number in 0..arguments.clients {
        if number % CLIENTS_PER_CONNECTION == 0 {
            clients.push(Vec::new());
        }
        let connection = clients.last_mut().context("there is one")?;
        connection.push(Chance::seeded(u64::from(number)));
    }
    let mut visitors = Vec::new();
    for chances in clients {
        let channel = Channel::from_shared(format!("http://{}", arguments.address))?;
        let center = SupportCenterServiceClient::new(channel.tcp_nodelay(true).connect().await?);
        visitors.extend(chances.into_iter().map(|chance| Visitor {
            center: center.clone(),
            bearer: AsciiMetadataValue::clone(&bearer),
            cases: cases.clone(),
            counts: counts.clone(),
            chance,
        }));
    }
    let window = Window {
        warm_up: Duration::from_secs(arguments.warm_up),
        measured: Duration::from_secs(arguments.seconds),
    };
    let load = closed_loop(visitors, window).await?;
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let answered = Answered {
        rate: load.rate(),
        p50: load.percentile(0.5),
        p99: load.percentile(0.99),
        conflicts: count(&counts.conflicts),
        refusals: count(&counts.refusals),
        flagged: count(&counts.flagged),
    };
    println!("{}", serde_json::to_string(&answered)?);
    anyhow::ensure!(count(&counts.refusals) == 0, "some commands were refused");
    Ok(())
}

/// One worker, who records one ward visit after the other.
struct Visitor {
    center: SupportCenterServiceClient<Channel>,
    bearer: AsciiMetadataValue,
    cases: Arc<Vec<Case>>,
    counts: Arc<Counts>,
    chance: Chance,
}

impl Client for Visitor {
    async fn act(&mut self) -> Result<()> {
        let case = &self.cases[self.chance.below(self.cases.len())];
        let mut request = tonic::Request::new(visit(case));
        request.metadata_mut().insert("authorization", self.bearer.clone());
        match self.center.record_ward_visit(request).await {
            Ok(reply) if reply.get_ref().warnings.is_empty() => {}
            Ok(_) => _ = self.counts.flagged.fetch_add(1, Ordering::Relaxed),
            Err(status) if status.code() == tonic::Code::Aborted => {
                self.counts.conflicts.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => _ = self.counts.refusals.fetch_add(1, Ordering::Relaxed),
        }
        Ok(())
    }
}

/// A visit as a worker notes it down.
pub fn visit(case: &Case) -> RecordWardVisitRequest {
    let visit = WardVisitRecorded {
        episode_id: case.episode_id.clone(),
        visited_on: "2026-11-02".into(),
        method: VisitMethod::InPerson.into(),
        purpose: VisitPurpose::Interview.into(),
        attendees: ATTENDEES.into(),
        summary: SUMMARY.into(),
        ..WardVisitRecorded::default()
    };
    RecordWardVisitRequest {
        context: Some(about(&case.person_id, &case.case_id)),
        visit: Some(visit),
    }
}
