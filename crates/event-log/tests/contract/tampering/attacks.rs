//! What somebody with the whole database in hand might do, and where it first shows.

use event_log::StoredEvent;

use super::chance::Chance;
use super::flips;
use super::forging::{chain_hash, content_hash};
use super::victim::{AGENCIES, Claim, Row, STAFF, Victim};

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Flip,
    Deletion,
    Reordering,
    Addition,
    Reattribution,
    ComputedAnew,
    Truncation,
    Rollback,
}

pub struct Attack {
    pub statements: String,
    pub first_bad: u64,
    pub said: String,
    /// From inside the database it cannot be seen.
    pub needs_heads: bool,
    /// How many requests the log takes after it was set back.
    pub goes_on_with: Option<u64>,
}

/// All columns but the position.
const CONTENT: &str = "stream_no, version, type_no, event_id, request_no, case_id, agency, staff, \
    on_behalf_of, correlation_id, causation_id, occurred_on, recorded_at, body, sealed, \
    content_hash, chain_hash";

/// Higher than any version of the log, so that it is nobody else's.
const FREE_VERSION: u64 = 1_000_000;

impl Attack {
    pub fn new(statements: String, first_bad: u64, said: String) -> Self {
        Self { statements, first_bad, said, needs_heads: false, goes_on_with: None }
    }

    /// None when chance asked for something that is not there.
    pub fn draw(victim: &Victim, kind: Kind, chance: &mut Chance) -> Option<Self> {
        match kind {
            Kind::Flip => flips::draw(victim, chance),
            Kind::Deletion => Some(deletion(victim, chance)),
            Kind::Reordering => reordering(victim, chance),
            Kind::Addition => addition(victim, chance),
            Kind::Reattribution => reattribution(victim, chance),
            Kind::ComputedAnew => computed_anew(victim, chance),
            Kind::Truncation => Some(truncation(victim, chance)),
            Kind::Rollback => Some(rollback(victim, chance)),
        }
    }
}

fn deletion(victim: &Victim, chance: &mut Chance) -> Attack {
    let row = chance.choose(&victim.rows);
    let (position, stream_no) = (row.event.position, row.stream_no);
    let claim = chance.choose(&victim.claims);
    let of_claim = u64::try_from(claim.first).unwrap();
    match chance.below(8) {
        0 => {
            let first = victim.rows.iter().find(|row| row.stream_no == stream_no).unwrap();
            let statement = format!("DELETE FROM stream WHERE stream_no = {stream_no}");
            Attack::new(statement, first.event.position, format!("stream {stream_no}"))
        }
        1 => {
            let statement =
                format!("DELETE FROM append_request WHERE request_no = {}", claim.request_no);
            Attack::new(statement, of_claim, format!("request {}", claim.request_no))
        }
        2 => {
            let number = claim.request_no;
            let statements = format!(
                "DELETE FROM event WHERE request_no = {number}; \
                 DELETE FROM append_request WHERE request_no = {number}"
            );
            let mut attack =
                Attack::new(statements, of_claim, format!("request {number} with its events"));
            attack.needs_heads = u64::try_from(claim.last).unwrap() == victim.head();
            attack
        }
        _ => {
            let last = position + chance.between(0, 4);
            let statement =
                format!("DELETE FROM event WHERE position BETWEEN {position} AND {last}");
            Attack::new(statement, position, format!("events {position} to {last}"))
        }
    }
}

fn reordering(victim: &Victim, chance: &mut Chance) -> Option<Attack> {
    let (one, other) = (chance.between(1, victim.head()), chance.between(1, victim.head()));
    let (first, second) = (one.min(other), one.max(other));
    if first == second {
        return None;
    }
    let exchange = |columns: &[&str]| {
        let set = |from: u64| {
            let kept = format!("FROM event_kept WHERE position = {from}");
            let set = columns.iter().map(|column| format!("{column} = (SELECT {column} {kept})"));
            set.collect::<Vec<_>>().join(", ")
        };
        format!(
            "UPDATE event SET {} WHERE position = {first}; \
             UPDATE event SET {} WHERE position = {second}",
            set(second),
            set(first)
        )
    };
    let moved = |from: u64, to: u64| {
        format!(
            "INSERT INTO event (position, {CONTENT}) \
             SELECT {to}, {CONTENT} FROM event_kept WHERE position = {from}"
        )
    };
    let statements = match chance.below(4) {
        0 => exchange(&["body"]),
        1 => exchange(&["event_id", "body", "sealed"]),
        2 => exchange(&["event_id", "body", "sealed", "content_hash", "chain_hash"]),
        _ => format!(
            "DELETE FROM event WHERE position IN ({first}, {second}); {}; {}",
            moved(first, second),
            moved(second, first)
        ),
    };
    Some(Attack::new(statements, first, format!("{first} and {second}")))
}

