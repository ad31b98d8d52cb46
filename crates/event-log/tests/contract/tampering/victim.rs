//! A log of some two hundred events of every shape, its rows as they were, and the way back.

use event_log::{
    Append, EventLog, ExpectedVersion, Head, NewEvent, StoredEvent, StreamKey, StreamWrite,
};
use jiff::civil::date;
use uuid::Uuid;

use super::chance::Chance;
use crate::harness::{BackDoor, Place};
use crate::samples::{at, request};

const REQUESTS: u64 = 40;
const EVENTS_OF_REQUEST_MAX: u64 = 9;
const STREAMS: usize = 7;

pub const AGENCIES: [&str; 4] = ["midori", "sakura", "kaede", "hinoki"];
pub const STAFF: [&str; 4] = ["aoi", "ren", "yui", "sota"];

/// One row of `event`.
pub struct Row {
    pub event: StoredEvent,
    pub stream_no: i64,
    pub request_no: i64,
}

/// One row of `append_request`, as far as the events bear on it.
#[derive(Clone, Copy)]
pub struct Claim {
    pub request_no: i64,
    pub first: i64,
    pub last: i64,
}

pub struct Victim {
    pub log: EventLog,
    pub door: BackDoor,
    pub rows: Vec<Row>,
    pub claims: Vec<Claim>,
    /// What was signed while it grew, the last time at its end.
    pub heads: Vec<Head>,
}

impl Victim {
    pub async fn grow(place: &Place, chance: &mut Chance) -> Self {
        let log = place.open().await;
        let mut heads = Vec::new();
        for number in 1..=REQUESTS {
            log.append(random_request(chance, number)).await.unwrap();
            if number == REQUESTS || chance.once_in(4) {
                heads.push(log.head_to_sign().await.unwrap().expect("it is not empty"));
            }
        }
        place.unlock().await;
        let mut door = place.back_door().await;
        let (rows, claims) = rows_of(&log, &mut door).await;
        let copies = ["event", "stream", "append_request"]
            .map(|table| format!("CREATE TABLE {table}_kept AS SELECT * FROM {table}"));
        door.execute(copies.join("; ")).await.unwrap();
        Self { log, door, rows, claims, heads }
    }

    pub fn head(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Puts every row back as it was.
    pub async fn restore(&mut self) {
        let restored = ["event", "stream", "append_request"].map(|table| {
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {table}_kept")
        });
        self.door.execute(restored.join("; ")).await.unwrap();
    }

    /// The first signed position from this one on. The first event stands for the log itself, and
    /// is in every head.
    pub fn first_signed(&self, from: u64) -> u64 {
        let signed = self.heads.iter().map(|head| head.position).filter(|head| *head >= from);
        if from <= 1 { 1 } else { signed.min().expect("its end was signed") }
    }

    /// The first position for which not exactly one request accounts; a claim to what lies before
    /// the log counts as position 0. Found by counting, not by the statement under test.
    pub fn first_misfit(&self, claims: &[Claim]) -> Option<u64> {
        if claims.iter().any(|claim| claim.first < 1 && claim.first <= claim.last) {
            return Some(0);
        }
        (1..=self.head() + 1).find(|position| {
            let place = i64::try_from(*position).unwrap();
            let claiming =
                claims.iter().filter(|claim| (claim.first..=claim.last).contains(&place));
            let claiming: Vec<i64> = claiming.map(|claim| claim.request_no).collect();
            let row = self.rows.get(usize::try_from(position - 1).unwrap());
            claiming != row.map_or_else(Vec::new, |row| vec![row.request_no])
        })
    }
}

async fn rows_of(log: &EventLog, door: &mut BackDoor) -> (Vec<Row>, Vec<Claim>) {
    let numbers = "SELECT position, stream_no, request_no FROM event ORDER BY position";
    let numbers = door.numbers(numbers).await;
    let events = log.read(0, 10_000).await.unwrap();
    let rows = events.into_iter().zip(numbers);
    let rows = rows.map(|(event, (_, stream_no, request_no))| Row { event, stream_no, request_no });
    let claims = "SELECT request_no, first_position, last_position FROM append_request";
    let claims = door.numbers(claims).await.into_iter();
    let claims = claims.map(|(request_no, first, last)| Claim { request_no, first, last });
    (rows.collect(), claims.collect())
}

/// A request that may be appended to any log at any time.
pub fn random_request(chance: &mut Chance, number: u64) -> Append {
    let second = i64::try_from(number * 60 + chance.between(0, 59)).unwrap();
    let mut append = request(u128::from(chance.next()));
    append.recorded_at = at(1_800_000_000 + second);
    let count = chance.between(1, EVENTS_OF_REQUEST_MAX);
    let writes = (0..count).map(|_| StreamWrite {
        stream: random_stream(chance),
        expected: ExpectedVersion::Any,
        events: vec![random_event(chance)],
    });
    append.writes = writes.collect();
    append
}

fn random_stream(chance: &mut Chance) -> StreamKey {
    let number = chance.below(STREAMS);
    let category = if number == 0 { "agency" } else { "person" };
    StreamKey::new(category, format!("subject-{number}"))
}

fn random_event(chance: &mut Chance) -> NewEvent {
    let id = |chance: &mut Chance| Uuid::from_u64_pair(chance.next(), chance.next());
    let (body, sealed) = (chance.between(8, 40), chance.between(0, 60));
    NewEvent {
        event_id: id(chance),
        type_no: u32::try_from(chance.between(1, 99)).unwrap(),
        case_id: chance.once_in(2).then(|| id(chance)),
        agency: (*chance.choose(&AGENCIES)).to_owned(),
        staff: (*chance.choose(&STAFF)).to_owned(),
        on_behalf_of: chance.once_in(3).then(|| (*chance.choose(&STAFF)).to_owned()),
        correlation_id: id(chance),
        causation_id: chance.once_in(2).then(|| id(chance)),
        occurred_on: date(2026, 4, i8::try_from(chance.between(1, 30)).unwrap()),
        body: chance.bytes(usize::try_from(body).unwrap()),
        sealed: chance.bytes(usize::try_from(sealed).unwrap()),
    }
}
