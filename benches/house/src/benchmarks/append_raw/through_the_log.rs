//! Our side: one event a request through [`EventLog::append`].

use access::{Clock, SystemClock};
use anyhow::Result;
use event_log::{Append, EventLog, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use jiff::civil::date;
use uuid::Uuid;

use super::{EVENTS_BEFORE, STREAMS, TASKS, a_body};
use crate::chance::Chance;
use crate::closed_loop::{Client, Load, Window, closed_loop};
use crate::server::Server;

/// Requests of the first filling, at once.
const STREAMS_PER_REQUEST: usize = 100;

/// One round on a database of its own.
pub async fn measure(server: &Server, window: Window) -> Result<Load> {
    let database = server.fresh_database().await?;
    fill(&database.url).await?;
    server.settle(&database).await?;
    let log = EventLog::open(&database.url).await?;
    let load =
        closed_loop((0..TASKS).map(|task| Writer::new(&log, task)).collect(), window).await?;
    log.close().await;
    database.ensure_at_least("event", load.done()).await?;
    server.discard(database).await?;
    Ok(load)
}

async fn fill(url: &str) -> Result<()> {
    let log = EventLog::open(url).await?;
    let mut chance = Chance::seeded(0);
    for first in (0..STREAMS).step_by(STREAMS_PER_REQUEST) {
        let writes = (first..first + STREAMS_PER_REQUEST).map(|number| StreamWrite {
            stream: stream(number),
            expected: ExpectedVersion::NoStream,
            events: (0..EVENTS_BEFORE).map(|_| an_event(&mut chance)).collect(),
        });
        let writes = writes.collect();
        log.append(a_request(&mut chance, writes)).await?;
    }
    log.close().await;
    Ok(())
}

/// One task with streams of its own, so that no two ever expect the same version.
struct Writer {
    log: EventLog,
    chance: Chance,
    files: Vec<(StreamKey, u64)>,
}

impl Writer {
    fn new(log: &EventLog, task: usize) -> Self {
        let files =
            (task..STREAMS).step_by(TASKS).map(|number| (stream(number), EVENTS_BEFORE as u64));
        Self { log: log.clone(), chance: Chance::seeded(1 + task as u64), files: files.collect() }
    }
}

impl Client for Writer {
    async fn act(&mut self) -> Result<()> {
        let chosen = self.chance.below(self.files.len());
        let (stream, version) = &mut self.files[chosen];
        let write = StreamWrite {
            stream: stream.clone(),
            expected: ExpectedVersion::Exact(*version),
            events: vec![an_event(&mut self.chance)],
        };
        self.log.append(a_request(&mut self.chance, vec![write])).await?;
        *version += 1;
        Ok(())
    }
}

fn stream(number: usize) -> StreamKey {
    StreamKey::new("person", Uuid::from_u128(number as u128).to_string())
}

fn a_request(chance: &mut Chance, writes: Vec<StreamWrite>) -> Append {
    Append {
        producer: "support-center/support-center-kakuu".into(),
        request_id: an_id(chance),
        digest: [7; 32],
        recorded_at: SystemClock.now(),
        writes,
        unless_changed: None,
    }
}

fn an_event(chance: &mut Chance) -> NewEvent {
    let (body, sealed) = a_body(chance);
    NewEvent {
        event_id: an_id(chance),
        type_no: 7,
        case_id: Some(an_id(chance)),
        agency: "support-center-kakuu".into(),
        staff: "staff-1".into(),
        on_behalf_of: None,
        correlation_id: an_id(chance),
        causation_id: None,
        occurred_on: date(2026, 4, 1),
        body,
        sealed,
    }
}

/// A random id: for an index of request ids the worst there is.
fn an_id(chance: &mut Chance) -> Uuid {
    Uuid::from_u64_pair(chance.next(), chance.next())
}
