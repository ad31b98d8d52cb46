//! Ledger, clients and watcher on one database, from the first request to the line of counts.

use std::hint::spin_loop;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use event_log::EventLog;
use tokio::time::sleep;

use crate::checker::{Findings, Recorded, check};
use crate::clients::Clients;
use crate::database::Database;
use crate::door::{Door, Entrance};
use crate::ledger::SharedLedger;
use crate::patience::wait_until;
use crate::random::Random;
use crate::report::Report;
use crate::server::ServerProcess;
use crate::watcher::Watcher;

/// How many requests are in flight.
const CLIENTS: u64 = 32;
/// How many acknowledgements a random moment waits for at most.
const ACKNOWLEDGEMENTS_MAX: u64 = 120;
/// A commit takes a few thousand µs, so the moment may lie anywhere in it.
const MICROSECONDS_MAX: u64 = 4000;
/// How many events are read at once when the log is checked.
const PAGE_EVENTS: u32 = 1000;

/// One run of one fault on one database.
pub struct Experiment {
    /// Where the log lies.
    pub database: Database,
    /// Chooses moments.
    pub random: Random,
    /// Where the clients ask.
    pub entrance: Arc<Entrance>,
    /// The account outside.
    pub ledger: SharedLedger,
    /// The follower.
    pub watcher: Watcher,
    fault: &'static str,
    seed: u64,
    program: PathBuf,
}

impl Experiment {
    /// Creates the log and follows it. `program` is the `append-server`.
    ///
    /// # Errors
    /// When the log cannot be opened.
    pub async fn begin(fault: &'static str, database: Database, program: &str) -> Result<Self> {
        let seed = Random::seed_of_run();
        println!("{fault} on {} begins with seed {seed}", database.name());
        let watcher = Watcher::start(&database.url()).await?;
        Ok(Self {
            database,
            random: Random::seeded(seed),
            entrance: Arc::default(),
            ledger: SharedLedger::default(),
            watcher,
            fault,
            seed,
            program: Path::new(program).to_owned(),
        })
    }

    /// The seed of this run.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Sends clients to work; see [`Clients::start`].
    #[must_use]
    pub fn clients(&self, losing_one_in: u64) -> Clients {
        let (ledger, entrance) = (self.ledger.clone(), self.entrance.clone());
        Clients::start(CLIENTS, self.seed, ledger, entrance, losing_one_in)
    }

    /// Starts append servers and opens their doors to the clients.
    ///
    /// # Errors
    /// When one does not start.
    pub fn start_servers(&self, count: u64) -> Result<Vec<Arc<ServerProcess>>> {
        let url = self.database.url();
        let servers: Result<Vec<_>> =
            (0..count).map(|_| ServerProcess::start(&self.program, &[], &url)).collect();
        let servers = servers?;
        self.entrance.open(servers.iter().cloned().map(Door::Process).collect());
        Ok(servers)
    }

    /// Starts one append server under a wrapper, without opening its door.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_under(&self, wrapper: &[String]) -> Result<Arc<ServerProcess>> {
        ServerProcess::start(&self.program, wrapper, &self.database.url())
    }

    /// Waits until this many more questions had to be asked again.
    pub async fn wait_for_retries(&self, more: u64) {
        let wanted = self.ledger.lock().counts().retried + more;
        wait_until("questions are asked again", || self.ledger.lock().counts().retried >= wanted)
            .await;
    }

    /// A random moment under load: after some acknowledgements, and then somewhere in a commit.
    pub async fn wait_for_a_moment(&mut self) {
        self.ledger.wait_for_more(1 + self.random.below(ACKNOWLEDGEMENTS_MAX)).await;
        let moment = Duration::from_micros(self.random.below(MICROSECONDS_MAX));
        // The runtime's timer counts milliseconds; the rest is spun away.
        sleep(Duration::from_millis(u64::from(moment.subsec_millis()))).await;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_micros(u64::from(moment.subsec_micros() % 1000)) {
            spin_loop();
        }
    }

    /// Compares log, ledger and watcher, prints the line of counts, and insists on zeros.
    ///
    /// # Errors
    /// When the log cannot be read, or its chain does not hold.
    ///
    /// # Panics
    /// When anything is missing, invented, doubled, halved or skipped.
    pub async fn finish(mut self, done: Vec<(&'static str, u64)>) -> Result<Report> {
        let log = EventLog::open(&self.database.url()).await?;
        self.watcher.wait_for(log.head().await?).await;
        self.watcher.pause().await;
        let recorded = read_all(&log).await?;
        let verified = log.verify(|_, _| {}).await.context("the chain must hold")?;
        log.close().await;
        let seen = self.watcher.seen();
        let ledger = self.ledger.lock();
        let findings = check(&ledger, &recorded, &seen.events);
        let (fault, store, seed) = (self.fault, self.database.name(), self.seed);
        let events = recorded.len() as u64;
        let report = Report { fault, store, seed, done, counts: ledger.counts(), events, findings };
        println!("{}", report.line());
        assert_eq!(seen.alarms, Vec::<String>::new(), "the follower raised an alarm");
        assert_eq!(findings, Findings::default(), "{}", report.line());
        assert_eq!(verified.head, events);
        assert!(events > 0, "nothing was done");
        drop(ledger);
        Ok(report)
    }
}

async fn read_all(log: &EventLog) -> Result<Vec<Recorded>> {
    let mut recorded: Vec<Recorded> = Vec::new();
    loop {
        let after = recorded.last().map_or(0, |event| event.position);
        let page = log.read(after, PAGE_EVENTS).await?;
        if page.is_empty() {
            return Ok(recorded);
        }
        recorded.extend(page.into_iter().map(Recorded::from));
    }
}