fn addition(victim: &Victim, chance: &mut Chance) -> Option<Attack> {
    let copied = chance.between(1, victim.head());
    let copy_to = |position: i64| {
        let content = CONTENT.replacen("version", &FREE_VERSION.to_string(), 1);
        format!(
            "INSERT INTO event (position, {CONTENT}) \
             SELECT {position}, {content} FROM event_kept WHERE position = {copied}"
        )
    };
    let head = i64::try_from(victim.head()).unwrap();
    let further = i64::try_from(chance.between(1, 5)).unwrap();
    match chance.below(3) {
        0 => {
            let said = format!("{copied} once more, {further} after the end");
            Some(Attack::new(copy_to(head + further), victim.head() + 1, said))
        }
        1 => {
            let said = format!("{copied} once more, before the beginning");
            Some(Attack::new(copy_to(1 - further), 0, said))
        }
        _ => {
            let first = i64::try_from(chance.between(1, victim.head() + 1)).unwrap();
            let claim = Claim { request_no: 10_000, first, last: first + further - 1 };
            let request_id = victim.door.bytes(&chance.bytes(16));
            let digest = victim.door.bytes(&chance.bytes(32));
            let statement = format!(
                "INSERT INTO append_request VALUES \
                 (10000, 'forger', {request_id}, {digest}, {first}, {})",
                claim.last
            );
            let claims: Vec<Claim> = victim.claims.iter().copied().chain([claim]).collect();
            let said = format!("a request for {first} to {}", claim.last);
            Some(Attack::new(statement, victim.first_misfit(&claims)?, said))
        }
    }
}

/// The event as it would be if it were somebody else's, and the statement's assignments.
fn forge(victim: &Victim, row: &Row, chance: &mut Chance) -> Option<(StoredEvent, String)> {
    let mut event = row.event.clone();
    let assigned = match chance.below(5) {
        0 => {
            event.agency = (*chance.choose(&AGENCIES)).to_owned();
            format!("agency = '{}'", event.agency)
        }
        1 => {
            event.staff = (*chance.choose(&STAFF)).to_owned();
            format!("staff = '{}'", event.staff)
        }
        2 => {
            event.on_behalf_of = event.on_behalf_of.is_none().then(|| "aoi".to_owned());
            let somebody = event.on_behalf_of.as_ref().map(|staff| format!("'{staff}'"));
            format!("on_behalf_of = {}", somebody.unwrap_or_else(|| "NULL".to_owned()))
        }
        3 => {
            let other = chance.choose(&victim.rows).event.case_id;
            event.case_id = other;
            let case = other.map(|case| victim.door.bytes(case.as_bytes()));
            format!("case_id = {}", case.unwrap_or_else(|| "NULL".to_owned()))
        }
        _ => {
            let other = chance.choose(&victim.rows);
            event.stream = other.event.stream.clone();
            event.version = FREE_VERSION;
            format!("stream_no = {}, version = {FREE_VERSION}", other.stream_no)
        }
    };
    event.content_hash = content_hash(&event);
    (event != row.event).then_some((event, assigned))
}

fn reattribution(victim: &Victim, chance: &mut Chance) -> Option<Attack> {
    let row = chance.choose(&victim.rows);
    let (event, mut assigned) = forge(victim, row, chance)?;
    let position = event.position;
    if chance.once_in(2) {
        let hash = victim.door.bytes(&event.content_hash);
        assigned = format!("{assigned}, content_hash = {hash}");
    }
    let statement = format!("UPDATE event SET {assigned} WHERE position = {position}");
    Some(Attack::new(statement, position, format!("{position}: {assigned}")))
}

/// Every hash from the forged event on is made to fit.
fn computed_anew(victim: &Victim, chance: &mut Chance) -> Option<Attack> {
    let (forged, assigned) = forge(victim, chance.choose(&victim.rows), chance)?;
    let index = usize::try_from(forged.position - 1).unwrap();
    let mut before = index.checked_sub(1).map_or([0; 32], |at| victim.rows[at].event.chain_hash);
    let mut statements =
        vec![format!("UPDATE event SET {assigned} WHERE position = {}", forged.position)];
    let rest = victim.rows[index + 1..].iter().map(|row| &row.event);
    for event in std::iter::once(&forged).chain(rest) {
        before = chain_hash(&before, event);
        statements.push(format!(
            "UPDATE event SET content_hash = {}, chain_hash = {} WHERE position = {}",
            victim.door.bytes(&event.content_hash),
            victim.door.bytes(&before),
            event.position
        ));
    }
    let said = format!("from {} on: {assigned}", forged.position);
    let first_bad = victim.first_signed(forged.position);
    let mut attack = Attack::new(statements.join("; "), first_bad, said);
    attack.needs_heads = true;
    Some(attack)
}

/// Cuts off the end, with what belonged to it in the other tables.
fn truncation(victim: &Victim, chance: &mut Chance) -> Attack {
    let last = chance.between(0, victim.head() - 1);
    let statements = format!(
        "DELETE FROM event WHERE position > {last}; \
         DELETE FROM append_request WHERE first_position > {last}; \
         UPDATE append_request SET last_position = {last} WHERE last_position > {last}; \
         DELETE FROM stream WHERE stream_no NOT IN (SELECT stream_no FROM event)"
    );
    let mut attack = Attack::new(statements, last + 1, format!("cut off after {last}"));
    attack.needs_heads = true;
    attack
}

/// Cuts off the end, and lets the log go on otherwise.
fn rollback(victim: &Victim, chance: &mut Chance) -> Attack {
    let mut attack = truncation(victim, chance);
    attack.goes_on_with = Some(chance.between(1, 40));
    attack
}
